/** `pulumi-openrouter usage`: what was spent today, this week and this month, and on the last completed days. */
import { Command, Option } from "commander";
import { ACTIVITY_DAYS, type Activity, listActivity } from "../provider/api/activity";
import type { Key } from "../provider/api/keys";
import { type Account, openAccount } from "./account";
import { CREDENTIALS_HELP } from "./environment";
import { forEach, readAllKeys } from "./inventory";
import { chooseKey, KEY_CHOICE } from "./keyChoice";
import { wholeNumber } from "./parameters";
import { processTerminal, reporting, type Terminal, usageExits } from "./terminal";
import { byKey, counters, GROUPINGS, type Grouping, groupsOf, type Period, periodOf, within } from "./usageGroups";
import { type Usage, usageJson, usageText } from "./usageReport";

interface UsageOptions {
  by: Grouping;
  days: number;
  key?: string;
  json?: boolean;
}

export function usageCommand(terminal: Terminal = processTerminal()): Command {
  return usageExits(new Command("usage"), terminal)
    .description("Shows what was spent in USD: today, this week and this month, and on the last completed UTC days.")
    .addOption(new Option("--by <what>", "what the completed days are added up by").choices(GROUPINGS).default("day"))
    .option("--days <number>", `how many completed days, 1 to ${ACTIVITY_DAYS}`, wholeNumber(1, ACTIVITY_DAYS), 7)
    .option("--key <key>", `of one key only: ${KEY_CHOICE}`)
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: UsageOptions) => reporting(terminal, 2, () => usage(terminal, options)));
}

const HELP = `
Today, this week (since Monday) and this month are the counters of the keys that exist, at this moment; days begin at
midnight UTC. The completed days are OpenRouter's activity, which goes back ${ACTIVITY_DAYS} days and never has today in it.
BYOK is what providers charged to keys of your own, and is not paid with credits. --by key asks once for each key;
what was used with keys that are deleted, or on the website without one, is called "(other)" there.
A name or a beginning of a hash that several keys have is refused, with a list of them.
${CREDENTIALS_HELP}

Exit code: 0, 2 if it could not be found out.

Example:
  pulumi-openrouter usage --by model --days 30`;

async function usage(terminal: Terminal, { by, days, key: wanted, json }: UsageOptions): Promise<void> {
  const account = openAccount(terminal.env, terminal.err);
  const all = await readAllKeys(account);
  const key = wanted === undefined ? undefined : chooseKey(all, wanted);
  const keys = key ? [key] : all;
  const { activity, today } = await readActivity(account, key);
  const period = periodOf(today, days);
  const rows = within(activity, period);
  const groups = by === "key" ? await groupsByKey(account, keys, rows, period) : groupsOf(rows, by, period);
  const found: Usage = { key, counters: counters(keys), by, today, period, groups };
  terminal.out(account.redact(json ? JSON.stringify(usageJson(found), null, 2) : usageText(found)));
}

/** With the UTC day by the server's clock, which decides what is completed. */
async function readActivity(account: Account, key?: Key): Promise<{ activity: Activity[]; today: Date }> {
  const api = account.start("read", key ? `the activity of inference key ${key.hash}` : "the activity");
  const activity = await listActivity(api, key?.hash);
  return { activity, today: new Date(api.serverTime() ?? Date.now()) };
}

/** One call for each: rows of the API don't tell their key. */
async function groupsByKey(account: Account, keys: readonly Key[], all: readonly Activity[], period: Period) {
  const ofKeys = await forEach(keys, async (key) => {
    const { activity } = await readActivity(account, key);
    return { key, activity: within(activity, period) };
  });
  return byKey(ofKeys, all);
}
