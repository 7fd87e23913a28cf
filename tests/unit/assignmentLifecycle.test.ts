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

/** Lets every wait pass at once. */
async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}

test("assigning a key is one POST with its hash", async () => {
  const fake = scripted(count(1));
  const session = newSession();
  const made = await settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR));
  expect(fake.sent).toEqual([{ method: "POST", path: KEYS, body: { key_hashes: [HASH] } }]);
  expect(made).toEqual({ id: ID, outputs: PAIR });
  expect(guardrailKeyAssignment.claims(ID, PAIR)).toEqual([ID]);
});

test("assigning a member is one POST with the user id", async () => {
  const fake = scripted(count(1));
  const made = await settled(guardrailMemberAssignment.create(contextOf(fake), MEMBER));
  expect(fake.sent).toEqual([{ method: "POST", path: MEMBERS, body: { member_user_ids: ["user_ada"] } }]);
  expect(made).toEqual({ id: MEMBER_ID, outputs: MEMBER });
});

test("a count of 0 for a pair that is there already is settled by one listing", async () => {
  const fake = scripted(count(0), list(row));
  const { outputs } = await settled(guardrailKeyAssignment.create(contextOf(fake), PAIR));
  expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`]);
  expect(outputs).toEqual({ ...PAIR, assignedBy: "user_owner", createdAt: CREATED_AT });
});

test("a new key that is not known yet is assigned after a short wait", async () => {
  const fake = scripted(count(0), list(), count(0), count(1));
  await settled(guardrailKeyAssignment.create(contextOf(fake), PAIR));
  expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`, `POST ${KEYS}`, `POST ${KEYS}`]);
});

test("a key that is in no account is an error after a bounded number of tries, and not marked as assigned", async () => {
  const fake = responding(({ method }) => (method === "GET" ? list() : count(0)));
  const session = newSession();
  const error = await failureOf(settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR)));
  expect(error).toBeInstanceOf(NotAppliedError);
  expect(error.message).toMatch(/no such key in this account/);
  const methods = fake.sent.map(({ method }) => method);
  expect(methods).toEqual(["POST", "GET", "POST", "POST", "POST", "GET"]);
});

test("a pair that a repeated request made while it was waiting is found and is no error", async () => {
  // The first count is of a key not known yet; the answer to the second was lost, and its repetition counts 0.
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
  ["guardrail and key were adopted", [GUARDRAIL, HASH], ["GET"]],
  ["only the guardrail was adopted", [GUARDRAIL], ["POST"]],
  ["only the key was adopted", [HASH], ["POST"]],
])("when %s, taking over what is assigned already takes %s", async (_title, adopted, methods) => {
  const fake = responding(({ method }) => (method === "GET" ? list(row) : count(1)));
  const session = newSession();
  for (const id of adopted) session.claimedIds.add(id);
  await settled(guardrailKeyAssignment.create(contextOf(fake, session), PAIR));
  expect(fake.sent.map(({ method }) => method)).toEqual(methods);
});

test("update comes after a failure only, and makes sure of the pair", async () => {
  const fake = scripted(count(0), list(row));
  const outputs = await settled(guardrailKeyAssignment.update(contextOf(fake), ID, PAIR, PAIR));
  expect(outputs).toMatchObject(PAIR);
});

describe("read", () => {
  test("finds a pair behind pages that are short or empty in the middle", async () => {
    const pages: Record<number, object[]> = { 0: [{ ...row, key_hash: "other" }], 100: [], 200: [row] };
    const fake = responding(({ query }) => {
      const { offset } = query as { offset: number };
      return { data: pages[offset] ?? [], total_count: 201 };
    });
    const found = await guardrailKeyAssignment.read(contextOf(fake), ID, PAIR);
    expect(fake.sent.map(({ query }) => query)).toEqual([0, 100, 200].map((offset) => ({ offset, limit: 100 })));
    expect(found).toEqual({ inputs: PAIR, outputs: { ...PAIR, assignedBy: "user_owner", createdAt: CREATED_AT } });
  });

  test("stops at the page that has the pair", async () => {
    const fake = scripted({ data: [row], total_count: 500 });
    await guardrailKeyAssignment.read(contextOf(fake), ID, PAIR);
    expect(fake.sent).toHaveLength(1);
  });

  test("reads a member's pair, also by its id alone", async () => {
    const found = await guardrailMemberAssignment.read(contextOf(scripted(list(memberRow))), MEMBER_ID, undefined);
    expect(found).toEqual({ inputs: MEMBER, outputs: MEMBER });
  });

  test.each([
    ["the pair was removed", list()],
    ["the guardrail was deleted", missing],
  ])("is gone when %s", async (_title, answer) => {
    expect(await guardrailKeyAssignment.read(contextOf(scripted(answer)), ID, PAIR)).toBeUndefined();
  });

  test("any other failure is one", async () => {
    expect(await failureOf(guardrailKeyAssignment.read(contextOf(scripted(broken)), ID, PAIR))).toBe(broken);
  });
});

describe("delete", () => {
  test.each([1, 0])("is one POST that names its own guardrail, and a count of %i is fine", async (unassigned) => {
    const fake = scripted({ unassigned_count: unassigned });
    await settled(guardrailKeyAssignment.delete(contextOf(fake), ID, PAIR));
    expect(fake.sent).toEqual([{ method: "POST", path: `${KEYS}/remove`, body: { key_hashes: [HASH] } }]);
  });

  test("of a member is one POST", async () => {
    const fake = scripted({ unassigned_count: 1 });
    await settled(guardrailMemberAssignment.delete(contextOf(fake), MEMBER_ID, MEMBER));
    expect(fake.sent).toEqual([{ method: "POST", path: `${MEMBERS}/remove`, body: { member_user_ids: ["user_ada"] } }]);
  });

  test("removes from the guardrail of its id only, where the key has moved on", async () => {
    const fake = scripted({ unassigned_count: 0 });
    await settled(guardrailKeyAssignment.delete(contextOf(fake), `${OTHER_GUARDRAIL}/${HASH}`, PAIR));
    expect(fake.lines()).toEqual([`POST /guardrails/${OTHER_GUARDRAIL}/assignments/keys/remove`]);
  });

  test("of a guardrail that is gone reaches the host as not found", async () => {
    expect(await failureOf(settled(guardrailKeyAssignment.delete(contextOf(scripted(missing)), ID, PAIR)))).toBe(
      missing,
    );
  });
});
