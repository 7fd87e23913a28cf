/** What was spent, added up from single uses. */
import type { Account, Key, State } from "./account";
import { startOfDay, startOfMonth, startOfWeek } from "./clock";

type Amount = "usage" | "byok_usage";

/** The eight counters of a key, as they stand at the clock's time. */
export function counters(state: State, account: Account, hash?: string): Record<string, number> {
  return { ...counted(state, account, hash, "usage"), ...counted(state, account, hash, "byok_usage") };
}

function counted(state: State, account: Account, hash: string | undefined, amount: Amount): Record<string, number> {
  const now = state.clock.now();
  return {
    [amount]: spent(account, hash, amount),
    [`${amount}_daily`]: spent(account, hash, amount, startOfDay(now)),
    [`${amount}_weekly`]: spent(account, hash, amount, startOfWeek(now)),
    [`${amount}_monthly`]: spent(account, hash, amount, startOfMonth(now)),
  };
}

/** When a key was used last; null if it never was. */
export function lastUsedAt({ uses }: Account, hash: string): Date | null {
  const times = uses.filter((use) => use.key_hash === hash).map(({ at }) => at.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** What is left of a key's limit in its present interval; null without a limit. */
export function limitRemaining(state: State, account: Account, key: Key): number | null {
  if (key.limit === null) return null;
  const since = startOfInterval(key.limit_reset, state.clock.now());
  const credits = spent(account, key.hash, "usage", since);
  const byok = key.include_byok_in_limit ? spent(account, key.hash, "byok_usage", since) : 0;
  return Math.max(0, key.limit - credits - byok);
}

function startOfInterval(interval: string | null, now: Date): Date | undefined {
  if (interval === "daily") return startOfDay(now);
  if (interval === "weekly") return startOfWeek(now);
  if (interval === "monthly") return startOfMonth(now);
  return undefined;
}

/** USD spent with one key, or with all of the account. */
export function spent(account: Account, hash: string | undefined, amount: Amount, since?: Date): number {
  return account.uses
    .filter((use) => hash === undefined || use.key_hash === hash)
    .filter((use) => since === undefined || use.at >= since)
    .reduce((sum, use) => sum + use[amount], 0);
}
