/** Adds up what was used. Pure. */
import type { Key } from "../../provider/api/keys";
import { rounded } from "../shared/money";
import type { Period } from "./period";

export const GROUPINGS = ["day", "model", "provider", "key", "user", "workspace"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** USD, requests and tokens. */
const AMOUNTS = ["spent", "spentByok", "requests", "promptTokens", "completionTokens", "reasoningTokens"] as const;
type Amount = (typeof AMOUNTS)[number];
export type Sums = Record<Amount, number>;

/** Usage, and where it belongs as far as its source says. */
export interface UsageRow extends Sums, Partial<Record<Grouping, string>> {
  /** Hash of the key; null for usage without any of the keys. */
  hash?: string | null;
}

export interface Group extends Sums {
  /** The day, model, provider, key, user or workspace; two of them separated by a comma. */
  name: string;
  /** Each part of the name, by grouping. */
  of: Partial<Record<Grouping, string>>;
  /** Hash of the key, where it is known; null for usage without any of the keys. */
  hash?: string | null;
}

export function total(parts: readonly Sums[]): Sums {
  return sumsOf((amount) => parts.reduce((sum, part) => sum + part[amount], 0));
}

export function negated(sums: Sums): Sums {
  return sumsOf((amount) => -sums[amount]);
}

function sumsOf(value: (amount: Amount) => number): Sums {
  return Object.fromEntries(AMOUNTS.map((amount) => [amount, rounded(value(amount))])) as Sums;
}

/** Days in order, all of them if there is nothing else; the rest by spending. */
export function groupsOf(rows: readonly UsageRow[], by: readonly Grouping[], { days }: Period): Group[] {
  const groups = new Map<string, UsageRow[]>();
  if (by.join() === "day") for (const day of days) groups.set(JSON.stringify([day, null]), []);
  for (const row of rows) {
    const id = JSON.stringify([...by.map((each) => row[each]), row.hash ?? null]);
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  const all = [...groups].map(([id, parts]) => groupOf(by, JSON.parse(id) as string[], parts));
  return all.filter((group) => by.join() === "day" || isUsed(group)).sort(inOrder);
}

function groupOf(by: readonly Grouping[], values: readonly string[], rows: readonly UsageRow[]): Group {
  const of = Object.fromEntries(by.map((each, index) => [each, values[index]]));
  const hash = rows[0]?.hash;
  return { name: values.slice(0, by.length).join(", "), of, ...(hash !== undefined && { hash }), ...total(rows) };
}

function isUsed({ requests, spent, spentByok }: Sums): boolean {
  return requests > 0 || spent > 0 || spentByok > 0;
}

/** Usage without any of the keys comes last. */
function inOrder(a: Group, b: Group): number {
  const [dayA, dayB] = [a.of.day ?? "", b.of.day ?? ""];
  if (dayA !== dayB) return dayA < dayB ? -1 : 1;
  return Number(a.hash === null) - Number(b.hash === null) || mostFirst(a, b);
}

export function mostFirst(a: Group, b: Group): number {
  return spentInAll(b) - spentInAll(a) || b.requests - a.requests || (a.name < b.name ? -1 : 1);
}

/** Credits and BYOK. */
export function spentInAll({ spent, spentByok }: Pick<Sums, "spent" | "spentByok">): number {
  return spent + spentByok;
}

export interface Counters {
  spent: number;
  spentByok: number;
}
export type CountersByTime = Record<"today" | "week" | "month" | "ever", Counters>;

export interface KeyCounters extends CountersByTime {
  name: string;
  hash: string;
}

/** The keys' own counters, which include today. */
export function counters(keys: readonly Key[]): CountersByTime {
  const sum = (amount: (key: Key) => number | null) =>
    rounded(keys.reduce((total, key) => total + (amount(key) ?? 0), 0));
  return {
    today: { spent: sum((key) => key.usageDaily), spentByok: sum((key) => key.byokUsageDaily) },
    week: { spent: sum((key) => key.usageWeekly), spentByok: sum((key) => key.byokUsageWeekly) },
    month: { spent: sum((key) => key.usageMonthly), spentByok: sum((key) => key.byokUsageMonthly) },
    ever: { spent: sum((key) => key.usage), spentByok: sum((key) => key.byokUsage) },
  };
}

/** The counters of each key, the highest of this month first, then of all time. */
export function countersByKey(keys: readonly Key[]): KeyCounters[] {
  const each = keys.map((key) => ({ name: key.name, hash: key.hash, ...counters([key]) }));
  return each.sort(
    (a, b) =>
      spentInAll(b.month) - spentInAll(a.month) ||
      spentInAll(b.ever) - spentInAll(a.ever) ||
      (a.name < b.name ? -1 : 1),
  );
}
