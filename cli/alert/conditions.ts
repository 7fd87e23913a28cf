/** Conditions that an alert checks, and the alerts of those that hold. Pure. */
import type { Key } from "../../provider/api/keys";
import { DAY_MS, formatDay, utcDay } from "../shared/dates";
import { meetsAll } from "../shared/keyConditions";
import { budgetUse } from "../shared/keyUse";
import { formatBudget, formatUsd, rounded } from "../shared/money";
import { boundedName, printable } from "../shared/output";
import type { Pace } from "../shared/pace";

/** The names of options and settings, and what each checks. */
export const CONDITIONS = {
  "balance-below": "less than this is left of the credits, in USD",
  "days-left-below": "credits last fewer days at the pace of the last 7 days",
  "spend-today-above": "more credits were spent on this UTC day, in USD",
  "key-over": "a key has used this percentage of its limit or more",
  "key-expires-within": "a key expires within 14d",
  "key-unused-for": "a key was not used for 90d",
} as const;

/** Thresholds, in USD, days or percent. */
export type Conditions = { [Name in keyof typeof CONDITIONS]?: number | undefined };

export type AlertCondition = keyof typeof CONDITIONS | "drift";

/** A condition that holds, once for each key or drifted object. Fields keep their names; new ones may be added. */
export interface Alert {
  condition: AlertCondition;
  /** In USD, days or percent; null for drift. */
  threshold: number | null;
  /** In the unit of the threshold, where it is an amount. */
  value: number | null;
  /** Name without control characters, for receivers that print it. */
  key: { hash: string; name: string } | null;
  text: string;
  /** The same as long as the condition holds without interruption. */
  id: string;
}

export function balanceAlerts({ "balance-below": threshold }: Conditions, left: number): Alert[] {
  if (threshold === undefined || left >= threshold) return [];
  const text = `${formatUsd(left)} of credits left, which is below ${formatUsd(threshold)}`;
  return [accountAlert("balance-below", threshold, left, text)];
}

export function paceAlerts({ "days-left-below": threshold }: Conditions, { daysLeft, perDay }: Pace): Alert[] {
  if (threshold === undefined || daysLeft === null || daysLeft >= threshold) return [];
  // Rounded down: 6.97 days must not read as 7.
  const days = Math.floor(daysLeft * 10) / 10;
  const text = `credits last ${days} days at ${formatUsd(perDay)} a day, which is fewer than ${threshold}`;
  return [accountAlert("days-left-below", threshold, daysLeft, text)];
}

/** By the counters of the existing keys, in credits. */
export function spendAlerts(
  { "spend-today-above": threshold }: Conditions,
  keys: readonly Pick<Key, "usageDaily">[],
  now: Date,
): Alert[] {
  const spent = rounded(keys.reduce((sum, { usageDaily }) => sum + (usageDaily ?? 0), 0));
  if (threshold === undefined || spent <= threshold) return [];
  const text = `${formatUsd(spent)} of credits spent today (UTC), which is above ${formatUsd(threshold)}`;
  // Each day is a new crossing, also if no run sees the low amount after midnight.
  return [accountAlert("spend-today-above", threshold, spent, text, utcDay(now))];
}

function accountAlert(
  condition: AlertCondition,
  threshold: number,
  value: number,
  text: string,
  ...more: readonly string[]
): Alert {
  return { condition, threshold, value, key: null, text, id: [condition, threshold, ...more].join(" ") };
}

/** In the order of the conditions, by name of the key. */
export function keyAlerts(conditions: Conditions, keys: readonly Key[], now: Date): Alert[] {
  const sorted = keys.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return [
    ...sorted.flatMap((key) => overAlerts(conditions, key, now)),
    ...sorted.flatMap((key) => expiryAlerts(conditions, key, now)),
    ...sorted.flatMap((key) => unusedAlerts(conditions, key, now)),
  ];
}

function overAlerts({ "key-over": over }: Conditions, key: Key, now: Date): Alert[] {
  const { percent } = budgetUse(key);
  if (over === undefined || percent === null || !meetsAll({ key, percent }, { over }, now)) return [];
  const text = `has used ${Math.floor(percent)}% of its limit of ${formatBudget(key.limit, key.limitReset)}`;
  // Each interval of the limit is a new crossing, also if no run sees the low amount after the reset.
  return [keyAlert("key-over", over, percent, key, text, ...intervalOf(key.limitReset, now))];
}

function expiryAlerts({ "key-expires-within": days }: Conditions, key: Key, now: Date): Alert[] {
  if (days === undefined || !meetsAll({ key, percent: null }, { expiresWithin: days }, now)) return [];
  return [keyAlert("key-expires-within", days, null, key, `expires on ${formatDay(key.expiresAt)} (UTC)`)];
}

function unusedAlerts({ "key-unused-for": days }: Conditions, key: Key, now: Date): Alert[] {
  if (days === undefined || !meetsAll({ key, percent: null }, { unusedFor: days }, now)) return [];
  const text = key.lastUsedAt
    ? `was last used on ${formatDay(key.lastUsedAt)}`
    : `was created on ${formatDay(key.createdAt)} and never used`;
  return [keyAlert("key-unused-for", days, null, key, text)];
}

function keyAlert(
  condition: AlertCondition,
  threshold: number,
  value: number | null,
  { hash, name }: Key,
  text: string,
  ...more: readonly string[]
): Alert {
  const key = { hash, name: printable(name) };
  const id = [condition, threshold, hash, ...more].join(" ");
  return { condition, threshold, value, key, text: `${keyName(key)} ${text}`, id };
}

/** `key "ci" (02413ce9)` */
export function keyName({ hash, name }: Pick<Key, "hash" | "name">): string {
  return `key "${boundedName(name)}" (${printable(hash).slice(0, 8)})`;
}

/** The current interval of a limit, named by its first day; none without a reset. */
function intervalOf(reset: string | null, now: Date): string[] {
  const day = utcDay(now);
  if (reset === "daily") return [day];
  if (reset === "monthly") return [day.slice(0, 7)];
  const daysSinceMonday = (now.getUTCDay() + 6) % 7;
  return reset === "weekly" ? [utcDay(new Date(now.getTime() - daysSinceMonday * DAY_MS))] : [];
}
