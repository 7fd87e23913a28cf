/** `pulumi-openrouter keys`: what each key may spend, has spent and has left. */
import type { Command } from "commander";
import { isKeyHash } from "../../provider/ids";
import { openAccount } from "../shared/account";
import { pluralize } from "../shared/counts";
import { CREDENTIALS_HELP } from "../shared/environment";
import { readInventory, reportUnreadable } from "../shared/inventory";
import { chooseKey, KEY_CHOICE } from "../shared/keyChoice";
import { days, number } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { type ListedKey, listed, nearestLimitFirst } from "./budget";
import { type Conditions, findingText, meetsAll } from "./conditions";
import { keyFacts, keyTable } from "./report";

export function keysCommand(terminal: Terminal): Command {
  const command = newCommand("keys", terminal)
    .summary("show limits and spending of keys")
    .description("Shows the keys of the account, in all workspaces, including disabled keys.")
    .addHelpText("after", LIST_HELP);
  const list = command
    .command("list", { isDefault: true })
    .description("list all keys with limit, spending and remaining amount (default)")
    .option("--over <percent>", "only keys at or above this percentage of their limit; exit with 1 if any", number)
    .option("--under <percent>", "only keys below this percentage of their limit; exit with 1 if any", number)
    .option("--expires-within <days>", "only keys that expire within 30d; exit with 1 if any", days)
    .option("--unused-for <days>", "only keys not used for 90d; exit with 1 if any", days)
    .option("--json", "print everything as JSON, with full hashes and ids")
    .addHelpText("after", LIST_HELP)
    .action((options: ListOptions) => listKeys(terminal, options));
  command
    .command("show")
    .argument("<key>", KEY_CHOICE)
    .description("show one key")
    .option("--json", "print it as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((wanted: string, { json }: { json?: boolean }) => showKey(terminal, wanted, json));
  return showOptionsOf(list, command);
}

interface ListOptions extends Conditions {
  json?: boolean;
}

const LIST_HELP = `
Amounts are USD since the last reset of the limit, at midnight UTC (weeks begin
on Monday), or over the life of the key without a reset or limit. They include
BYOK (what providers charge to your own keys) if the limit does. They don't
include the budget of the key's guardrail.

Keys must meet all of --over, --under, --expires-within and --unused-for. Those
that are disabled or expired meet none, and neither --over nor --under applies
to a key without a limit or with a limit of 0. A key that was never used counts
as unused since it was created.
${CREDENTIALS_HELP}

Exit code: 0, 1 if a condition found a key, 2 if the keys could not be read.

Examples, for cron:
  pulumi-openrouter keys --unused-for 90d >/dev/null
  pulumi-openrouter keys --over 80 >/dev/null`;

const SHOW_HELP = `
If several keys match, standard error lists them.
${CREDENTIALS_HELP}

Exit code: 0, 2 if no key or several keys match, or the key could not be read.`;

async function listKeys(terminal: Terminal, { json, ...conditions }: ListOptions): Promise<void> {
  const inventory = await readInventory(openAccount(terminal));
  const all = inventory.keys.map((key) => listed(key, inventory)).sort(nearestLimitFirst);
  const now = new Date();
  const isFiltered = findingText(conditions, all.length) !== "";
  const shown = isFiltered ? all.filter((each) => meetsAll(each, conditions, now)) : all;
  if (json) terminal.json("keys", { keys: shown.map(keyJson) });
  else if (all.length === 0) terminal.out("No keys.");
  else if (shown.length === 0) terminal.out(`No key ${findingText(conditions, 1)}.`);
  else terminal.out(keyTable(shown, inventory.workspaces.length > 1, terminal, now));
  reportUnreadable(terminal, inventory);
  if (!isFiltered || shown.length === 0) return;
  terminal.err(`${pluralize(shown.length, "key")} ${findingText(conditions, shown.length)}.`);
  terminal.exitCode(EXIT.finding);
}

async function showKey(terminal: Terminal, wanted: string, json = false): Promise<void> {
  // Lists omit keys of a deleted workspace, but the hash finds them.
  const known = isKeyHash(wanted) ? [wanted] : [];
  const inventory = await readInventory(openAccount(terminal), { keys: known });
  const key = listed(chooseKey(inventory.keys, wanted), inventory);
  if (json) terminal.json("keys show", keyJson(key));
  else terminal.out(keyFacts(key, new Date()));
}

/** Fields keep their names; new ones may be added. */
function keyJson({ key, guardrail, workspace, used, left, percent }: ListedKey): object {
  const { hash, name, disabled, limit, limitReset, includeByokInLimit, createdAt, expiresAt, workspaceId } = key;
  return {
    ...{ hash, name, disabled, limit, limitReset, includeByokInLimit, used, left, percent },
    spent: { today: key.usageDaily, week: key.usageWeekly, month: key.usageMonthly, ever: key.usage },
    spentByok: {
      today: key.byokUsageDaily,
      week: key.byokUsageWeekly,
      month: key.byokUsageMonthly,
      ever: key.byokUsage,
    },
    ...{ createdAt, lastUsedAt: key.lastUsedAt, expiresAt },
    guardrail: guardrail
      ? { id: guardrail.id, name: guardrail.name, limitUsd: guardrail.limitUsd, resetInterval: guardrail.resetInterval }
      : null,
    workspace: workspaceId === null ? null : { id: workspaceId, name: workspace },
  };
}
