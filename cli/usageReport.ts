/** Usage as text for a person and as JSON for a program. */
import type { Key } from "../provider/api/keys";
import { type Column, printable, roomBeside, shortened, table, usd } from "./table";
import { type Counters, dayOf, type Group, type Grouping, type Period, type Sums, total } from "./usageGroups";

export interface Usage {
  /** The one that was asked for. */
  key: Key | undefined;
  counters: Record<"today" | "week" | "month", Counters>;
  by: Grouping;
  today: Date;
  period: Period;
  groups: Group[];
}

/** All that `--json` prints. Names of fields are kept; new ones may be added. */
export function usageJson({ key, counters, by, period, groups }: Usage): object {
  return {
    key: key ? { hash: key.hash, name: key.name } : null,
    ...counters,
    completed: { from: period.from, to: period.to, by, groups, total: total(groups) },
  };
}

export function usageText(usage: Usage): string {
  const { key, today, period, groups } = usage;
  const count = period.days.length;
  const days = count === 1 ? `The last completed UTC day, ${period.to}` : `The last ${count} completed UTC days`;
  const dates = count === 1 ? "" : `, ${period.from} to ${period.to}`;
  return [
    ...(key ? [`Of key "${printable(key.name)}" (${printable(key.hash.slice(0, 12))}).`] : []),
    counterTable(usage.counters),
    `${days}${dates}. Today, ${dayOf(today)}, is not in it.`,
    groups.length === 0 ? "Nothing was used." : groupTable(usage),
  ].join("\n\n");
}

const AMOUNT = 13;

function counterTable({ today, week, month }: Usage["counters"]): string {
  const columns = ["SPENT", "TODAY", "THIS WEEK", "THIS MONTH"].map((title) => ({ title, widest: AMOUNT }));
  const row = (name: string, amount: keyof Counters) => [
    name,
    ...[today, week, month].map((counters) => usd(counters[amount])),
  ];
  return table(columns, [row("credits", "usage"), row("BYOK", "byokUsage")]);
}

const COLUMNS: readonly Column[] = ["CREDITS", "BYOK", "REQUESTS", "TOKENS IN", "TOKENS OUT"].map((title) => ({
  title,
  widest: AMOUNT,
}));

function groupTable({ by, groups }: Usage): string {
  const lines: (Sums & Pick<Group, "name" | "hash">)[] = [...groups, { name: "total", ...total(groups) }];
  const rows = lines.map(cells);
  const room = roomBeside(COLUMNS, rows);
  const named = lines.map((line, index) => [shortened(title(line), room), ...(rows[index] as string[])]);
  return table([{ title: by.toUpperCase(), widest: room }, ...COLUMNS], named);
}

/** Several keys may have one name. */
function title({ name, hash }: Pick<Group, "name" | "hash">): string {
  return hash ? `${printable(name)} (${printable(hash).slice(0, 8)})` : printable(name);
}

function cells({ usage, byokUsage, requests, promptTokens, completionTokens }: Sums): string[] {
  return [usd(usage), usd(byokUsage), ...[requests, promptTokens, completionTokens].map(grouped)];
}

/** `1,234,567`, whatever the locale. */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
