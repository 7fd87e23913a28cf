/** Spending that counts toward the limit of a key, in an interval. Pure. */
import type { Key } from "../../provider/api/keys";
import { rounded } from "./money";

const COUNTERS = {
  daily: ["usageDaily", "byokUsageDaily"],
  weekly: ["usageWeekly", "byokUsageWeekly"],
  monthly: ["usageMonthly", "byokUsageMonthly"],
} as const satisfies Record<string, readonly (keyof Key)[]>;
const EVER = ["usage", "byokUsage"] as const;

/** USD since the last reset, or ever without one. Null if the API doesn't return it, or the interval is not known. */
export function spentInInterval(key: Key, reset: string | null): number | null {
  const counters =
    reset === null ? EVER : Object.hasOwn(COUNTERS, reset) ? COUNTERS[reset as keyof typeof COUNTERS] : [];
  const [credits, byok] = counters.map((name) => key[name]);
  if (credits == null) return null;
  return rounded(credits + (key.includeByokInLimit ? (byok ?? 0) : 0));
}
