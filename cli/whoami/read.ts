/** Reads the key in use and its budgets. The data of `whoami`. */
import { isDeepStrictEqual } from "node:util";
import { type CurrentKey, type KeyBudget, readCurrentKey } from "../../provider/api/currentKey";
import type { Account } from "../shared/account";
import { roundedOrNull } from "../shared/money";

/** Amounts are USD. Fields keep their names; new ones may be added. */
export interface CurrentKeyData
  extends Pick<
    CurrentKey,
    "label" | "organizationId" | "workspaceId" | "limit" | "limitReset" | "includeByokInLimit" | "expiresAt"
  > {
  kind: "management" | "inference";
  left: number | null;
  spent: Record<"today" | "week" | "month" | "ever", number | null>;
  /** In the order in which OpenRouter checks them. Null from a server that doesn't return them. */
  budgets: BudgetLayer[] | null;
}

export interface BudgetLayer extends KeyBudget {
  /** Whether it rejects requests first. */
  binds: boolean;
}

export async function readWhoami(account: Account): Promise<CurrentKeyData> {
  const key = await readCurrentKey(account.start("read", "the key in use"));
  const { label, organizationId, workspaceId, limit, limitReset, limitRemaining, includeByokInLimit, expiresAt } = key;
  const binding = bindingIndex(key);
  return {
    ...{ kind: key.isManagementKey ? "management" : "inference", label, organizationId, workspaceId },
    ...{ limit, limitReset, left: roundedOrNull(limitRemaining), includeByokInLimit, expiresAt },
    spent: {
      today: roundedOrNull(key.usageDaily),
      week: roundedOrNull(key.usageWeekly),
      month: roundedOrNull(key.usageMonthly),
      ever: roundedOrNull(key.usage),
    },
    budgets: key.budgets?.map((budget, index) => ({ ...roundedBudget(budget), binds: index === binding })) ?? null,
  };
}

function roundedBudget(budget: KeyBudget): KeyBudget {
  return {
    ...budget,
    spendUsd: roundedOrNull(budget.spendUsd),
    remainingUsd: roundedOrNull(budget.remainingUsd),
  };
}

/** The position of the budget that rejects requests first; -1 if none does. */
function bindingIndex({ budgets, effectiveBudget }: CurrentKey): number {
  return budgets?.findIndex((budget) => isDeepStrictEqual(budget, effectiveBudget)) ?? -1;
}
