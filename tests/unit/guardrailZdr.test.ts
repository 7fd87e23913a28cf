import type { PlannedChange } from "../../provider/reconcile/lifecycle";
import { guardrail } from "../../provider/resources/guardrail";
import type { GuardrailInputs, GuardrailOutputs } from "../../provider/resources/guardrailFields";
import { scripted } from "./support/fakeApi";
import {
  ACCOUNT,
  CREATED_AT,
  checked,
  contextOf,
  GUARDRAIL,
  newSession,
  OTHER_GUARDRAIL,
  OTHER_WORKSPACE,
  throughState,
  UNKNOWN_VALUE,
  wireGuardrail,
} from "./support/samples";

const VENDORS = ["anthropic", "openai", "google", "xai", "other"];
const allVendors = (value: boolean | null, more: object = {}) => ({
  ...Object.fromEntries(VENDORS.map((vendor) => [`enforce_zdr_${vendor}`, value])),
  ...more,
});
const inputsOf = (given: object = {}) => checked(guardrail, { name: "safe", ...given });
const shown = (settings: object = {}) => ({ data: wireGuardrail(settings) });

async function stateOf(given: object, live: object): Promise<GuardrailOutputs> {
  const { outputs } = await guardrail.create(contextOf(scripted(shown(live))), inputsOf(given));
  return throughState(outputs);
}

/** The result of a refresh of this state when the API shows these settings. */
async function afterRefresh(state: GuardrailOutputs, live: object) {
  const found = await guardrail.read(contextOf(scripted(shown(live))), GUARDRAIL, state);
  if (!found) throw new Error("expected the guardrail to exist");
  return { inputs: found.inputs, outputs: throughState(found.outputs) };
}
const isChanged = (olds: GuardrailOutputs, given: object) => guardrail.diff(olds, inputsOf(given)).changed;

test("returns enforceZdr as an output next to the five vendors", async () => {
  const outputs = await stateOf({ enforceZdr: true }, allVendors(true));
  expect(outputs).toMatchObject({ enforceZdr: true, enforceZdrAnthropic: true, enforceZdrOther: true });
  const vendors = await stateOf({ enforceZdrXai: true }, { enforce_zdr_xai: true });
  expect(vendors).not.toHaveProperty("enforceZdr");
});

test.each<[string, object, object, object, object]>([
  ["unchanged without drift", { enforceZdr: true }, allVendors(true), allVendors(true), { enforceZdr: true }],
  [
    "next to the input of one vendor that drifted",
    { enforceZdr: true },
    allVendors(true),
    allVendors(true, { enforce_zdr_xai: false }),
    { enforceZdr: true, enforceZdrXai: false },
  ],
  [
    "as the opposite when all vendors drifted",
    { enforceZdr: true },
    allVendors(true),
    allVendors(false),
    { enforceZdr: false },
  ],
  ["not at all when all vendors were unset", { enforceZdr: true }, allVendors(true), allVendors(null), {}],
  [
    "next to false for a vendor shown as null, because an omitted one would mean true",
    { enforceZdr: true },
    allVendors(true),
    allVendors(true, { enforce_zdr_google: null }),
    { enforceZdr: true, enforceZdrGoogle: false },
  ],
  [
    "next to a declared vendor",
    { enforceZdr: true, enforceZdrXai: false },
    allVendors(true, { enforce_zdr_xai: false }),
    allVendors(true, { enforce_zdr_xai: false, enforce_zdr_openai: false }),
    { enforceZdr: true, enforceZdrXai: false, enforceZdrOpenai: false },
  ],
  [
    "alone when a declared vendor drifted to the same value",
    { enforceZdr: true, enforceZdrXai: false },
    allVendors(true, { enforce_zdr_xai: false }),
    allVendors(true),
    { enforceZdr: true },
  ],
  [
    "not at all when only vendors are declared",
    { enforceZdrXai: true },
    { enforce_zdr_xai: true },
    { enforce_zdr_xai: false, enforce_zdr_openai: true },
    { enforceZdrXai: false, enforceZdrOpenai: true },
  ],
])("returns enforceZdr from a refresh %s", async (_title, given, created, live, expected) => {
  const { inputs, outputs } = await afterRefresh(await stateOf(given, created), live);
  expect(inputs).toEqual({ name: "safe", ...expected });
  // With ignoreChanges these inputs are the program's, and must not be a change.
  expect(guardrail.diff(outputs, checked(guardrail, { ...inputs }))).toEqual({ changed: false, replaces: [] });
});

test("finds a change when a vendor drifted, until the program declares the drift", async () => {
  const { outputs } = await afterRefresh(
    await stateOf({ enforceZdr: true }, allVendors(true)),
    allVendors(true, { enforce_zdr_xai: false }),
  );
  expect(isChanged(outputs, { enforceZdr: true })).toBe(true);
  expect(isChanged(outputs, { enforceZdr: true, enforceZdrXai: false })).toBe(false);
});

test("finds no change between equivalent declarations, before and after a refresh", async () => {
  const vendors = Object.fromEntries(
    ["Anthropic", "Openai", "Google", "Xai", "Other"].map((vendor) => [`enforceZdr${vendor}`, true]),
  );
  const declarations = [
    { enforceZdr: true },
    vendors,
    { enforceZdr: true, enforceZdrXai: true },
    { ...vendors, enforceZdr: false },
  ];
  for (const first of declarations) {
    const state = await stateOf(first, allVendors(true));
    const { outputs } = await afterRefresh(state, allVendors(true));
    for (const second of declarations)
      expect([isChanged(state, second), isChanged(outputs, second)]).toEqual([false, false]);
  }
});

test("reverts only the vendor that drifted in an update", async () => {
  const drifted = allVendors(true, { enforce_zdr_xai: false });
  const { outputs } = await afterRefresh(await stateOf({ enforceZdr: true }, allVendors(true)), drifted);
  const fake = scripted(shown(allVendors(true)));
  await guardrail.update(contextOf(fake), GUARDRAIL, outputs, inputsOf({ enforceZdr: true }));
  expect(fake.sent).toEqual([{ method: "PATCH", path: `/guardrails/${GUARDRAIL}`, body: { enforce_zdr_xai: true } }]);
});

describe("forbid", () => {
  const olds: GuardrailOutputs = { name: "safe", createdAt: CREATED_AT };
  const forbid = (change: Partial<PlannedChange<GuardrailInputs, GuardrailOutputs>>) => () =>
    guardrail.forbid?.({
      id: GUARDRAIL,
      olds,
      news: inputsOf(),
      replaces: [],
      account: ACCOUNT,
      session: newSession(),
      ...change,
    });

  test("rejects a different workspace while `adopt` is present, unless the workspace is unknown", () => {
    const adopt = { adopt: GUARDRAIL };
    const replace = { replaces: ["workspaceId"] };
    const moved = inputsOf({ ...adopt, workspaceId: OTHER_WORKSPACE });
    expect(forbid({ ...replace, news: moved })).toThrow(
      'replace guardrail "safe": changing workspaceId would replace the object that `adopt` keeps. ' +
        "Remove `adopt` first.",
    );
    expect(forbid({ ...replace, news: inputsOf({ ...adopt, workspaceId: UNKNOWN_VALUE }) })).not.toThrow();
    expect(forbid({ ...replace, news: inputsOf({ workspaceId: OTHER_WORKSPACE }) })).not.toThrow();
  });

  test("rejects `adopt` of a different guardrail, but not of its own id in capitals", () => {
    expect(forbid({ news: inputsOf({ adopt: OTHER_GUARDRAIL }) })).toThrow(/`adopt` names a different object/);
    const id = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    for (const adopt of [id, id.toUpperCase(), UNKNOWN_VALUE, undefined]) {
      expect(forbid({ id, news: inputsOf({ adopt }) })).not.toThrow();
    }
  });
});
