import { inferenceKey } from "../../provider/resources/inferenceKey";
import { HASH, KEY, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET = "do-not-print-me";

/** Accepted because the API accepts it: a long name, a large limit, and fractions of a cent. */
const ACCEPTED: [input: string, given: unknown][] = [
  ["name", "ci"],
  ["name", "x".repeat(5_000)],
  ["name", "sk-or-v1-5e4...e1b"],
  ["limit", 25],
  ["limit", 0],
  ["limit", 0.0000001],
  ["limit", 0.1 + 0.2],
  ["limit", 1_000_000_001],
  ["limitReset", "daily"],
  ["limitReset", "weekly"],
  ["limitReset", "monthly"],
  ["includeByokInLimit", true],
  ["includeByokInLimit", false],
  ["disabled", true],
  ["disabled", false],
  ["workspaceId", WORKSPACE],
  ["workspaceId", "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"],
  ["creatorUserId", "user_ada"],
  ["creatorUserId", "user_".repeat(100)],
  ["externalUser", "u".repeat(512)],
  ["adopt", HASH],
  ["keepers", { rotated: "2026-11" }],
  ["keepers", {}],
  ["__defaultName", true],
];

const TIMESTAMPS: [title: string, given: string][] = [
  ["UTC", "2027-01-01T00:00:00Z"],
  ["an offset ahead of UTC", "2027-01-01T00:00:00+02:00"],
  ["an offset without a colon", "2027-01-01T00:00:00+0200"],
  ["an offset behind UTC", "2026-12-31T19:30:00-05:30"],
  ["the string of a Date", new Date(Date.UTC(2027, 0, 1)).toISOString()],
  ["microseconds", "2027-01-01T00:00:00.987654+00:00"],
  ["a leap day", "2028-02-29T12:00:00Z"],
  ["no seconds", "2027-01-01T00:00Z"],
  ["the last second that the API's format can express", "9999-12-31T23:59:59Z"],
];

const BAD_TIMESTAMP = "expiresAt: must be an ISO 8601 timestamp with a UTC offset, such as 2027-01-01T00:00:00Z";
const REJECTED: [input: string, given: unknown, failure: string][] = [
  ["name", 5, "name: must be a string"],
  ["name", "", "name: must not be empty"],
  ["name", "  ", "name: must not be empty"],
  ["name", `${SECRET} ${KEY}`, "name: must not contain a key"],
  ["name", `${SECRET}\n`, "name: must not contain control characters"],
  ["name", `${SECRET}\u001b[31m`, "name: must not contain control characters"],
  ["limit", SECRET, "limit: must be a number of USD"],
  ["limit", Number.NaN, "limit: must be a number of USD"],
  ["limit", Number.POSITIVE_INFINITY, "limit: must be a number of USD"],
  ["limit", -1, "limit: must not be negative"],
  ["limitReset", SECRET, "limitReset: must be one of daily, weekly, monthly"],
  ["limitReset", 7, "limitReset: must be one of daily, weekly, monthly"],
  ["includeByokInLimit", "true", "includeByokInLimit: must be true or false"],
  ["disabled", 1, "disabled: must be true or false"],
  ["expiresAt", SECRET, BAD_TIMESTAMP],
  ["expiresAt", {}, BAD_TIMESTAMP],
  ["expiresAt", 1798761600, BAD_TIMESTAMP],
  ["expiresAt", "2027-01-01", BAD_TIMESTAMP],
  ["expiresAt", "2027-01-01T00:00:00", BAD_TIMESTAMP],
  ["expiresAt", "2027-01-01T00:00:00 Europe/Paris", BAD_TIMESTAMP],
  ["expiresAt", "2027-01-01T00:00:00+25:00", BAD_TIMESTAMP],
  ["expiresAt", "2027-02-29T00:00:00Z", BAD_TIMESTAMP],
  ["expiresAt", "2027-04-31T00:00:00Z", BAD_TIMESTAMP],
  ["expiresAt", "2027-13-01T00:00:00Z", BAD_TIMESTAMP],
  ["expiresAt", "2027-01-01T24:00:01Z", BAD_TIMESTAMP],
  ["workspaceId", SECRET, "workspaceId: must be a UUID"],
  ["workspaceId", 5, "workspaceId: must be a UUID"],
  ["creatorUserId", "", "creatorUserId: must not be empty"],
  ["externalUser", "", "externalUser: must not be empty"],
  ["externalUser", SECRET.repeat(40), "externalUser: must have at most 512 characters"],
  ["externalUser", KEY, "externalUser: must not contain a key"],
  ["adopt", KEY, "adopt: must be the hash of a key, not the key itself: pass the `id` of the InferenceKey"],
  ["adopt", SECRET, "adopt: must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey"],
  ["keepers", [SECRET], "keepers: must be a map of strings"],
  ["keepers", SECRET, "keepers: must be a map of strings"],
  ["keepers", { when: 5 }, "keepers.when: must be a string"],
  ["keepers", { when: [SECRET] }, "keepers.when: must be a string"],
];

const OPTIONAL = [
  "limit",
  "limitReset",
  "includeByokInLimit",
  "disabled",
  "expiresAt",
  "workspaceId",
  "creatorUserId",
  "externalUser",
  "adopt",
  "keepers",
];

const news = (input: string, value: unknown) => ({ name: "ci", [input]: value });
const check = (given: Record<string, unknown>, olds: Record<string, unknown> = {}) => inferenceKey.check(given, olds);

test.each(ACCEPTED)("accepts %s %j unchanged", (input, given) => {
  expect(check(news(input, given))).toEqual({ inputs: { name: "ci", [input]: given }, failures: [] });
});

test.each(TIMESTAMPS)("accepts an expiry with %s unchanged", (_title, given) => {
  expect(check(news("expiresAt", given)).inputs).toEqual({ name: "ci", expiresAt: given });
});

test.each(REJECTED)("rejects %s %j without printing the value", (input, given, failure) => {
  const { inputs, failures } = check(news(input, given));
  expect(inputs).toBeUndefined();
  expect(failures).toEqual([failure]);
  expect(failures.join()).not.toContain(SECRET);
  expect(failures.join()).not.toContain(KEY);
});

test.each(OPTIONAL)("drops %s when it is null or undefined", (input) => {
  for (const empty of [null, undefined]) {
    const { inputs } = check(news(input, empty));
    expect(inputs).toEqual({ name: "ci" });
    expect(Object.keys(inputs ?? {})).not.toContain(input);
  }
});

test.each(["name", ...OPTIONAL])("accepts an unknown %s", (input) => {
  expect(check(news(input, UNKNOWN_VALUE)).inputs).toEqual(news(input, UNKNOWN_VALUE));
});

test("accepts an unknown keeper next to known ones", () => {
  const keepers = { when: UNKNOWN_VALUE, who: "ada" };
  expect(check({ name: "ci", keepers }).inputs).toEqual({ name: "ci", keepers });
});

test.each([
  ["missing", {}],
  ["null", { name: null }],
])("requires a name when it is %s", (_title, given) => {
  expect(check(given).failures).toEqual(["name: is required"]);
});

test("reports every failure at once, including unknown inputs", () => {
  const { failures } = check({
    name: "",
    limit: -1,
    limitReset: "yearly",
    disabled: "yes",
    expiresAt: "soon",
    limt: SECRET,
    expiry: SECRET,
  });
  expect(failures).toHaveLength(7);
  expect(failures).toEqual(expect.arrayContaining(["limt: no such input", "expiry: no such input"]));
  expect(failures.join()).not.toContain(SECRET);
});

test.each(["constructor", "toString"])("rejects %s as an unknown input", (name) => {
  expect(check({ name: "ci", [name]: "x" }).failures).toEqual([`${name}: no such input`]);
});

test("rejects an expiry after the year 9999, because the API's format can't express it", () => {
  expect(check(news("expiresAt", "9999-12-31T23:59:59-01:00")).failures).toEqual([BAD_TIMESTAMP]);
});

test.each(REJECTED.filter(([input]) => input !== "name"))(
  "accepts %s %j when the state has it, because with ignoreChanges it comes from the account",
  (input, given) => {
    expect(check(news(input, given), news(input, given))).toEqual({ inputs: news(input, given), failures: [] });
  },
);

test("accepts an invalid value only when the state has it for the same input", () => {
  expect(check(news("limitReset", "yearly"), news("disabled", "yearly")).inputs).toBeUndefined();
  expect(check(news("limitReset", "yearly"), news("limitReset", "hourly")).inputs).toBeUndefined();
});
