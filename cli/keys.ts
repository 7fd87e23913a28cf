/** `pulumi-openrouter keys`: what each key may spend, what it has spent and what is left, nearest the limit first. */
import { Command } from "commander";
import { type Account, openAccount } from "./account";
import { CREDENTIALS_HELP } from "./environment";
import { type Inventory, readInventory } from "./inventory";
import { isOver, type ListedKey, listed, nearestLimitFirst } from "./keyBudget";
import { chooseKey, KEY_CHOICE } from "./keyChoice";
import { keyFacts, keyTable } from "./keyReport";
import { number } from "./parameters";
import { processTerminal, reporting, type Terminal, usageExits } from "./terminal";

export function keysCommand(terminal: Terminal = processTerminal()): Command {
  const command = usageExits(new Command("keys"), terminal)
    .description("Shows the keys of the account, in all workspaces and disabled ones too.")
    .addHelpText("after", CREDENTIALS_HELP);
  command
    .command("list", { isDefault: true })
    .description(
      "list every key with its budget, what is used of it and what is left, nearest its limit first (default)",
    )
    .option("--over <percent>", "only keys that have used so much of their limit or more; exit with 1 if any", number)
    .option("--json", "print everything as JSON, with full hashes, ids and names")
    .addHelpText("after", LIST_HELP)
    .action((options: ListOptions) => reporting(terminal, 2, () => list(terminal, options)));
  command
    .command("show")
    .argument("<key>", KEY_CHOICE)
    .description("show one key")
    .option("--json", "print it as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((wanted: string, options: { json?: boolean }) =>
      reporting(terminal, 2, () => show(terminal, wanted, options.json ?? false)),
    );
  return command;
}

interface ListOptions {
  over?: number;
  json?: boolean;
}

const LIST_HELP = `
Amounts are USD of credits, and of BYOK (what providers charge to keys of your own) where the limit counts it. They
count since the last reset of the limit (midnight UTC; weeks begin on Monday), or ever where there is no reset or no
limit. The budget of a key's guardrail is not in them. A key that is off or expired is never over.
${CREDENTIALS_HELP}

Exit code: 0, 1 if --over found a key, 2 if the keys could not be read.

Example, for cron:
  pulumi-openrouter keys --over 80 >/dev/null`;

const SHOW_HELP = `
A beginning of a hash that several keys have, or a name that several have, shows none: they are listed on standard
error.
${CREDENTIALS_HELP}

Exit code: 0, 2 if there is no such key, several, or it could not be read.`;

async function list(terminal: Terminal, { over, json }: ListOptions): Promise<void> {
  const account = openAccount(terminal.env, terminal.err);
  const inventory = await readInventory(account, { keys: [], guardrails: [] });
  const all = inventory.keys.map((key) => listed(key, inventory)).sort(nearestLimitFirst);
  const now = new Date();
  const shown = over === undefined ? all : all.filter((each) => isOver(each, over, now));
  print(
    terminal,
    account,
    json ? JSON.stringify(shown.map(keyJson), null, 2) : listText(shown, inventory, terminal, over),
  );
  if (over === undefined || shown.length === 0) return;
  const keys = shown.length === 1 ? "1 key has" : `${shown.length} keys have`;
  terminal.err(`${keys} used ${over} % or more of the limit.`);
  terminal.exitCode(1);
}

async function show(terminal: Terminal, wanted: string, json: boolean): Promise<void> {
  const account = openAccount(terminal.env, terminal.err);
  // A key of a deleted workspace is in no list, but can be asked for by its hash.
  const known = /^[0-9a-f]{64}$/.test(wanted) ? [wanted] : [];
  const inventory = await readInventory(account, { keys: known, guardrails: [] });
  const key = listed(chooseKey(inventory.keys, wanted), inventory);
  print(terminal, account, json ? JSON.stringify(keyJson(key), null, 2) : keyFacts(key, new Date()));
}

function listText(shown: readonly ListedKey[], { keys, workspaces }: Inventory, terminal: Terminal, over = 0): string {
  if (keys.length === 0) return "No keys.";
  if (shown.length === 0) return `No key has used ${over} % or more of its limit.`;
  return keyTable(shown, { workspaces: workspaces.length > 1, colors: terminal.colors, now: new Date() });
}

/** A name may hold a key that somebody pasted. */
function print(terminal: Terminal, account: Account, text: string): void {
  terminal.out(account.redact(text));
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
