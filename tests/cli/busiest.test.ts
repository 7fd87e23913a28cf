/** The most that was spent in one interval. */
import { busiest } from "../../cli/shared/busiest";

// A Friday to the Tuesday of the week after the next one.
const DAYS = ["20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30"].map((day) => `2026-11-${day}`);
const AMOUNTS = [1, 2, 4, 8, 0, 0, 0.1, 0.2, 0, 0, 16];

test.each([
  ["daily", 16],
  // Monday the 30th begins a week.
  ["weekly", 16],
  ["monthly", 31.3],
  ["yearly", 31.3],
])("of a %s limit is $%d", (reset, usd) => {
  expect(busiest(DAYS, AMOUNTS, reset)).toBe(usd);
});

test("counts a week from Monday to Sunday", () => {
  expect(busiest(DAYS, [1, 2, 4, 8, 0, 0, 0, 0, 0, 3, 9], "weekly")).toBe(11);
  expect(busiest(DAYS, [5, 5, 5, 1, 1, 1, 1, 1, 1, 1, 1], "weekly")).toBe(15);
});

test("is 0 without days", () => {
  expect(busiest([], [], "weekly")).toBe(0);
});
