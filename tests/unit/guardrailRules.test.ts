import { guardrail } from "../../provider/resources/guardrail";
import { UNKNOWN_VALUE } from "./support/samples";

const failuresOf = (given: Record<string, unknown>) => guardrail.check({ name: "safe", ...given }, {}).failures;
const ofPattern = (pattern: string) => failuresOf({ contentFilters: [{ pattern, action: "flag" }] });
const LOOK_AROUND = "contentFilters.0.pattern: must not use look-around: the API refuses it";
const BACK_REFERENCE = "contentFilters.0.pattern: must not use back-references: the API refuses them";

test.each([
  ["a look-ahead", "a(?=b)"],
  ["a negative look-ahead", "a(?!b)"],
  ["a look-behind", "(?<=a)b"],
  ["a negative look-behind", "(?<!a)b"],
  ["one after an escaped backslash", "\\\\(?=b)"],
  ["one after a character class", "[(](?!b)"],
  ["one after a class that has a closing bracket", "[\\]](?=b)"],
  ["one after an empty class", "[](?=b)]"],
  ["one inside a group", "((?:(?=b)))"],
  ["one over several lines", "a\n(?=b)"],
])("%s is refused", (_title, pattern) => {
  expect(ofPattern(pattern)).toEqual([LOOK_AROUND]);
});

test.each([
  ["by number", "(a)\\1"],
  ["by a number of two digits", "(a)\\12"],
  ["by the highest digit", "(a)\\9"],
  ["by name", "(?<n>a)\\k<n>"],
  ["after an escaped backslash", "(a)\\\\\\1"],
])("a back-reference %s is refused", (_title, pattern) => {
  expect(ofPattern(pattern)).toEqual([BACK_REFERENCE]);
});

test("look-around and a back-reference are two problems", () => {
  expect(ofPattern("(a)\\1(?=b)")).toEqual([LOOK_AROUND, BACK_REFERENCE]);
});

test.each([
  ["an escaped bracket before ?=", "\\(?=b"],
  ["the same in a character class", "[(?=]"],
  ["the same in a class with an escaped bracket", "[\\](?=b]"],
  ["a named group", "(?<n>a)"],
  ["a group that does not capture", "(?:a)"],
  ["an escaped backslash before a digit", "\\\\1"],
  ["an escaped backslash before k<", "\\\\k<n>"],
  ["a digit in a character class", "[\\1]"],
  ["a null character", "\\0"],
  ["classes and escapes", "^\\d{3}-\\w+\\s*[^\\]]$"],
  ["a letter that is escaped for nothing", "\\k"],
  ["100,000 characters", "a".repeat(100_000)],
])("%s is no look-around and no back-reference", (_title, pattern) => {
  expect(new RegExp(pattern)).toBeInstanceOf(RegExp);
  expect(ofPattern(pattern)).toEqual([]);
});

// What is taken out of the pattern joins what stood beside it: `(\s?=` becomes `(?=`.
test.each([
  ["an optional space before =", "key(\\s?=\\s?)value"],
  ["an optional class before !", "([a-z]?!)"],
  ["an optional question mark before =", "(\\??=a)"],
])("%s is no look-around", (_title, pattern) => {
  expect(new RegExp(pattern)).toBeInstanceOf(RegExp);
  expect(ofPattern(pattern)).toEqual([]);
});

test("more than 100,000 characters are refused, and not repeated", () => {
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
  ])("%j is taken", (filter) => {
    expect(ofFilter(filter)).toEqual([]);
  });

  test.each(["user_only", "all_messages"])("%s of another filter is refused", (scanScope) => {
    const said = "contentFilterBuiltins.0.scanScope: is for the slug regex-prompt-injection only";
    expect(ofFilter({ slug: "email", scanScope })).toEqual([said]);
  });

  // It may turn out to be null.
  test("that is not known yet passes with any slug", () => {
    expect(ofFilter({ slug: "email", scanScope: UNKNOWN_VALUE })).toEqual([]);
  });
});

describe("regions", () => {
  test.each(["eu", "EU", "Eu"])("%s asks for the name that the API has", (region) => {
    const failures = failuresOf({ allowedDataRegions: ["us", region] });
    expect(failures).toEqual(["allowedDataRegions.1: did you mean `europe`?"]);
  });

  test.each(["europe", "us", "global", "eu-west", "moon"])("%s is left to the API", (region) => {
    expect(failuresOf({ allowedDataRegions: [region] })).toEqual([]);
  });
});

test("the same model in both lists is counted, whatever else is unknown", () => {
  const given = { allowedModels: ["a", "b", "c", UNKNOWN_VALUE], ignoredModels: ["c", UNKNOWN_VALUE, "b"] };
  expect(failuresOf(given)).toEqual(["allowedModels, ignoredModels: 2 of one are in the other as well"]);
});
