/** `pulumi-openrouter usage`: spending today, this week, this month, and on the days of a range. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { usageHtml } from "./html";
import { type UsageOptions, withUsageOptions } from "./options";
import type { Found } from "./read";
import { type FoundUsage, readUsageReport } from "./readReport";
import { usageCsv, usageText } from "./report";

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
  pulumi-openrouter usage --rows --month 2026-11 --csv
  pulumi-openrouter usage --by model --format html > usage.html`;

async function usage(terminal: Terminal, options: UsageOptions): Promise<void> {
  const withKeys = options.by.includes("key") || (options.csv === true && options.counters === true);
  const found = await readUsageReport(openAccount(terminal), options, withKeys, terminal.progress);
  print(terminal, found, options);
  reportUnreadable(terminal, found);
  if (found.failure) throw found.failure;
  reportMissing(terminal, found.usage.range?.missing);
}

function print(terminal: Terminal, { data, usage }: FoundUsage, { csv, json, format, counters }: UsageOptions): void {
  if (json) terminal.json("usage", data);
  else if (format === "html") terminal.out(usageHtml(usage));
  else if (!csv) terminal.out(usageText(usage, terminal.width));
  else if (usage.range || counters) terminal.out(usageCsv(usage));
}

function reportMissing(terminal: Terminal, missing: Found["missing"]): void {
  if (!missing) return;
  terminal.err(`Not everything could be read: ${missing.reason}`);
  terminal.err(`Missing above: ${missing.what.join("; ")}.`);
  terminal.exitCode(EXIT.failure);
}
