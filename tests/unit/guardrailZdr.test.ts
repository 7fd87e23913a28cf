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
const five = (value: boolean | null, more: object = {}) => ({
  ...Object.fromEntries(VENDORS.map((vendor) => [`enforce_zdr_${vendor}`, value])),
  ...more,
});
const inputsOf = (given: object = {}) => checked(guardrail, { name: "safe", ...given });
const shown = (settings: object = {}) => ({ data: wireGuardrail(settings) });

async function stateOf(given: object, live: object): Promise<GuardrailOutputs> {
  const { outputs } = await guardrail.create(contextOf(scripted(shown(live))), inputsOf(given));
  return throughState(outputs);
}

/** What `read` derives from this state and this drift. */
async function afterRefresh(state: GuardrailOutputs, live: object) {
  const found = await guardrail.read(contextOf(scripted(shown(live))), GUARDRAIL, state);
  if (!found) throw new Error("it is there");
  return { inputs: found.inputs, outputs: throughState(found.outputs) };
}
const isChanged = (olds: GuardrailOutputs, given: object) => guardrail.diff(olds, inputsOf(given)).changed;

test("enforceZdr is an output beside the five vendors", async () => {
  const outputs = await stateOf({ enforceZdr: true }, five(true));
  expect(outputs).toMatchObject({ enforceZdr: true, enforceZdrAnthropic: true, enforceZdrOther: true });
  const vendors = await stateOf({ enforceZdrXai: true }, { enforce_zdr_xai: true });
  expect(vendors).not.toHaveProperty("enforceZdr");
});

test.each<[string, object, object, object, object]>([
  ["without drift it is itself", { enforceZdr: true }, five(true), five(true), { enforceZdr: true }],
  [
    "a vendor that drifted is that vendor's input beside it",
    { enforceZdr: true },
    five(true),
    five(true, { enforce_zdr_xai: false }),
    { enforceZdr: true, enforceZdrXai: false },
  ],
  ["all vendors that drifted are it", { enforceZdr: true }, five(true), five(false), { enforceZdr: false }],
  ["all vendors switched off in favour of the account are nothing", { enforceZdr: true }, five(true), five(null), {}],
  [
    "a vendor shown as null counts as false: omitted, it would mean true",
    { enforceZdr: true },
    five(true),
    five(true, { enforce_zdr_google: null }),
    { enforceZdr: true, enforceZdrGoogle: false },
  ],
  [
    "a declared vendor stays beside it",
    { enforceZdr: true, enforceZdrXai: false },
    five(true, { enforce_zdr_xai: false }),
    five(true, { enforce_zdr_xai: false, enforce_zdr_openai: false }),
    { enforceZdr: true, enforceZdrXai: false, enforceZdrOpenai: false },
  ],
  [
    "a declared vendor that drifted to it is in it",
    { enforceZdr: true, enforceZdrXai: false },
    five(true, { enforce_zdr_xai: false }),
    five(true),
    { enforceZdr: true },
  ],
  [
    "vendors one by one stay vendors",
    { enforceZdrXai: true },
    { enforce_zdr_xai: true },
    { enforce_zdr_xai: false, enforce_zdr_openai: true },
    { enforceZdrXai: false, enforceZdrOpenai: true },
  ],
])("enforceZdr after a refresh: %s", async (_title, given, made, live, expected) => {
  const { inputs, outputs } = await afterRefresh(await stateOf(given, made), live);
  expect(inputs).toEqual({ name: "safe", ...expected });
  // What ignoreChanges puts into the program is no change.
  expect(guardrail.diff(outputs, checked(guardrail, { ...inputs }))).toEqual({ changed: false, replaces: [] });
});

test("drift of a vendor is a change for the program, also after a refresh", async () => {
  const { outputs } = await afterRefresh(
    await stateOf({ enforceZdr: true }, five(true)),
    five(true, { enforce_zdr_xai: false }),
  );
  expect(isChanged(outputs, { enforceZdr: true })).toBe(true);
  expect(isChanged(outputs, { enforceZdr: true, enforceZdrXai: false })).toBe(false);
});

test("another spelling of the same is no change and sends nothing, before and after a refresh", async () => {
  const vendors = Object.fromEntries(
    ["Anthropic", "Openai", "Google", "Xai", "Other"].map((vendor) => [`enforceZdr${vendor}`, true]),
  );
  const spellings = [
    { enforceZdr: true },
    vendors,
    { enforceZdr: true, enforceZdrXai: true },
    { ...vendors, enforceZdr: false },
  ];
  for (const first of spellings) {
    const state = await stateOf(first, five(true));
    const { outputs } = await afterRefresh(state, five(true));
    for (const second of spellings)
      expect([isChanged(state, second), isChanged(outputs, second)]).toEqual([false, false]);
  }
});

test("an update reverts the vendor that drifted, and nothing else", async () => {
  const drifted = five(true, { enforce_zdr_xai: false });
  const { outputs } = await afterRefresh(await stateOf({ enforceZdr: true }, five(true)), drifted);
  const fake = scripted(shown(five(true)));
  await guardrail.update(contextOf(fake), GUARDRAIL, outputs, inputsOf({ enforceZdr: true }));
  expect(fake.sent).toEqual([{ method: "PATCH", path: `/guardrails/${GUARDRAIL}`, body: { enforce_zdr_xai: true } }]);
});

describe("what must not be planned", () => {
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

  test("another workspace while adopt is present says to remove it, unless it is not known yet", () => {
    const adopt = { adopt: GUARDRAIL };
    const replace = { replaces: ["workspaceId"] };
    const moved = inputsOf({ ...adopt, workspaceId: OTHER_WORKSPACE });
    expect(forbid({ ...replace, news: moved })).toThrow(
      'replace guardrail "safe": a change of workspaceId needs a new one, and `adopt` says to keep this one. ' +
        "Remove `adopt` first.",
    );
    expect(forbid({ ...replace, news: inputsOf({ ...adopt, workspaceId: UNKNOWN_VALUE }) })).not.toThrow();
    expect(forbid({ ...replace, news: inputsOf({ workspaceId: OTHER_WORKSPACE }) })).not.toThrow();
  });

  test("adopt of another guardrail is an error, and of its own in capitals is not", () => {
    expect(forbid({ news: inputsOf({ adopt: OTHER_GUARDRAIL }) })).toThrow(/`adopt` names a different object/);
    const id = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    for (const adopt of [id, id.toUpperCase(), UNKNOWN_VALUE, undefined]) {
      expect(forbid({ id, news: inputsOf({ adopt }) })).not.toThrow();
    }
  });
});
