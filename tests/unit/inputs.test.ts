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

const failuresOf = (rule: ReturnType<typeof singleLine>, value: unknown) =>
  rule.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

test.each<[string, unknown[], unknown[]]>([
  ["strings by their characters, not by their JSON", ["a!", "a", "b", "a"], ["a", "a!", "b"]],
  [
    "objects without duplicates that differ only in property order",
    [
      { b: 1, a: 2 },
      { a: 2, b: 1 },
    ],
    [{ a: 2, b: 1 }],
  ],
  [
    "objects by their properties",
    [
      { b: 1, a: 2 },
      { a: 1, b: 2 },
    ],
    [
      { a: 1, b: 2 },
      { b: 1, a: 2 },
    ],
  ],
  ["numbers, null and strings together", [5, null, "x", null, 5], [5, null, "x"]],
  ["an empty list", [], []],
])("sorts %s", (_title, values, expected) => {
  expect(sortedSet(values)).toEqual(expected);
});

test.each([
  ["2027-01-01T02:00:00+02:00", "2027-01-01T00:00:00Z"],
  ["2027-01-01T00:00:00.987654Z", "2027-01-01T00:00:00Z"],
  ["tomorrow", "tomorrow"],
  ["", ""],
])("converts %j to %j, in UTC with seconds", (timestamp, expected) => {
  expect(utcSeconds(timestamp)).toBe(expected);
});

test("converts -0 to 0 and an unset number to null, and keeps an unknown one", () => {
  expect(Object.is(plainNumber(-0), 0)).toBe(true);
  expect(plainNumber(undefined)).toBeNull();
  expect(plainNumber(UNKNOWN_VALUE as unknown as number)).toBe(UNKNOWN_VALUE);
});

test("drops null and undefined, and no other falsy value", () => {
  expect(omitNullish({ a: null, b: undefined, c: 0, d: "", e: false })).toStrictEqual({ c: 0, d: "", e: false });
});

test("converts a string to lower case, and keeps undefined", () => {
  expect([lowerCase("AbC"), lowerCase(undefined)]).toEqual(["abc", undefined]);
});

test("recognizes only Pulumi's sentinel as unknown", () => {
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
  ["no value", undefined, ["is required"]],
  ["a number", 5, ["must be a string"]],
])("checks a single line with %s", (_title, value, expected) => {
  expect(failuresOf(singleLine(), value)).toEqual(expected);
});

test("limits a single line to its maximum length, if it has one", () => {
  expect(failuresOf(singleLine(3), "abc")).toEqual([]);
  expect(failuresOf(singleLine(3), "abcd")).toEqual(["must have at most 3 characters"]);
  expect(failuresOf(singleLine(), "a".repeat(100_000))).toEqual([]);
});

test.each([
  [HASH, []],
  [KEY, ["must be the hash of a key, not the key itself: pass the `id` of the InferenceKey"]],
  [`${HASH}0`, [expect.stringMatching(/64 hexadecimal digits/)]],
  [`x${HASH}`, [expect.stringMatching(/64 hexadecimal digits/)]],
  [`${HASH}\n`, [expect.stringMatching(/64 hexadecimal digits/)]],
])("checks the hash %j with the result %j", (value, expected) => {
  expect(failuresOf(keyHash(), value)).toEqual(expected);
});
