/** `pulumi-openrouter usage`: spending today, this week, this month, and on the last completed days. */
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
import { counters, GROUPINGS, type Grouping, groupsByKey, groupsOf, periodBefore, within } from "./groups";
import { type Completed, type Usage, usageJson, usageText } from "./report";

interface UsageOptions {
  by: Grouping;
  days: number;
  key?: string;
  json?: boolean;
}

export function usageCommand(terminal: Terminal): Command {
  return newCommand("usage", terminal)
    .summary("show spending by day, model, provider or key")
    .description("Shows spending in USD: today, this week, this month, and on the last completed UTC days.")
    .addOption(new Option("--by <group>", "how to group the completed days").choices(GROUPINGS).default("day"))
    .option("--days <number>", `how many completed days, 1 to ${ACTIVITY_DAYS}`, wholeNumber(1, ACTIVITY_DAYS), 7)
    .option("--key <key>", `only this key: ${KEY_CHOICE}`)
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: UsageOptions) => usage(terminal, options));
}

const HELP = `
Today, this week (since Monday) and this month are the current counters of the
existing keys. Days begin at midnight UTC. The completed days are OpenRouter's
activity, which goes back ${ACTIVITY_DAYS} days and never includes today. BYOK is what
providers charged to your own provider keys; credits don't pay for it.

--by key makes one call per key. "(other)" is usage with deleted keys, or on the
website without a key. If only the activity can't be read, the counters are
still printed.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.

Example:
  pulumi-openrouter usage --by model --days 30`;

async function usage(terminal: Terminal, { by, days, key: wanted, json }: UsageOptions): Promise<void> {
  const account = openAccount(terminal);
  const all = await readAllKeys(account);
  const key = wanted === undefined ? undefined : chooseKey(all.keys, wanted);
  const keys = key ? [key] : all.keys;
  let failure: RequestError | undefined;
  const completed = await readCompleted(account, { by, days }, keys, key).catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    failure = error;
    return undefined;
  });
  const found: Usage = { key, counters: counters(keys), completed };
  if (json) terminal.json("usage", usageJson(found));
  else terminal.out(usageText(found, terminal.width));
  reportUnreadable(terminal, all);
  if (failure) throw failure;
}

/** @param key The only one, or undefined for the activity of the whole account. */
async function readCompleted(
  account: Account,
  { by, days }: Pick<UsageOptions, "by" | "days">,
  keys: readonly Key[],
  key: Key | undefined,
): Promise<Completed> {
  const { activity, today } = await readActivity(account, key);
  const period = periodBefore(today, days);
  const rows = within(activity, period);
  if (by !== "key") return { by, today, period, groups: groupsOf(rows, by, period) };
  // One call per key, because activity rows don't name their key.
  const perKey = await mapConcurrently(keys, async (each) => {
    const own = await readActivity(account, each);
    return { key: each, activity: within(own.activity, period) };
  });
  return { by, today, period, groups: groupsByKey(perKey, rows) };
}

/** Today is a UTC day by the server's clock, which decides which days are completed. */
async function readActivity(account: Account, key?: Key): Promise<{ activity: Activity[]; today: Date }> {
  const api = account.start("read", key ? `the activity of inference key ${key.hash}` : "the activity");
  const activity = await listActivity(api, key?.hash);
  return { activity, today: new Date(api.serverTime() ?? Date.now()) };
}
