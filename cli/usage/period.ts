/** The UTC days that a report is about. Pure. */
import { ANALYTICS_DAYS } from "../../provider/api/analytics";
import { DAY_MS, utcDay } from "../shared/dates";
import { UsageError } from "../shared/terminal";

/** First and last day, `YYYY-MM-DD`, and all days between. */
export interface Period {
  from: string;
  to: string;
  days: string[];
}

/** The options that choose the days. At most one of `date`, `month` and `from` is given. */
export interface PeriodOptions {
  days: number;
  /** A day, or `today`. */
  date?: string;
  from?: string;
  to?: string;
  /** `YYYY-MM`. */
  month?: string;
}

/** @throws UsageError for days that are reversed, in the future, or more than a year ago */
export function chosenPeriod({ days, date, from, to, month }: PeriodOptions, now: Date): Period {
  const today = utcDay(now);
  if (date !== undefined) return checked(date === "today" ? today : date, date === "today" ? today : date, now);
  if (month !== undefined) return checked(`${month}-01`, earlier(lastDayOf(month), today), now);
  if (from !== undefined) return checked(from, to ?? today, now);
  if (to !== undefined) throw new UsageError("--to needs --from");
  return periodBefore(now, days);
}

function checked(from: string, to: string, now: Date): Period {
  const today = utcDay(now);
  const oldest = utcDay(daysBefore(now, ANALYTICS_DAYS - 1));
  if (from > today || to > today)
    throw new UsageError(`${from > today ? from : to} is in the future; today is ${today}`);
  if (from > to) throw new UsageError(`the first day, ${from}, is after the last day, ${to}`);
  if (from < oldest) throw new UsageError(`${from} is too long ago; the oldest day that can be read is ${oldest}`);
  return periodOf(from, to);
}

function periodOf(from: string, to: string): Period {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  const days = Array.from({ length: count }, (_, index) => utcDay(new Date(Date.parse(from) + index * DAY_MS)));
  return { from, to, days };
}

/** The UTC days before today. */
export function periodBefore(now: Date, count: number): Period {
  return periodOf(utcDay(daysBefore(now, count)), utcDay(daysBefore(now, 1)));
}

/** The days of both periods; undefined if they have none in common. */
export function overlap(a: Period, b: Period): Period | undefined {
  const [from, to] = [later(a.from, b.from), earlier(a.to, b.to)];
  return from > to ? undefined : periodOf(from, to);
}

/** The days of a period without those of a part of it: before it, and after it. */
export function daysOutside({ days }: Period, part: Period): Pick<Period, "from" | "to">[] {
  const outside = [days.filter((day) => day < part.from), days.filter((day) => day > part.to)];
  return outside.flatMap((each) => (each[0] === undefined ? [] : [{ from: each[0], to: each.at(-1) as string }]));
}

/** Consecutive parts of at most so many days. */
export function partsOf({ days }: Period, maxDays: number): Period[] {
  const starts = days.filter((_, index) => index % maxDays === 0);
  return starts.map((from, index) => periodOf(from, days[Math.min((index + 1) * maxDays, days.length) - 1] as string));
}

/** Midnight at the start of the first day, and at the end of the last day. */
export function timesOf({ from, to }: Period): { start: Date; end: Date } {
  return { start: new Date(from), end: new Date(Date.parse(to) + DAY_MS) };
}

function daysBefore(now: Date, count: number): Date {
  return new Date(now.getTime() - count * DAY_MS);
}

function lastDayOf(month: string): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return utcDay(new Date(Date.UTC(year, number, 0)));
}

function later(...days: [string, string]): string {
  return [...days].sort()[1] as string;
}

function earlier(...days: [string, string]): string {
  return [...days].sort()[0] as string;
}
