/** Reads limits and spending of all keys, budgets of guardrails and the balance. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { readBalance } from "../balance/read";
import type { Account } from "../shared/account";
import { readBudgets } from "../shared/inventory";

export interface Metrics {
  /** USD of credits left. */
  balance: number;
  keys: Key[];
  guardrails: Guardrail[];
  /** By id. */
  workspaceNames: ReadonlyMap<string, string>;
  /** Messages about each list that this management key is not allowed to read (403). */
  unreadable: readonly string[];
}

/** @throws RequestError if the balance, or every list of keys or guardrails, can't be read */
export async function readMetrics(account: Account): Promise<Metrics> {
  const { left: balance } = await readBalance(account);
  return { balance, ...(await readBudgets(account)) };
}
