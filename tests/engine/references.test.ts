/** What is passed from one of our resources to another stays known while the first one is updated. */
import { type Declaration, type DeclaredStack, openDeclaredStack, stepsOf, touched } from "./support/declaredStack";

let s: DeclaredStack;
afterAll(() => s.close());

/** Every reference that there is: an input that wants an id, and each output that is one. */
const KEY_HASHES = [{ idOf: "key-0" }, { outputOf: ["key-1", "hash"] }];
const GUARDRAIL_IDS = [{ idOf: "guardrail" }, { outputOf: ["guardrail", "guardrailId"] }];
let users: string[];

function declaration(limit: number): Declaration {
  const keyArgs = GUARDRAIL_IDS.map((guardrailId, index) => ({ guardrailId, keyHash: KEY_HASHES[index] }));
  const memberArgs = GUARDRAIL_IDS.map((guardrailId, index) => ({ guardrailId, userId: users[index] }));
  return {
    "key-0": { kind: "InferenceKey", args: { limit } },
    "key-1": { kind: "InferenceKey", args: { limit } },
    guardrail: { kind: "Guardrail", args: { limitUsd: limit, resetInterval: "daily" } },
    ...Object.fromEntries(keyArgs.map((args, index) => [`of-key-${index}`, { kind: "GuardrailKeyAssignment", args }])),
    ...Object.fromEntries(
      memberArgs.map((args, index) => [`of-member-${index}`, { kind: "GuardrailMemberAssignment", args }]),
    ),
  };
}

beforeAll(async () => {
  s = await openDeclaredStack();
  users = ["ada", "bo"].map((name) => s.simulator.dashboard.addMember({ email: `${name}@first.example` }).id);
  await s.up(declaration(1));
});

test("hash and guardrailId are the id", async () => {
  const state = await s.resources();
  for (const index of [0, 1]) {
    expect(state[`of-key-${index}`]?.inputs).toMatchObject({
      keyHash: state[`key-${index}`]?.id,
      guardrailId: state.guardrail?.id,
    });
    expect(state[`of-member-${index}`]?.inputs).toMatchObject({ guardrailId: state.guardrail?.id });
  }
});

test("an update of a key and a guardrail previews no replacement of what refers to them", async () => {
  const planned = await s.preview(declaration(2));
  const steps = stepsOf(planned);
  expect(touched(planned)).toEqual(["guardrail", "key-0", "key-1"]);
  expect(steps).toMatchObject({ guardrail: ["update"], "key-0": ["update"], "key-1": ["update"] });
});

test("and replaces none", async () => {
  const done = await s.up(declaration(2));
  expect(touched(done)).toEqual(["guardrail", "key-0", "key-1"]);
  expect(done.calls.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "PATCH"]);
});
