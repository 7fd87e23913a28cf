/** Outputs of one resource as inputs of another: they stay known while the first one is updated. */
import { type Declaration, errorsOf, openDeclaredStack, stepsOf, touched } from "./support/declaredStack";

/** Every reference to an id: by `id`, and by the output that repeats it. */
function declaration(limit: number, users: string[]): Declaration {
  const guardrailIds = [{ idOf: "guardrail" }, { outputOf: ["guardrail", "guardrailId"] }];
  const keyHashes = [{ idOf: "key-0" }, { outputOf: ["key-1", "hash"] }];
  const assignments: Declaration = {};
  for (const [index, guardrailId] of guardrailIds.entries()) {
    const keyArgs = { guardrailId, keyHash: keyHashes[index] };
    assignments[`of-key-${index}`] = { kind: "GuardrailKeyAssignment", args: keyArgs };
    const memberArgs = { guardrailId, userId: users[index] };
    assignments[`of-member-${index}`] = { kind: "GuardrailMemberAssignment", args: memberArgs };
  }
  return {
    "key-0": { kind: "InferenceKey", args: { limit } },
    "key-1": { kind: "InferenceKey", args: { limit } },
    guardrail: { kind: "Guardrail", args: { limitUsd: limit, resetInterval: "daily" } },
    ...assignments,
  };
}

test("replaces no assignment when the key and the guardrail that it refers to are updated", async () => {
  const s = await openDeclaredStack();
  const users = ["ada", "bo"].map((name) => s.simulator.dashboard.addMember({ email: `${name}@first.example` }).id);
  expect(errorsOf(await s.up(declaration(1, users)))).toBe("");

  // Both references are the id.
  const state = await s.resources();
  for (const index of [0, 1]) {
    const ids = { keyHash: state[`key-${index}`]?.id, guardrailId: state.guardrail?.id };
    expect(state[`of-key-${index}`]?.inputs).toMatchObject(ids);
    expect(state[`of-member-${index}`]?.inputs).toMatchObject({ guardrailId: ids.guardrailId });
  }

  const planned = await s.preview(declaration(2, users));
  expect(touched(planned)).toEqual(["guardrail", "key-0", "key-1"]);
  expect(stepsOf(planned)).toMatchObject({ guardrail: ["update"], "key-0": ["update"], "key-1": ["update"] });

  const updated = await s.up(declaration(2, users));
  expect({ touched: touched(updated), methods: updated.calls.map(({ method }) => method) }).toEqual({
    touched: ["guardrail", "key-0", "key-1"],
    methods: ["PATCH", "PATCH", "PATCH"],
  });
});
