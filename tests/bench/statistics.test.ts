import { exponent, median, percentile } from "../../bench/statistics";

test("the median of an even number of values is between the two in the middle", () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([10, 1, 9, 2])).toBe(5.5);
});

test("the 99th percentile of a thousand values leaves out the ten largest", () => {
  const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  expect(percentile(values, 0.99)).toBe(990);
});

test.each([
  ["what stays the same", (_n: number) => 7, 0],
  ["what grows in proportion", (n: number) => 3 * n, 1],
  ["what grows with the square", (n: number) => n * n, 2],
])("the exponent of %s", (_what, grow, expected) => {
  expect(exponent([10, 100, 3000].map((n) => [n, grow(n)]))).toBeCloseTo(expected);
});

test("what is always zero has no exponent", () => {
  expect(exponent([10, 100].map((n) => [n, 0]))).toBeUndefined();
});
