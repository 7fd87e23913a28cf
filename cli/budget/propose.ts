/** The limit that a key needs, from its spending on each day. Pure. */
import { rounded } from "../shared/money";

/** Days of an interval; of a month, as many as the longest has. */
const DAYS: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 31 };

/** Fewer days with spending don't show what a key needs. */
export const MIN_USED_DAYS = 7;

export interface Needed {
  /** USD for each interval, rounded up. */
  usd: number;
  /** USD that 95% of the days took at most. */
  p95: number;
  /** How many days, from the first one with spending. */
  days: number;
  /** Days of the interval. */
  daysPerInterval: number;
  /** USD before it is rounded up. */
  exact: number;
}

/** Why no limit can be proposed, in words. */
export interface NotProposed {
  why: string;
}

/**
 * @param amounts USD of consecutive days.
 * @param reset Of the limit.
 * @param headroom Percent.
 */
export function propose(amounts: readonly number[], reset: string | null, headroom: number): Needed | NotProposed {
  const daysPerInterval = reset === null ? undefined : DAYS[reset];
  if (daysPerInterval === undefined) return { why: "its limit does not reset, so days don't show what it needs" };
  const used = amounts.filter((usd) => usd > 0).length;
  const [first] = [...amounts.keys()].filter((index) => (amounts[index] ?? 0) > 0);
  if (first === undefined) return { why: `not used on the last ${amounts.length} days` };
  if (used < MIN_USED_DAYS) {
    return { why: `used on ${used} of the last ${amounts.length} days; a proposal needs ${MIN_USED_DAYS}` };
  }
  const since = amounts.slice(first).sort((a, b) => a - b);
  const p95 = since[Math.ceil(since.length * 0.95) - 1] ?? 0;
  const exact = rounded(p95 * daysPerInterval * (1 + headroom / 100));
  return { usd: roundUp(exact), p95, days: since.length, daysPerInterval, exact };
}

/** To two digits, and at least to a cent: 123.1 to 130, 4.32 to 4.4. */
function roundUp(usd: number): number {
  const step = Math.max(0.01, 10 ** (Math.floor(Math.log10(usd)) - 1));
  return rounded(Math.ceil(rounded(usd / step)) * step);
}
