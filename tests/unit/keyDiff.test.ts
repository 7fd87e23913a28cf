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

/** Two values of each input, and how the wire calls it. The first of workspace and creator is what the server chooses. */
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
const LEFT_TO_SERVER: Name[] = ["workspaceId", "creatorUserId", "externalUser"];
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

/** What an input comes to when it is left out. */
const NONE: Given = { name: "key", includeByokInLimit: false, disabled: false };
function meaning(name: Name, given: Given): unknown {
  return given[name] ?? NONE[name] ?? null;
}

/** The rule of the issue, for inputs before and after: which differ. */
function differing(before: Given, after: Given): Name[] {
  return NAMES.filter((name) => {
    if (!LEFT_TO_SERVER.includes(name))
      return JSON.stringify(meaning(name, before)) !== JSON.stringify(meaning(name, after));
    // What was left to the server is not remembered, and what is left to it again stays.
    return after[name] !== undefined && after[name] !== before[name];
  });
}

const pairs = NAMES.flatMap((a, index) => NAMES.slice(index + 1).map((b): [Name, Name] => [a, b]));

/** All settings of a pair: each left out, and each with either value. */
function settingsOf([a, b]: [Name, Name]): Given[] {
  const options = (name: Name) => [{}, ...VALUES[name].map((value) => ({ [name]: value }))];
  return options(a).flatMap((first) => options(b).map((second) => ({ ...first, ...second })));
}

test.each(pairs)(
  "every change of %s with %s replaces or updates as the table says, and then converges",
  async (...pair) => {
    const settings = settingsOf(pair);
    for (const before of settings) {
      const { outputs, account } = await stateOf(inputsOf(before));
      for (const after of settings) {
        account.restore();
        const declared = inputsOf(after);
        const changed = differing(before, after);
        const replaces = changed.filter((name) => REPLACING.includes(name));
        const found = inferenceKey.diff(outputs, declared);
        const about = JSON.stringify({ before, after });
        expect({ about, ...found }).toEqual({ about, changed: changed.length > 0, replaces });
        if (changed.length === 0 || replaces.length > 0) continue;
        const updated = await inferenceKey.update(contextOf(account), HASH, outputs, declared);
        const body = Object.fromEntries(changed.map((name) => [WIRE[name] ?? name, meaning(name, after)]));
        expect({ about, sent: account.sent }).toEqual({
          about,
          sent: [{ method: "PATCH", path: `/keys/${HASH}`, body }],
        });
        expect(inferenceKey.diff(throughState(updated), declared)).toEqual({ changed: false, replaces: [] });
      }
    }
  },
);

test.each(NAMES)("%s that is not known yet is a change, and a replacement if it is one of those", async (name) => {
  const { outputs } = await stateOf(inputsOf({ [name]: VALUES[name][0] }));
  const replaces = REPLACING.includes(name) ? [name] : [];
  expect(inferenceKey.diff(outputs, inputsOf({ [name]: UNKNOWN_VALUE }))).toEqual({ changed: true, replaces });
});

test("a keeper that is not known yet replaces", async () => {
  const { outputs } = await stateOf(inputsOf({ keepers: { when: "may" } }));
  expect(inferenceKey.diff(outputs, inputsOf({ keepers: { when: UNKNOWN_VALUE } })).replaces).toEqual(["keepers"]);
});

test("an empty map of keepers is the same as none", async () => {
  const { outputs } = await stateOf(inputsOf({ keepers: {} }));
  expect(inferenceKey.diff(outputs, inputsOf({}))).toEqual({ changed: false, replaces: [] });
});

test.each([
  ["adding", {}, { adopt: HASH }],
  ["removing", { adopt: HASH }, {}],
  ["changing", { adopt: HASH }, { adopt: OTHER_HASH }],
])("%s adopt is no change", async (_title, before, after) => {
  const { outputs } = await stateOf(inputsOf({ limit: 5 }));
  expect(inferenceKey.diff({ ...outputs, ...before }, inputsOf({ limit: 5, ...after }))).toEqual({
    changed: false,
    replaces: [],
  });
});

test("the same instant in another zone is no change", async () => {
  const { outputs } = await stateOf(inputsOf({ expiresAt: "2027-01-01T00:00:00Z" }));
  const declared = inputsOf({ expiresAt: "2027-01-01T05:30:00.000+05:30" });
  expect(inferenceKey.diff(outputs, declared)).toEqual({ changed: false, replaces: [] });
});

test("a workspace id in capitals is the same workspace", async () => {
  const { outputs } = await stateOf(inputsOf({ workspaceId: CAPITALS }));
  expect(outputs.workspaceId).toBe(CAPITALS);
  expect(inferenceKey.diff(outputs, inputsOf({ workspaceId: CAPITALS.toLowerCase() })).changed).toBe(false);
});

test.each([
  ["a limit of -0 and 0", { limit: 0 }, { limit: -0 }],
  ["includeByokInLimit: false and none", {}, { includeByokInLimit: false }],
  ["disabled: false and none", { disabled: false }, {}],
])("%s are the same", async (_title, before, after) => {
  const { outputs } = await stateOf(inputsOf(before));
  expect(inferenceKey.diff(outputs, inputsOf(after))).toEqual({ changed: false, replaces: [] });
});

test("leaving a declared workspace and creator to the server again accepts the present ones", async () => {
  const { outputs: explicit } = await stateOf(inputsOf({ workspaceId: WORKSPACE, creatorUserId: CREATOR }));
  expect(inferenceKey.diff(explicit, inputsOf({}))).toEqual({ changed: false, replaces: [] });
});
