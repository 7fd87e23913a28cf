import { isUnknown } from "../../formats/values";
import {
  keyHash,
  lowerCase,
  omitNullish,
  plainNumber,
  singleLine,
  sortedSet,
  utcSeconds,
} from "../../provider/reconcile/inputs";
import { HASH, KEY, UNKNOWN_VALUE } from "./support/samples";

const problems = (rule: ReturnType<typeof singleLine>, value: unknown) =>
  rule.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

test.each<[string, unknown[], unknown[]]>([
  ["texts by their characters, not as they are quoted", ["a!", "a", "b", "a"], ["a", "a!", "b"]],
  [
    "objects that name the same in another order as one",
    [
      { b: 1, a: 2 },
      { a: 2, b: 1 },
    ],
    [{ a: 2, b: 1 }],
  ],
  [
    "objects by their names in order",
    [
      { b: 1, a: 2 },
      { a: 1, b: 2 },
    ],
    [
      { a: 1, b: 2 },
      { b: 1, a: 2 },
    ],
  ],
  ["numbers, null and texts beside each other", [5, null, "x", null, 5], [5, null, "x"]],
  ["nothing", [], []],
])("a set has %s", (_title, values, expected) => {
  expect(sortedSet(values)).toEqual(expected);
});

test.each([
  ["2027-01-01T02:00:00+02:00", "2027-01-01T00:00:00Z"],
  ["2027-01-01T00:00:00.987654Z", "2027-01-01T00:00:00Z"],
  ["tomorrow", "tomorrow"],
  ["", ""],
])("%j is %j in UTC with seconds", (text, expected) => {
  expect(utcSeconds(text)).toBe(expected);
});

test("-0 is 0, none is null, and what is not known yet stays", () => {
  expect(Object.is(plainNumber(-0), 0)).toBe(true);
  expect(plainNumber(undefined)).toBeNull();
  expect(plainNumber(UNKNOWN_VALUE as unknown as number)).toBe(UNKNOWN_VALUE);
});

test("none is dropped, and no other falsy value", () => {
  expect(omitNullish({ a: null, b: undefined, c: 0, d: "", e: false })).toStrictEqual({ c: 0, d: "", e: false });
});

test("nothing in small letters is nothing", () => {
  expect([lowerCase("AbC"), lowerCase(undefined)]).toEqual(["abc", undefined]);
});

test("only Pulumi's mark is unknown", () => {
  expect([isUnknown(UNKNOWN_VALUE), isUnknown(`x${UNKNOWN_VALUE}`), isUnknown(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});

test.each([
  ["a masked label of a key", "sk-or-v1-5e4...e1b", []],
  ["a word that begins like one", "the sk-or-prefix of keys", []],
  ["a key", KEY, ["must not contain a key"]],
  ["a key within a sentence", `see ${KEY}.`, ["must not contain a key"]],
  ["a tab", "a\tb", ["must not contain control characters"]],
  ["a delete character", "a\u007f", ["must not contain control characters"]],
  ["nothing", undefined, ["is required"]],
  ["a number", 5, ["must be a string"]],
])("a line with %s", (_title, value, expected) => {
  expect(problems(singleLine(), value)).toEqual(expected);
});

test("a line has its length, and no other limit", () => {
  expect(problems(singleLine(3), "abc")).toEqual([]);
  expect(problems(singleLine(3), "abcd")).toEqual(["must have at most 3 characters"]);
  expect(problems(singleLine(), "a".repeat(100_000))).toEqual([]);
});

test.each([
  [HASH, []],
  [KEY, ["must be the hash of a key, not the key itself: pass the `id` of the InferenceKey"]],
  [`${HASH}0`, [expect.stringMatching(/64 hexadecimal digits/)]],
  [`x${HASH}`, [expect.stringMatching(/64 hexadecimal digits/)]],
  [`${HASH}\n`, [expect.stringMatching(/64 hexadecimal digits/)]],
])("of a hash %j is said %j", (value, expected) => {
  expect(problems(keyHash(), value)).toEqual(expected);
});
