import { ApiError, AuthenticationError, NotFoundError, PermissionError, ServerError } from "../../provider/errors";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import { OPERATION, responding } from "./support/fakeApi";
import { contextOf, failureOf, GUARDRAIL } from "./support/samples";

const ID = `${GUARDRAIL}/assignments`;
const hashes = (count: number) => Array.from({ length: count }, (_, at) => at.toString(16).padStart(64, "0"));
const olds = { guardrailId: GUARDRAIL, keyHashes: hashes(250) };

test("a set of a guardrail that is gone is gone too, however many keys it has, after one call", async () => {
  const fake = responding(() => new NotFoundError(OPERATION, 404, "Guardrail not found"));
  const error = await failureOf(guardrailAssignments.delete(contextOf(fake), ID, olds));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(fake.sent).toHaveLength(1);
});

test("after a batch of unknown outcome the others are not sent, and only its keys may be assigned", async () => {
  let posts = 0;
  const lost = new ServerError(OPERATION, 500, "oops");
  const fake = responding(() => (++posts === 2 ? lost : { assigned_count: 100 }));
  const context = contextOf(fake);
  context.session.createdIds.add(GUARDRAIL);
  const error = await failureOf(guardrailAssignments.create(context, olds));
  expect(fake.sent).toHaveLength(2);
  expect(error.id).toBe(ID);
  expect(error.outputs).toMatchObject({ keyHashes: hashes(200) });
  expect(error.message).toMatch(/150 of 250 keys are not assigned: .*, 140 more \(the API failed/);
});

test("a single member who is refused is named", async () => {
  const refused = new ApiError(OPERATION, 400, "Some users are not members of the workspace");
  const context = contextOf(responding(() => refused));
  context.session.createdIds.add(GUARDRAIL);
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, userIds: ["user_x"] }));
  expect(error.message).toBe(
    `${OPERATION}: 1 of 1 member is not assigned: user_x (the API rejected the request: 400, ` +
      "Some users are not members of the workspace). Correct the list, then run it again.",
  );
});

test("a management key that may not write is told so, and not to correct the list", async () => {
  const advice = "use another key";
  const refused = () => new PermissionError(OPERATION, 403, "This management key does not have write access", advice);
  const context = contextOf(responding(refused));
  context.session.createdIds.add(GUARDRAIL);
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, keyHashes: hashes(3) }));
  expect(error.message).toBe(
    `${OPERATION}: the API rejected the management key (403: This management key does not have write access). Use another key.`,
  );
});

test("keys that another reason of 403 refuses are named", async () => {
  const refused = () => new AuthenticationError(OPERATION, 403, "This filter needs a HIPAA key", "use another key");
  const context = contextOf(responding(refused));
  context.session.createdIds.add(GUARDRAIL);
  const error = await failureOf(guardrailAssignments.create(context, { guardrailId: GUARDRAIL, keyHashes: hashes(3) }));
  expect(error.message).toMatch(/3 of 3 keys are not assigned: .*HIPAA key\). Correct the list/);
});
