/** One set of assignments in place of many: its calls, and the way to it. */
import { type DeclaredStack, errorsOf, type Outcome, openDeclaredStack, writes } from "./support/declaredStack";
import { assignedIn, expectSettled, guardrails, idIn, keys, pair, removals, set } from "./support/sets";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack();
});
afterEach(() => s.close());

const idOf = (name: string) => idIn(s, name);
const assigned = () => assignedIn(s.simulator);

const isSettled = () => expectSettled(s);

const bodies = ({ calls }: Outcome) => calls.filter(({ method }) => method === "POST").map(({ body }) => body);

test("one call assigns all keys, one call each adds and removes one, and destroy needs none", async () => {
  const base = { ...guardrails("safe"), ...keys("a", "b", "c") };
  const made = await s.up({ ...base, set: set(["a", "b"]) });
  const assignments = `/guardrails/${await idOf("safe")}/assignments/keys`;
  expect([errorsOf(made), assigned()]).toEqual(["", { safe: ["a", "b"] }]);
  expect(writes(made.calls).filter((call) => call.includes("assignments"))).toEqual([`POST ${assignments}`]);
  await isSettled();

  const added = await s.up({ ...base, set: set(["c", "b", "a"]) });
  expect(writes(added.calls)).toEqual([`POST ${assignments}`]);
  expect(bodies(added)).toEqual([{ key_hashes: [await idOf("c")] }]);
  await isSettled();

  const removed = await s.up({ ...base, set: set(["c", "a"]) });
  expect(writes(removed.calls)).toEqual([`POST ${assignments}/remove`]);
  expect(bodies(removed)).toEqual([{ key_hashes: [await idOf("b")] }]);
  expect(assigned()).toEqual({ safe: ["a", "c"] });
  await isSettled();

  const destroyed = await s.destroy();
  expect(writes(destroyed.calls).every((call) => call.startsWith("DELETE"))).toBe(true);
  expect(s.simulator.account.keyAssignments).toEqual([]);
});

test("from pairs to a set, and back", async () => {
  const base = { ...guardrails("safe"), ...keys("a", "b") };
  const pairs = { pa: pair("a"), pb: pair("b") };
  await s.up({ ...base, ...pairs });
  const toSet = await s.up({ ...base, set: set(["a", "b"]) });
  expect([errorsOf(toSet), writes(toSet.calls)]).toEqual(["", []]);
  expect(assigned()).toEqual({ safe: ["a", "b"] });
  await isSettled();
  const toPairs = await s.up({ ...base, ...pairs });
  expect([errorsOf(toPairs), removals(toPairs)]).toEqual(["", []]);
  expect(assigned()).toEqual({ safe: ["a", "b"] });
  await isSettled();
});
