/** The most that was spent in an interval of a limit. Pure. */
import { DAY_MS } from "./dates";
import { rounded } from "./money";

/**
 * The most that was spent on these days in one interval. Days that the interval has outside of them count as $0.
 *
 * @param days `YYYY-MM-DD`, consecutive.
 * @param amounts USD of each day.
 * @param reset Of the limit: by day, by week from Monday, or all days together for longer intervals.
 */
export function busiest(days: readonly string[], amounts: readonly number[], reset: string | null): number {
  const sums = new Map<string, number>();
  for (const [index, day] of days.entries()) {
    const interval = reset === "daily" ? day : reset === "weekly" ? mondayOf(day) : "";
    sums.set(interval, (sums.get(interval) ?? 0) + (amounts[index] ?? 0));
  }
  return rounded(Math.max(0, ...sums.values()));
}

/** In milliseconds since 1970, which was a Thursday. */
function mondayOf(day: string): string {
  const number = Date.parse(day) / DAY_MS;
  return String(number - ((number + 3) % 7));
}
