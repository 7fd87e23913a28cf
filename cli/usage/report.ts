/** Usage as text, data of the JSON, and CSV. */
import type { Key } from "../../provider/api/keys";
import { formatCount } from "../shared/counts";
import { csv } from "../shared/csv";
import { DAY_MS, utcDay } from "../shared/dates";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { table, WIDE_SCREEN } from "../shared/table";
import {
  type Counters,
  type CountersByTime,
  type Group,
  type Grouping,
  type KeyCounters,
  type Sums,
  spentInAll,
  total,
} from "./groups";
import type { Period } from "./period";
import type { Found } from "./read";

export interface Usage {
  /** The key of `--key`. */
  key: Key | undefined;
  /** The user of `--user`, and how the option names them. */
  user: { id: string; wanted: string } | undefined;
  counters: CountersByTime;
  /** The counters of each key, if they are grouped by key. */
  keys: KeyCounters[] | undefined;
  /** Undefined if it was not requested or could not be read. */
  range: Range | undefined;
}

/** The days of the report. */
export interface Range {
  by: readonly Grouping[];
  today: Date;
  period: Period;
  source: Found["source"];
  missing: Found["missing"];
  /** The groups to print. */
  groups: Group[];
  /** Groups that `--top` leaves out. */
  omitted: Group[];
  /** Spending of each day, if the source has it. */
  days: number[] | undefined;
}

/** Fields keep their names; new ones may be added. */
export interface UsageData extends CountersByTime {
  key: { hash: string; name: string } | null;
  /** Id of the user of `--user`. */
  user: string | null;
  keys: KeyCounters[] | null;
  range: RangeData | null;
}

interface RangeData {
  from: string;
  to: string;
  by: string;
  source: Found["source"];
  missing: string[];
  groups: Group[];
  omitted: number;
  total: Sums;
}

export function usageData({ key, user, counters, keys, range }: Usage): UsageData {
  return {
    key: key ? { hash: key.hash, name: key.name } : null,
    user: user?.id ?? null,
    ...counters,
    keys: keys ?? null,
    range: range ? rangeData(range) : null,
  };
}

function rangeData({ by, period: { from, to }, source, missing, groups, omitted }: Range): RangeData {
  const names = { from, to, by: by.join(","), source, missing: missing?.what ?? [] };
  return { ...names, groups, omitted: omitted.length, total: total([...groups, ...omitted]) };
}

/** The groups, or the counters of the keys where no days were requested. */
export function usageCsv({ keys, range }: Usage): string {
  if (!range) return keyCountersCsv(keys ?? []);
  const { by, groups } = range;
  const withHash = groups.some(({ hash }) => hash !== undefined);
  const titles = ["spent", "spentByok", "requests", "promptTokens", "completionTokens", "reasoningTokens"] as const;
  const rows = groups.map((group) => [
    ...by.map((each) => group.of[each] ?? ""),
    ...(withHash ? [group.hash ?? ""] : []),
    ...titles.map((title) => group[title]),
  ]);
  return csv([...by, ...(withHash ? ["hash"] : []), ...titles], rows);
}

function keyCountersCsv(keys: readonly KeyCounters[]): string {
  const times = ["today", "week", "month", "ever"] as const;
  const titles = times.flatMap((time) => [time, `${time}Byok`]);
  const rows = keys.map((key) => [
    key.name,
    key.hash,
    ...times.flatMap((time) => [key[time].spent, key[time].spentByok]),
  ]);
  return csv(["key", "hash", ...titles], rows);
}

export function usageText({ key, user, counters, keys, range }: Usage, width: number | undefined): string {
  return [
    ...(key || user ? [`Usage of ${scope(key, user)}`] : []),
    counterTable(counters),
    ...(keys && keys.length > 0 ? [keyCounterTable(keys, width)] : []),
    ...(range ? [periodText(range, width), groupTable(range, width)] : []),
  ].join("\n\n");
}

/** What `--key` and `--user` limit the report to. */
export function scope(key: Usage["key"], user: Usage["user"]): string {
  const ofKey = key ? `key "${printable(key.name)}" (${printable(key.hash.slice(0, 12))})` : "the keys";
  if (!user) return ofKey;
  const name = user.wanted === user.id ? printable(user.id) : `"${printable(user.wanted)}" (${printable(user.id)})`;
  return `${ofKey} of user ${name}`;
}

function counterTable(counters: CountersByTime): string {
  const row = (name: string, amount: keyof Counters) => [name, ...amountsOf(counters, amount)];
  const columns = ["SPENT", "TODAY", "THIS WEEK", "THIS MONTH", "EVER"];
  return table(columns, [row("credits", "spent"), row("BYOK", "spentByok")]);
}

function keyCounterTable(keys: readonly KeyCounters[], width: number | undefined): string {
  const rows = keys.map((key) => [nameText(key), ...amountsOf(key, "spent"), formatUsd(key.month.spentByok)]);
  const columns = [{ title: "KEY", minWidth: 12 }, "TODAY", "THIS WEEK", "THIS MONTH", "EVER", "BYOK THIS MONTH"];
  return table(columns, rows, width);
}

export function amountsOf({ today, week, month, ever }: CountersByTime, amount: keyof Counters): string[] {
  return [today, week, month, ever].map((counters) => formatUsd(counters[amount]));
}

function periodText({ period, today, days }: Range, width: number | undefined): string {
  const chart = width !== undefined && days && days.length > 1 && days.length < width - CHART_LABEL.length;
  const sentences = rangeText(period, utcDay(today));
  const isTooWide = width !== undefined && sentences.join(" ").length > width;
  return [sentences.join(isTooWide ? "\n" : " "), ...(chart ? [CHART_LABEL + sparkline(days)] : [])].join("\n");
}

export function rangeText({ from, to, days }: Period, today: string): string[] {
  if (to === today) return [`${from === to ? "Today" : `UTC days ${from} to today`}, ${today}, which is not over yet.`];
  const isLast = Date.parse(today) - Date.parse(to) === DAY_MS;
  if (!isLast) return [from === to ? `UTC day ${to}.` : `UTC days ${from} to ${to}.`];
  const period =
    days.length === 1
      ? `The last completed UTC day, ${to}`
      : `The last ${days.length} completed UTC days, ${from} to ${to}`;
  return [`${period}.`, `Today, ${today}, is not included.`];
}

const CHART_LABEL = "Spent each day  ";
const BARS = "▁▂▃▄▅▆▇█";

/** One bar for each amount; the highest amount has the highest bar. */
export function sparkline(amounts: readonly number[]): string {
  const max = Math.max(...amounts);
  return amounts.map((amount) => BARS[max > 0 ? Math.round((amount / max) * (BARS.length - 1)) : 0]).join("");
}

function groupTable({ by, groups, omitted }: Range, width: number | undefined): string {
  if (groups.length === 0) return "Nothing was used.";
  const labeled: [string[], Sums][] = [
    ...groups.map((group): [string[], Sums] => [by.map((each) => cellOf(group, each)), group]),
    ...(omitted.length > 0 ? [summary(`(${formatCount(omitted.length)} more)`, omitted, by)] : []),
    summary("total", [...groups, ...omitted], by),
  ];
  const amounts = amountColumns(labeled, by.length > 1 && width !== undefined && width < WIDE_SCREEN);
  const rows = labeled.map(([names, sums]) => [
    ...names,
    ...amounts.map(({ field, isCount }) => (isCount ? formatCount(sums[field]) : formatUsd(sums[field]))),
  ]);
  const columns = [
    ...by.map((each) => ({ title: each.toUpperCase(), minWidth: each === "day" ? 10 : 12 })),
    ...amounts.map(({ title }) => title),
  ];
  return table(columns, rows, width);
}

/** Reasoning tokens, which are a part of the tokens out, only where there are some. */
export function amountColumns(lines: readonly [string[], Sums][], isNarrow: boolean) {
  const columns = [
    { title: "CREDITS", field: "spent", isCount: false },
    { title: "BYOK", field: "spentByok", isCount: false },
    { title: "REQUESTS", field: "requests", isCount: true },
    { title: "TOKENS IN", field: "promptTokens", isCount: true },
    { title: "TOKENS OUT", field: "completionTokens", isCount: true },
    { title: "REASONING", field: "reasoningTokens", isCount: true },
  ] as const;
  if (isNarrow) return columns.slice(0, 3);
  return lines.some(([, { reasoningTokens }]) => reasoningTokens > 0) ? columns : columns.slice(0, -1);
}

function summary(name: string, groups: readonly Group[], by: readonly Grouping[]): [string[], Sums] {
  return [[name, ...by.slice(1).map(() => "")], total(groups)];
}

export function cellOf({ of, hash }: Group, by: Grouping): string {
  const name = of[by] ?? "";
  return by === "key" ? nameText({ name, hash }) : printable(name);
}

/** Several keys may have the same name. */
export function nameText({ name, hash }: { name: string; hash?: string | null | undefined }): string {
  return hash ? `${printable(name)} (${printable(hash).slice(0, 8)})` : printable(name);
}

/** The amounts of a day chart; undefined if the rows don't name their day. */
export function spentByDay(rows: readonly (Sums & { day?: string })[], { days }: Period): number[] | undefined {
  if (rows.some(({ day }) => day === undefined)) return undefined;
  return days.map((day) => spentInAll(total(rows.filter((row) => row.day === day))));
}
