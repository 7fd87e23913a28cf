import { inferenceKey } from "../../provider/resources/inferenceKey";
import type { InferenceKeyInputs, InferenceKeyOutputs } from "../../provider/resources/inferenceKeyFields";
import { type MemoryAccount, memoryAccount } from "./support/memoryAccount";
import {
  CREATOR,
  checked,
  contextOf,
  HASH,
  OTHER_HASH,
  OTHER_WORKSPACE,
  throughState,
  UNKNOWN_VALUE,
  WORKSPACE,
} from "./support/samples";

const CAPITALS = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";

/** Two values of each input. The first creator is the one that the server chooses. */
const VALUES = {
  name: ["ci", "deploy"],
  limit: [25, 50],
  limitReset: ["daily", "monthly"],
  includeByokInLimit: [true, false],
  disabled: [true, false],
  expiresAt: ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"],
  workspaceId: [OTHER_WORKSPACE, "55555555-5555-4555-8555-555555555555"],
  creatorUserId: [CREATOR, "user_ada"],
  externalUser: ["customer-1", "customer-2"],
  keepers: [{ when: "may", who: "ada" }, { when: "june" }],
} as const;
type Name = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as Name[];
const REPLACING: Name[] = ["expiresAt", "creatorUserId", "externalUser", "keepers"];
const SERVER_CHOSEN: Name[] = ["workspaceId", "creatorUserId", "externalUser"];
const WIRE: Partial<Record<Name, string>> = {
  limitReset: "limit_reset",
  includeByokInLimit: "include_byok_in_limit",
  workspaceId: "workspace_id",
};

type Given = Record<string, unknown>;
const inputsOf = (given: Given): InferenceKeyInputs => checked(inferenceKey, { name: "key", ...given });

async function stateOf(inputs: InferenceKeyInputs): Promise<{ outputs: InferenceKeyOutputs; account: MemoryAccount }> {
  const account = memoryAccount();
  const { outputs } = await inferenceKey.create(contextOf(account), inputs);
  account.snapshot();
  return { outputs: throughState(outputs), account };
}

/** The values of omitted inputs; those of the others are null. */
const DEFAULTS: Given = { name: "key", includeByokInLimit: false, disabled: false };
function meaning(name: Name, given: Given): unknown {
  return given[name] ?? DEFAULTS[name] ?? null;
}

/** The inputs that a diff must report as changed. */
function differing(before: Given, after: Given): Name[] {
  return NAMES.filter((name) => {
    if (!SERVER_CHOSEN.includes(name))
      return JSON.stringify(meaning(name, before)) !== JSON.stringify(meaning(name, after));
    // An omitted input accepts the value that the server chose, and the state does not remember that value.
    return after[name] !== undefined && after[name] !== before[name];
  });
}

const pairs = NAMES.flatMap((a, index) => NAMES.slice(index + 1).map((b): [Name, Name] => [a, b]));

/** Every combination of two inputs: each omitted, or with one of its two values. */
function settingsOf([a, b]: [Name, Name]): Given[] {
  const options = (name: Name) => [{}, ...VALUES[name].map((value) => ({ [name]: value }))];
  return options(a).flatMap((first) => options(b).map((second) => ({ ...first, ...second })));
}

test.each(pairs)("replaces, or updates exactly what changed, when %s and %s change", async (...pair) => {
  const settings = settingsOf(pair);
  for (const before of settings) {
    const { outputs, account } = await stateOf(inputsOf(before));
    for (const after of settings) {
      account.restore();
      const declared = inputsOf(after);
      const changed = differing(before, after);
      const replaces = changed.filter((name) => REPLACING.includes(name));
      const found = inferenceKey.diff(outputs, declared);
      const change = JSON.stringify({ before, after });
      expect({ change, ...found }).toEqual({ change, changed: changed.length > 0, replaces });
      if (changed.length === 0 || replaces.length > 0) continue;
      const updated = await inferenceKey.update(contextOf(account), HASH, outputs, declared);
      const body = Object.fromEntries(changed.map((name) => [WIRE[name] ?? name, meaning(name, after)]));
      expect({ change, sent: account.sent }).toEqual({
        change,
        sent: [{ method: "PATCH", path: `/keys/${HASH}`, body }],
      });
      expect(inferenceKey.diff(throughState(updated), declared)).toEqual({ changed: false, replaces: [] });
    }
  }
});

test.each(NAMES)("finds a change when %s is unknown, and a replacement if that input replaces", async (name) => {
  const { outputs } = await stateOf(inputsOf({ [name]: VALUES[name][0] }));
  const replaces = REPLACING.includes(name) ? [name] : [];
  expect(inferenceKey.diff(outputs, inputsOf({ [name]: UNKNOWN_VALUE }))).toEqual({ changed: true, replaces });
});

test("replaces the key when a keeper is unknown", async () => {
  const { outputs } = await stateOf(inputsOf({ keepers: { when: "may" } }));
  expect(inferenceKey.diff(outputs, inputsOf({ keepers: { when: UNKNOWN_VALUE } })).replaces).toEqual(["keepers"]);
});

test("finds no change between an empty map of keepers and an omitted one", async () => {
  const { outputs } = await stateOf(inputsOf({ keepers: {} }));
  expect(inferenceKey.diff(outputs, inputsOf({}))).toEqual({ changed: false, replaces: [] });
});

test.each([
  ["adding", {}, { adopt: HASH }],
  ["removing", { adopt: HASH }, {}],
  ["changing", { adopt: HASH }, { adopt: OTHER_HASH }],
])("finds no change when the program is %s `adopt`", async (_title, before, after) => {
  const { outputs } = await stateOf(inputsOf({ limit: 5 }));
  expect(inferenceKey.diff({ ...outputs, ...before }, inputsOf({ limit: 5, ...after }))).toEqual({
    changed: false,
    replaces: [],
  });
});

test("finds no change when the same expiry has a different UTC offset", async () => {
  const { outputs } = await stateOf(inputsOf({ expiresAt: "2027-01-01T00:00:00Z" }));
  const declared = inputsOf({ expiresAt: "2027-01-01T05:30:00.000+05:30" });
  expect(inferenceKey.diff(outputs, declared)).toEqual({ changed: false, replaces: [] });
});

test("finds no change when only the case of the workspace id differs", async () => {
  const { outputs } = await stateOf(inputsOf({ workspaceId: CAPITALS }));
  expect(outputs.workspaceId).toBe(CAPITALS);
  expect(inferenceKey.diff(outputs, inputsOf({ workspaceId: CAPITALS.toLowerCase() })).changed).toBe(false);
});

test.each([
  ["limit: 0 and -0", { limit: 0 }, { limit: -0 }],
  ["includeByokInLimit: false and an omitted one", {}, { includeByokInLimit: false }],
  ["disabled: false and an omitted one", { disabled: false }, {}],
])("finds no change between %s", async (_title, before, after) => {
  const { outputs } = await stateOf(inputsOf(before));
  expect(inferenceKey.diff(outputs, inputsOf(after))).toEqual({ changed: false, replaces: [] });
});

test("finds no change when the program no longer declares workspace and creator", async () => {
  const { outputs: explicit } = await stateOf(inputsOf({ workspaceId: WORKSPACE, creatorUserId: CREATOR }));
  expect(inferenceKey.diff(explicit, inputsOf({}))).toEqual({ changed: false, replaces: [] });
});
