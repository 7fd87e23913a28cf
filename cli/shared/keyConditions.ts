/** Conditions on keys, which a cron job or CI checks. Pure. */
import { pluralize } from "./counts";
import { DAY_MS } from "./dates";
import { isExpired, type ListedKey } from "./keyUse";

export interface Conditions {
  /** Percentages of the limit. */
  over?: number;
  under?: number;
  /** Days. */
  expiresWithin?: number;
  unusedFor?: number;
}

/** Whether a key meets all conditions. Only usable keys: a disabled or expired key needs no alert. */
export function meetsAll(
  { key, percent }: Pick<ListedKey, "key" | "percent">,
  conditions: Conditions,
  now: Date,
): boolean {
  const { over, under, expiresWithin, unusedFor } = conditions;
  return (
    !key.disabled &&
    !isExpired(key.expiresAt, now) &&
    (over === undefined || (percent !== null && percent >= over)) &&
    (under === undefined || (percent !== null && percent < under)) &&
    (expiresWithin === undefined || isBefore(key.expiresAt, daysFrom(now, expiresWithin))) &&
    (unusedFor === undefined || isBefore(key.lastUsedAt ?? key.createdAt, daysFrom(now, -unusedFor)))
  );
}

/** False for a time that is missing. */
function isBefore(timestamp: string | null | undefined, time: Date): boolean {
  return timestamp != null && Date.parse(timestamp) <= time.getTime();
}

function daysFrom(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}

/** What the found keys have in common, such as `used 80% or more of its limit`; empty without conditions. */
export function findingText({ over, under, expiresWithin, unusedFor }: Conditions, count: number): string {
  const [has, expires] = count === 1 ? ["has", "expires"] : ["have", "expire"];
  const its = count === 1 ? "its limit" : "their limits";
  const clauses = [
    ...(over === undefined ? [] : [`${has} used ${over}% or more of ${its}`]),
    ...(under === undefined ? [] : [`${has} used less than ${under}% of ${its}`]),
    ...(expiresWithin === undefined ? [] : [`${expires} within ${pluralize(expiresWithin, "day")}`]),
    ...(unusedFor === undefined ? [] : [`${has} been unused for ${pluralize(unusedFor, "day")}`]),
  ];
  return clauses.join(" and ");
}
