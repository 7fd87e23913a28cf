/** Sets of assignments: drift, moves without a gap, and failures. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  openDeclaredStack,
  stepsOf,
  touched,
  writes,
} from "./support/declaredStack";
import { assignCall, assignedIn, expectSettled, guardrails, ids, keys, pair, removals, set } from "./support/sets";

const safe = { ...guardrails("safe"), ...keys("a", "b") };
const safeAndStrict = { ...guardrails("safe", "strict"), ...keys("a", "b") };

describe("calls", () => {
  test("removes all assignments in one call when only the set leaves the program", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, set: set(["a", "b"]) });
    const removed = await s.up(safe);
    expect(writes(removed.calls)).toEqual([`${await assignCall(s)}/remove`]);
    expect(assignedIn(s.simulator)).toEqual({});
  });

  test("assigns and removes keys and members of one set", async () => {
    const s = await openDeclaredStack();
    const user = s.simulator.dashboard.addMember({ email: "ada@example.com" }).id;
    await s.up({ ...safe, set: set(["a"], { args: { userIds: [user] } }) });
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a"] });
    expect(s.simulator.account.memberAssignments).toMatchObject([{ user_id: user }]);
    await expectSettled(s);

    expect(errorsOf(await s.up({ ...safe, set: set([], { args: { userIds: [] } }) }))).toBe("");
    const { keyAssignments, memberAssignments } = s.simulator.account;
    expect({ keyAssignments, memberAssignments }).toEqual({ keyAssignments: [], memberAssignments: [] });
    await expectSettled(s);
  });
});

describe("drift", () => {
  test("reverts assignments that were added and removed in the dashboard", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, set: set(["a", "b"]) });
    const foreign = s.simulator.dashboard.createKey({ name: "foreign" }).key;
    s.simulator.dashboard.assign(await s.idOf("safe"), { keys: [foreign.hash] });
    s.simulator.dashboard.unassign(await s.idOf("safe"), { keys: [await s.idOf("a")] });
    const healed = await s.up(undefined, { refresh: true });
    expect({ errors: errorsOf(healed), touched: touched(healed) }).toEqual({ errors: "", touched: ["set"] });
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
    await expectSettled(s);
  });

  test("leaves unlisted assignments until the set becomes exclusive", async () => {
    const s = await openDeclaredStack();
    const open = (names: string[]) => set(names, { args: { exclusive: false } });
    await s.up({ ...safe, set: open(["a", "b"]) });
    const foreign = s.simulator.dashboard.createKey({ name: "foreign" }).key;
    s.simulator.dashboard.assign(await s.idOf("safe"), { keys: [foreign.hash] });
    await expectSettled(s);
    await s.up({ ...safe, set: open(["a"]) });
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "foreign"] });
    await expectSettled(s);
    await s.up({ ...safe, set: set(["a"]) });
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a"] });
    await expectSettled(s);
  });

  test("removes unlisted assignments when an exclusive set is created", async () => {
    const s = await openDeclaredStack();
    const base = { ...guardrails("safe"), ...keys("a", "b", "c") };
    await s.up(base);
    s.simulator.dashboard.assign(await s.idOf("safe"), { keys: [await s.idOf("b"), await s.idOf("c")] });
    expect(errorsOf(await s.up({ ...base, set: set(["a", "b"]) }))).toBe("");
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
    await expectSettled(s);
  });
});

describe("a key always has its guardrail", () => {
  test("moves a key between sets without a removal when the losing set depends on the gaining one", async () => {
    const s = await openDeclaredStack();
    const sets = (safe: string[], strict: string[]): Declaration => ({
      ...guardrails("safe", "strict"),
      ...keys("a", "b", "c"),
      gaining: set(strict, { guardrail: "strict" }),
      losing: set(safe, { opts: { dependsOn: ["gaining"] } }),
    });
    await s.up(sets(["a", "b"], ["c"]));
    const moved = await s.up(sets(["a"], ["b", "c"]));
    expect({ errors: errorsOf(moved), removals: removals(moved) }).toEqual({ errors: "", removals: [] });
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a"], strict: ["b", "c"] });
    await expectSettled(s);
  });

  test("keeps the guardrail of a replaced key until its delete", async () => {
    const s = await openDeclaredStack();
    const rotated = (round: string): Declaration => ({
      ...guardrails("safe"),
      ...keys("b"),
      a: { kind: "InferenceKey", args: { keepers: { round } } },
      set: set(["a", "b"]),
    });
    await s.up(rotated("1"));
    const old = await s.idOf("a");
    const replaced = await s.up(rotated("2"));
    expect({ errors: errorsOf(replaced), writes: writes(replaced.calls) }).toEqual({
      errors: "",
      writes: ["POST /keys", await assignCall(s), `DELETE /keys/${old}`],
    });
    await expectSettled(s);
  });

  test.each([
    ["without a refresh", false],
    ["when the same run detects drift of the key", true],
  ])("keeps the guardrail of a key that leaves the program until its delete, %s", async (_case, refresh) => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, set: set(["a", "b"]) });
    const old = await s.idOf("b");
    s.simulator.dashboard.updateKey(old, { limit: 5 });
    const { errors, writes } = effectsOf(
      await s.up({ ...guardrails("safe"), ...keys("a"), set: set(["a"]) }, { refresh }),
    );
    expect({ errors, writes }).toEqual({ errors: "", writes: [`DELETE /keys/${old}`] });
    await expectSettled(s);
  });

  test("removes a key at once when the set no longer lists it and the program keeps it", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, set: set(["a", "b"]) });
    expect(errorsOf(await s.up({ ...safe, set: set(["a"]) }))).toBe("");
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a"] });
    await expectSettled(s);
  });

  test("restores the old assignments when a move failed halfway and the program is reverted", async () => {
    const s = await openDeclaredStack();
    const afterGaining = { opts: { dependsOn: ["gaining"] } };
    const before = {
      ...safeAndStrict,
      gaining: set([], { guardrail: "strict" }),
      losing: set(["a", "b"], afterGaining),
    };
    await s.up(before);
    const withMissingKey = { keyHashes: [await s.idOf("b"), "cd".repeat(32)] };
    const gaining = set([], { guardrail: "strict", args: withMissingKey });
    const failed = await s.up({ ...safeAndStrict, gaining, losing: set(["a"], afterGaining) });
    expect({ ok: failed.ok, assigned: assignedIn(s.simulator) }).toEqual({
      ok: false,
      assigned: { safe: ["a"], strict: ["b"] },
    });
    expect(errorsOf(await s.up(before))).toBe("");
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
  });

  test("moves all keys before it deletes the old set when the guardrail changes", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safeAndStrict, set: set(["a", "b"]) });
    const moved = await s.up({ ...safeAndStrict, set: set(["a", "b"], { guardrail: "strict" }) });
    expect({ errors: errorsOf(moved), assigned: assignedIn(s.simulator) }).toEqual({
      errors: "",
      assigned: { strict: ["a", "b"] },
    });
    expect(stepsOf(moved).set?.[0]).toMatch(/replac/);
    await expectSettled(s);
  });
});

describe("failures", () => {
  test("names the keys that can't be assigned, and assigns the others", async () => {
    const s = await openDeclaredStack();
    const second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    const elsewhere = s.simulator.dashboard.createKey({ name: "elsewhere", workspace_id: second }).key.hash;
    const missing = "0".repeat(64);
    const keyHashes = [...ids(["a"]), missing, elsewhere, ...ids(["b"])];
    const failed = await s.up({ ...safe, set: set(["a", "b"], { args: { keyHashes } }) });
    expectFailure(failed, "2 of 4 keys are not assigned");
    expectFailure(failed, `${missing} (there is no such key in this account)`);
    expectFailure(failed, `${elsewhere} (the API rejected the request: 400, Some keys do not belong`);
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });

    const { errors, writes } = effectsOf(await s.up({ ...safe, set: set(["a", "b"]) }));
    expect({ errors, writes }).toEqual({ errors: "", writes: [] });
    await expectSettled(s);
  });

  test("fails when two sets of one run manage the same guardrail", async () => {
    const s = await openDeclaredStack();
    const failed = await s.up({ ...safe, one: set(["a"]), two: set(["b"]) });
    expectFailure(failed, /GuardrailAssignments "(one|two)" and "(one|two)" manage the same guardrail/);
  });

  test("fails in the preview when a later run adds a second set of the same guardrail", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, one: set(["a"]) });
    const failed = await s.preview({ ...safe, two: set(["b"]), one: set(["a"]) });
    expectFailure(failed, "manage the same guardrail");
  });

  test.each([
    [
      "a single assignment of another key to the same guardrail",
      { p: pair("b") },
      /would remove assignments that it does not list/,
    ],
    ["a single assignment of a listed key", { p: pair("a", "strict") }, /assign the same key/],
    ["another set with a listed key", { other: set(["a"], { guardrail: "strict" }) }, /assign the same key/],
  ])("fails without a stack trace when the program also has %s", async (_case, contradiction, message) => {
    const s = await openDeclaredStack();
    const failed = await s.up({ ...safeAndStrict, set: set(["a"]), ...contradiction });
    expectFailure(failed, message);
    expect(failed.output).not.toMatch(/^\s+at \S+ \(/m);
  });

  test("assigns nothing with the management key of a different account", async () => {
    const s = await openDeclaredStack();
    await s.up({ ...safe, set: set(["a"]) });
    const other = s.simulator.addAccount();
    s.addSecret(other.managementKey);
    const failed = await s.up(
      { ...safe, again: set(["a"], { guardrail: "safe" }) },
      { env: { OPENROUTER_MANAGEMENT_KEY: other.managementKey } },
    );
    expectFailure(failed, "belongs to a different account");
    expect(assignedIn(s.simulator)).toEqual({ safe: ["a"] });
  });
});

describe("a guardrail outside the stack", () => {
  test("loses the assignments of the set, and nothing else, when the stack is destroyed", async () => {
    const s = await openDeclaredStack();
    const { id } = s.simulator.dashboard.createGuardrail({ name: "shared" });
    const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
    const shared: Declaration = { shared: { kind: "Guardrail", get: id } };
    await s.up({ ...shared, set: set([], { guardrail: "shared", args: { keyHashes: [hash] } }) });
    expect(s.simulator.account.keyAssignments).toMatchObject([{ key_hash: hash }]);
    expect(errorsOf(await s.destroy())).toBe("");
    expect(s.simulator.account.keyAssignments).toEqual([]);
  });

  test("keeps its assignments when a program only reads them with `get`", async () => {
    const s = await openDeclaredStack();
    const { id } = s.simulator.dashboard.createGuardrail({ name: "shared" });
    const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
    s.simulator.dashboard.assign(id, { keys: [hash] });
    const read = await s.up({ seen: { kind: "GuardrailAssignments", get: id } });
    expect({ errors: errorsOf(read), writes: writes(read.calls) }).toEqual({ errors: "", writes: [] });
    const { guardrailId, keyHashes, userIds } = (await s.resource("seen"))?.outputs ?? {};
    expect({ guardrailId, keyHashes, userIds }).toEqual({ guardrailId: id, keyHashes: [hash], userIds: [] });
    await s.destroy();
    expect(s.simulator.account.keyAssignments).toHaveLength(1);
  });
});
