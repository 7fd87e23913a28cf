/** `pulumi-openrouter usage`: spending today, this week, this month, and on the days of a range. */
import type { Command } from "commander";
import type { Key } from "../../provider/api/keys";
import { RequestError } from "../../provider/errors";
import { type Account, openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { readAllKeys, reportUnreadable } from "../shared/inventory";
import { chooseKey } from "../shared/keyChoice";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { counters, countersByKey, type Grouping, groupsOf, mostFirst } from "./groups";
import { type UsageOptions, withUsageOptions } from "./options";
import { chosenPeriod, type Period } from "./period";
import { type Found, readUsage } from "./read";
import { type Range, spentByDay, type Usage, usageCsv, usageJson, usageText } from "./report";

export function usageCommand(terminal: Terminal): Command {
  const command = newCommand("usage", terminal)
    .summary("show spending by day, model, provider, key, user or workspace")
    .description("Shows spending in USD: today, this week, this month, and on any days.");
  return withUsageOptions(command)
    .addHelpText("after", HELP)
    .action((options: UsageOptions) => usage(terminal, options));
}

const HELP = `
Today, this week (since Monday), this month and ever are the current counters of
the existing keys; --by key prints those of each key. Days begin at midnight
UTC. BYOK is what providers charged to your own provider keys; credits don't pay
for it.

The last 30 completed days come from OpenRouter's activity, which makes one call
per key for --by key. Today, older days, users and groups of two come from its
analytics, which name a key by its name only. If the analytics refuse, the
activity is printed, and standard error names what is missing.

"(other)" is usage with deleted keys, or on the website without a key. If only
the days can't be read, the counters are still printed.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.

Examples:
  pulumi-openrouter usage --by model --days 30 --top 5
  pulumi-openrouter usage --by key,model --date today
  pulumi-openrouter usage --rows --month 2026-11 --csv`;

async function usage(terminal: Terminal, options: UsageOptions): Promise<void> {
  const account = openAccount(terminal);
  const all = await readAllKeys(account);
  const key = options.key === undefined ? undefined : chooseKey(all.keys, options.key);
  const ofUser = all.keys.filter(({ creatorUserId }) => options.user === undefined || creatorUserId === options.user);
  const keys = key ? [key] : ofUser;
  const { range, failure } = options.counters
    ? { range: undefined, failure: undefined }
    : await unlessFailed(readRange(terminal, account, options, keys, key));
  const byKey = options.by.includes("key") || (options.csv && options.counters);
  const found: Usage = {
    key,
    counters: counters(keys),
    keys: byKey ? countersByKey(keys).slice(0, options.top) : undefined,
    range,
  };
  print(terminal, found, options);
  reportUnreadable(terminal, all);
  if (failure) throw failure;
  reportMissing(terminal, range?.missing);
}

function print(terminal: Terminal, found: Usage, { csv, json, counters }: UsageOptions): void {
  if (json) terminal.json("usage", usageJson(found));
  else if (!csv) terminal.out(usageText(found, terminal.width));
  else if (found.range || counters) terminal.out(usageCsv(found));
}

async function unlessFailed(
  range: Promise<Range>,
): Promise<{ range: Range | undefined; failure: RequestError | undefined }> {
  try {
    return { range: await range, failure: undefined };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { range: undefined, failure: error };
  }
}

/** @param key The only one, or undefined for the whole account. */
async function readRange(
  terminal: Terminal,
  account: Account,
  options: UsageOptions,
  keys: readonly Key[],
  key: Key | undefined,
): Promise<Range> {
  // A UTC day by the server's clock, which decides which days are completed.
  const today = new Date(account.start("read", "the server's time").serverTime() ?? Date.now());
  const period = chosenPeriod(options, today);
  const by: readonly Grouping[] = options.rows ? ["day", "model", "provider"] : options.by;
  const { progress } = terminal;
  try {
    const found = await readUsage(account, { period, by, today, keys, key, user: options.user, progress });
    return { by, today, period, ...groupsFor(found, by, period, options.top) };
  } finally {
    progress("");
  }
}

function groupsFor({ source, rows, missing }: Found, by: readonly Grouping[], period: Period, top?: number) {
  const all = groupsOf(rows, by, period);
  const chosen = new Set(top === undefined ? all : [...all].sort(mostFirst).slice(0, top));
  return {
    source,
    missing,
    groups: all.filter((group) => chosen.has(group)),
    omitted: all.filter((group) => !chosen.has(group)),
    days: spentByDay(rows, period),
  };
}

function reportMissing(terminal: Terminal, missing: Found["missing"]): void {
  if (!missing) return;
  terminal.err(`Not everything could be read: ${missing.reason}`);
  terminal.err(`Missing above: ${missing.what.join("; ")}.`);
  terminal.exitCode(EXIT.failure);
}
