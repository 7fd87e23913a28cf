/** What the keys of a review spent: the only part of it that always reads the account, on request. */
import type { Key } from "../../provider/api/keys";
import { openAccount } from "../shared/account";
import { busiest } from "../shared/busiest";
import { readAllKeys } from "../shared/inventory";
import { spentInInterval } from "../shared/spending";
import type { Terminal } from "../shared/terminal";
import { readDailySpending } from "../usage/daily";
import type { KeyRow } from "./keyChanges";

export interface KeyUse {
  /** USD on the 30 days. */
  spent: number;
  /**
   * USD in the interval with the most spending: the busiest of the 30 days, the busiest week in them, all 30 days for a
   * monthly limit, or ever for a limit without a reset.
   */
  busiest(reset: string | null): number;
  /** USD since the last reset; null if it is not known. */
  current(reset: string | null): number | null;
  createdAt: string | null;
}

export interface ReviewUsage {
  /** First and last of the 30 days. */
  from: string;
  to: string;
  /** By hash. */
  of: ReadonlyMap<string, KeyUse>;
  /** Messages about lists of keys that the management key is not allowed to read. */
  unreadable: readonly string[];
}

/** Of the keys in the tables, by the hashes in the state and the preview. */
export async function readReviewUsage(terminal: Terminal, rows: readonly KeyRow[]): Promise<ReviewUsage> {
  const account = openAccount(terminal);
  const { keys, unreadable } = await readAllKeys(account);
  const hashes = new Set(rows.map(({ id }) => id));
  const wanted = keys.filter(({ hash }) => hashes.has(hash));
  const { period, of } = await readDailySpending(account, keys, wanted, terminal.progress);
  const useOf = (key: Key): KeyUse => {
    const amounts = of.get(key.hash) ?? [];
    return {
      spent: busiest(period.days, amounts, "monthly"),
      busiest: (reset) => (reset === null ? (spentInInterval(key, null) ?? 0) : busiest(period.days, amounts, reset)),
      current: (reset) => spentInInterval(key, reset),
      createdAt: key.createdAt,
    };
  };
  return { from: period.from, to: period.to, of: new Map(wanted.map((key) => [key.hash, useOf(key)])), unreadable };
}
