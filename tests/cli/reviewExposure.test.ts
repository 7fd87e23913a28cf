/** The arithmetic of a review. */
import { difference, Hidden, keyExposure, monthly, total } from "../../cli/review/exposure";
import { dollars, signed } from "../../cli/review/settings";

const NOW = Date.parse("2026-11-21T00:00:00Z");
const unknown = new Hidden("known after apply");

test.each([
  ["daily", 310],
  ["weekly", 310 / 7],
  ["monthly", 10],
  [undefined, 10],
  ["hourly", 310],
])("a limit of $10 %s is at most $%d in a month", (reset, most) => {
  expect(monthly({ amount: 10, ...(reset && { reset }) })).toBeCloseTo(most, 9);
});

test("no limit is unlimited, a limit of 0 is nothing, whatever else isn't known", () => {
  expect(monthly({})).toBe(Number.POSITIVE_INFINITY);
  expect(monthly({ amount: 0, reset: unknown })).toBe(0);
  expect(monthly({ amount: 5, reset: unknown })).toBe(unknown);
});

test.each([
  ["its own limit", 20, 3, 20],
  ["its guardrail's budget", 200, 3, 93],
])("a key may spend the lower of the two: %s", (_which, limit, guardrail, most) => {
  const key = { budget: { amount: limit, reset: "monthly" } };
  expect(keyExposure(key, { amount: guardrail, reset: "daily" }, NOW)).toBe(most);
});

test("a key without limit is bounded by its guardrail, and by nothing if that has no budget", () => {
  expect(keyExposure({ budget: {} }, { amount: 3, reset: "monthly" }, NOW)).toBe(3);
  expect(keyExposure({ budget: {} }, {}, NOW)).toBe(Number.POSITIVE_INFINITY);
  expect(keyExposure({ budget: {} }, undefined, NOW)).toBe(Number.POSITIVE_INFINITY);
});

test("a key that is disabled or expired may spend nothing, and one that expires later all", () => {
  const budget = { amount: 5, reset: "monthly" };
  expect(keyExposure({ budget, disabled: true }, undefined, NOW)).toBe(0);
  expect(keyExposure({ budget, expiresAt: "2026-11-21T00:00:00Z" }, undefined, NOW)).toBe(0);
  expect(keyExposure({ budget, expiresAt: "2026-11-21T00:00:01Z" }, undefined, NOW)).toBe(5);
});

test("what isn't known makes a figure unknown, unless it is 0 anyway", () => {
  const budget = { amount: 5, reset: "monthly" };
  expect(keyExposure({ budget: { amount: unknown } }, budget, NOW)).toBe(unknown);
  expect(keyExposure({ budget }, { amount: unknown, reset: "daily" }, NOW)).toBe(unknown);
  expect(keyExposure({ budget, disabled: unknown }, undefined, NOW)).toBe(unknown);
  expect(keyExposure({ budget: { amount: 0 } }, { amount: unknown, reset: "daily" }, NOW)).toBe(0);
});

test("a total counts by itself what can't be added", () => {
  expect(total([1, 2.5, Number.POSITIVE_INFINITY, unknown])).toEqual({ usd: 3.5, unlimited: 1, unknown: 1 });
});

test("a difference is that of figures; what becomes unlimited, limited or unknown is counted", () => {
  const none = Number.POSITIVE_INFINITY;
  const pairs = [
    { before: 10, after: 15 },
    { before: 3, after: 0 },
    { before: 100, after: none },
    { before: none, after: 100 },
    { before: none, after: none },
    { before: 7, after: unknown },
  ];
  expect(difference(pairs)).toEqual({ usd: 2, becomeUnlimited: 1, becomeLimited: 1, unknown: 1 });
});

test.each([
  [0, "$0", "$0"],
  [25, "$25", "+$25"],
  [1234.5, "$1,234.50", "+$1,234.50"],
  [44.285714, "$44.29", "+$44.29"],
  [99.999, "$100", "+$100"],
  [0.001, "<$0.01", "$0"],
])("%d is written %s, as a difference %s", (amount, absolute, difference) => {
  expect([dollars(amount), signed(amount)]).toEqual([absolute, difference]);
});

test("a decrease is written with a minus", () => {
  expect(signed(-1064.29)).toBe("-$1,064.29");
});
