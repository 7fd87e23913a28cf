/** Usage as text and as JSON. */
import type { Key } from "../../provider/api/keys";
import { formatCount } from "../shared/counts";
import { utcDay } from "../shared/dates";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { table } from "../shared/table";
import { type Counters, type Group, type Grouping, type Period, type Sums, total } from "./groups";

export interface Usage {
  /** The key of `--key`. */
  key: Key | undefined;
  counters: Record<"today" | "week" | "month", Counters>;
  /** Undefined if it could not be read. */
  completed: Completed | undefined;
}

/** The completed days. */
export interface Completed {
  by: Grouping;
  today: Date;
  period: Period;
  groups: Group[];
}

/** Fields keep their names; new ones may be added. */
export function usageJson({ key, counters, completed }: Usage): object {
  return {
    key: key ? { hash: key.hash, name: key.name } : null,
    ...counters,
    completed: completed ? completedJson(completed) : null,
  };
}

function completedJson({ by, period: { from, to }, groups }: Completed): object {
  return { from, to, by, groups, total: total(groups) };
}

export function usageText({ key, counters, completed }: Usage, width: number | undefined): string {
  return [
    ...(key ? [`Usage of key "${printable(key.name)}" (${printable(key.hash.slice(0, 12))})`] : []),
    counterTable(counters),
    ...(completed ? [periodText(completed), groupTable(completed, width)] : []),
  ].join("\n\n");
}

function periodText({ period: { from, to, days }, today }: Completed): string {
  const period =
    days.length === 1
      ? `The last completed UTC day, ${to}`
      : `The last ${days.length} completed UTC days, ${from} to ${to}`;
  return `${period}. Today, ${utcDay(today)}, is not included.`;
}

function counterTable({ today, week, month }: Usage["counters"]): string {
  const row = (name: string, amount: keyof Counters) => [
    name,
    ...[today, week, month].map((counters) => formatUsd(counters[amount])),
  ];
  return table(["SPENT", "TODAY", "THIS WEEK", "THIS MONTH"], [row("credits", "usage"), row("BYOK", "byokUsage")]);
}

function groupTable({ by, groups }: Completed, width: number | undefined): string {
  if (groups.length === 0) return "Nothing was used.";
  const lines: (Sums & Pick<Group, "name" | "hash">)[] = [...groups, { name: "total", ...total(groups) }];
  const rows = lines.map(({ name, hash, usage, byokUsage, requests, promptTokens, completionTokens }) => [
    // Several keys may have the same name.
    hash ? `${printable(name)} (${printable(hash).slice(0, 8)})` : printable(name),
    ...[usage, byokUsage].map((amount) => formatUsd(amount)),
    ...[requests, promptTokens, completionTokens].map(formatCount),
  ]);
  const columns = [{ title: by.toUpperCase(), minWidth: 12 }, "CREDITS", "BYOK", "REQUESTS", "TOKENS IN", "TOKENS OUT"];
  return table(columns, rows, width);
}
