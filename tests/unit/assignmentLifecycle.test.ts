import { NotAppliedError, NotFoundError, ServerError } from "../../provider/errors";
import { guardrailKeyAssignment } from "../../provider/resources/guardrailKeyAssignment";
import { guardrailMemberAssignment } from "../../provider/resources/guardrailMemberAssignment";
import { OPERATION, responding, type SentRequest, scripted } from "./support/fakeApi";
import { CREATED_AT, contextOf, failureOf, GUARDRAIL, HASH, newSession, OTHER_GUARDRAIL } from "./support/samples";

const PAIR = { guardrailId: GUARDRAIL, keyHash: HASH };
const ID = `${GUARDRAIL}/${HASH}`;
const KEYS = `/guardrails/${GUARDRAIL}/assignments/keys`;
const MEMBERS = `/guardrails/${GUARDRAIL}/assignments/members`;
const MEMBER = { guardrailId: GUARDRAIL, userId: "user_ada" };
const MEMBER_ID = `${GUARDRAIL}/user_ada`;
const row = { id: "row", guardrail_id: GUARDRAIL, key_hash: HASH, assigned_by: "user_owner", created_at: CREATED_AT };
const memberRow = { id: "row", guardrail_id: GUARDRAIL, user_id: "user_ada", organization_id: "org_1" };
const list = (...rows: object[]) => ({ data: rows, total_count: rows.length });
const count = (assigned: number) => ({ assigned_count: assigned });
const missing = new NotFoundError(OPERATION, 404, "Guardrail not found");
const broken = new ServerError(OPERATION, 500, "Internal Server Error");

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Skips every wait. */
async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}

test("assigns a key with one POST of its hash", async () => {
  const fake = scripted(count(1));
  const session = newSession();
  const created = await settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR));
  expect(fake.sent).toEqual([{ method: "POST", path: KEYS, body: { key_hashes: [HASH] } }]);
  expect(created).toEqual({ id: ID, outputs: PAIR });
  expect(guardrailKeyAssignment.claims(ID, PAIR)).toEqual([ID]);
});

test("assigns a member with one POST of the user id", async () => {
  const fake = scripted(count(1));
  const created = await settled(guardrailMemberAssignment.create(contextOf(fake), MEMBER));
  expect(fake.sent).toEqual([{ method: "POST", path: MEMBERS, body: { member_user_ids: ["user_ada"] } }]);
  expect(created).toEqual({ id: MEMBER_ID, outputs: MEMBER });
});

test("finds an existing assignment with one list when the POST counts 0", async () => {
  const fake = scripted(count(0), list(row));
  const { outputs } = await settled(guardrailKeyAssignment.create(contextOf(fake), PAIR));
  expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`]);
  expect(outputs).toEqual({ ...PAIR, assignedBy: "user_owner", createdAt: CREATED_AT });
});

test("retries the POST when the API does not know the new key yet", async () => {
  const fake = scripted(count(0), list(), count(0), count(1));
  await settled(guardrailKeyAssignment.create(contextOf(fake), PAIR));
  expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`, `POST ${KEYS}`, `POST ${KEYS}`]);
});

test("fails after a bounded number of attempts when the account does not have the key", async () => {
  const fake = responding(({ method }) => (method === "GET" ? list() : count(0)));
  const session = newSession();
  const error = await failureOf(settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR)));
  expect(error).toBeInstanceOf(NotAppliedError);
  expect(error.message).toMatch(/no such key in this account/);
  const methods = fake.sent.map(({ method }) => method);
  expect(methods).toEqual(["POST", "GET", "POST", "POST", "POST", "GET"]);
  expect([...session.createdIds]).toEqual([]);
});

test("finds the assignment of a retried request when every POST counts 0", async () => {
  // The first count is 0 because the key is unknown. The second response was lost, and its retry counts 0.
  let posts = 0;
  const fake = responding(({ method }: SentRequest) => {
    if (method === "POST") posts++;
    if (method === "POST") return count(0);
    return posts > 1 ? list(row) : list();
  });
  const { outputs } = await settled(guardrailKeyAssignment.create(contextOf(fake), PAIR));
  expect(outputs).toMatchObject(PAIR);
});

test.each([
  ["the guardrail and the key", [GUARDRAIL, HASH], ["GET"]],
  ["only the guardrail", [GUARDRAIL], ["POST"]],
  ["only the key", [HASH], ["POST"]],
])("creates an existing assignment when this run adopted %s with exactly %s", async (_title, adopted, methods) => {
  const fake = responding(({ method }) => (method === "GET" ? list(row) : count(1)));
  const session = newSession();
  for (const id of adopted) session.claimedIds.add(id);
  await settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR));
  expect(fake.sent.map(({ method }) => method)).toEqual(methods);
});

test("assigns the key in an update, which only follows a failed create", async () => {
  const fake = scripted(count(0), list(row));
  const outputs = await settled(guardrailKeyAssignment.update(contextOf(fake), ID, PAIR, PAIR));
  expect(outputs).toMatchObject(PAIR);
});

describe("read", () => {
  test("finds an assignment after short and empty pages", async () => {
    const pages: Record<number, object[]> = { 0: [{ ...row, key_hash: "other" }], 100: [], 200: [row] };
    const fake = responding(({ query }) => {
      const { offset } = query as { offset: number };
      return { data: pages[offset] ?? [], total_count: 201 };
    });
    const found = await guardrailKeyAssignment.read(contextOf(fake), ID, PAIR);
    expect(fake.sent.map(({ query }) => query)).toEqual([0, 100, 200].map((offset) => ({ offset, limit: 100 })));
    expect(found).toEqual({ inputs: PAIR, outputs: { ...PAIR, assignedBy: "user_owner", createdAt: CREATED_AT } });
  });

  test("stops at the page that has the assignment", async () => {
    const fake = scripted({ data: [row], total_count: 500 });
    await guardrailKeyAssignment.read(contextOf(fake), ID, PAIR);
    expect(fake.sent).toHaveLength(1);
  });

  test("reads a member's assignment by its id alone", async () => {
    const found = await guardrailMemberAssignment.read(contextOf(scripted(list(memberRow))), MEMBER_ID, undefined);
    expect(found).toEqual({ inputs: MEMBER, outputs: MEMBER });
  });

  test.each([
    ["the assignment was removed", list()],
    ["the guardrail was deleted", missing],
  ])("returns nothing when %s", async (_title, response) => {
    expect(await guardrailKeyAssignment.read(contextOf(scripted(response)), ID, PAIR)).toBeUndefined();
  });

  test("passes on any other failure", async () => {
    expect(await failureOf(guardrailKeyAssignment.read(contextOf(scripted(broken)), ID, PAIR))).toBe(broken);
  });
});

describe("delete", () => {
  test.each([1, 0])("sends one POST to its own guardrail, and accepts a count of %i", async (unassigned) => {
    const fake = scripted({ unassigned_count: unassigned });
    await settled(guardrailKeyAssignment.delete(contextOf(fake), ID, PAIR));
    expect(fake.sent).toEqual([{ method: "POST", path: `${KEYS}/remove`, body: { key_hashes: [HASH] } }]);
  });

  test("removes a member with one POST", async () => {
    const fake = scripted({ unassigned_count: 1 });
    await settled(guardrailMemberAssignment.delete(contextOf(fake), MEMBER_ID, MEMBER));
    expect(fake.sent).toEqual([{ method: "POST", path: `${MEMBERS}/remove`, body: { member_user_ids: ["user_ada"] } }]);
  });

  test("removes only from the guardrail of its id when the key has moved to another", async () => {
    const fake = scripted({ unassigned_count: 0 });
    await settled(guardrailKeyAssignment.delete(contextOf(fake), `${OTHER_GUARDRAIL}/${HASH}`, PAIR));
    expect(fake.lines()).toEqual([`POST /guardrails/${OTHER_GUARDRAIL}/assignments/keys/remove`]);
  });

  test("passes on the 404 of a deleted guardrail", async () => {
    expect(await failureOf(settled(guardrailKeyAssignment.delete(contextOf(scripted(missing)), ID, PAIR)))).toBe(
      missing,
    );
  });
});
