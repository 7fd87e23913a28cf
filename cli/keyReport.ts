/** Keys as a table and one key in full, for a person. */
import { styleText } from "node:util";
import type { Key } from "../provider/api/keys";
import { isExpired, type ListedKey } from "./keyBudget";
import { budget, type Column, day, factLines, printable, roomBeside, type Style, shortened, table, usd } from "./table";

interface TableOptions {
  /** Whether there are several, so that each is named. */
  workspaces: boolean;
  colors: boolean;
  now: Date;
}

const COLUMNS: readonly Column[] = [
  { title: "KEY", widest: 8 },
  { title: "USED", widest: 8 },
  { title: "OF LIMIT", widest: 10 },
  { title: "LEFT", widest: 8 },
  { title: "BUDGET", widest: 11 },
  { title: "EXPIRES", widest: 10 },
  { title: "GUARDRAIL", widest: 9 },
];
const WORKSPACE: Column = { title: "WORKSPACE", widest: 9 };

/** With the name first, which gets the room that the others leave. */
export function keyTable(keys: readonly ListedKey[], { workspaces, colors, now }: TableOptions): string {
  const columns = workspaces ? [...COLUMNS, WORKSPACE] : COLUMNS;
  const rows = keys.map((each) => {
    const workspace = shortened(printable(each.workspace ?? "none"), WORKSPACE.widest);
    return [...cells(each, now), ...(workspaces ? [workspace] : [])];
  });
  const room = roomBeside(columns, rows);
  const names = keys.map(({ key }) => {
    const suffix = key.disabled ? " (off)" : "";
    return `${shortened(printable(key.name), room - suffix.length)}${suffix}`;
  });
  return table(
    [{ title: "NAME", widest: room }, ...columns],
    rows.map((row, index) => [names[index] as string, ...row]),
    colors ? nearness : undefined,
  );
}

function cells({ key, guardrail, used, left, percent }: ListedKey, now: Date): string[] {
  return [
    key.hash.slice(0, 8),
    used === null ? "unknown" : usd(used),
    percent === null ? "" : `${bar(percent)} ${Math.floor(percent)}%`,
    left === null ? "" : usd(left),
    budget(key.limit, key.limitReset),
    expiry(key, now),
    guardrail ? shortened(lastPart(printable(guardrail.name)), 9) : "none",
  ];
}

/** Five places, the last of which is filled only when nothing is left. */
function bar(percent: number): string {
  const filled = Math.min(5, Math.max(0, Math.floor(percent / 20)));
  return "█".repeat(filled) + "░".repeat(5 - filled);
}

function expiry({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "none";
  return isExpired(expiresAt, now) ? "expired" : day(expiresAt);
}

function lastPart(name: string): string {
  return name.split("/").at(-1) || name;
}

const NEARNESS_COLUMN = 3;

const nearness: Style = (text, column) => {
  const percent = column === NEARNESS_COLUMN ? Number(/(\d+)%/.exec(text)?.[1] ?? 0) : 0;
  return percent >= 100 ? styleText("red", text) : percent >= 80 ? styleText("yellow", text) : text;
};

/** Everything that is known of one key. */
export function keyFacts({ key, guardrail, workspace, used, left, percent }: ListedKey, now: Date): string {
  const known = (amount: number | null) => (amount === null ? "unknown" : usd(amount));
  const since = key.limit !== null && key.limitReset === null ? " ever, for the limit doesn't reset" : "";
  return factLines([
    ["key", `"${printable(key.name)}"${key.disabled ? " (disabled)" : ""}`],
    ["hash", printable(key.hash)],
    ["budget", budget(key.limit, key.limitReset)],
    ["used", percent === null ? known(used) : `${known(used)}, ${bar(percent)} ${Math.floor(percent)}%${since}`],
    ...(left === null ? [] : [["left", usd(left)] as const]),
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
  const [today, week, month, ever] = amounts.map((amount) => (amount === null ? "unknown" : usd(amount)));
  return `${today} today, ${week} this week, ${month} this month, ${ever} ever`;
}

function expiryInFull({ expiresAt }: Key, now: Date): string {
  if (expiresAt === null) return "never";
  if (expiresAt === undefined) return "unknown";
  return `${printable(expiresAt)}${isExpired(expiresAt, now) ? " (expired)" : ""}`;
}

function guardrailBudget({ limitUsd, resetInterval }: NonNullable<ListedKey["guardrail"]>): string {
  return limitUsd === null ? "without a budget" : `${budget(limitUsd, resetInterval)} for each key`;
}
