/** An assistant can't change what a stack manages, whichever way it tries. */
import { eachTestOnASimulator } from "./support/account";
import type { Entry } from "./support/states";
import { connectWriter, type Writer, writesTo } from "./support/writes";

const simulator = eachTestOnASimulator();
let writer: Writer;
beforeEach(async () => {
  writer = await connectWriter(simulator());
});
afterEach(() => writer.close());

function objects() {
  const { dashboard } = simulator();
  const hash = dashboard.createKey({ name: "budgets/prod/ci" }).key.hash;
  const other = dashboard.createKey({ name: "other" }).key.hash;
  const guardrail = dashboard.createGuardrail({ name: "safe" }).id;
  const otherGuardrail = dashboard.createGuardrail({ name: "other" }).id;
  const user = String(simulator().account.members[0]?.id);
  return { hash, other, guardrail, otherGuardrail, user };
}
type Objects = ReturnType<typeof objects>;

const keyEntry = ({ hash }: Objects): Entry => ({ kind: "InferenceKey", name: "ci", id: hash });
const guardrailEntry = ({ guardrail }: Objects): Entry => ({ kind: "Guardrail", name: "safe", id: guardrail });
const pair = ({ hash, guardrail }: Objects): Entry => ({
  ...{ kind: "GuardrailKeyAssignment", name: "ci" },
  inputs: { guardrailId: guardrail, keyHash: hash },
});
const set = ({ hash, guardrail, user }: Objects): Entry => ({
  ...{ kind: "GuardrailAssignments", name: "team" },
  inputs: { guardrailId: guardrail.toUpperCase(), keyHashes: [hash], userIds: [user] },
});

const updateKey = ({ hash }: Objects) => ["update_key", { hash, limit: 1 }] as const;
const deleteKey = ({ hash }: Objects) => ["delete_key", { hash }] as const;
const assignKeys = ({ hash, otherGuardrail }: Objects) =>
  ["assign_keys", { guardrailId: otherGuardrail, keyHashes: [hash] }] as const;
const assignToManaged = ({ other, guardrail }: Objects) =>
  ["assign_keys", { guardrailId: guardrail, keyHashes: [other] }] as const;
const unassignKeys = ({ hash, guardrail }: Objects) =>
  ["unassign_keys", { guardrailId: guardrail, keyHashes: [hash] }] as const;
const updateGuardrail = ({ guardrail }: Objects) => ["update_guardrail", { id: guardrail, description: "x" }] as const;
const deleteGuardrail = ({ guardrail }: Objects) => ["delete_guardrail", { id: guardrail }] as const;
const assignMembers = ({ otherGuardrail, user }: Objects) =>
  ["assign_members", { guardrailId: otherGuardrail, userIds: [user] }] as const;
const unassignMembers = ({ guardrail, user }: Objects) =>
  ["unassign_members", { guardrailId: guardrail, userIds: [user] }] as const;

const CASES = [
  ["a managed key", keyEntry, updateKey],
  ["a managed key", keyEntry, deleteKey],
  ["a managed key", keyEntry, assignKeys],
  ["a managed key", keyEntry, unassignKeys],
  ["a managed guardrail", guardrailEntry, updateGuardrail],
  ["a managed guardrail", guardrailEntry, deleteGuardrail],
  ["a managed guardrail", guardrailEntry, assignToManaged],
  ["a managed guardrail", guardrailEntry, unassignMembers],
  ["a managed pair", pair, deleteKey],
  ["a managed pair", pair, assignKeys],
  ["a managed pair", pair, unassignKeys],
  ["a managed pair", pair, updateGuardrail],
  ["a managed set", set, deleteKey],
  ["a managed set", set, assignToManaged],
  ["a managed set", set, assignMembers],
  ["a managed set", set, unassignMembers],
  ["a managed set", set, deleteGuardrail],
] as const;

test.each(CASES)("refuses to change %s %#", async (_, entry, call) => {
  const all = objects();
  simulator().dashboard.assign(all.guardrail, { keys: [all.hash], members: [all.user] });
  writer.setState([entry(all)]);
  const [tool, args] = call(all);
  const { error } = await writer.failure(tool, args);
  expect(error).toMatch(/^nothing was changed: the stack budgets\/prod manages .*propose_change returns the edit$/);
  expect(writesTo(simulator())).toEqual([]);
});

test.each(CASES)("refuses to change %s of the native provider %#", async (_, entry, call) => {
  const all = objects();
  simulator().dashboard.assign(all.guardrail, { keys: [all.hash], members: [all.user] });
  writer.setState([{ ...entry(all), native: true }]);
  const [tool, args] = call(all);
  const { error } = await writer.failure(tool, args);
  expect(error).toContain("nothing was changed: the stack budgets/prod manages ");
  expect(writesTo(simulator())).toEqual([]);
});

test.each(CASES.map(([, entry, call]) => [entry, call] as const))(
  "refuses a write whose object a stack adopted after the dry run %#",
  async (entry, call) => {
    const all = objects();
    simulator().dashboard.assign(all.guardrail, { keys: [all.hash], members: [all.user] });
    const [tool, args] = call(all);
    const { token } = await writer.use(tool, args);
    writer.setState([entry(all)]);
    const { error } = await writer.failure(tool, { ...args, dryRun: false, token });
    expect(error).toContain("the stack budgets/prod manages");
    expect(writesTo(simulator())).toEqual([]);
  },
);

test("allows changes of other objects, and of one that a stack only reads", async () => {
  const all = objects();
  writer.setState([keyEntry(all), { ...guardrailEntry(all), external: true }]);
  await writer.write("update_key", { hash: all.other, limit: 1 });
  await writer.write("update_guardrail", { id: all.guardrail, description: "x" });
  expect(writesTo(simulator())).toEqual([`PATCH /keys/${all.other}`, `PATCH /guardrails/${all.guardrail}`]);
});

test.each([
  ["create_key", { name: "budgets/prod/new", limit: 1 }],
  ["create_guardrail", { name: "budgets/prod/new" }],
])("refuses a name that the stack gives to its own objects: %s", async (tool, args) => {
  const { error } = await writer.failure(tool, args);
  expect(error).toContain("the stack budgets/prod names its objects budgets/prod/…");
});

test("refuses to rename an object to such a name", async () => {
  const { other } = objects();
  const { error } = await writer.failure("update_key", { hash: other, name: "budgets/prod/mine" });
  expect(error).toContain("names its objects");
});

test("refuses the name of an object that an interrupted run may have created", async () => {
  writer.setState([], [{ kind: "InferenceKey", name: "ci", inputs: { name: "app" } }]);
  const { error } = await writer.failure("create_key", { name: "app", limit: 1 });
  writer.setState([], [{ kind: "InferenceKey", name: "ci", native: true, inputs: { name: "app" } }]);
  expect((await writer.failure("create_key", { name: "app", limit: 1 })).error).toBe(error);
  expect(error).toContain("was interrupted while creating an object of this name");
});

test("refuses every write when the state is of a different account, because it protects nothing here", async () => {
  const all = objects();
  const origin = { version: 1, account: "c0ffee00-0000-4000-8000-000000000000" };
  writer.setState([{ ...keyEntry(all), outputs: { __origin: origin } }]);
  const { error } = await writer.failure("update_key", { hash: all.other, limit: 1 });
  expect(error).toContain("the stack budgets/prod is of a different account");
});

test("refuses every write when the state can't be read any more", async () => {
  const { other } = objects();
  const { token } = await writer.use("update_key", { hash: other, limit: 1 });
  (await import("node:fs")).writeFileSync(writer.stateFile, "{}");
  const { error } = await writer.failure("update_key", { hash: other, limit: 1, dryRun: false, token });
  expect(error).toContain("is not a stack export");
  expect(writesTo(simulator())).toEqual([]);
});
