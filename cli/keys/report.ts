/** Keys as a table, and one key in full. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { formatDay } from "../shared/dates";
import { guardrailNames } from "../shared/guardrailNames";
import { isExpired, type ListedKey } from "../shared/keyUse";
import { formatBudget, formatUsd } from "../shared/money";
import { printable, styled } from "../shared/output";
import { type CellStyle, type Column, factLines, table, WIDE_SCREEN } from "../shared/table";
import type { Terminal } from "../shared/terminal";

/** @param withWorkspaces Whether the account has several workspaces. */
export function keyTable(
  keys: readonly ListedKey[],
  withWorkspaces: boolean,
  { colors, width }: Pick<Terminal, "colors" | "width">,
  now: Date,
): string {
  const guardrails = keys.flatMap(({ guardrail }) => guardrail ?? []);
  const nameOf = guardrailNames([...new Map(guardrails.map((each) => [each.id, each])).values()]);
  const isWide = width === undefined || width >= WIDE_SCREEN;
  const hasWorkspaces = withWorkspaces && isWide;
  const columns: Column[] = [
    { title: "NAME", minWidth: 6 },
    "KEY",
    "USED",
    "OF LIMIT",
    ...(isWide ? ["LEFT"] : []),
    "BUDGET",
    "EXPIRES",
    { title: "GUARDRAIL", minWidth: 9, distinct: true },
    ...(hasWorkspaces ? [{ title: "WORKSPACE", minWidth: 9, distinct: true }] : []),
  ];
  const rows = keys.map(({ key, guardrail, workspace, used, left, percent }) => [
    `${printable(key.name)}${key.disabled ? " (off)" : ""}`,
    key.hash.slice(0, 8),
    amount(used),
    percent === null ? "" : `${isWide ? `${bar(percent)} ` : ""}${Math.floor(percent)}%`,
    ...(isWide ? [left === null ? "" : formatUsd(left)] : []),
    formatBudget(key.limit, key.limitReset),
    expiry(key, now),
    guardrail ? nameOf(guardrail.id) : absent(guardrail),
    ...(hasWorkspaces ? [printable(workspace ?? "none")] : []),
  ]);
  return table(columns, rows, width, colors ? colorByPercent : undefined);
}

function amount(usd: number | null): string {
  return usd === null ? "unknown" : formatUsd(usd);
}

function absent(guardrail: undefined | null): string {
  return guardrail === null ? "unknown" : "none";
}

/** Five blocks; the last is filled only if nothing is left. */
function bar(percent: number): string {
  const filled = Math.min(5, Math.max(0, Math.floor(percent / 20)));
  return "█".repeat(filled) + "░".repeat(5 - filled);
}

function expiry({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "none";
  return isExpired(expiresAt, now) ? "expired" : formatDay(expiresAt);
}

const PERCENT_COLUMN = 3;

const colorByPercent: CellStyle = (cell, column) => {
  const percent = column === PERCENT_COLUMN ? Number(/(\d+)%/.exec(cell)?.[1] ?? 0) : 0;
  return percent >= 100 ? styled("red", cell) : percent >= 80 ? styled("yellow", cell) : cell;
};

/** One key in full. */
export function keyFacts({ key, guardrail, workspace, used, left, percent }: ListedKey, now: Date): string {
  const since = key.limit !== null && key.limitReset === null ? " over its life, because the limit has no reset" : "";
  return factLines([
    ["key", `"${printable(key.name)}"${key.disabled ? " (disabled)" : ""}`],
    ["hash", printable(key.hash)],
    ["budget", formatBudget(key.limit, key.limitReset)],
    ["used", percent === null ? amount(used) : `${amount(used)}, ${bar(percent)} ${Math.floor(percent)}%${since}`],
    ...(left === null ? [] : [["left", formatUsd(left)] as const]),
    ["spent", spent(key.usageDaily, key.usageWeekly, key.usageMonthly, key.usage)],
    ["BYOK", spent(key.byokUsageDaily, key.byokUsageWeekly, key.byokUsageMonthly, key.byokUsage)],
    ["expires", expiryInFull(key, now)],
    ["guardrail", guardrail ? guardrailText(guardrail) : absent(guardrail)],
    ["workspace", workspace === undefined ? "none" : `"${printable(workspace)}" (${key.workspaceId})`],
    ["created", printable(key.createdAt ?? "unknown")],
    ["last used", printable(key.lastUsedAt ?? "never")],
  ]);
}

function spent(...amounts: (number | null)[]): string {
  const [today, week, month, ever] = amounts.map(amount);
  return `${today} today, ${week} this week, ${month} this month, ${ever} ever`;
}

function expiryInFull({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "never";
  if (expiresAt === undefined) return "unknown";
  return `${printable(expiresAt)}${isExpired(expiresAt, now) ? " (expired)" : ""}`;
}

function guardrailText({ id, name, limitUsd, resetInterval }: Guardrail): string {
  const budget = limitUsd === null ? "without a budget" : `${formatBudget(limitUsd, resetInterval)} for each key`;
  return `"${printable(name)}" (${id}), ${budget}`;
}
