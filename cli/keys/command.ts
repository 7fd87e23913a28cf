/** `pulumi-openrouter keys`: what each key may spend, what it has spent and what is left, nearest the limit first. */

import type { Command } from "commander";
import { isKeyHash } from "../../provider/ids";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { type Inventory, readInventory, reportUnreadable } from "../shared/inventory";
import { chooseKey, KEY_CHOICE } from "../shared/keyChoice";
import { number } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { isOver, type ListedKey, listed, nearestLimitFirst } from "./budget";
import { keyFacts, keyTable } from "./report";

export function keysCommand(terminal: Terminal): Command {
  const command = newCommand("keys", terminal)
    .description("Shows the keys of the account, in all workspaces and disabled ones too.")
    .addHelpText("after", LIST_HELP);
  const list = command
    .command("list", { isDefault: true })
    .description(
      "list every key with its budget, what is used of it and what is left, nearest its limit first (default)",
    )
    .option("--over <percent>", "only keys at or above this percentage of their limit; exit with 1 if any", number)
    .option("--json", "print everything as JSON, with full hashes, ids and names")
    .addHelpText("after", LIST_HELP)
    .action((options: ListOptions) => listKeys(terminal, options));
  command
    .command("show")
    .argument("<key>", KEY_CHOICE)
    .description("show one key")
    .option("--json", "print it as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((wanted: string, options: { json?: boolean }) => show(terminal, wanted, options.json ?? false));
  return showOptionsOf(list, command);
}

interface ListOptions {
  over?: number;
  json?: boolean;
}

const LIST_HELP = `
Amounts are USD: credits, and BYOK (what providers charge to your own keys)
where the limit counts it. They count since the last reset of the limit
(midnight UTC; weeks begin on Monday), or ever where there is no reset or no
limit. The budget of a key's guardrail is not included. A key that is disabled,
expired or has a limit of 0 is never over.
${CREDENTIALS_HELP}

Exit code: 0, 1 if --over found a key, 2 if the keys could not be read.

Example, for cron:
  pulumi-openrouter keys --over 80 >/dev/null`;

const SHOW_HELP = `
A name or hash prefix that several keys have shows none of them; they are listed
on standard error.
${CREDENTIALS_HELP}

Exit code: 0, 2 if there is no such key, several, or it could not be read.`;

async function listKeys(terminal: Terminal, { over, json }: ListOptions): Promise<void> {
  const account = openAccount(terminal);
  const inventory = await readInventory(account);
  const all = inventory.keys.map((key) => listed(key, inventory)).sort(nearestLimitFirst);
  const now = new Date();
  const shown = over === undefined ? all : all.filter((each) => isOver(each, over, now));
  if (json) terminal.json("keys", { keys: shown.map(keyJson) });
  else terminal.out(listText(shown, inventory, terminal, over));
  reportUnreadable(terminal, inventory);
  if (over === undefined || shown.length === 0) return;
  const keys = shown.length === 1 ? "1 key has" : `${shown.length} keys have`;
  terminal.err(`${keys} used ${over} % or more of the limit.`);
  terminal.exitCode(EXIT.finding);
}

async function show(terminal: Terminal, wanted: string, json: boolean): Promise<void> {
  const account = openAccount(terminal);
  // No list has a key of a deleted workspace, but its hash finds it.
  const known = isKeyHash(wanted) ? [wanted] : [];
  const inventory = await readInventory(account, { keys: known });
  const key = listed(chooseKey(inventory.keys, wanted), inventory);
  if (json) terminal.json("keys show", keyJson(key));
  else terminal.out(keyFacts(key, new Date()));
}

function listText(shown: readonly ListedKey[], { keys, workspaces }: Inventory, terminal: Terminal, over = 0): string {
  if (keys.length === 0) return "No keys.";
  if (shown.length === 0) return `No key has used ${over} % or more of its limit.`;
  const { colors, width } = terminal;
  return keyTable(shown, { workspaces: workspaces.length > 1, colors, width, now: new Date() });
}

/** Names of fields are kept; new ones may be added. */
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
    ...{ createdAt, expiresAt },
    guardrail: guardrail
      ? { id: guardrail.id, name: guardrail.name, limitUsd: guardrail.limitUsd, resetInterval: guardrail.resetInterval }
      : null,
    workspace: workspaceId === null ? null : { id: workspaceId, name: workspace },
  };
}
