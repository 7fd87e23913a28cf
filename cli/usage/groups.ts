/** Adds up what was used. Pure. */
import type { Activity } from "../../provider/api/activity";
import type { Key } from "../../provider/api/keys";
import { utcDay } from "../shared/dates";
import { rounded } from "../shared/money";

export const GROUPINGS = ["day", "model", "provider", "key"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** First and last day, `YYYY-MM-DD`, and all days between. */
export interface Period {
  from: string;
  to: string;
  days: string[];
}

const DAY_MS = 86_400_000;

/** The UTC days before today. */
export function periodBefore(today: Date, count: number): Period {
  const days = Array.from({ length: count }, (_, index) =>
    utcDay(new Date(today.getTime() - (count - index) * DAY_MS)),
  );
  return { from: days[0] as string, to: days.at(-1) as string, days };
}

export function within(activity: readonly Activity[], { from, to }: Period): Activity[] {
  return activity.filter(({ date }) => date >= from && date <= to);
}

/** USD, requests and tokens. */
const AMOUNTS = ["usage", "byokUsage", "requests", "promptTokens", "completionTokens", "reasoningTokens"] as const;
type Amount = (typeof AMOUNTS)[number];
export type Sums = Record<Amount, number>;

export interface Group extends Sums {
  /** A day, a model, a provider, or the name of a key. */
  name: string;
  /** Hash of the key; null for usage without any of the keys. */
  hash?: string | null;
}

export function total(parts: readonly Sums[]): Sums {
  return sumsOf((amount) => parts.reduce((sum, part) => sum + part[amount], 0));
}

function sumsOf(value: (amount: Amount) => number): Sums {
  return Object.fromEntries(AMOUNTS.map((amount) => [amount, rounded(value(amount))])) as Sums;
}

/** All days in order; models and providers by spending. */
export function groupsOf(rows: readonly Activity[], by: Exclude<Grouping, "key">, { days }: Period): Group[] {
  const nameOf = ({ date, model, providerName }: Activity) => ({ day: date, model, provider: providerName })[by];
  const names = by === "day" ? days : [...new Set(rows.map(nameOf))];
  const groups = names.map((name) => ({ name, ...total(rows.filter((row) => nameOf(row) === name)) }));
  return by === "day" ? groups : groups.sort(mostFirst);
}

/** Activity of none of the keys is of deleted keys, or of the website. */
export function groupsByKey(
  perKey: readonly { key: Key; activity: readonly Activity[] }[],
  all: readonly Activity[],
): Group[] {
  const groups = perKey.map(({ key, activity }) => ({ name: key.name, hash: key.hash, ...total(activity) }));
  const [whole, part] = [total(all), total(groups)];
  const others = { name: "(other)", hash: null, ...sumsOf((amount) => whole[amount] - part[amount]) };
  return [...groups.sort(mostFirst), others].filter(isUsed);
}

function isUsed({ requests, usage, byokUsage }: Sums): boolean {
  return requests > 0 || usage > 0 || byokUsage > 0;
}

function mostFirst(a: Group, b: Group): number {
  return b.usage + b.byokUsage - (a.usage + a.byokUsage) || b.requests - a.requests || (a.name < b.name ? -1 : 1);
}

export interface Counters {
  usage: number;
  byokUsage: number;
}

/** The keys' own counters, which include today. */
export function counters(keys: readonly Key[]): Record<"today" | "week" | "month", Counters> {
  const sum = (amount: (key: Key) => number | null) =>
    rounded(keys.reduce((total, key) => total + (amount(key) ?? 0), 0));
  return {
    today: { usage: sum((key) => key.usageDaily), byokUsage: sum((key) => key.byokUsageDaily) },
    week: { usage: sum((key) => key.usageWeekly), byokUsage: sum((key) => key.byokUsageWeekly) },
    month: { usage: sum((key) => key.usageMonthly), byokUsage: sum((key) => key.byokUsageMonthly) },
  };
}
