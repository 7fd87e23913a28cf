/** Keys as a table and one key in full, for a person. */
import type { Key } from "../../provider/api/keys";
import { formatDay } from "../shared/dates";
import { guardrailNames } from "../shared/guardrailNames";
import { formatBudget, formatUsd } from "../shared/money";
import { printable, styled } from "../shared/output";
import { type CellStyle, type Column, factLines, table } from "../shared/table";
import { isExpired, type ListedKey } from "./budget";

interface TableOptions {
  /** Whether there are several, so that each is named. */
  workspaces: boolean;
  colors: boolean;
  width: number | undefined;
  now: Date;
}

/** Narrower screens have no room for bars, nor for what is left: that is the budget without what is used. */
const ROOMY = 100;

export function keyTable(keys: readonly ListedKey[], { workspaces, colors, width, now }: TableOptions): string {
  const guardrails = keys.flatMap(({ guardrail }) => guardrail ?? []);
  const nameOf = guardrailNames([...new Map(guardrails.map((each) => [each.id, each])).values()]);
  const isRoomy = width === undefined || width >= ROOMY;
  const columns: Column[] = [
    { title: "NAME", minWidth: 6 },
    { title: "KEY" },
    { title: "USED" },
    { title: "OF LIMIT" },
    ...(isRoomy ? [{ title: "LEFT" }] : []),
    { title: "BUDGET" },
    { title: "EXPIRES" },
    { title: "GUARDRAIL", minWidth: 9, distinct: true },
    ...(workspaces ? [{ title: "WORKSPACE", minWidth: 9, distinct: true }] : []),
  ];
  const rows = keys.map(({ key, guardrail, workspace, used, left, percent }) => [
    `${printable(key.name)}${key.disabled ? " (off)" : ""}`,
    key.hash.slice(0, 8),
    used === null ? "unknown" : formatUsd(used),
    percent === null ? "" : `${isRoomy ? `${bar(percent)} ` : ""}${Math.floor(percent)}%`,
    ...(isRoomy ? [left === null ? "" : formatUsd(left)] : []),
    formatBudget(key.limit, key.limitReset),
    expiry(key, now),
    guardrail ? nameOf(guardrail.id) : "none",
    ...(workspaces ? [printable(workspace ?? "none")] : []),
  ]);
  return table(columns, rows, width, colors ? nearness : undefined);
}

/** Five places, the last of which is filled only when nothing is left. */
function bar(percent: number): string {
  const filled = Math.min(5, Math.max(0, Math.floor(percent / 20)));
  return "█".repeat(filled) + "░".repeat(5 - filled);
}

function expiry({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "none";
  return isExpired(expiresAt, now) ? "expired" : formatDay(expiresAt);
}

const NEARNESS_COLUMN = 3;

const nearness: CellStyle = (text, column) => {
  const percent = column === NEARNESS_COLUMN ? Number(/(\d+)%/.exec(text)?.[1] ?? 0) : 0;
  return percent >= 100 ? styled("red", text) : percent >= 80 ? styled("yellow", text) : text;
};

/** Everything that is known of one key. */
export function keyFacts({ key, guardrail, workspace, used, left, percent }: ListedKey, now: Date): string {
  const known = (amount: number | null) => (amount === null ? "unknown" : formatUsd(amount));
  const since = key.limit !== null && key.limitReset === null ? " ever, because the limit does not reset" : "";
  return factLines([
    ["key", `"${printable(key.name)}"${key.disabled ? " (disabled)" : ""}`],
    ["hash", printable(key.hash)],
    ["budget", formatBudget(key.limit, key.limitReset)],
    ["used", percent === null ? known(used) : `${known(used)}, ${bar(percent)} ${Math.floor(percent)}%${since}`],
    ...(left === null ? [] : [["left", formatUsd(left)] as const]),
    ["spent", spent(key.usageDaily, key.usageWeekly, key.usageMonthly, key.usage)],
    ["BYOK", spent(key.byokUsageDaily, key.byokUsageWeekly, key.byokUsageMonthly, key.byokUsage)],
    ["expires", expiryInFull(key, now)],
    [
      "guardrail",
      guardrail ? `"${printable(guardrail.name)}" (${guardrail.id}), ${guardrailBudget(guardrail)}` : "none",
    ],
    ["workspace", workspace === undefined ? "none" : `"${printable(workspace)}" (${key.workspaceId})`],
    ["created", printable(key.createdAt ?? "unknown")],
  ]);
}

function spent(...amounts: (number | null)[]): string {
  const [today, week, month, ever] = amounts.map((amount) => (amount === null ? "unknown" : formatUsd(amount)));
  return `${today} today, ${week} this week, ${month} this month, ${ever} ever`;
}

function expiryInFull({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "never";
  if (expiresAt === undefined) return "unknown";
  return `${printable(expiresAt)}${isExpired(expiresAt, now) ? " (expired)" : ""}`;
}

function guardrailBudget({ limitUsd, resetInterval }: NonNullable<ListedKey["guardrail"]>): string {
  return limitUsd === null ? "without a budget" : `${formatBudget(limitUsd, resetInterval)} for each key`;
}
