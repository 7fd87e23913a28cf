import { exponent, median, percentile } from "../../bench/statistics";

test("returns the mean of the two middle values as median of an even number", () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([10, 1, 9, 2])).toBe(5.5);
});

test("returns the 990th of a thousand values as 99th percentile", () => {
  const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  expect(percentile(values, 0.99)).toBe(990);
});

test.each([
  ["constant values", (_n: number) => 7, 0],
  ["proportional growth", (n: number) => 3 * n, 1],
  ["quadratic growth", (n: number) => n * n, 2],
])("fits the exponent of %s", (_what, grow, expected) => {
  expect(exponent([10, 100, 3000].map((n) => [n, grow(n)]))).toBeCloseTo(expected);
});

test("returns no exponent for zeros", () => {
  expect(exponent([10, 100].map((n) => [n, 0]))).toBeUndefined();
});
