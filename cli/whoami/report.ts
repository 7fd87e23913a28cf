/** The key in use as text: facts, then its budgets as a table. */
import { formatDay } from "../shared/dates";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { factLines, table, WIDE_SCREEN } from "../shared/table";
import type { BudgetLayer, CurrentKeyData } from "./read";

/** By scope of the API. */
const LAYERS: Readonly<Record<string, string>> = {
  workspace_default_member: "default guardrail, user",
  workspace_default_key: "default guardrail, key",
  member: "guardrail of the user",
  api_key: "guardrail of the key",
  workspace: "workspace",
  key_limit: "limit of the key",
};

export function currentKeyText(key: CurrentKeyData, screenWidth: number | undefined): string {
  return [factLines(facts(key)), budgetsText(key, screenWidth)].join("\n\n");
}

function facts(key: CurrentKeyData): [string, string][] {
  const { kind, label, workspaceId, organizationId, limit, limitReset, left } = key;
  return [
    ["key", `${kind} key ${printable(label ?? "")}`.trimEnd()],
    ["account", organizationId === null ? "no organization known" : `organization ${printable(organizationId)}`],
    ["workspace", workspaceId === null ? (kind === "management" ? "all" : "none") : printable(workspaceId)],
    ["expires", key.expiresAt === null ? "never" : printable(key.expiresAt)],
    ["limit", `${formatBudget(limit, limitReset)}${left === null ? "" : `, ${formatUsd(left)} left`}`],
    ["spent", spentText(key.spent)],
  ];
}

function spentText({ today, week, month, ever }: CurrentKeyData["spent"]): string {
  return `${amount(today)} today, ${amount(week)} this week, ${amount(month)} this month, ${amount(ever)} ever`;
}

function budgetsText(key: CurrentKeyData, screenWidth = Number.POSITIVE_INFINITY): string {
  const { budgets, kind } = key;
  if (kind === "management") return "No budget applies: a management key can't send requests to models.";
  if (budgets === null) return "The server doesn't return the budgets of the key.";
  if (budgets.length === 0) return "No budget binds this key.";
  const isWide = screenWidth >= WIDE_SCREEN;
  const columns = ["BUDGET", "AMOUNT", "SPENT", "LEFT", "RESETS", ...(isWide ? ["SET BY"] : []), "BINDS"];
  const rows = budgets.map((budget) => [
    LAYERS[budget.scope] ?? printable(budget.scope),
    budget.limitUsd === null ? "unknown" : formatBudget(budget.limitUsd, budget.resetInterval),
    amount(budget.spendUsd),
    amount(budget.remainingUsd),
    budget.resetInterval === null ? "never" : formatDay(budget.resetsAt),
    ...(isWide ? [printable(budget.guardrailId ?? budget.budgetId ?? "")] : []),
    budget.binds ? bindingText(budget) : "",
  ]);
  return table(columns, rows, screenWidth);
}

function bindingText({ remainingUsd }: BudgetLayer): string {
  return remainingUsd !== null && remainingUsd <= 0 ? "now" : "first";
}

function amount(usd: number | null): string {
  return usd === null ? "unknown" : formatUsd(usd);
}
