/** Spending, as sums of single uses. */
import type { Account, Key, State, Use } from "./account";
import { intervalAt, startOfDay, startOfMonth, startOfWeek } from "./clock";

/** USD that every account has bought. */
export const TOTAL_CREDITS = 100;

type Amount = "usage" | "byok_usage";

/** The eight counters of a key, or of the whole account. */
export function counters(state: State, account: Account, hash?: string): Record<string, number> {
  const now = state.clock.now();
  const sums = (amount: Amount) => ({
    [amount]: spent(account, hash, amount),
    [`${amount}_daily`]: spent(account, hash, amount, startOfDay(now)),
    [`${amount}_weekly`]: spent(account, hash, amount, startOfWeek(now)),
    [`${amount}_monthly`]: spent(account, hash, amount, startOfMonth(now)),
  });
  return { ...sums("usage"), ...sums("byok_usage") };
}

/** When a key was last used; null if never. */
export function lastUsedAt({ uses }: Account, hash: string): Date | null {
  const times = uses.filter((use) => use.key_hash === hash).map(({ at }) => at.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** What remains of a key's limit in the current interval; null without a limit. */
export function limitRemaining(state: State, account: Account, key: Key): number | null {
  if (key.limit === null) return null;
  const since = intervalAt(state.clock.now(), key.limit_reset).start ?? undefined;
  const credits = spent(account, key.hash, "usage", since);
  const byok = key.include_byok_in_limit ? spent(account, key.hash, "byok_usage", since) : 0;
  return Math.max(0, key.limit - credits - byok);
}

/** USD spent with one key, or with all keys of the account. */
export function spent({ uses }: Account, hash: string | undefined, amount: Amount, since?: Date): number {
  const counts = (use: Use) => (hash === undefined || use.key_hash === hash) && (!since || use.at >= since);
  return uses.filter(counts).reduce((sum, use) => sum + use[amount], 0);
}
