/** A set that the program changes in a run that refreshes first, as `pulumi up --refresh` does. */
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, touched } from "./support/declaredStack";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack();
});
afterEach(() => s.close());

const base: Declaration = { safe: { kind: "Guardrail" }, a: { kind: "InferenceKey" }, b: { kind: "InferenceKey" } };
const ofKeys = (...keyHashes: unknown[]): Declaration => ({
  ...base,
  set: { kind: "GuardrailAssignments", args: { guardrail: { resource: "safe" }, keyHashes } },
});

/** A refresh compares the set with the inputs of the state, and the update with those of the program. */
test("a change of the list is no second set", async () => {
  await s.up(ofKeys({ idOf: "a" }));
  const changed = await s.up(ofKeys({ idOf: "a" }, { idOf: "b" }), { refresh: true });
  expect([errorsOf(changed), touched(changed)]).toEqual(["", ["set"]]);
});

test("nor is the correction of a list of which a part failed", async () => {
  expect(errorsOf(await s.up(ofKeys({ idOf: "a" }, "f".repeat(64))))).toContain("1 of 2 keys is not assigned");
  const healed = await s.up(ofKeys({ idOf: "a" }), { refresh: true });
  expect([errorsOf(healed), touched(healed)]).toEqual(["", ["set"]]);
});
