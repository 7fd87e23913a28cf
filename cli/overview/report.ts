/** The overview as text: one screen. Pure. */
import { formatCount, pluralize } from "../shared/counts";
import { formatDay } from "../shared/dates";
import { guardrailNames } from "../shared/guardrailNames";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import type { Pace } from "../shared/pace";
import { type Column, factLines, table } from "../shared/table";
import type { Overview, OverviewKey } from "./read";

/** Lines of each table below its titles on a screen of 24 lines. */
const MAX_ROWS = 4;

/** @param screenWidth Undefined in a pipe, where each table has all of its rows. */
export function overviewText(overview: Overview, screenWidth: number | undefined): string {
  const tables = [modelTable(overview), keyTable(overview), guardrailTable(overview)];
  const shown = tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ columns, rows }) => table(columns, screenWidth === undefined ? rows : firstRows(rows), screenWidth));
  return [factLines(facts(overview)), ...shown].join("\n\n");
}

interface Rows {
  columns: Column[];
  rows: string[][];
}

function firstRows(rows: string[][]): string[][] {
  if (rows.length <= MAX_ROWS) return rows;
  const first = rows.slice(0, MAX_ROWS - 1);
  const more = `(${formatCount(rows.length - first.length)} more)`;
  return [...first, [more, ...(rows[0] ?? []).slice(1).map(() => "")]];
}

function facts({ balance, pace, today, keys, guardrails }: Overview): [string, string][] {
  const assigned = guardrails.reduce((sum, { assignedKeys }) => sum + (assignedKeys ?? 0), 0);
  return [
    ["credits", balance ? `${formatUsd(balance.left)} left of ${formatUsd(balance.bought)}` : UNREADABLE],
    ["pace", pace ? paceText(pace) : UNREADABLE],
    ["today", todayText(today)],
    ["keys", keysText(keys)],
    [
      "guardrails",
      guardrails.length === 0 ? "none" : `${guardrails.length}, assigned to ${pluralize(assigned, "key")}`,
    ],
  ];
}

const UNREADABLE = "can't be read";

function paceText({ perDay, completedDays, daysLeft }: Pace): string {
  const days = completedDays === 1 ? "last completed day" : `last ${completedDays} completed days`;
  if (daysLeft === null || perDay === 0) return `nothing was spent on the ${days}`;
  return `${formatUsd(perDay)} a day on the ${days}; lasts ${daysText(daysLeft)} at this pace`;
}

function daysText(days: number): string {
  if (days > 365) return "more than a year";
  return days > 0 && days < 1 ? "less than a day" : pluralize(Math.floor(days), "day");
}

function todayText({ date, spent, spentByok, models }: Overview["today"]): string {
  const byok = spentByok > 0 ? ` and ${formatUsd(spentByok)} BYOK` : "";
  const byModel = models ? "" : "; by model, it can't be read";
  return `${formatUsd(spent)}${byok} so far (${date}, UTC)${byModel}`;
}

function keysText({ total, disabled, expired, active }: Overview["keys"]): string {
  const near = active.filter(isNear).length;
  const counts = [
    `${formatCount(active.length)} active`,
    `${formatCount(disabled)} disabled`,
    `${formatCount(expired)} expired`,
  ].join(", ");
  return `${formatCount(total)} (${counts}); ${near === 0 ? "none is" : formatCount(near)} near limit or expiry`;
}

function isNear({ nearLimit, nearExpiry }: OverviewKey): boolean {
  return nearLimit || nearExpiry;
}

function modelTable({ today }: Overview): Rows {
  const rows = (today.models ?? []).map(({ model, spent, spentByok, requests }) => [
    ...[printable(model), formatUsd(spent), formatUsd(spentByok), formatCount(requests)],
  ]);
  return { columns: [{ title: "MODEL TODAY", minWidth: 20 }, "CREDITS", "BYOK", "REQUESTS"], rows };
}

function keyTable({ keys }: Overview): Rows {
  const rows = keys.active
    .filter(isNear)
    .map((key) => [
      printable(key.name),
      key.hash.slice(0, 8),
      key.percent === null ? "" : `${Math.floor(key.percent)}%`,
      key.left === null ? "" : formatUsd(key.left),
      formatBudget(key.limit, key.limitReset),
      key.expiresAt === null ? "none" : formatDay(key.expiresAt),
    ]);
  return { columns: [{ title: KEY_TITLE, minWidth: 12 }, "KEY", "OF LIMIT", "LEFT", "BUDGET", "EXPIRES"], rows };
}

const KEY_TITLE = "KEY NEAR ITS LIMIT OR EXPIRY";

function guardrailTable({ guardrails }: Overview): Rows {
  const nameOf = guardrailNames(guardrails);
  const rows = guardrails.map(({ id, limitUsd, resetInterval, isWorkspaceDefault, assignedKeys }) => [
    nameOf(id),
    formatBudget(limitUsd, resetInterval),
    isWorkspaceDefault ? "all of the workspace" : assignedKeys === null ? "unknown" : formatCount(assignedKeys),
  ]);
  return { columns: [{ title: "GUARDRAIL", minWidth: 12 }, "BUDGET OF EACH KEY", "KEYS"], rows };
}
