import { sleep } from "../../provider/api/retry";
import { NotAppliedError, PartialFailureError, TimeoutError } from "../../provider/errors";
import { LAG_WAITS_MS } from "../../provider/reconcile/fresh";
import { guardrailKeyAssignment } from "../../provider/resources/guardrailKeyAssignment";
import { guardrailMemberAssignment } from "../../provider/resources/guardrailMemberAssignment";
import { withServerTime } from "./support/assignments";
import { OPERATION, responding } from "./support/fakeApi";
import { CREATED_AT, contextOf, failureOf, GUARDRAIL, HASH, newSession, OTHER_HASH } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());

const PAIR = { guardrailId: GUARDRAIL, keyHash: HASH };
const KEYS = `/guardrails/${GUARDRAIL}/assignments/keys`;
const row = (keyHash: string) => ({
  guardrail_id: GUARDRAIL,
  key_hash: keyHash,
  assigned_by: "user_owner",
  created_at: CREATED_AT,
});
const list = (...data: object[]) => ({ data, total_count: data.length });
const count = (assigned: number) => ({ assigned_count: assigned });

test("records the creation time by the server's clock, to the second", async () => {
  const fake = withServerTime(
    responding(() => count(1)),
    "2026-11-21T10:30:00.789Z",
  );
  const session = newSession();
  const { outputs } = await guardrailKeyAssignment.create(contextOf(fake, session), PAIR);
  expect(outputs).toEqual({ ...PAIR, createdAt: CREATED_AT });
  expect(session.createdIds).toContain(`${GUARDRAIL}/${HASH}`);
});

test("records the API's time when the assignment existed before", async () => {
  const fake = withServerTime(
    responding(({ method }) => (method === "GET" ? list(row(HASH)) : count(0))),
    "2027-01-01T00:00:00Z",
  );
  const { outputs } = await guardrailKeyAssignment.create(contextOf(fake), PAIR);
  expect(outputs).toEqual({ ...PAIR, assignedBy: "user_owner", createdAt: CREATED_AT });
});

test.each([
  ["all waits when this process created the key", [HASH], LAG_WAITS_MS],
  ["three waits when another process may have created the key", [], LAG_WAITS_MS.slice(0, 3)],
  ["three waits when this process created only a different key", [OTHER_HASH], LAG_WAITS_MS.slice(0, 3)],
])("gives up on a missing key after %s", async (_title, created, waits) => {
  const fake = responding(({ method }) => (method === "GET" ? list() : count(0)));
  const session = newSession();
  for (const id of created) session.createdIds.add(id);
  const error = await failureOf(guardrailKeyAssignment.create(contextOf(fake, session), PAIR));
  expect(error).toBeInstanceOf(NotAppliedError);
  expect(fake.sent.map(({ method }) => method)).toEqual(["POST", "GET", ...waits.map(() => "POST"), "GET"]);
});

test("reads the list no further than the page with the key", async () => {
  const fake = responding(({ method }) =>
    method === "GET" ? { data: [row(HASH), row(OTHER_HASH)], total_count: 500 } : count(0),
  );
  await guardrailKeyAssignment.create(contextOf(fake), PAIR);
  expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`]);
});

test("keeps the assignment in state when the response is lost", async () => {
  const lost = new TimeoutError(OPERATION, 20);
  const error = await failureOf(guardrailKeyAssignment.create(contextOf(responding(() => lost)), PAIR));
  expect(error).toBeInstanceOf(PartialFailureError);
  expect(error).toMatchObject({ id: `${GUARDRAIL}/${HASH}`, outputs: PAIR });
});

test("finds a member's existing assignment with one list when the guardrail was adopted", async () => {
  const fake = responding(() => list({ guardrail_id: GUARDRAIL, user_id: "user_ada" }));
  const session = newSession();
  session.claimedIds.add(GUARDRAIL);
  const member = { guardrailId: GUARDRAIL, userId: "user_ada" };
  await guardrailMemberAssignment.create(contextOf(fake, session), member);
  expect(fake.sent.map(({ method }) => method)).toEqual(["GET"]);
});

describe("a guardrail id in capitals", () => {
  const capitals = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
  const pair = { guardrailId: capitals, keyHash: HASH };
  const id = `${capitals.toLowerCase()}/${HASH}`;

  test("is sent in lower case, and stays in state as declared", async () => {
    const fake = responding(() => count(1));
    expect(await guardrailKeyAssignment.create(contextOf(fake), pair)).toEqual({ id, outputs: pair });
    expect(fake.lines()).toEqual([`POST /guardrails/${capitals.toLowerCase()}/assignments/keys`]);
  });

  test("stays as declared in a refresh, and is in lower case after an import", async () => {
    const fake = responding(() => list({ ...row(HASH), guardrail_id: capitals.toLowerCase() }));
    const found = await guardrailKeyAssignment.read(contextOf(fake), id, pair);
    expect(found?.inputs).toEqual(pair);
    const byId = await guardrailKeyAssignment.read(contextOf(fake), id, undefined);
    expect(byId?.inputs).toEqual({ ...pair, guardrailId: capitals.toLowerCase() });
  });
});

test("rereads until the API shows a new assignment, but reports an old one as deleted at once", async () => {
  for (const [age, expectedReads] of [
    [10_000, 3],
    [120_000, 1],
  ] as const) {
    let reads = 0;
    const fake = withServerTime(
      responding(() => (reads++ < 2 ? list() : list(row(HASH)))),
      CREATED_AT,
    );
    const createdAt = new Date(Date.parse(CREATED_AT) - age).toISOString();
    const context = contextOf(fake, newSession());
    context.session.creationTimes.set(`${GUARDRAIL}/${HASH}`, createdAt);
    const found = await guardrailKeyAssignment.read(context, `${GUARDRAIL}/${HASH}`, { ...PAIR, createdAt });
    expect({ age, isFound: found !== undefined, reads }).toEqual({
      age,
      isFound: expectedReads === 3,
      reads: expectedReads,
    });
  }
});

test("assigns a key again when this run has removed it from another guardrail", async () => {
  const fake = responding(() => count(1));
  const session = newSession();
  expect(guardrailKeyAssignment.isUndone?.(session, PAIR)).toBe(false);
  await guardrailKeyAssignment.delete(
    contextOf(
      responding(() => ({ unassigned_count: 1 })),
      session,
    ),
    `x/${HASH}`,
    PAIR,
  );
  expect(guardrailKeyAssignment.isUndone?.(session, PAIR)).toBe(true);
  await guardrailKeyAssignment.update(contextOf(fake, session), `${GUARDRAIL}/${HASH}`, PAIR, PAIR);
  expect(fake.lines()).toEqual([`POST ${KEYS}`]);
});
