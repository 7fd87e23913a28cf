/** The options of `usage`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { ANALYTICS_DAYS } from "../../provider/api/analytics";
import { USER_CHOICE } from "../members/choice";
import { KEY_CHOICE } from "../shared/keyChoice";
import { wholeNumber } from "../shared/parameters";
import { GROUPINGS, type Grouping } from "./groups";
import type { PeriodOptions } from "./period";

export interface UsageOptions extends PeriodOptions {
  by: Grouping[];
  rows?: boolean;
  counters?: boolean;
  key?: string;
  user?: string;
  top?: number;
  csv?: boolean;
  format?: "text" | "html";
  json?: boolean;
}

export function withUsageOptions(command: Command): Command {
  const otherDays = ["days", "date", "month", "from"];
  const days = (flags: string, what: string, name: string) =>
    new Option(flags, what).conflicts(otherDays.filter((other) => other !== name));
  return command
    .addOption(
      new Option("--by <groups>", `group by ${GROUPINGS.join(", ")}, or by two of them: key,day`)
        .argParser(groupings)
        .default(["day"], "day"),
    )
    .option("--days <number>", "how many completed days", wholeNumber(1, ANALYTICS_DAYS - 1), 7)
    .addOption(days("--date <day>", "only this day: 2026-11-20, or today", "date").argParser(dayOrToday))
    .addOption(days("--from <day>", "first day, to today or to --to", "from").argParser(day))
    .addOption(new Option("--to <day>", "last day").argParser(day).conflicts(["date", "month"]))
    .addOption(days("--month <month>", "only this month, such as 2026-11", "month").argParser(month))
    .option("--key <key>", `only this key: ${KEY_CHOICE}`)
    .option("--user <user>", `only the keys of this user: ${USER_CHOICE}`)
    .option("--top <number>", "only so many groups, those that spent the most", wholeNumber(1, 1e6))
    .addOption(new Option("--rows", "ungrouped: each day, model and provider").conflicts("by"))
    .option("--counters", "only the counters, without any days")
    .addOption(new Option("--csv", "print the groups as CSV").conflicts(["json", "format"]))
    .addOption(new Option("--format <format>", "html: a page with a chart").choices(["text", "html"]).conflicts("json"))
    .option("--json", "print everything as JSON");
}

function groupings(text: string): Grouping[] {
  const words = text.split(",");
  const found = GROUPINGS.filter((each) => words.includes(each));
  if (found.length !== words.length || found.length > 2) {
    throw new InvalidArgumentError(`It must be one or two of ${GROUPINGS.join(", ")}, separated by a comma.`);
  }
  return words as Grouping[];
}

function day(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  // Date.parse accepts February 30.
  if (isDay && new Date(text).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("It must be a day such as 2026-11-20.");
}

function dayOrToday(text: string): string {
  return text === "today" ? text : day(text);
}

function month(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a month such as 2026-11.");
}
