import { inferenceKey } from "../../provider/resources/inferenceKey";
import { HASH, KEY, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET_TEXT = "do-not-print-me";

/** What the API takes is not refused: a long name, a large limit, and more decimals than a cent has. */
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

const INSTANTS: [title: string, given: string][] = [
  ["UTC", "2027-01-01T00:00:00Z"],
  ["a zone ahead", "2027-01-01T00:00:00+02:00"],
  ["a zone without a colon", "2027-01-01T00:00:00+0200"],
  ["a zone behind", "2026-12-31T19:30:00-05:30"],
  ["the text of a Date", new Date(Date.UTC(2027, 0, 1)).toISOString()],
  ["microseconds", "2027-01-01T00:00:00.987654+00:00"],
  ["a leap day", "2028-02-29T12:00:00Z"],
  ["no seconds", "2027-01-01T00:00Z"],
  ["the last second that the API's form can say", "9999-12-31T23:59:59Z"],
];

const BAD_INSTANT = "expiresAt: must be an ISO 8601 timestamp with a UTC offset, such as 2027-01-01T00:00:00Z";
const REFUSED: [input: string, given: unknown, sentence: string][] = [
  ["name", 5, "name: must be a string"],
  ["name", "", "name: must not be empty"],
  ["name", "  ", "name: must not be empty"],
  ["name", `${SECRET_TEXT} ${KEY}`, "name: must not contain a key"],
  ["name", `${SECRET_TEXT}\n`, "name: must not contain control characters"],
  ["name", `${SECRET_TEXT}\u001b[31m`, "name: must not contain control characters"],
  ["limit", SECRET_TEXT, "limit: must be a number of USD"],
  ["limit", Number.NaN, "limit: must be a number of USD"],
  ["limit", Number.POSITIVE_INFINITY, "limit: must be a number of USD"],
  ["limit", -1, "limit: must not be negative"],
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
  ["externalUser", "", "externalUser: must not be empty"],
  ["externalUser", SECRET_TEXT.repeat(40), "externalUser: must have at most 512 characters"],
  ["externalUser", KEY, "externalUser: must not contain a key"],
  ["adopt", KEY, "adopt: must be the hash of a key, not the key itself: pass the `id` of the InferenceKey"],
  ["adopt", SECRET_TEXT, "adopt: must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey"],
  ["keepers", [SECRET_TEXT], "keepers: must be a map of strings"],
  ["keepers", SECRET_TEXT, "keepers: must be a map of strings"],
  ["keepers", { when: 5 }, "keepers.when: must be a string"],
  ["keepers", { when: [SECRET_TEXT] }, "keepers.when: must be a string"],
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

test.each(ACCEPTED)("%s takes %j, and it stays as declared", (input, given) => {
  expect(check(news(input, given))).toEqual({ inputs: { name: "ci", [input]: given }, failures: [] });
});

test.each(INSTANTS)("an expiry with %s stays as declared", (_title, given) => {
  expect(check(news("expiresAt", given)).inputs).toEqual({ name: "ci", expiresAt: given });
});

test.each(REFUSED)("%s refuses %j without repeating it", (input, given, sentence) => {
  const { inputs, failures } = check(news(input, given));
  expect(inputs).toBeUndefined();
  expect(failures).toEqual([sentence]);
  expect(failures.join()).not.toContain(SECRET_TEXT);
  expect(failures.join()).not.toContain(KEY);
});

test.each(OPTIONAL)("null and undefined for %s are the same as leaving it out", (input) => {
  for (const none of [null, undefined]) {
    const { inputs } = check(news(input, none));
    expect(inputs).toEqual({ name: "ci" });
    expect(Object.keys(inputs ?? {})).not.toContain(input);
  }
});

test.each(["name", ...OPTIONAL])("an unknown %s passes as it is", (input) => {
  expect(check(news(input, UNKNOWN_VALUE)).inputs).toEqual(news(input, UNKNOWN_VALUE));
});

test("an unknown keeper passes beside known ones", () => {
  const keepers = { when: UNKNOWN_VALUE, who: "ada" };
  expect(check({ name: "ci", keepers }).inputs).toEqual({ name: "ci", keepers });
});

test.each([
  ["missing", {}],
  ["null", { name: null }],
])("a name that is %s is required", (_title, given) => {
  expect(check(given).failures).toEqual(["name: is required"]);
});

test("every problem is reported at once, those of unknown property names too", () => {
  const { failures } = check({
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
  expect(check({ name: "ci", [name]: "x" }).failures).toEqual([`${name}: no such input`]);
});

test("an expiry beyond the year 9999 is refused, since the API's form has no room for it", () => {
  expect(check(news("expiresAt", "9999-12-31T23:59:59-01:00")).failures).toEqual([BAD_INSTANT]);
});

test.each(REFUSED.filter(([input]) => input !== "name"))(
  "%s takes %j if the state has it: with ignoreChanges it comes from the account",
  (input, given) => {
    expect(check(news(input, given), news(input, given))).toEqual({ inputs: news(input, given), failures: [] });
  },
);

test("a value is compared with the old one of its own input only", () => {
  expect(check(news("limitReset", "yearly"), news("disabled", "yearly")).inputs).toBeUndefined();
  expect(check(news("limitReset", "yearly"), news("limitReset", "hourly")).inputs).toBeUndefined();
});
