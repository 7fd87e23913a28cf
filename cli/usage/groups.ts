/** Adding up what was used. Pure. */
import type { Activity } from "../../provider/api/activity";
import type { Key } from "../../provider/api/keys";
import { utcDay } from "../shared/dates";
import { rounded } from "../shared/money";

export const GROUPINGS = ["day", "model", "provider", "key"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** First and last day, `YYYY-MM-DD`, and all between. */
export interface Period {
  from: string;
  to: string;
  days: string[];
}

const DAY_MS = 86_400_000;

/** So many UTC days before today. */
export function periodOf(today: Date, count: number): Period {
  const days = Array.from({ length: count }, (_, index) =>
    utcDay(new Date(today.getTime() - (count - index) * DAY_MS)),
  );
  return { from: days[0] as string, to: days.at(-1) as string, days };
}

export function within(activity: readonly Activity[], { from, to }: Period): Activity[] {
  return activity.filter(({ date }) => date >= from && date <= to);
}

/** USD, requests and tokens. */
export interface Sums {
  usage: number;
  byokUsage: number;
  requests: number;
  promptTokens: number;
  completionTokens: number;
  reasoningTokens: number;
}

export interface Group extends Sums {
  /** What they have in common: a day, a model, a provider, or the name of a key. */
  name: string;
  /** The hash of a key; null for what was used with none of these. */
  hash?: string | null;
}

export function total(parts: readonly Sums[]): Sums {
  return ofEach((amount) => rounded(parts.reduce((sum, part) => sum + part[amount], 0)));
}

function difference(whole: Sums, part: Sums): Sums {
  return ofEach((amount) => rounded(whole[amount] - part[amount]));
}

function ofEach(value: (amount: keyof Sums) => number): Sums {
  return {
    usage: value("usage"),
    byokUsage: value("byokUsage"),
    requests: value("requests"),
    promptTokens: value("promptTokens"),
    completionTokens: value("completionTokens"),
    reasoningTokens: value("reasoningTokens"),
  };
}

/** Days in their order, those without use too; the rest by what was spent. */
export function groupsOf(rows: readonly Activity[], by: Exclude<Grouping, "key">, { days }: Period): Group[] {
  if (by === "day") return days.map((day) => ({ name: day, ...total(rows.filter(({ date }) => date === day)) }));
  const name = ({ model, providerName }: Activity) => (by === "model" ? model : providerName);
  const names = [...new Set(rows.map(name))];
  return names.map((each) => ({ name: each, ...total(rows.filter((row) => name(row) === each)) })).sort(mostFirst);
}

/** What is in none of the keys' activity was used with keys that are deleted, or without one on the website. */
export function byKey(
  ofKeys: readonly { key: Key; activity: readonly Activity[] }[],
  all: readonly Activity[],
): Group[] {
  const groups = ofKeys.map(({ key, activity }) => ({ name: key.name, hash: key.hash, ...total(activity) }));
  const rest = difference(total(all), total(groups));
  const used = groups.filter(isUsed).sort(mostFirst);
  return isUsed(rest) ? [...used, { name: "(other)", hash: null, ...rest }] : used;
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

/** The keys' own counters, which have today in them. */
export function counters(keys: readonly Key[]): Record<"today" | "week" | "month", Counters> {
  const sum = (amount: (key: Key) => number | null) =>
    rounded(keys.reduce((total, key) => total + (amount(key) ?? 0), 0));
  return {
    today: { usage: sum((key) => key.usageDaily), byokUsage: sum((key) => key.byokUsageDaily) },
    week: { usage: sum((key) => key.usageWeekly), byokUsage: sum((key) => key.byokUsageWeekly) },
    month: { usage: sum((key) => key.usageMonthly), byokUsage: sum((key) => key.byokUsageMonthly) },
  };
}
