/** The key in use as text: facts, then its budgets as a table. */
import { isDeepStrictEqual } from "node:util";
import type { CurrentKey, KeyBudget } from "../../provider/api/currentKey";
import { formatDay } from "../shared/dates";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { factLines, table, WIDE_SCREEN } from "../shared/table";

/** By scope of the API. */
const LAYERS: Readonly<Record<string, string>> = {
  workspace_default_member: "default guardrail, user",
  workspace_default_key: "default guardrail, key",
  member: "guardrail of the user",
  api_key: "guardrail of the key",
  workspace: "workspace",
  key_limit: "limit of the key",
};

export function currentKeyText(key: CurrentKey, screenWidth: number | undefined): string {
  return [factLines(facts(key)), budgetsText(key, screenWidth)].join("\n\n");
}

function facts(key: CurrentKey): [string, string][] {
  const { isManagementKey, label, workspaceId, organizationId, limit, limitReset, limitRemaining } = key;
  return [
    ["key", `${isManagementKey ? "management" : "inference"} key ${printable(label ?? "")}`.trimEnd()],
    ["account", organizationId === null ? "personal" : `organization ${printable(organizationId)}`],
    ["workspace", workspaceId === null ? (isManagementKey ? "all" : "none") : printable(workspaceId)],
    ["expires", key.expiresAt === null ? "never" : printable(key.expiresAt)],
    [
      "limit",
      `${formatBudget(limit, limitReset)}${limitRemaining === null ? "" : `, ${formatUsd(limitRemaining)} left`}`,
    ],
    ["spent", spent(key)],
  ];
}

function spent({ usageDaily, usageWeekly, usageMonthly, usage }: CurrentKey): string {
  const [today, week, month, ever] = [usageDaily, usageWeekly, usageMonthly, usage].map(amount);
  return `${today} today, ${week} this week, ${month} this month, ${ever} ever`;
}

function budgetsText(key: CurrentKey, screenWidth = Number.POSITIVE_INFINITY): string {
  const { budgets, isManagementKey } = key;
  if (isManagementKey) return "No budget applies: a management key can't send requests to models.";
  if (budgets === null) return "The server doesn't return the budgets of the key.";
  if (budgets.length === 0) return "No budget binds this key.";
  const binding = bindingIndex(key);
  const isWide = screenWidth >= WIDE_SCREEN;
  const columns = ["BUDGET", "AMOUNT", "SPENT", "LEFT", "RESETS", ...(isWide ? ["SET BY"] : []), "BINDS"];
  const rows = budgets.map((budget, index) => [
    LAYERS[budget.scope] ?? printable(budget.scope),
    budget.limitUsd === null ? "unknown" : formatBudget(budget.limitUsd, budget.resetInterval),
    amount(budget.spendUsd),
    amount(budget.remainingUsd),
    budget.resetInterval === null ? "never" : formatDay(budget.resetsAt),
    ...(isWide ? [printable(budget.guardrailId ?? budget.budgetId ?? "")] : []),
    index === binding ? bindingText(budget) : "",
  ]);
  return table(columns, rows, screenWidth);
}

function bindingText({ remainingUsd }: KeyBudget): string {
  return remainingUsd !== null && remainingUsd <= 0 ? "now" : "first";
}

/** The position of the budget that rejects requests first; -1 if none does. */
export function bindingIndex({ budgets, effectiveBudget }: CurrentKey): number {
  return budgets?.findIndex((budget) => isDeepStrictEqual(budget, effectiveBudget)) ?? -1;
}

function amount(usd: number | null): string {
  return usd === null ? "unknown" : formatUsd(usd);
}
