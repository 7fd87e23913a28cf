/** How a refresh reads a set of assignments, and what counts as a difference. */
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
  test("returns the keys in the program's order, then the others in their own", async () => {
    const fake = assignments({ keys: [d, a, c, b] });
    const found = await read(contextOf(fake), SET_ID, set([b, a]));
    expect(found).toEqual({ inputs: set([b, a, c, d]), outputs: { ...set([b, a, c, d]), __foreign: [c, d] } });
  });

  test("reads one page per 100 keys, and no list that the set does not manage", async () => {
    const fake = assignments({ keys: hashes(250), members: ["user_a"] });
    await read(contextOf(fake), SET_ID, set(hashes(250)));
    expect(fake.lines()).toEqual([`GET ${KEYS}`, `GET ${KEYS}`, `GET ${KEYS}`]);
  });

  test("returns only declared keys that are assigned when the set is not exclusive", async () => {
    const fake = assignments({ keys: [c, b] });
    const olds = set([a, b], { exclusive: false });
    expect((await read(contextOf(fake), SET_ID, olds))?.outputs).toEqual(set([b], { exclusive: false }));
  });

  test("keeps the declared case of the guardrail id and the time of the last change", async () => {
    const capitals = GUARDRAIL.replace("3", "A");
    const olds = { ...set([a], { guardrailId: capitals }), updatedAt: CREATED_AT };
    const found = await read(contextOf(assignments({ keys: [a] })), `${capitals.toLowerCase()}/assignments`, olds);
    expect(found?.outputs).toEqual(olds);
  });

  test("returns both lists when there is no state", async () => {
    const fake = assignments({ keys: [a], members: ["user_a"] });
    const all = set([a], { userIds: ["user_a"] });
    expect(await read(contextOf(fake), SET_ID, undefined)).toEqual({ inputs: all, outputs: all });
  });

  test("returns nothing when the guardrail was deleted, and passes on any other failure", async () => {
    const gone = assignments({ fails: () => new NotFoundError(OPERATION, 404, "Guardrail not found") });
    expect(await read(contextOf(gone), SET_ID, set([a]))).toBeUndefined();
    const broken = new ServerError(OPERATION, 500, "oops");
    expect(await failureOf(read(contextOf(assignments({ fails: () => broken })), SET_ID, set([a])))).toBe(broken);
  });

  test.each([
    ["rereads the list until it shows the keys when they were assigned less than a minute ago", 10_000, 3, [a, b]],
    ["reports missing keys at once when they were assigned earlier", 120_000, 1, [a]],
  ])("%s", async (_title, age, expectedReads, shown) => {
    let reads = 0;
    const late = () => (++reads < 3 ? { data: [{ guardrail_id: GUARDRAIL, key_hash: a }], total_count: 1 } : undefined);
    const fake = withServerTime(assignments({ keys: [a, b], fails: late }), CREATED_AT);
    const updatedAt = new Date(Date.parse(CREATED_AT) - age).toISOString();
    const found = await read(contextOf(fake), SET_ID, { ...set([a, b]), updatedAt });
    expect([reads, found?.outputs.keyHashes]).toEqual([expectedReads, shown]);
  });

  test("returns the assigned keys when a new one stays missing after all rereads", async () => {
    const fake = withServerTime(assignments({ keys: [a] }), CREATED_AT);
    const found = await read(contextOf(fake), SET_ID, { ...set([a, b]), updatedAt: CREATED_AT });
    expect(found?.inputs).toEqual({ ...set([a]) });
  });
});

describe("diff", () => {
  const unchanged = { changed: false, replaces: [] };
  const changed = { changed: true, replaces: [] };

  test.each([
    ["nothing when only order and duplicates differ", set([a, b]), set([b, a, b]), unchanged],
    ["nothing when `exclusive` is set to its default", set([a]), set([a], { exclusive: true }), unchanged],
    [
      "nothing when only the case of the guardrail id differs",
      set([a]),
      set([a], { guardrailId: GUARDRAIL.toUpperCase() }),
      unchanged,
    ],
    ["a change when a key is added", set([a]), set([a, b]), changed],
    ["a change when a key is removed", set([a, b]), set([a]), changed],
    ["a change when a list is omitted", set([a], { userIds: [] }), set([a]), changed],
    ["a change when an empty list is added", set([a]), set([a], { userIds: [] }), changed],
    ["a change when `exclusive` differs", set([a]), set([a], { exclusive: false }), changed],
    [
      "a replacement when the guardrail differs",
      set([a]),
      set([a], { guardrailId: OTHER_GUARDRAIL }),
      { changed: true, replaces: ["guardrailId"] },
    ],
  ])("finds %s", (_title, olds, news, difference) => {
    expect(diff(olds, news)).toEqual(difference);
  });

  test.each([
    ["one key", [UNKNOWN_VALUE, a]],
    ["the whole list", UNKNOWN_VALUE],
  ])("finds a change but no replacement when %s is unknown", (_title, keyHashes) => {
    const news = { ...set([]), keyHashes: keyHashes as string[] };
    expect(diff(set([a]), news)).toEqual(changed);
    expect(check({ ...news }, {}).failures).toEqual([]);
  });
});

describe("check", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no list", {}, /keyHashes or userIds: one is required/],
    [
      "a key instead of its hash",
      { keyHashes: [`sk-or-v1-${"0".repeat(64)}`] },
      /keyHashes.0: must be the hash of a key, not/,
    ],
    ["an invalid hash", { keyHashes: ["x"] }, /keyHashes.0: must be the hash/],
    ["a string instead of a list", { keyHashes: hash(1) }, /keyHashes: must be a list/],
    ["an empty user id", { userIds: [""] }, /userIds.0: must not be empty/],
    ["a string for exclusive", { keyHashes: [], exclusive: "yes" }, /exclusive: must be true or false/],
    ["no guardrail", { guardrailId: undefined, keyHashes: [] }, /guardrailId: is required/],
  ])("rejects %s", (_title, args, message) => {
    const { failures } = check({ guardrailId: GUARDRAIL, ...args }, {});
    expect(failures.join("; ")).toMatch(message);
  });

  test("returns the declared inputs unchanged", () => {
    const declared = { guardrailId: GUARDRAIL.toUpperCase(), keyHashes: [b, a, b], exclusive: true };
    expect(check(declared, {})).toEqual({ inputs: declared, failures: [] });
  });
});
