/** `pulumi-openrouter usage`: what was spent today, this week and this month, and on the last completed days. */
import { type Command, Option } from "commander";
import { ACTIVITY_DAYS, type Activity, listActivity } from "../../provider/api/activity";
import type { Key } from "../../provider/api/keys";
import { RequestError } from "../../provider/errors";
import { type Account, openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { readAllKeys, reportUnreadable } from "../shared/inventory";
import { chooseKey, KEY_CHOICE } from "../shared/keyChoice";
import { mapConcurrently } from "../shared/mapConcurrently";
import { wholeNumber } from "../shared/parameters";
import { newCommand, type Terminal } from "../shared/terminal";
import { byKey, counters, GROUPINGS, type Grouping, groupsOf, type Period, periodOf, within } from "./groups";
import { type Completed, type Usage, usageJson, usageText } from "./report";

interface UsageOptions {
  by: Grouping;
  days: number;
  key?: string;
  json?: boolean;
}

export function usageCommand(terminal: Terminal): Command {
  return newCommand("usage", terminal)
    .description("Shows what was spent in USD: today, this week and this month, and on the last completed UTC days.")
    .addOption(new Option("--by <what>", "how to group the completed days").choices(GROUPINGS).default("day"))
    .option("--days <number>", `how many completed days, 1 to ${ACTIVITY_DAYS}`, wholeNumber(1, ACTIVITY_DAYS), 7)
    .option("--key <key>", `one key only: ${KEY_CHOICE}`)
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: UsageOptions) => usage(terminal, options));
}

const HELP = `
Today, this week (since Monday) and this month are the counters of the keys that
exist, at this moment; days begin at midnight UTC. The completed days are
OpenRouter's activity, which goes back ${ACTIVITY_DAYS} days and never includes today. BYOK is
what providers charged to your own keys; credits don't pay for it. --by key
makes one call for each key; "(other)" was used with deleted keys, or on the
website without a key. A name or hash prefix that several keys have is refused,
with a list of them. If only the activity can't be read, the counters are
printed nevertheless.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.

Example:
  pulumi-openrouter usage --by model --days 30`;

async function usage(terminal: Terminal, { by, days, key: wanted, json }: UsageOptions): Promise<void> {
  const account = openAccount(terminal);
  const all = await readAllKeys(account);
  const key = wanted === undefined ? undefined : chooseKey(all.keys, wanted);
  const keys = key ? [key] : all.keys;
  const { completed, failure } = await attempt(() => readCompleted(account, by, days, keys, key));
  const found: Usage = { key, counters: counters(keys), completed };
  if (json) terminal.json("usage", usageJson(found));
  else terminal.out(usageText(found, terminal.width));
  reportUnreadable(terminal, all);
  if (failure) throw failure;
}

/** The counters are worth printing without it. */
async function attempt(read: () => Promise<Completed>): Promise<{ completed?: Completed; failure?: RequestError }> {
  try {
    return { completed: await read() };
  } catch (error) {
    if (error instanceof RequestError) return { failure: error };
    throw error;
  }
}

async function readCompleted(
  account: Account,
  by: Grouping,
  days: number,
  keys: readonly Key[],
  key: Key | undefined,
): Promise<Completed> {
  const { activity, today } = await readActivity(account, key);
  const period = periodOf(today, days);
  const rows = within(activity, period);
  const groups = by === "key" ? await groupsByKey(account, keys, rows, period) : groupsOf(rows, by, period);
  return { by, today, period, groups };
}

/** With the UTC day by the server's clock, which decides what is completed. */
async function readActivity(account: Account, key?: Key): Promise<{ activity: Activity[]; today: Date }> {
  const api = account.start("read", key ? `the activity of inference key ${key.hash}` : "the activity");
  const activity = await listActivity(api, key?.hash);
  return { activity, today: new Date(api.serverTime() ?? Date.now()) };
}

/** One call for each: rows of the API don't have their key. */
async function groupsByKey(account: Account, keys: readonly Key[], all: readonly Activity[], period: Period) {
  const ofKeys = await mapConcurrently(keys, async (key) => {
    const { activity } = await readActivity(account, key);
    return { key, activity: within(activity, period) };
  });
  return byKey(ofKeys, all);
}
