import { ApiError, AuthenticationError, NotFoundError, PermissionError, ServerError } from "../../provider/errors";
import type { Context } from "../../provider/reconcile/lifecycle";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import { type FakeApi, OPERATION, responding } from "./support/fakeApi";
import { contextOf, failureOf, GUARDRAIL } from "./support/samples";

const ID = `${GUARDRAIL}/assignments`;
const hashes = (count: number) => Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, "0"));
const olds = { guardrailId: GUARDRAIL, keyHashes: hashes(250) };

/** The context of a run that has created the guardrail, so that nothing is listed. */
function ofNewGuardrail(fake: FakeApi): Context {
  const context = contextOf(fake);
  context.session.createdIds.add(GUARDRAIL);
  return context;
}

test("fails with the 404 after one request when the guardrail was deleted, however many keys the set has", async () => {
  const fake = responding(() => new NotFoundError(OPERATION, 404, "Guardrail not found"));
  const error = await failureOf(guardrailAssignments.delete(contextOf(fake), ID, olds));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(fake.sent).toHaveLength(1);
});

test("stops after a batch with an unknown outcome, and keeps its keys in state", async () => {
  let posts = 0;
  const lost = new ServerError(OPERATION, 500, "oops");
  const fake = responding(() => (++posts === 2 ? lost : { assigned_count: 100 }));
  const error = await failureOf(guardrailAssignments.create(ofNewGuardrail(fake), olds));
  expect(fake.sent).toHaveLength(2);
  expect(error.id).toBe(ID);
  expect(error.outputs).toMatchObject({ keyHashes: hashes(200) });
  expect(error.message).toMatch(/150 of 250 keys are not assigned: .*, 140 more \(the API failed/);
});

test("names a single member that the API rejects", async () => {
  const rejection = new ApiError(OPERATION, 400, "Some users are not members of the workspace");
  const context = ofNewGuardrail(responding(() => rejection));
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, userIds: ["user_x"] }));
  expect(error.message).toBe(
    `${OPERATION}: 1 of 1 member is not assigned: user_x (the API rejected the request: 400, ` +
      "Some users are not members of the workspace). Correct the list, then run the same command again.",
  );
});

test("reports a management key without write access, without the advice to correct the list", async () => {
  const advice = "use another key";
  const rejection = () => new PermissionError(OPERATION, 403, "This management key does not have write access", advice);
  const context = ofNewGuardrail(responding(rejection));
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, keyHashes: hashes(3) }));
  expect(error.message).toBe(
    `${OPERATION}: the API rejected the management key (403: This management key does not have write access). Use another key.`,
  );
});

test("names the keys when a 403 has a different reason", async () => {
  const rejection = () => new AuthenticationError(OPERATION, 403, "This filter needs a HIPAA key", "use another key");
  const context = ofNewGuardrail(responding(rejection));
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, keyHashes: hashes(3) }));
  expect(error.message).toMatch(/3 of 3 keys are not assigned: .*HIPAA key\). Correct the list/);
});
