/** What keys spent on each of the last completed days, for decisions about their limits. */
import { listActivity } from "../../provider/api/activity";
import { type AnalyticsRow, queryAnalytics } from "../../provider/api/analytics";
import type { Key } from "../../provider/api/keys";
import { ApiError } from "../../provider/errors";
import { type Account, serverTime } from "../shared/account";
import { formatCount } from "../shared/counts";
import { groupBy } from "../shared/groups";
import { mapConcurrently } from "../shared/mapConcurrently";
import { rounded } from "../shared/money";
import { type Period, periodBefore, timesOf } from "./period";

export const SPENDING_DAYS = 30;

export interface DailySpending {
  /** The last completed UTC days. */
  period: Period;
  /** By hash, USD of each day, the oldest first: what counts toward the limit of the key. */
  of: ReadonlyMap<string, readonly number[]>;
}

interface Amount {
  date: string | null;
  usage: number;
  byokUsage: number;
}

/**
 * One call for all keys, if the account may use analytics. These name keys only by name. So the keys whose name is not
 * unique take one call each, as do all keys if the analytics are refused or have too many rows.
 *
 * @param all The keys of the account.
 * @throws RequestError
 */
export async function readDailySpending(
  account: Account,
  all: readonly Key[],
  wanted: readonly Key[],
  progress: (text: string) => void,
): Promise<DailySpending> {
  const now = serverTime(account);
  const period = periodBefore(now, SPENDING_DAYS);
  const sharing = groupBy(all, ({ name }) => name);
  const isUnique = ({ name }: Key) => sharing.get(name)?.length === 1;
  const byName = wanted.some(isUnique) ? await readByName(account, period) : undefined;
  const single = byName ? wanted.filter((key) => !isUnique(key)) : wanted;
  let done = 0;
  const rows = await mapConcurrently(single, async ({ hash }) => {
    const found = await listActivity(account.start("read", `the activity of inference key ${hash}`), {
      apiKeyHash: hash,
    });
    progress(`activity of ${formatCount(++done)} of ${formatCount(single.length)} keys`);
    return [hash, found] as const;
  });
  progress("");
  const byHash = new Map<string, readonly Amount[]>(rows);
  const amountsOf = (key: Key) => byHash.get(key.hash) ?? byName?.get(key.name) ?? [];
  return { period, of: new Map(wanted.map((key) => [key.hash, perDay(key, amountsOf(key), period)])) };
}

/** Undefined if the analytics are refused, or have more rows than one response. */
async function readByName(account: Account, period: Period): Promise<Map<string, AnalyticsRow[]> | undefined> {
  const api = account.start("read", `the analytics of ${period.from} to ${period.to}`);
  try {
    const { rows, truncated } = await queryAnalytics(api, {
      dimensions: ["apiKeyId"],
      byDay: true,
      ...timesOf(period),
    });
    return truncated ? undefined : groupBy(rows, ({ apiKeyId }) => apiKeyId ?? "");
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function perDay({ includeByokInLimit }: Key, amounts: readonly Amount[], { days }: Period): number[] {
  const sums = new Map<string | null, number>();
  for (const { date, usage, byokUsage } of amounts) {
    sums.set(date, (sums.get(date) ?? 0) + usage + (includeByokInLimit ? byokUsage : 0));
  }
  return days.map((day) => rounded(sums.get(day) ?? 0));
}
