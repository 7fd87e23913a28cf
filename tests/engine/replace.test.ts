/** What needs a new object, what does not, and in which order the old one goes. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  stepsOf,
  summary,
  touched,
  writes,
} from "./support/declaredStack";

let s: DeclaredStack;
let workspace: string;
let users: string[];
let before: Record<string, StateResource>;
let after: Record<string, StateResource>;
let planned: Outcome;
let done: Outcome;

const EXPIRY = "2099-01-01T00:00:00Z";

/** Each row of the table: the resource by which it is shown, and the inputs that replace it. */
const REPLACED: [name: string, inputs: string[]][] = [
  ["key-expiry", ["expiresAt"]],
  ["key-no-expiry", ["expiresAt"]],
  ["key-creator", ["creatorUserId"]],
  ["key-keepers", ["keepers"]],
  ["guardrail-workspace", ["workspaceId"]],
  ["assigned-elsewhere", ["guardrailId"]],
  ["assigned-other-key", ["keyHash"]],
  ["assigned-new-key", ["keyHash"]],
  ["member-elsewhere", ["guardrailId"]],
  ["member-other", ["userId"]],
];

function declaration(changed: boolean): Declaration {
  const pick = <Value>(first: Value, second: Value) => (changed ? second : first);
  const guarded = (guardrail: string, key: string) => ({
    kind: "GuardrailKeyAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: key } },
  });
  const member = (guardrail: string, userId: string | undefined) => ({
    kind: "GuardrailMemberAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, userId },
  });
  return {
    "key-expiry": { kind: "InferenceKey", args: { expiresAt: pick(EXPIRY, "2099-01-01T00:00:01Z") } },
    "key-no-expiry": { kind: "InferenceKey", args: pick({ expiresAt: EXPIRY }, {}) },
    "key-creator": { kind: "InferenceKey", args: pick({}, { creatorUserId: users[0] }) },
    "key-keepers": { kind: "InferenceKey", args: { keepers: { rotated: pick("1", "2") } } },
    "key-in-place": {
      kind: "InferenceKey",
      args: pick(
        { expiresAt: EXPIRY, workspaceId: workspace, creatorUserId: users[0], keepers: { by: "me" } },
        {
          // The same instant in another form, and what may be left to the server no longer declared.
          expiresAt: "2099-01-01T01:00:00.000+01:00",
          keepers: { by: "me" },
          name: "renamed",
          limit: 1,
          limitReset: "daily",
          includeByokInLimit: true,
          disabled: true,
        },
      ),
    },
    "guardrail-workspace": { kind: "Guardrail", args: pick({}, { workspaceId: workspace }) },
    "guardrail-in-place": {
      kind: "Guardrail",
      args: pick(
        { workspaceId: workspace },
        { name: "renamed", limitUsd: 1, resetInterval: "daily", enforceZdr: true },
      ),
    },
    one: { kind: "Guardrail" },
    two: { kind: "Guardrail" },
    "key-moved": { kind: "InferenceKey" },
    "key-left": { kind: "InferenceKey" },
    "key-taken": { kind: "InferenceKey" },
    "assigned-elsewhere": guarded(pick("one", "two"), "key-moved"),
    "assigned-other-key": guarded("one", pick("key-left", "key-taken")),
    "assigned-new-key": guarded("one", "key-keepers"),
    "member-elsewhere": member(pick("one", "two"), users[1]),
    "member-other": member("one", pick(users[2], users[3])),
  };
}

/** Whether the moved key and member were without a guardrail at any time. */
let unguarded: string[];

beforeAll(async () => {
  s = await openDeclaredStack();
  const { dashboard, account } = s.simulator;
  workspace = dashboard.addWorkspace({ name: "East", slug: "east" }).id;
  users = ["ada", "bo", "cy", "di"].map((name) => {
    return dashboard.addMember({ email: `${name}@first.example` }, [workspace]).id;
  });
  await s.up(declaration(false));
  before = await s.resources();
  planned = await s.preview(declaration(true));
  unguarded = [];
  s.simulator.onRequest = (point, { method, path }) => {
    const hashes = new Set(account.keyAssignments.map(({ key_hash }) => key_hash));
    const members = new Set(account.memberAssignments.map(({ user_id }) => user_id));
    const isMissing = !hashes.has(before["key-moved"]?.id ?? "") || !members.has(users[1] ?? "");
    if (isMissing) unguarded.push(`${point}: ${method} ${path}`);
  };
  done = await s.up();
  s.simulator.onRequest = undefined;
  after = await s.resources();
});
afterAll(() => s.close());

test.each(REPLACED)("%s is replaced, and the new one made before the old one is deleted", (name) => {
  expect(stepsOf(done)[name]).toEqual(["replace", "delete-replaced"]);
  expect(after[name]?.id).not.toBe(before[name]?.id);
});

test.each(REPLACED)("a preview tells that %s is replaced because of %j", (name, inputs) => {
  const step = planned.steps.find((each) => each.name === name && each.op === "replace");
  expect(step?.replaceKeys).toEqual(inputs);
});

test.each(["key-in-place", "guardrail-in-place"])("%s, of which all other inputs change, is updated", (name) => {
  expect(stepsOf(done)[name]).toEqual(["update"]);
  expect(after[name]?.id).toBe(before[name]?.id);
});

test("nothing else is touched", () => {
  expect(errorsOf(done)).toBe("");
  const names = [...REPLACED.map(([name]) => name), "key-in-place", "guardrail-in-place"];
  expect(touched(done)).toEqual(names.sort());
  expect(touched(planned)).toEqual(names);
});

test("a new key is made before the old one is deleted, and is another secret", async () => {
  const calls = summary(done.calls);
  for (const name of ["key-expiry", "key-keepers"]) {
    const post = done.calls.findIndex(({ path, body }) => path === "/keys" && JSON.stringify(body)?.includes(name));
    const gone = calls.indexOf(`DELETE /keys/${before[name]?.id}`);
    expect([post >= 0, gone > post]).toEqual([true, true]);
  }
  const secrets = Object.values(await s.stack.outputs({ showSecrets: true }));
  expect(new Set(secrets).size).toBe(secrets.length);
});

test("a key or member that is moved to another guardrail is never without one", () => {
  const moved = s.simulator.account.keyAssignments.find(({ key_hash }) => key_hash === before["key-moved"]?.id);
  expect(moved?.guardrail_id).toBe(before.two?.id);
  expect(unguarded).toEqual([]);
});

test("a key that is replaced is guarded before the old one is taken from its guardrail and deleted", () => {
  const [old, fresh] = [before["key-keepers"]?.id, after["key-keepers"]?.id];
  const assigned = done.calls.findIndex(({ body }) => JSON.stringify(body)?.includes(String(fresh)));
  const removed = done.calls.findIndex(({ body }) => JSON.stringify(body)?.includes(String(old)));
  const deleted = summary(done.calls).indexOf(`DELETE /keys/${old}`);
  expect([assigned >= 0, removed > assigned, deleted > removed]).toEqual([true, true, true]);
});

test("an assignment that is renamed in the program keeps its pair assigned", async () => {
  const { "assigned-elsewhere": key, "member-elsewhere": member, ...rest } = declaration(true);
  const pairsBefore = [...s.simulator.account.keyAssignments, ...s.simulator.account.memberAssignments];
  const renamed = await s.up({
    ...rest,
    ...(key && { "key-renamed": key }),
    ...(member && { "member-renamed": member }),
  });
  expect(stepsOf(renamed)).toMatchObject({ "key-renamed": ["create"], "assigned-elsewhere": ["delete"] });
  expect(stepsOf(renamed)).toMatchObject({ "member-renamed": ["create"], "member-elsewhere": ["delete"] });
  const pairsAfter = [...s.simulator.account.keyAssignments, ...s.simulator.account.memberAssignments];
  const inWords = (rows: typeof pairsAfter) =>
    rows.map((row) => `${row.guardrail_id} ${"key_hash" in row ? row.key_hash : row.user_id}`).sort();
  expect(inWords(pairsAfter)).toEqual(inWords(pairsBefore));
  expect(writes(renamed.calls).filter((call) => call.endsWith("/remove"))).toEqual([]);
});
