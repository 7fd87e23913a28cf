/** A set of assignments: what it sends, and what becomes of the others when some fail. */

import { sleep } from "../../provider/api/retry";
import {
  ApiError,
  AuthenticationError,
  NotAppliedError,
  NotFoundError,
  PartialFailureError,
  TimeoutError,
} from "../../provider/errors";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import {
  assignments,
  hash,
  hashes,
  KEYS,
  MEMBERS,
  SET_ID,
  sessionWith,
  set,
  unfinishedContext,
  withServerTime,
} from "./support/assignments";
import { OPERATION } from "./support/fakeApi";
import { CREATED_AT, contextOf, failureOf, GUARDRAIL } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());

const { create, update } = guardrailAssignments;
const [a, b, c, d] = hashes(4) as [string, string, string, string];
const lost = new TimeoutError(OPERATION, 20);
const fresh = () => sessionWith({ fresh: true });

describe("create", () => {
  test("on a guardrail of this run sends one request and lists nothing", async () => {
    const fake = withServerTime(assignments(), "2026-11-21T10:30:00.789Z");
    const made = await create(contextOf(fake, fresh()), set([a, b]));
    expect(fake.lines()).toEqual([`POST ${KEYS}`]);
    const outputs = { ...set([a, b]), updatedAt: CREATED_AT, __foreign: [a, b] };
    expect(made).toEqual({ id: SET_ID, outputs });
  });

  test("on an older guardrail lists once and removes what the program does not list", async () => {
    const fake = assignments({ keys: [b, c, d] });
    await create(contextOf(fake), set([a, b]));
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `POST ${KEYS}`, `POST ${KEYS}/remove`]);
    expect(fake.writes()).toEqual([
      ["+", [a]],
      ["-", [c, d]],
    ]);
    expect(fake.assigned.keys).toEqual([b, a]);
  });

  test("that is not exclusive lists nothing and removes nothing", async () => {
    const fake = assignments({ keys: [c] });
    await create(contextOf(fake), set([a], { exclusive: false }));
    expect(fake.lines()).toEqual([`POST ${KEYS}`]);
    expect(fake.assigned.keys).toEqual([c, a]);
  });

  test("of both lists sends keys and members, and of an omitted list nothing", async () => {
    const both = assignments({ keys: [c], members: ["user_x"] });
    await create(contextOf(both), set([a], { userIds: ["user_a"] }));
    expect(both.assigned).toEqual({ keys: [a], members: ["user_a"] });
    const one = assignments({ keys: [c], members: ["user_x"] });
    const { outputs } = await create(contextOf(one), set(undefined, { userIds: [] }));
    expect(one.lines()).toEqual([`GET ${MEMBERS}`, `POST ${MEMBERS}/remove`]);
    expect(one.assigned).toEqual({ keys: [c], members: [] });
    expect(outputs).toEqual(set(undefined, { userIds: [] }));
  });

  test("sends batches of a hundred, and each of a list that names it twice once", async () => {
    const fake = assignments();
    await create(contextOf(fake, fresh()), set([...hashes(250), a]));
    expect(fake.writes().map(([, named]) => named.length)).toEqual([100, 100, 50]);
  });

  test("of a guardrail id in capitals sends small letters and keeps the declared ones", async () => {
    const capitals = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
    const fake = assignments();
    const made = await create(contextOf(fake), set([a], { guardrailId: capitals, exclusive: false }));
    expect(fake.lines()).toEqual([`POST /guardrails/${capitals.toLowerCase()}/assignments/keys`]);
    expect(made).toMatchObject({ id: `${capitals.toLowerCase()}/assignments`, outputs: { guardrailId: capitals } });
  });

  test("settles a count that is too low by one list", async () => {
    const fake = assignments({ keys: [a], countsNew: true });
    await create(contextOf(fake), set([a, b], { exclusive: false }));
    expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`]);
  });

  test("waits for a guardrail that the API does not show yet, if this run has created it", async () => {
    let calls = 0;
    const fails = () => (calls++ < 2 ? new NotFoundError(OPERATION, 404, "Guardrail not found") : undefined);
    await create(contextOf(assignments({ fails }), fresh()), set([a]));
    expect(calls).toBe(3);
  });
});

describe("a refused batch", () => {
  const reason = "the API rejected the request: 400, not of the workspace";

  test.each([
    ["one", [57]],
    ["several", [3, 57, 58, 99]],
    ["the first ones", [0, 1, 2, 3, 4]],
  ])("is split until only the culprits fail: %s", async (_title, culprits) => {
    const bad = culprits.map(hash);
    const fake = assignments({ rejected: bad });
    const error = await failureOf(create(contextOf(fake, fresh()), set(hashes(100))));
    const good = hashes(100).filter((each) => !bad.includes(each));
    expect([...fake.assigned.keys].sort()).toEqual(good);
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error).toMatchObject({ id: SET_ID, outputs: { keyHashes: good } });
    expect(error.message).toContain(`${bad.length} of 100 keys`);
    expect(error.message).toContain(`${bad.join(", ")} (${reason})`);
    expect(error.message).toContain("Correct the list, then run it again");
  });

  test("of which all are refused is given up after eight in a row, and leaves nothing in the state", async () => {
    const fake = assignments({ rejected: hashes(300) });
    const error = await failureOf(create(contextOf(fake, fresh()), set(hashes(300))));
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain(`300 of 300 keys are not assigned: ${hashes(10).join(", ")}, 290 more (${reason})`);
    const sizes = fake.writes().map(([, named]) => named.length);
    // What is left of the first batch when eight were refused, and the other two, are sent whole.
    expect(sizes.slice(-5)).toEqual([12, 25, 50, 100, 100]);
    expect(sizes.filter((size) => size === 1).length).toBeLessThan(12);
  });

  test("is split further once one was accepted, however many are refused", async () => {
    const [good, bad] = [0, 1].map((odd) => hashes(100).filter((_, at) => at % 2 === odd));
    const fake = assignments({ rejected: bad ?? [] });
    await failureOf(create(contextOf(fake, fresh()), set(hashes(100))));
    expect(fake.assigned.keys).toEqual(good);
  });

  test("is not split for a reason that is not the assignees, which is thrown unchanged", async () => {
    const refusal = new AuthenticationError(OPERATION, 401, "no");
    const fake = assignments({ fails: () => refusal });
    expect(await failureOf(create(contextOf(fake, fresh()), set(hashes(250))))).toBe(refusal);
    expect(fake.sent).toHaveLength(1);
  });

  test("that one key which no account has does not spoil, and that one is named", async () => {
    const fake = assignments({ unknown: [b] });
    const error = await failureOf(create(contextOf(fake, fresh()), set([a, b, c])));
    expect(fake.assigned.keys).toEqual([a, c]);
    expect(error.message).toContain(`1 of 3 keys is not assigned: ${b} (there is no such key in this account)`);
    expect(error).toMatchObject({ outputs: { keyHashes: [a, c] } });
  });
});

describe("update", () => {
  const olds = set([a, b]);

  test("from what the state has sends one call with what is new, and then one with what is gone", async () => {
    const fake = assignments({ keys: [a, b] });
    const outputs = await update(contextOf(fake, sessionWith({ keys: [a, b, c] })), SET_ID, olds, set([b, c]));
    expect(fake.writes()).toEqual([
      ["+", [c]],
      ["-", [a]],
    ]);
    expect(outputs).toEqual(set([b, c]));
  });

  test("that only changes the order sends nothing but a look", async () => {
    const fake = assignments({ keys: [a, b] });
    expect(await update(contextOf(fake), SET_ID, olds, set([b, a]))).toEqual(set([b, a]));
    expect(fake.writes()).toEqual([]);
  });

  test("removes nothing after an addition that failed", async () => {
    const fake = assignments({ keys: [a, b], rejected: [c] });
    const error = await failureOf(update(contextOf(fake, sessionWith({ keys: [a, b] })), SET_ID, olds, set([b, c, d])));
    expect(fake.writes().filter(([what]) => what === "-")).toEqual([]);
    expect(error).toMatchObject({ outputs: { keyHashes: [b, d, a] } });
  });

  test("of which nothing was done fails as it is, and the state stays", async () => {
    const fake = assignments({ keys: [a, b], fails: () => new ApiError(OPERATION, 422, "no") });
    const error = await failureOf(update(contextOf(fake), SET_ID, olds, set([a, b, c])));
    expect(error).not.toBeInstanceOf(PartialFailureError);
  });

  test("whose response is lost keeps the assignees, and the next one lists first", async () => {
    const fails = ({ path }: { path: string }) => (path === KEYS ? lost : undefined);
    const lostOne = assignments({ keys: [a, b], fails });
    const error = await failureOf(update(contextOf(lostOne), SET_ID, olds, set([a, b, c])));
    expect(error).toMatchObject({ cause: lost, outputs: { keyHashes: [a, b, c] } });

    const fake = assignments({ keys: [a, b] });
    const next = set([a, b, c, d]);
    expect(await update(unfinishedContext(fake), SET_ID, set([a, b, c]), next)).toMatchObject(next);
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `POST ${KEYS}`]);
    expect(fake.writes()).toEqual([["+", [c, d]]]);
  });

  test("after an unknown outcome removes also what a lagging list does not show", async () => {
    const fake = assignments({ keys: [a] });
    await update(unfinishedContext(fake, sessionWith({ keys: [a, b] })), SET_ID, olds, set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test.each([
    ["exclusive", set([a], { exclusive: false }), set([a])],
    ["about members", set([a]), set([a], { userIds: [] })],
  ])("that makes it %s lists first and removes the others", async (_title, before, after) => {
    const fake = assignments({ keys: [a, d], members: ["user_x"] });
    await update(contextOf(fake, sessionWith({ keys: [a] })), SET_ID, before, after);
    expect(fake.assigned.keys).toEqual([a]);
    expect(fake.assigned.members).toEqual(after.userIds ?? ["user_x"]);
  });

  test("that makes it not exclusive leaves what was assigned outside the program", async () => {
    const fake = assignments({ keys: [a, b, d] });
    const drifted = { ...set([a, b, d]), __foreign: [d] };
    const next = set([a], { exclusive: false });
    const outputs = await update(contextOf(fake, sessionWith({ keys: [a, b] })), SET_ID, drifted, next);
    expect(fake.writes()).toEqual([["-", [b]]]);
    expect(outputs).toEqual(next);
  });

  test("that no longer manages a list leaves it", async () => {
    const fake = assignments({ keys: [a], members: ["user_a"] });
    const outputs = await update(contextOf(fake), SET_ID, set([a], { userIds: ["user_a"] }), set([a]));
    expect([fake.writes(), outputs]).toEqual([[], set([a])]);
  });
});

describe("a removal", () => {
  const olds = set(undefined, { userIds: ["user_a", "user_b"] });
  const none = set(undefined, { userIds: [] });
  const written = { ...olds, updatedAt: CREATED_AT };
  const [soon, later] = ["2026-11-21T10:30:10Z", "2026-11-21T10:40:00Z"];

  test("that is refused for a member who has left is settled by a list", async () => {
    const fake = assignments({ members: ["user_a"], rejected: ["user_b"] });
    expect(await update(contextOf(fake), SET_ID, olds, none)).toEqual(none);
    expect(fake.assigned.members).toEqual([]);
  });

  test("that is refused for one who is still assigned names that one", async () => {
    const fake = assignments({ members: ["user_a", "user_b"], rejected: ["user_b"] });
    const error = await failureOf(update(contextOf(fake), SET_ID, olds, none));
    expect(error.message).toContain("1 of 2 members is still assigned: user_b (the API rejected the request: 400");
    expect(error).toMatchObject({ outputs: { userIds: ["user_b"] } });
  });

  test.each([
    ["is asked again for a while when the set has just been written", soon, 8],
    ["counts at once when it has not", later, 1],
  ])("that is refused: a list without that member %s", async (_title, now, looks) => {
    const fake = withServerTime(assignments({ rejected: ["user_a", "user_b"] }), now);
    await update(contextOf(fake), SET_ID, written, none);
    expect(fake.sent.filter(({ method }) => method === "GET")).toHaveLength(looks);
  });

  test("that was carried out though its response was lost is done", async () => {
    const isRemoval = ({ path }: { path: string }) => path.endsWith("/remove");
    const fake = assignments({ members: ["user_a", "user_b"], lost: (sent) => (isRemoval(sent) ? lost : undefined) });
    expect(await update(contextOf(fake), SET_ID, olds, none)).toEqual(none);
  });

  test("that was not carried out says so, and not that its outcome is unknown", async () => {
    const fails = ({ path }: { path: string }) => (path.endsWith("/remove") ? lost : undefined);
    const fake = assignments({ keys: [a], fails });
    const error = await failureOf(guardrailAssignments.delete(contextOf(fake), SET_ID, set([a])));
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain(`1 of 1 key is still assigned: ${a} (no response from the API within 20 s`);
  });

  test("keeps what was assigned before it in the state when it fails", async () => {
    const fails = ({ path }: { path: string }) =>
      path.endsWith("/remove") ? new AuthenticationError(OPERATION, 401, "no") : undefined;
    const fake = assignments({ keys: [a], fails });
    const error = await failureOf(update(contextOf(fake, sessionWith({ keys: [a] })), SET_ID, set([a]), set([b])));
    expect(error).toMatchObject({ outputs: { keyHashes: [b, a] } });
  });
});

test("the id of a set is its guardrail's", () => {
  expect(guardrailAssignments.isId(SET_ID)).toBe(true);
  expect([GUARDRAIL, `${GUARDRAIL}/${a}`, `x/assignments`].some(guardrailAssignments.isId)).toBe(false);
});
