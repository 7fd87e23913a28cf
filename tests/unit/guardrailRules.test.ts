import { guardrail } from "../../provider/resources/guardrail";
import { UNKNOWN_VALUE } from "./support/samples";

const failuresOf = (given: Record<string, unknown>) => guardrail.check({ name: "safe", ...given }, {}).failures;
const ofPattern = (pattern: string) => failuresOf({ contentFilters: [{ pattern, action: "flag" }] });
const LOOK_AROUND = "contentFilters.0.pattern: must not use lookaround: the API rejects it";
const BACK_REFERENCE = "contentFilters.0.pattern: must not use backreferences: the API rejects them";

test.each([
  ["a look-ahead", "a(?=b)"],
  ["a negative look-ahead", "a(?!b)"],
  ["a look-behind", "(?<=a)b"],
  ["a negative look-behind", "(?<!a)b"],
  ["a look-ahead after an escaped backslash", "\\\\(?=b)"],
  ["a look-ahead after a character class", "[(](?!b)"],
  ["a look-ahead after a class with a closing bracket", "[\\]](?=b)"],
  ["a look-ahead after an empty class", "[](?=b)]"],
  ["a look-ahead inside a group", "((?:(?=b)))"],
  ["a look-ahead on a second line", "a\n(?=b)"],
])("rejects %s", (_title, pattern) => {
  expect(ofPattern(pattern)).toEqual([LOOK_AROUND]);
});

test.each([
  ["by number", "(a)\\1"],
  ["by a number of two digits", "(a)\\12"],
  ["by the highest digit", "(a)\\9"],
  ["by name", "(?<n>a)\\k<n>"],
  ["after an escaped backslash", "(a)\\\\\\1"],
])("rejects a backreference %s", (_title, pattern) => {
  expect(ofPattern(pattern)).toEqual([BACK_REFERENCE]);
});

test("reports lookaround and a backreference separately", () => {
  expect(ofPattern("(a)\\1(?=b)")).toEqual([LOOK_AROUND, BACK_REFERENCE]);
});

test.each([
  ["an escaped bracket before ?=", "\\(?=b"],
  ["?= in a character class", "[(?=]"],
  ["?= in a class with an escaped bracket", "[\\](?=b]"],
  ["a named group", "(?<n>a)"],
  ["a non-capturing group", "(?:a)"],
  ["an escaped backslash before a digit", "\\\\1"],
  ["an escaped backslash before k<", "\\\\k<n>"],
  ["a digit in a character class", "[\\1]"],
  ["a null character", "\\0"],
  ["classes and escapes", "^\\d{3}-\\w+\\s*[^\\]]$"],
  ["a needlessly escaped letter", "\\k"],
  ["100,000 characters", "a".repeat(100_000)],
])("accepts %s", (_title, pattern) => {
  expect(new RegExp(pattern)).toBeInstanceOf(RegExp);
  expect(ofPattern(pattern)).toEqual([]);
});

// A rule that deletes escapes before it searches would see `(?=` in `(\s?=`.
test.each([
  ["an optional space before =", "key(\\s?=\\s?)value"],
  ["an optional class before !", "([a-z]?!)"],
  ["an optional question mark before =", "(\\??=a)"],
])("accepts %s, which is not lookaround", (_title, pattern) => {
  expect(new RegExp(pattern)).toBeInstanceOf(RegExp);
  expect(ofPattern(pattern)).toEqual([]);
});

test("rejects more than 100,000 characters without printing them", () => {
  expect(ofPattern("a".repeat(100_001))).toEqual(["contentFilters.0.pattern: must have at most 100000 characters"]);
});

describe("scanScope", () => {
  const ofFilter = (filter: object) => failuresOf({ contentFilterBuiltins: [{ action: "flag", ...filter }] });

  test.each([
    { slug: "regex-prompt-injection", scanScope: "user_only" },
    { slug: "regex-prompt-injection", scanScope: "all_messages" },
    { slug: "email" },
    { slug: "email", scanScope: null },
    { slug: UNKNOWN_VALUE, scanScope: "user_only" },
  ])("accepts %j", (filter) => {
    expect(ofFilter(filter)).toEqual([]);
  });

  test.each(["user_only", "all_messages"])("rejects %s for a different filter", (scanScope) => {
    const failure = "contentFilterBuiltins.0.scanScope: is for the slug regex-prompt-injection only";
    expect(ofFilter({ slug: "email", scanScope })).toEqual([failure]);
  });

  // The value may turn out to be null.
  test("accepts an unknown value with any slug", () => {
    expect(ofFilter({ slug: "email", scanScope: UNKNOWN_VALUE })).toEqual([]);
  });
});

describe("regions", () => {
  test.each(["eu", "EU", "Eu"])("suggests the API's name for %s", (region) => {
    const failures = failuresOf({ allowedDataRegions: ["us", region] });
    expect(failures).toEqual(["allowedDataRegions.1: did you mean `europe`?"]);
  });

  test.each(["europe", "us", "global", "eu-west", "moon"])("leaves %s to the API", (region) => {
    expect(failuresOf({ allowedDataRegions: [region] })).toEqual([]);
  });
});

test("counts models that are in both lists, even next to unknown ones", () => {
  const given = { allowedModels: ["a", "b", "c", UNKNOWN_VALUE], ignoredModels: ["c", UNKNOWN_VALUE, "b"] };
  expect(failuresOf(given)).toEqual(["allowedModels, ignoredModels: 2 entries are in both lists"]);
});
