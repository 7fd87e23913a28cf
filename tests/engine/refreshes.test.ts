/** Programs that change between an `up` and one with a refresh, which compares with the inputs of the state first. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";
import { assignCall, guardrails, keys, pair, set } from "./support/sets";

const base: Declaration = { ...guardrails("safe"), ...keys("a", "b") };
const refresh = { refresh: true };

test("removes a single assignment when the run that refreshes it no longer declares it", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, pair: pair("a") });
  const { errors, writes } = effectsOf(await s.up(base, refresh));
  expect({ errors, writes }).toEqual({ errors: "", writes: [`${await assignCall(s)}/remove`] });
});

test("deletes an adopted key when the run that refreshes it no longer declares it", async () => {
  const s = await openDeclaredStack();
  const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
  const adopting: Declaration = { ...base, p: { kind: "InferenceKey", args: { name: "theirs", adopt: hash } } };
  expect(errorsOf(await s.up(adopting))).toBe("");
  const { errors, writes } = effectsOf(await s.up(base, refresh));
  expect({ errors, writes }).toEqual({ errors: "", writes: [`DELETE /keys/${hash}`] });
});

test("keeps the guardrail of a key until its delete when the key leaves the program and its set", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"]) });
  const hash = await s.idOf("b");
  const { b: _, ...rest } = base;
  const { errors, writes } = effectsOf(await s.up({ ...rest, set: set(["a"]) }, refresh));
  expect({ errors, writes }).toEqual({ errors: "", writes: [`DELETE /keys/${hash}`] });
});

test("removes a key from the guardrail when the run that refreshes its set no longer lists it", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"]) });
  const { errors, writes } = effectsOf(await s.up({ ...base, set: set(["a"]) }, refresh));
  expect({ errors, writes }).toEqual({ errors: "", writes: [`${await assignCall(s)}/remove`] });
});

test("does not take a set for a second one of its guardrail when its list changes", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a"]) });
  const { errors, touched } = effectsOf(await s.up({ ...base, set: set(["a", "b"]) }, refresh));
  expect({ errors, touched }).toEqual({ errors: "", touched: ["set"] });
});

test("does not take a set for a second one of its guardrail when a failed list is corrected", async () => {
  const s = await openDeclaredStack();
  const wrong = set([], { args: { keyHashes: [{ idOf: "a" }, "f".repeat(64)] } });
  expectFailure(await s.up({ ...base, set: wrong }), "1 of 2 keys is not assigned");
  // The refresh may already have settled it: the state then has the corrected list.
  const corrected = { ...base, set: set(["a"]) };
  expect(effectsOf(await s.up(corrected, refresh)).errors).toBe("");
  expect(effectsOf(await s.up(corrected))).toEqual(NO_EFFECTS);
});
