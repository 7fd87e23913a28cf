/** The requests of a set of assignments, and what happens to the others when some fail. */
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
const newGuardrail = () => sessionWith({ fresh: true });

describe("create", () => {
  test("sends one request and lists nothing when this run has created the guardrail", async () => {
    const fake = withServerTime(assignments(), "2026-11-21T10:30:00.789Z");
    const created = await create(contextOf(fake, newGuardrail()), set([a, b]));
    expect(fake.lines()).toEqual([`POST ${KEYS}`]);
    const outputs = { ...set([a, b]), updatedAt: CREATED_AT, __foreign: [a, b] };
    expect(created).toEqual({ id: SET_ID, outputs });
  });

  test("lists once and removes other assignments when the guardrail is older", async () => {
    const fake = assignments({ keys: [b, c, d] });
    await create(contextOf(fake), set([a, b]));
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `POST ${KEYS}`, `POST ${KEYS}/remove`]);
    expect(fake.writes()).toEqual([
      ["+", [a]],
      ["-", [c, d]],
    ]);
    expect(fake.assigned.keys).toEqual([b, a]);
  });

  test("lists and removes nothing when the set is not exclusive", async () => {
    const fake = assignments({ keys: [c] });
    await create(contextOf(fake), set([a], { exclusive: false }));
    expect(fake.lines()).toEqual([`POST ${KEYS}`]);
    expect(fake.assigned.keys).toEqual([c, a]);
  });

  test("manages keys and members when both are declared, and leaves an omitted list", async () => {
    const both = assignments({ keys: [c], members: ["user_x"] });
    await create(contextOf(both), set([a], { userIds: ["user_a"] }));
    expect(both.assigned).toEqual({ keys: [a], members: ["user_a"] });
    const one = assignments({ keys: [c], members: ["user_x"] });
    const { outputs } = await create(contextOf(one), set(undefined, { userIds: [] }));
    expect(one.lines()).toEqual([`GET ${MEMBERS}`, `POST ${MEMBERS}/remove`]);
    expect(one.assigned).toEqual({ keys: [c], members: [] });
    expect(outputs).toEqual(set(undefined, { userIds: [] }));
  });

  test("sends batches of 100, without duplicates", async () => {
    const fake = assignments();
    await create(contextOf(fake, newGuardrail()), set([...hashes(250), a]));
    expect(fake.writes().map(([, named]) => named.length)).toEqual([100, 100, 50]);
  });

  test("sends a guardrail id in lower case, and keeps the declared capitals", async () => {
    const capitals = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
    const fake = assignments();
    const created = await create(contextOf(fake), set([a], { guardrailId: capitals, exclusive: false }));
    expect(fake.lines()).toEqual([`POST /guardrails/${capitals.toLowerCase()}/assignments/keys`]);
    expect(created).toMatchObject({ id: `${capitals.toLowerCase()}/assignments`, outputs: { guardrailId: capitals } });
  });

  test("lists once when the count is too low", async () => {
    const fake = assignments({ keys: [a], countsNew: true });
    await create(contextOf(fake), set([a, b], { exclusive: false }));
    expect(fake.lines()).toEqual([`POST ${KEYS}`, `GET ${KEYS}`]);
  });

  test("waits for a guardrail of this run that the API does not show yet", async () => {
    let calls = 0;
    const fails = () => (calls++ < 2 ? new NotFoundError(OPERATION, 404, "Guardrail not found") : undefined);
    await create(contextOf(assignments({ fails }), newGuardrail()), set([a]));
    expect(calls).toBe(3);
  });
});

describe("a rejected batch", () => {
  const reason = "the API rejected the request: 400, not of the workspace";

  test.each([
    ["one", [57]],
    ["several", [3, 57, 58, 99]],
    ["the first five", [0, 1, 2, 3, 4]],
  ])("is split until only the rejected keys fail: %s", async (_title, indexes) => {
    const bad = indexes.map(hash);
    const fake = assignments({ rejected: bad });
    const error = await failureOf(create(contextOf(fake, newGuardrail()), set(hashes(100))));
    const good = hashes(100).filter((each) => !bad.includes(each));
    expect([...fake.assigned.keys].sort()).toEqual(good);
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error).toMatchObject({ id: SET_ID, outputs: { keyHashes: good } });
    expect(error.message).toContain(`${bad.length} of 100 keys`);
    expect(error.message).toContain(`${bad.join(", ")} (${reason})`);
    expect(error.message).toContain("Correct the list, then run the same command again");
  });

  test("is split no further after eight rejections in a row, and leaves nothing in state", async () => {
    const fake = assignments({ rejected: hashes(300) });
    const error = await failureOf(create(contextOf(fake, newGuardrail()), set(hashes(300))));
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain(`300 of 300 keys are not assigned: ${hashes(10).join(", ")}, 290 more (${reason})`);
    const sizes = fake.writes().map(([, named]) => named.length);
    // After eight rejections, the rest of the first batch and both other batches are sent whole.
    expect(sizes.slice(-5)).toEqual([12, 25, 50, 100, 100]);
    expect(sizes.filter((size) => size === 1).length).toBeLessThan(12);
  });

  test("is split further after one key was accepted, however many are rejected", async () => {
    const [good, bad] = [0, 1].map((odd) => hashes(100).filter((_, at) => at % 2 === odd));
    const fake = assignments({ rejected: bad ?? [] });
    await failureOf(create(contextOf(fake, newGuardrail()), set(hashes(100))));
    expect(fake.assigned.keys).toEqual(good);
  });

  test("is not split when the assignees are not the reason, and throws the error unchanged", async () => {
    const unauthorized = new AuthenticationError(OPERATION, 401, "no");
    const fake = assignments({ fails: () => unauthorized });
    expect(await failureOf(create(contextOf(fake, newGuardrail()), set(hashes(250))))).toBe(unauthorized);
    expect(fake.sent).toHaveLength(1);
  });

  test("assigns the other keys and names the one that no account has", async () => {
    const fake = assignments({ unknown: [b] });
    const error = await failureOf(create(contextOf(fake, newGuardrail()), set([a, b, c])));
    expect(fake.assigned.keys).toEqual([a, c]);
    expect(error.message).toContain(`1 of 3 keys is not assigned: ${b} (there is no such key in this account)`);
    expect(error).toMatchObject({ outputs: { keyHashes: [a, c] } });
  });
});

describe("update", () => {
  const olds = set([a, b]);

  test("sends one request with the added keys, and then one with the removed ones", async () => {
    const fake = assignments({ keys: [a, b] });
    const outputs = await update(contextOf(fake, sessionWith({ keys: [a, b, c] })), SET_ID, olds, set([b, c]));
    expect(fake.writes()).toEqual([
      ["+", [c]],
      ["-", [a]],
    ]);
    expect(outputs).toEqual(set([b, c]));
  });

  test("writes nothing when only the order changes", async () => {
    const fake = assignments({ keys: [a, b] });
    expect(await update(contextOf(fake), SET_ID, olds, set([b, a]))).toEqual(set([b, a]));
    expect(fake.writes()).toEqual([]);
  });

  test("removes nothing when an addition failed", async () => {
    const fake = assignments({ keys: [a, b], rejected: [c] });
    const error = await failureOf(update(contextOf(fake, sessionWith({ keys: [a, b] })), SET_ID, olds, set([b, c, d])));
    expect(fake.writes().filter(([sign]) => sign === "-")).toEqual([]);
    expect(error).toMatchObject({ outputs: { keyHashes: [b, d, a] } });
  });

  test("fails without a partial state when nothing was assigned", async () => {
    const fake = assignments({ keys: [a, b], fails: () => new ApiError(OPERATION, 422, "no") });
    const error = await failureOf(update(contextOf(fake), SET_ID, olds, set([a, b, c])));
    expect(error).not.toBeInstanceOf(PartialFailureError);
  });

  test("keeps the assignees in state when a response is lost, and the next update lists first", async () => {
    const fails = ({ path }: { path: string }) => (path === KEYS ? lost : undefined);
    const losing = assignments({ keys: [a, b], fails });
    const error = await failureOf(update(contextOf(losing), SET_ID, olds, set([a, b, c])));
    expect(error).toMatchObject({ cause: lost, outputs: { keyHashes: [a, b, c] } });

    const fake = assignments({ keys: [a, b] });
    const next = set([a, b, c, d]);
    expect(await update(unfinishedContext(fake), SET_ID, set([a, b, c]), next)).toMatchObject(next);
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `POST ${KEYS}`]);
    expect(fake.writes()).toEqual([["+", [c, d]]]);
  });

  test("removes even a key that the list does not show when the last outcome was unknown", async () => {
    const fake = assignments({ keys: [a] });
    await update(unfinishedContext(fake, sessionWith({ keys: [a, b] })), SET_ID, olds, set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test.each([
    ["becomes exclusive", set([a], { exclusive: false }), set([a])],
    ["begins to manage members", set([a]), set([a], { userIds: [] })],
  ])("lists first and removes the others when the set %s", async (_title, before, after) => {
    const fake = assignments({ keys: [a, d], members: ["user_x"] });
    await update(contextOf(fake, sessionWith({ keys: [a] })), SET_ID, before, after);
    expect(fake.assigned.keys).toEqual([a]);
    expect(fake.assigned.members).toEqual(after.userIds ?? ["user_x"]);
  });

  test("leaves what was assigned outside the program when the set becomes non-exclusive", async () => {
    const fake = assignments({ keys: [a, b, d] });
    const drifted = { ...set([a, b, d]), __foreign: [d] };
    const next = set([a], { exclusive: false });
    const outputs = await update(contextOf(fake, sessionWith({ keys: [a, b] })), SET_ID, drifted, next);
    expect(fake.writes()).toEqual([["-", [b]]]);
    expect(outputs).toEqual(next);
  });

  test("leaves a list that the program no longer declares", async () => {
    const fake = assignments({ keys: [a], members: ["user_a"] });
    const outputs = await update(contextOf(fake), SET_ID, set([a], { userIds: ["user_a"] }), set([a]));
    expect([fake.writes(), outputs]).toEqual([[], set([a])]);
  });
});

describe("a removal of members or keys", () => {
  const olds = set(undefined, { userIds: ["user_a", "user_b"] });
  const empty = set(undefined, { userIds: [] });
  const written = { ...olds, updatedAt: CREATED_AT };
  const [soon, later] = ["2026-11-21T10:30:10Z", "2026-11-21T10:40:00Z"];

  test("succeeds when the API rejects it because a member has left", async () => {
    const fake = assignments({ members: ["user_a"], rejected: ["user_b"] });
    expect(await update(contextOf(fake), SET_ID, olds, empty)).toEqual(empty);
    expect(fake.assigned.members).toEqual([]);
  });

  test("names a rejected member that is still assigned", async () => {
    const fake = assignments({ members: ["user_a", "user_b"], rejected: ["user_b"] });
    const error = await failureOf(update(contextOf(fake), SET_ID, olds, empty));
    expect(error.message).toContain("1 of 2 members is still assigned: user_b (the API rejected the request: 400");
    expect(error).toMatchObject({ outputs: { userIds: ["user_b"] } });
  });

  test.each([
    ["rereads the list for a while when the set was just written", soon, 8],
    ["trusts the list at once when it was not", later, 1],
  ])("%s, after a rejection for members that are not listed", async (_title, now, reads) => {
    const fake = withServerTime(assignments({ rejected: ["user_a", "user_b"] }), now);
    await update(contextOf(fake), SET_ID, written, empty);
    expect(fake.sent.filter(({ method }) => method === "GET")).toHaveLength(reads);
  });

  test("succeeds when it took effect but its response was lost", async () => {
    const isRemoval = ({ path }: { path: string }) => path.endsWith("/remove");
    const fake = assignments({ members: ["user_a", "user_b"], lost: (sent) => (isRemoval(sent) ? lost : undefined) });
    expect(await update(contextOf(fake), SET_ID, olds, empty)).toEqual(empty);
  });

  test("fails with a known outcome when it did not take effect and its response was lost", async () => {
    const fails = ({ path }: { path: string }) => (path.endsWith("/remove") ? lost : undefined);
    const fake = assignments({ keys: [a], fails });
    const error = await failureOf(guardrailAssignments.delete(contextOf(fake), SET_ID, set([a])));
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain(`1 of 1 key is still assigned: ${a} (no response from the API within 20 s`);
  });

  test("keeps the earlier additions in state when it fails", async () => {
    const fails = ({ path }: { path: string }) =>
      path.endsWith("/remove") ? new AuthenticationError(OPERATION, 401, "no") : undefined;
    const fake = assignments({ keys: [a], fails });
    const error = await failureOf(update(contextOf(fake, sessionWith({ keys: [a] })), SET_ID, set([a]), set([b])));
    expect(error).toMatchObject({ outputs: { keyHashes: [b, a] } });
  });
});

test("takes only `<guardrail id>/assignments` as an id", () => {
  expect(guardrailAssignments.isId(SET_ID)).toBe(true);
  expect([GUARDRAIL, `${GUARDRAIL}/${a}`, `x/assignments`].some(guardrailAssignments.isId)).toBe(false);
});
