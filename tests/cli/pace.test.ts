/** The pace at which credits are spent. */
import { paceOf } from "../../cli/shared/pace";

const NOW = new Date("2026-11-21T13:00:00Z");
const spent = (date: string, usage: number) => ({ date, usage });

test("is the mean of the last seven completed days, with days on which nothing was spent", () => {
  const activity = [spent("2026-11-13", 100), spent("2026-11-14", 7), spent("2026-11-20", 3), spent("2026-11-20", 4)];
  expect(paceOf(activity, 24, NOW)).toEqual({ perDay: 2, completedDays: 7, daysLeft: 12 });
});

test("leaves out today, which is not over", () => {
  expect(paceOf([spent("2026-11-14", 7), spent("2026-11-21", 50)], 10, NOW)).toMatchObject({ perDay: 1, daysLeft: 10 });
});

test("covers the days since the first spending if that is less than a week ago", () => {
  expect(paceOf([spent("2026-11-19", 3), spent("2026-11-20", 5)], 8, NOW)).toEqual({
    ...{ perDay: 4, completedDays: 2, daysLeft: 2 },
  });
});

test("covers a week if the first spending is longer ago, and has no days left if nothing was spent since", () => {
  expect(paceOf([spent("2026-11-01", 3)], 8, NOW)).toEqual({ perDay: 0, completedDays: 7, daysLeft: null });
});

test.each([
  ["no activity", []],
  ["activity of today only", [spent("2026-11-21", 5)]],
  ["requests that cost nothing", [spent("2026-11-20", 0)]],
])("has no days left with %s", (_what, activity) => {
  expect(paceOf(activity, 8, NOW)).toEqual({ perDay: 0, completedDays: 7, daysLeft: null });
});

test.each([0, -3])("has 0 days left with $%i of credits, whether anything was spent or not", (left) => {
  expect(paceOf([], left, NOW).daysLeft).toBe(0);
  expect(paceOf([spent("2026-11-20", 1)], left, NOW).daysLeft).toBe(0);
});
