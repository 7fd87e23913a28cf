/** How fast credits are spent, and how long they last. Pure. */
import type { Activity } from "../../provider/api/activity";
import { DAY_MS, utcDay } from "./dates";
import { rounded } from "./money";

export interface Pace {
  /** USD of credits: the mean of the completed days. */
  perDay: number;
  /** How many completed UTC days the mean covers. */
  completedDays: number;
  /** From now, at this pace; 0 without credits, null if nothing was spent on these days. */
  daysLeft: number | null;
}

/** Each weekday once. */
const PACE_DAYS = 7;
/**
 * Today is left out: it is not over, so it would lower the mean. Days before the first spending are left out too: a new
 * account was not used then.
 *
 * @param activity Of the last 30 completed days.
 * @param left USD of credits.
 */
export function paceOf(activity: readonly Pick<Activity, "date" | "usage">[], left: number, now: Date): Pace {
  const today = Date.parse(utcDay(now));
  const spending = activity
    .map(({ date, usage }) => ({ daysAgo: (today - Date.parse(date)) / DAY_MS, usage }))
    .filter(({ daysAgo, usage }) => daysAgo >= 1 && usage > 0);
  const first = Math.max(0, ...spending.map(({ daysAgo }) => daysAgo));
  const completedDays = first > 0 ? Math.min(PACE_DAYS, first) : PACE_DAYS;
  const total = spending.reduce((sum, { daysAgo, usage }) => sum + (daysAgo <= completedDays ? usage : 0), 0);
  const perDay = total / completedDays;
  return {
    perDay: rounded(perDay),
    completedDays,
    daysLeft: left <= 0 ? 0 : perDay > 0 ? rounded(left / perDay) : null,
  };
}
