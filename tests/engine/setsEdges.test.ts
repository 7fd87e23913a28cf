/** Sets of assignments at their edges: drift, moves, failures, and that no key is without its guardrail. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  stepsOf,
  touched,
  writes,
} from "./support/declaredStack";
import { assignedIn, expectSettled, guardrails, idIn, ids, keys, pair, removals, set } from "./support/sets";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack();
});
afterEach(() => s.close());

const idOf = (name: string) => idIn(s, name);
const assigned = () => assignedIn(s.simulator);

const isSettled = () => expectSettled(s);

describe("calls", () => {
  test("a set that goes alone is removed by one call", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    await s.up({ ...base, set: set(["a", "b"]) });
    const gone = await s.up(base);
    expect(writes(gone.calls)).toEqual([`POST /guardrails/${await idOf("safe")}/assignments/keys/remove`]);
    expect(assigned()).toEqual({});
  });

  test("members and keys are one set", async () => {
    const user = s.simulator.dashboard.addMember({ email: "ada@example.com" }).id;
    const base = { ...guardrails("safe"), ...keys("a") };
    await s.up({ ...base, set: set(["a"], { args: { userIds: [user] } }) });
    expect(s.simulator.account.memberAssignments).toMatchObject([{ user_id: user }]);
    await isSettled();
    const emptied = await s.up({ ...base, set: set([], { args: { userIds: [] } }) });
    expect(errorsOf(emptied)).toBe("");
    expect([s.simulator.account.memberAssignments, s.simulator.account.keyAssignments]).toEqual([[], []]);
    await isSettled();
  });
});

describe("drift", () => {
  test("what was assigned and removed in the dashboard is shown by hash and put back", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b"), set: set(["a", "b"]) };
    await s.up(base);
    const foreign = s.simulator.dashboard.createKey({ name: "foreign" }).key;
    s.simulator.dashboard.assign(await idOf("safe"), { keys: [foreign.hash] });
    s.simulator.dashboard.unassign(await idOf("safe"), { keys: [await idOf("a")] });
    const healed = await s.up(undefined, { refresh: true });
    expect([errorsOf(healed), touched(healed)]).toEqual(["", ["set"]]);
    expect(assigned()).toEqual({ safe: ["a", "b"] });
    await isSettled();
  });

  test("a set that is not exclusive leaves what it does not list", async () => {
    const open = (names: string[]) => set(names, { args: { exclusive: false } });
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    await s.up({ ...base, set: open(["a", "b"]) });
    const foreign = s.simulator.dashboard.createKey({ name: "foreign" }).key;
    s.simulator.dashboard.assign(await idOf("safe"), { keys: [foreign.hash] });
    await isSettled();
    await s.up({ ...base, set: open(["a"]) });
    expect(assigned()).toEqual({ safe: ["a", "foreign"] });
    await isSettled();
    await s.up({ ...base, set: set(["a"]) });
    expect(assigned()).toEqual({ safe: ["a"] });
    await isSettled();
  });

  test("a new set of a guardrail that has keys removes those that it does not list", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b", "c") };
    await s.up(base);
    s.simulator.dashboard.assign(await idOf("safe"), { keys: [await idOf("b"), await idOf("c")] });
    const made = await s.up({ ...base, set: set(["a", "b"]) });
    expect([errorsOf(made), assigned()]).toEqual(["", { safe: ["a", "b"] }]);
    await isSettled();
  });
});

describe("no key is without its guardrail", () => {
  test("moves between sets, where the losing one depends on the gaining one", async () => {
    const base = { ...guardrails("safe", "strict"), ...keys("a", "b", "c") };
    const sets = (safe: string[], strict: string[]): Declaration => ({
      ...base,
      gaining: set(strict, { guardrail: "strict" }),
      losing: set(safe, { opts: { dependsOn: ["gaining"] } }),
    });
    await s.up(sets(["a", "b"], ["c"]));
    const moved = await s.up(sets(["a"], ["b", "c"]));
    expect([errorsOf(moved), removals(moved)]).toEqual(["", []]);
    expect(assigned()).toEqual({ safe: ["a"], strict: ["b", "c"] });
    await isSettled();
  });

  test("a key that is replaced keeps its guardrail until its delete", async () => {
    const rotated = (round: string): Declaration => ({
      ...guardrails("safe"),
      ...keys("b"),
      a: { kind: "InferenceKey", args: { keepers: { round } } },
      set: set(["a", "b"]),
    });
    await s.up(rotated("1"));
    const old = await idOf("a");
    const replaced = await s.up(rotated("2"));
    const assignments = `/guardrails/${await idOf("safe")}/assignments/keys`;
    expect(errorsOf(replaced)).toBe("");
    expect(writes(replaced.calls)).toEqual(["POST /keys", `POST ${assignments}`, `DELETE /keys/${old}`]);
    await isSettled();
  });

  test.each([
    ["", false],
    [", also if its drift was found before", true],
  ])("a key that is removed from the program keeps its guardrail until its delete%s", async (_title, refresh) => {
    const base = guardrails("safe");
    await s.up({ ...base, ...keys("a", "b"), set: set(["a", "b"]) });
    const old = await idOf("b");
    s.simulator.dashboard.updateKey(old, { limit: 5 });
    const gone = await s.up({ ...base, ...keys("a"), set: set(["a"]) }, { refresh });
    expect([errorsOf(gone), writes(gone.calls)]).toEqual(["", [`DELETE /keys/${old}`]]);
    await isSettled();
  });

  test("a key that is kept and no longer listed is removed at once", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    await s.up({ ...base, set: set(["a", "b"]) });
    const unlisted = await s.up({ ...base, set: set(["a"]) });
    expect(errorsOf(unlisted)).toBe("");
    expect(assigned()).toEqual({ safe: ["a"] });
    await isSettled();
  });
});

describe("what fails", () => {
  test("a deleted key and one of another workspace are named, and the others are assigned", async () => {
    const second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    const elsewhere = s.simulator.dashboard.createKey({ name: "elsewhere", workspace_id: second }).key.hash;
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    const missing = "0".repeat(64);
    const withBad = set(["a", "b"], { args: { keyHashes: [...ids(["a"]), missing, elsewhere, ...ids(["b"])] } });
    const failed = await s.up({ ...base, set: withBad });
    expect(failed.ok).toBe(false);
    expect(errorsOf(failed)).toMatch(/2 of 4 keys are not assigned/);
    expect(errorsOf(failed)).toContain(`${missing} (there is no such key in this account)`);
    expect(errorsOf(failed)).toContain(`${elsewhere} (the API rejected the request: 400, Some keys do not belong`);
    expect(assigned()).toEqual({ safe: ["a", "b"] });
    const healed = await s.up({ ...base, set: set(["a", "b"]) });
    expect([errorsOf(healed), writes(healed.calls)]).toEqual(["", []]);
    await isSettled();
  });

  test("a second set of a guardrail is refused", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    const failed = await s.up({ ...base, one: set(["a"]), two: set(["b"]) });
    expect(failed.ok).toBe(false);
    expect(errorsOf(failed)).toMatch(/GuardrailAssignments "(one|two)" and "(one|two)" manage the same guardrail/);
  });

  test("a second set that another run has added is refused too", async () => {
    const base = { ...guardrails("safe"), ...keys("a", "b") };
    await s.up({ ...base, one: set(["a"]) });
    const two = { ...base, two: set(["b"]), one: set(["a"]) };
    const failed = await s.preview(two);
    expect(failed.ok).toBe(false);
    expect(errorsOf(failed)).toMatch(/manage the same guardrail/);
  });

  test.each([
    ["a single assignment for the same guardrail", { p: pair("b") }, /would remove what it does not list/],
    ["a single assignment of a listed key", { p: pair("a", "strict") }, /assign the same key/],
    ["another set with a listed key", { other: set(["a"], { guardrail: "strict" }) }, /assign the same key/],
  ])("%s is refused", async (_title, contradiction, message) => {
    const base = { ...guardrails("safe", "strict"), ...keys("a", "b") };
    const failed = await s.up({ ...base, set: set(["a"]), ...contradiction });
    expect(failed.ok).toBe(false);
    expect(errorsOf(failed)).toMatch(message);
  });

  test("a contradiction is said without a stack", async () => {
    const base = { ...guardrails("safe", "strict"), ...keys("a") };
    const failed = await s.up({ ...base, set: set(["a"]), p: pair("a", "strict") });
    expect(errorsOf(failed)).toMatch(/assign the same key/);
    expect(failed.output).not.toMatch(/^\s+at \S+ \(/m);
  });
});

test("a move that failed half-way and is taken back leaves no key without its guardrail", async () => {
  const base = { ...guardrails("safe", "strict"), ...keys("a", "b") };
  const after = { opts: { dependsOn: ["gaining"] } };
  const before = { ...base, gaining: set([], { guardrail: "strict" }), losing: set(["a", "b"], after) };
  await s.up(before);
  const gaining = set([], { guardrail: "strict", args: { keyHashes: [await idOf("b"), "cd".repeat(32)] } });
  const failed = await s.up({ ...base, gaining, losing: set(["a"], after) });
  expect([failed.ok, assigned()]).toEqual([false, { safe: ["a"], strict: ["b"] }]);
  const back = await s.up(before);
  expect([errorsOf(back), assigned()]).toEqual(["", { safe: ["a", "b"] }]);
});

test("a change of the guardrail moves all keys before the old set goes", async () => {
  const base = { ...guardrails("safe", "strict"), ...keys("a", "b") };
  await s.up({ ...base, set: set(["a", "b"]) });
  const moved = await s.up({ ...base, set: set(["a", "b"], { guardrail: "strict" }) });
  expect([errorsOf(moved), assigned()]).toEqual(["", { strict: ["a", "b"] }]);
  expect(stepsOf(moved).set?.[0]).toMatch(/replac/);
  await isSettled();
});

test("a set of a guardrail that the program only reads is removed by destroy", async () => {
  const { id } = s.simulator.dashboard.createGuardrail({ name: "shared" });
  const kept = s.simulator.dashboard.createKey({ name: "kept" }).key.hash;
  const base: Declaration = { shared: { kind: "Guardrail", get: id } };
  await s.up({ ...base, set: set([], { guardrail: "shared", args: { keyHashes: [kept] } }) });
  expect(s.simulator.account.keyAssignments).toMatchObject([{ key_hash: kept }]);
  const destroyed = await s.destroy();
  expect([errorsOf(destroyed), s.simulator.account.keyAssignments]).toEqual(["", []]);
});

test("get reads who is assigned and manages nothing", async () => {
  const { id } = s.simulator.dashboard.createGuardrail({ name: "shared" });
  const { hash } = s.simulator.dashboard.createKey({ name: "kept" }).key;
  s.simulator.dashboard.assign(id, { keys: [hash] });
  const read = await s.up({ seen: { kind: "GuardrailAssignments", get: id } });
  expect([errorsOf(read), writes(read.calls)]).toEqual(["", []]);
  expect((await s.resource("seen"))?.outputs).toMatchObject({ guardrailId: id, keyHashes: [hash], userIds: [] });
  await s.destroy();
  expect(s.simulator.account.keyAssignments).toHaveLength(1);
});

test("a set with the management key of a different account assigns nothing and says so", async () => {
  const base = { ...guardrails("safe"), ...keys("a") };
  await s.up({ ...base, set: set(["a"]) });
  const other = s.simulator.addAccount();
  const failed = await s.up(
    { ...base, again: set(["a"], { guardrail: "safe" }) },
    { env: { OPENROUTER_MANAGEMENT_KEY: other.managementKey } },
  );
  expect(failed.ok).toBe(false);
  expect(errorsOf(failed)).toContain("belongs to a different account");
});
