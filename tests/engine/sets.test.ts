/** One set of assignments instead of many single ones: its calls, and the change from one to the other. */
import { effectsOf, errorsOf, type Outcome, openDeclaredStack, writes } from "./support/declaredStack";
import { assignCall, assignedIn, expectSettled, guardrails, keys, pair, removals, set } from "./support/sets";

const bodies = ({ calls }: Outcome) => calls.filter(({ method }) => method === "POST").map(({ body }) => body);

test("assigns all keys in one call, adds or removes one in one call, and needs none to destroy", async () => {
  const s = await openDeclaredStack();
  const base = { ...guardrails("safe"), ...keys("a", "b", "c") };

  const created = await s.up({ ...base, set: set(["a", "b"]) });
  const assign = await assignCall(s);
  const assignments = writes(created.calls).filter((call) => call.includes("assignments"));
  expect({ errors: errorsOf(created), assignments }).toEqual({ errors: "", assignments: [assign] });
  expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
  await expectSettled(s);

  // Another order is not a change.
  const added = await s.up({ ...base, set: set(["c", "b", "a"]) });
  expect({ writes: writes(added.calls), bodies: bodies(added) }).toEqual({
    writes: [assign],
    bodies: [{ key_hashes: [await s.idOf("c")] }],
  });
  await expectSettled(s);

  const removed = await s.up({ ...base, set: set(["c", "a"]) });
  expect({ writes: writes(removed.calls), bodies: bodies(removed) }).toEqual({
    writes: [`${assign}/remove`],
    bodies: [{ key_hashes: [await s.idOf("b")] }],
  });
  expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "c"] });
  await expectSettled(s);

  // The delete of the guardrail and the keys ends the assignments.
  const destroyed = await s.destroy();
  const otherWrites = writes(destroyed.calls).filter((call) => !call.startsWith("DELETE"));
  expect({ otherWrites, assignments: s.simulator.account.keyAssignments }).toEqual({
    otherWrites: [],
    assignments: [],
  });
});

test("removes no key from its guardrail when pairs become a set, and a set becomes pairs", async () => {
  const s = await openDeclaredStack();
  const base = { ...guardrails("safe"), ...keys("a", "b") };
  const pairs = { pa: pair("a"), pb: pair("b") };
  await s.up({ ...base, ...pairs });

  const toSet = effectsOf(await s.up({ ...base, set: set(["a", "b"]) }));
  expect({ errors: toSet.errors, writes: toSet.writes }).toEqual({ errors: "", writes: [] });
  expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
  await expectSettled(s);

  const toPairs = await s.up({ ...base, ...pairs });
  expect({ errors: errorsOf(toPairs), removals: removals(toPairs) }).toEqual({ errors: "", removals: [] });
  expect(assignedIn(s.simulator)).toEqual({ safe: ["a", "b"] });
  await expectSettled(s);
});
