/** `pulumi-openrouter keys`: what each key may spend, has spent and has left. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { pluralize } from "../shared/counts";
import { csvOption, listCsv } from "../shared/csv";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { KEY_CHOICE } from "../shared/keyChoice";
import { type Conditions, findingText } from "../shared/keyConditions";
import { days, number } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { addEmergencyCommands } from "./emergency";
import { readKeys, readOneKey } from "./read";
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
    .addOption(csvOption())
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
  addEmergencyCommands(command, terminal);
  return showOptionsOf(list, command);
}

interface ListOptions extends Conditions {
  csv?: boolean;
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

async function listKeys(terminal: Terminal, { csv, json, ...conditions }: ListOptions): Promise<void> {
  const now = new Date();
  const found = await readKeys(openAccount(terminal), conditions, now);
  const count = found.keys.length;
  if (json) terminal.json("keys", found.data);
  else if (csv) terminal.out(listCsv(CSV_COLUMNS, found.data.keys));
  else if (found.total === 0) terminal.out("No keys.");
  else if (count === 0) terminal.out(`No key ${findingText(conditions, 1)}.`);
  else terminal.out(keyTable(found.keys, found.severalWorkspaces, terminal, now));
  reportUnreadable(terminal, found);
  if (findingText(conditions, count) === "" || count === 0) return;
  terminal.err(`${pluralize(count, "key")} ${findingText(conditions, count)}.`);
  terminal.exitCode(EXIT.finding);
}

const CSV_COLUMNS = [
  ...["name", "hash", "disabled", "limit", "limitReset", "includeByokInLimit", "used", "left", "percent"],
  ...["spent.today", "spent.week", "spent.month", "spent.ever"],
  ...["spentByok.today", "spentByok.week", "spentByok.month", "spentByok.ever"],
  ...["createdAt", "lastUsedAt", "expiresAt", "guardrail.id", "guardrail.name", "workspace.id", "workspace.name"],
];

async function showKey(terminal: Terminal, wanted: string, json = false): Promise<void> {
  const found = await readOneKey(openAccount(terminal), wanted);
  if (json) terminal.json("keys show", found.data);
  else terminal.out(keyFacts(found.key, new Date()));
  reportUnreadable(terminal, found);
}
