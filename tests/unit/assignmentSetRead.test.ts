/** What a refresh shows of a set, and what counts as a difference. */

import { sleep } from "../../provider/api/retry";
import { NotFoundError, ServerError } from "../../provider/errors";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import { assignments, hash, hashes, KEYS, SET_ID, set, withServerTime } from "./support/assignments";
import { OPERATION } from "./support/fakeApi";
import { CREATED_AT, contextOf, failureOf, GUARDRAIL, OTHER_GUARDRAIL, UNKNOWN_VALUE } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());

const { read, diff, check } = guardrailAssignments;
const [a, b, c, d] = hashes(4) as [string, string, string, string];

describe("read", () => {
  test("shows the keys in the order of the program, and others last in their own order", async () => {
    const fake = assignments({ keys: [d, a, c, b] });
    const found = await read(contextOf(fake), SET_ID, set([b, a]));
    expect(found).toEqual({ inputs: set([b, a, c, d]), outputs: { ...set([b, a, c, d]), __foreign: [c, d] } });
  });

  test("takes one list for each hundred, and none for a list that the set does not manage", async () => {
    const fake = assignments({ keys: hashes(250), members: ["user_a"] });
    await read(contextOf(fake), SET_ID, set(hashes(250)));
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `GET ${KEYS}`, `GET ${KEYS}`]);
  });

  test("of a set that is not exclusive shows of what it lists that which is there", async () => {
    const fake = assignments({ keys: [c, b] });
    const olds = set([a, b], { exclusive: false });
    expect((await read(contextOf(fake), SET_ID, olds))?.outputs).toEqual(set([b], { exclusive: false }));
  });

  test("keeps the declared words and the time of the last change", async () => {
    const capitals = GUARDRAIL.replace("3", "A");
    const olds = { ...set([a], { guardrailId: capitals }), updatedAt: CREATED_AT };
    const found = await read(contextOf(assignments({ keys: [a] })), `${capitals.toLowerCase()}/assignments`, olds);
    expect(found?.outputs).toEqual(olds);
  });

  test("without a state shows all lists", async () => {
    const fake = assignments({ keys: [a], members: ["user_a"] });
    const all = set([a], { userIds: ["user_a"] });
    expect(await read(contextOf(fake), SET_ID, undefined)).toEqual({ inputs: all, outputs: all });
  });

  test("is of nothing when the guardrail is gone, and any other failure is one", async () => {
    const gone = assignments({ fails: () => new NotFoundError(OPERATION, 404, "Guardrail not found") });
    expect(await read(contextOf(gone), SET_ID, set([a]))).toBeUndefined();
    const broken = new ServerError(OPERATION, 500, "oops");
    expect(await failureOf(read(contextOf(assignments({ fails: () => broken })), SET_ID, set([a])))).toBe(broken);
  });

  test.each([
    ["less than a minute ago is asked again until it shows them", 10_000, 3, [a, b]],
    ["earlier shows at once what is gone", 120_000, 1, [a]],
  ])("of a set that assigned keys %s", async (_title, age, looks, shown) => {
    let asked = 0;
    const late = () => (++asked < 3 ? { data: [{ guardrail_id: GUARDRAIL, key_hash: a }], total_count: 1 } : undefined);
    const fake = withServerTime(assignments({ keys: [a, b], fails: late }), CREATED_AT);
    const updatedAt = new Date(Date.parse(CREATED_AT) - age).toISOString();
    const found = await read(contextOf(fake), SET_ID, { ...set([a, b]), updatedAt });
    expect([asked, found?.outputs.keyHashes]).toEqual([looks, shown]);
  });

  test("of a set that has just assigned keys which are gone in the end shows what is there", async () => {
    const fake = withServerTime(assignments({ keys: [a] }), CREATED_AT);
    const found = await read(contextOf(fake), SET_ID, { ...set([a, b]), updatedAt: CREATED_AT });
    expect(found?.inputs).toEqual({ ...set([a]) });
  });
});

describe("diff", () => {
  const none = { changed: false, replaces: [] };
  const some = { changed: true, replaces: [] };

  test.each([
    ["order and repetition", set([a, b]), set([b, a, b]), none],
    ["an exclusive that says the default", set([a]), set([a], { exclusive: true }), none],
    ["capitals of the guardrail", set([a]), set([a], { guardrailId: GUARDRAIL.toUpperCase() }), none],
    ["a key more", set([a]), set([a, b]), some],
    ["a key less", set([a, b]), set([a]), some],
    ["a list that is omitted", set([a], { userIds: [] }), set([a]), some],
    ["a list that is new and empty", set([a]), set([a], { userIds: [] }), some],
    ["exclusive", set([a]), set([a], { exclusive: false }), some],
    [
      "the guardrail",
      set([a]),
      set([a], { guardrailId: OTHER_GUARDRAIL }),
      { changed: true, replaces: ["guardrailId"] },
    ],
  ])("of %s", (_title, olds, news, difference) => {
    expect(diff(olds, news)).toEqual(difference);
  });

  test.each([
    ["one key", [UNKNOWN_VALUE, a]],
    ["the whole list", UNKNOWN_VALUE],
  ])("of %s that a preview does not know yet is a change and replaces nothing", (_title, keyHashes) => {
    const news = { ...set([]), keyHashes: keyHashes as string[] };
    expect(diff(set([a]), news)).toEqual(some);
    expect(check({ ...news }, {}).failures).toEqual([]);
  });
});

describe("check", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no list", {}, /keyHashes or userIds: one of them is required/],
    [
      "a key in place of its hash",
      { keyHashes: [`sk-or-v1-${"0".repeat(64)}`] },
      /keyHashes.0: must be the hash of a key, not/,
    ],
    ["what is no hash", { keyHashes: ["x"] }, /keyHashes.0: must be the hash/],
    ["what is no list", { keyHashes: hash(1) }, /keyHashes: must be a list/],
    ["an empty user id", { userIds: [""] }, /userIds.0: must not be empty/],
    ["an exclusive that is no boolean", { keyHashes: [], exclusive: "yes" }, /exclusive: must be true or false/],
    ["no guardrail", { guardrailId: undefined, keyHashes: [] }, /guardrailId: is required/],
  ])("refuses %s", (_title, args, message) => {
    const { failures } = check({ guardrailId: GUARDRAIL, ...args }, {});
    expect(failures.join("; ")).toMatch(message);
  });

  test("changes nothing of what the program declares", () => {
    const declared = { guardrailId: GUARDRAIL.toUpperCase(), keyHashes: [b, a, b], exclusive: true };
    expect(check(declared, {})).toEqual({ inputs: declared, failures: [] });
  });
});
