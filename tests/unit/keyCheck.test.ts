import { inferenceKey } from "../../provider/resources/inferenceKey";
import { HASH, KEY, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET_TEXT = "do-not-print-me";

const ACCEPTED: [input: string, given: unknown, normal: unknown][] = [
  ["name", "ci", "ci"],
  ["name", "x".repeat(200), "x".repeat(200)],
  ["limit", 25, 25],
  ["limit", 0, 0],
  ["limit", 0.000001, 0.000001],
  ["limit", 1_000_000_000, 1_000_000_000],
  ["limitReset", "daily", "daily"],
  ["limitReset", "weekly", "weekly"],
  ["limitReset", "monthly", "monthly"],
  ["includeByokInLimit", true, true],
  ["includeByokInLimit", false, undefined],
  ["disabled", true, true],
  ["disabled", false, undefined],
  ["workspaceId", WORKSPACE, WORKSPACE],
  ["creatorUserId", "user_ada", "user_ada"],
  ["adopt", HASH, HASH],
  ["keepers", { rotated: "2026-11" }, { rotated: "2026-11" }],
];

const INSTANTS: [title: string, given: string, normal: string][] = [
  ["UTC", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["a zone ahead", "2027-01-01T00:00:00+02:00", "2026-12-31T22:00:00Z"],
  ["a zone behind", "2026-12-31T19:30:00-05:30", "2027-01-01T01:00:00Z"],
  ["the text of a Date", new Date(Date.UTC(2027, 0, 1)).toISOString(), "2027-01-01T00:00:00Z"],
  ["microseconds", "2027-01-01T00:00:00.987654+00:00", "2027-01-01T00:00:00Z"],
  ["a leap day", "2028-02-29T12:00:00Z", "2028-02-29T12:00:00Z"],
  ["no seconds", "2027-01-01T00:00Z", "2027-01-01T00:00:00Z"],
];

const BAD_INSTANT = "expiresAt: must be an ISO 8601 instant with a zone, such as 2027-01-01T00:00:00Z";
const REFUSED: [input: string, given: unknown, sentence: string][] = [
  ["name", 5, "name: must be a text"],
  ["name", "", "name: must not be empty"],
  ["name", "  ", "name: must not be empty"],
  ["name", SECRET_TEXT.repeat(20), "name: must have at most 200 characters"],
  ["name", `${SECRET_TEXT}\n`, "name: must not contain control characters"],
  ["name", `${SECRET_TEXT}\u001b[31m`, "name: must not contain control characters"],
  ["limit", SECRET_TEXT, "limit: must be a number of USD"],
  ["limit", Number.NaN, "limit: must be a number of USD"],
  ["limit", Number.POSITIVE_INFINITY, "limit: must be a number of USD"],
  ["limit", -1, "limit: must not be negative"],
  ["limit", 1_000_000_001, "limit: must be at most 1000000000 USD; leave it out for no limit"],
  ["limit", 0.1 + 0.2, "limit: must have at most 6 decimals"],
  ["limit", 0.0000001, "limit: must have at most 6 decimals"],
  ["limitReset", SECRET_TEXT, "limitReset: must be one of daily, weekly, monthly"],
  ["limitReset", 7, "limitReset: must be one of daily, weekly, monthly"],
  ["includeByokInLimit", "true", "includeByokInLimit: must be true or false"],
  ["disabled", 1, "disabled: must be true or false"],
  ["expiresAt", SECRET_TEXT, BAD_INSTANT],
  ["expiresAt", {}, BAD_INSTANT],
  ["expiresAt", 1798761600, BAD_INSTANT],
  ["expiresAt", "2027-01-01", BAD_INSTANT],
  ["expiresAt", "2027-01-01T00:00:00", BAD_INSTANT],
  ["expiresAt", "2027-01-01T00:00:00 Europe/Paris", BAD_INSTANT],
  ["expiresAt", "2027-01-01T00:00:00+25:00", BAD_INSTANT],
  ["expiresAt", "2027-02-29T00:00:00Z", BAD_INSTANT],
  ["expiresAt", "2027-04-31T00:00:00Z", BAD_INSTANT],
  ["expiresAt", "2027-13-01T00:00:00Z", BAD_INSTANT],
  ["expiresAt", "2027-01-01T24:00:01Z", BAD_INSTANT],
  ["workspaceId", SECRET_TEXT, "workspaceId: must be a UUID"],
  ["workspaceId", 5, "workspaceId: must be a UUID"],
  ["creatorUserId", "", "creatorUserId: must not be empty"],
  ["adopt", KEY, "adopt: is a key, and its hash is wanted: pass the `id` of the InferenceKey"],
  ["adopt", SECRET_TEXT, "adopt: must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey"],
  ["keepers", [SECRET_TEXT], "keepers: must be a map of texts"],
  ["keepers", SECRET_TEXT, "keepers: must be a map of texts"],
  ["keepers", { when: 5 }, "keepers.when: must be a text"],
  ["keepers", { when: [SECRET_TEXT] }, "keepers.when: must be a text"],
];

const OPTIONAL = [
  "limit",
  "limitReset",
  "includeByokInLimit",
  "disabled",
  "expiresAt",
  "workspaceId",
  "creatorUserId",
  "adopt",
  "keepers",
];

const news = (input: string, value: unknown) => ({ name: "ci", [input]: value });

test.each(ACCEPTED)("%s takes %j", (input, given, normal) => {
  expect(inferenceKey.check(news(input, given))).toEqual({
    inputs: { name: "ci", ...(normal === undefined ? {} : { [input]: normal }) },
    failures: [],
  });
});

test.each(INSTANTS)("an expiry with %s becomes UTC with seconds", (_title, given, normal) => {
  expect(inferenceKey.check(news("expiresAt", given)).inputs).toEqual({ name: "ci", expiresAt: normal });
});

test.each(REFUSED)("%s refuses %j without repeating it", (input, given, sentence) => {
  const { inputs, failures } = inferenceKey.check(news(input, given));
  expect(inputs).toBeUndefined();
  expect(failures).toEqual([sentence]);
  expect(failures.join()).not.toContain(SECRET_TEXT);
  expect(failures.join()).not.toContain(KEY);
});

test.each(OPTIONAL)("null and undefined for %s are the same as leaving it out", (input) => {
  for (const none of [null, undefined]) {
    const { inputs } = inferenceKey.check(news(input, none));
    expect(inputs).toEqual({ name: "ci" });
    expect(Object.keys(inputs ?? {})).not.toContain(input);
  }
});

test.each(["name", ...OPTIONAL])("an unknown %s passes as it is", (input) => {
  expect(inferenceKey.check(news(input, UNKNOWN_VALUE)).inputs).toEqual(news(input, UNKNOWN_VALUE));
});

test("an unknown keeper passes beside known ones", () => {
  const keepers = { when: UNKNOWN_VALUE, who: "ada" };
  expect(inferenceKey.check({ name: "ci", keepers }).inputs).toEqual({ name: "ci", keepers });
});

test.each([
  ["missing", {}],
  ["null", { name: null }],
])("a name that is %s is required", (_title, given) => {
  expect(inferenceKey.check(given).failures).toEqual(["name: is required"]);
});

test("every problem is reported at once, those of unknown property names too", () => {
  const { failures } = inferenceKey.check({
    name: "",
    limit: -1,
    limitReset: "yearly",
    disabled: "yes",
    expiresAt: "soon",
    limt: SECRET_TEXT,
    expiry: SECRET_TEXT,
  });
  expect(failures).toHaveLength(7);
  expect(failures).toEqual(expect.arrayContaining(["limt: no such input", "expiry: no such input"]));
  expect(failures.join()).not.toContain(SECRET_TEXT);
});

test.each(["constructor", "toString"])("%s is an unknown property name too", (name) => {
  expect(inferenceKey.check({ name: "ci", [name]: "x" }).failures).toEqual([`${name}: no such input`]);
});

test.each([
  ...ACCEPTED.map(([input, given]) => news(input, given)),
  ...INSTANTS.map(([, given]) => news("expiresAt", given)),
  ...OPTIONAL.map((input) => news(input, UNKNOWN_VALUE)),
  news("expiresAt", "9999-12-31T23:59:59-01:00"),
  news("limit", -0),
])("checking twice is checking once: %j", (given) => {
  const once = inferenceKey.check(given);
  if (once.inputs) expect(inferenceKey.check({ ...once.inputs })).toEqual(once);
});

test("a workspace id in capitals is the same workspace", () => {
  const { inputs } = inferenceKey.check(news("workspaceId", "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"));
  expect(inputs?.workspaceId).toBe("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
});

test("an expiry beyond the year 9999 is refused, since the API's form has no room for it", () => {
  expect(inferenceKey.check(news("expiresAt", "9999-12-31T23:59:59-01:00")).failures).toEqual([BAD_INSTANT]);
});
