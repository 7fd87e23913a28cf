/**
 * After it has read an object, a refresh asks for the difference to the inputs of the state. That comparison says nothing
 * of the program, which may have changed since.
 */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  touched,
  writes,
} from "./support/declaredStack";
import { guardrails, idIn, keys, set } from "./support/sets";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack();
});
afterEach(() => s.close());

const base: Declaration = { ...guardrails("safe"), ...keys("a", "b") };
const idOf = (name: string) => idIn(s, name);
const refresh = { refresh: true };

test("a single assignment that left the program is removed in the run that refreshes it", async () => {
  const args = { guardrailId: { idOf: "safe" }, keyHash: { idOf: "a" } };
  await s.up({ ...base, pair: { kind: "GuardrailKeyAssignment", args } });
  const assignments = `/guardrails/${await idOf("safe")}/assignments/keys`;
  const gone = await s.up(base, refresh);
  expect([errorsOf(gone), writes(gone.calls)]).toEqual(["", [`POST ${assignments}/remove`]]);
});

test("a key that was adopted and left the program is deleted in the run that refreshes it", async () => {
  const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
  const adopting: Declaration = { ...base, p: { kind: "InferenceKey", args: { name: "theirs", adopt: hash } } };
  expect(errorsOf(await s.up(adopting))).toBe("");
  const gone = await s.up(base, refresh);
  expect([errorsOf(gone), writes(gone.calls)]).toEqual(["", [`DELETE /keys/${hash}`]]);
});

test("a set is compared with the program, and a key that left both keeps its guardrail until its delete", async () => {
  await s.up({ ...base, set: set(["a", "b"]) });
  const old = await idOf("b");
  const { b: _, ...rest } = base;
  const gone = await s.up({ ...rest, set: set(["a"]) }, refresh);
  expect([errorsOf(gone), writes(gone.calls)]).toEqual(["", [`DELETE /keys/${old}`]]);
});

test("a key that a set no longer lists is removed in the run that refreshes the set", async () => {
  await s.up({ ...base, set: set(["a", "b"]) });
  const assignments = `/guardrails/${await idOf("safe")}/assignments/keys`;
  const unlisted = await s.up({ ...base, set: set(["a"]) }, refresh);
  expect([errorsOf(unlisted), writes(unlisted.calls)]).toEqual(["", [`POST ${assignments}/remove`]]);
});

test("a change of the list is no second set", async () => {
  await s.up({ ...base, set: set(["a"]) });
  const changed = await s.up({ ...base, set: set(["a", "b"]) }, refresh);
  expect([errorsOf(changed), touched(changed)]).toEqual(["", ["set"]]);
});

test("nor is the correction of a list of which a part failed", async () => {
  const wrong = set([], { args: { keyHashes: [{ idOf: "a" }, "f".repeat(64)] } });
  expect(errorsOf(await s.up({ ...base, set: wrong }))).toContain("1 of 2 keys is not assigned");
  const healed = await s.up({ ...base, set: set(["a"]) }, refresh);
  expect([errorsOf(healed), touched(healed)]).toEqual(["", ["set"]]);
});
