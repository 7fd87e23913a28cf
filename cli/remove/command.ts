/** `pulumi-openrouter remove`: deletes one key or guardrail, after showing it. */
import type { Command } from "commander";
import { deleteGuardrail, readGuardrail } from "../../provider/api/guardrails";
import { deleteKey, readKey } from "../../provider/api/keys";
import { NotFoundError } from "../../provider/errors";
import { isKeyHash, isUuid } from "../../provider/ids";
import { type Account, openAccount } from "../shared/account";
import { pluralize } from "../shared/counts";
import { CREDENTIALS_HELP } from "../shared/environment";
import { findGuardrailOf, readAllKeys, readAssigned } from "../shared/inventory";
import { chooseKey, KEY_CHOICE, rejectApiKey } from "../shared/keyChoice";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { factLines } from "../shared/table";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";

interface Removable {
  /** Full hash or id. */
  id: string;
  /** Kind and name, for example `key "ci"`. */
  title: string;
  /** Labels and values that the user sees before the prompt. */
  facts: [string, string][];
  delete(): Promise<void>;
}

/** Reads the object to delete. @throws UsageError if this names none or several */
type Find = (account: Account, wanted: string) => Promise<Removable>;

export function removeCommand(terminal: Terminal): Command {
  const command = newCommand("remove", terminal)
    .summary("delete one key or guardrail")
    .description("Deletes one key or guardrail, after showing it. Use it for objects that `audit` finds in no state.");
  const addKind = (find: Find, name: string, [argument, meaning]: readonly [string, string], effect: string) =>
    command
      .command(name)
      .argument(argument, meaning)
      .description(`delete a ${name}; ${effect}`)
      .option("--yes", "skip the prompt; required without a terminal")
      .addHelpText("after", HELP)
      .action((wanted: string, { yes = false }: { yes?: boolean }) => remove(terminal, find, wanted, yes));
  addKind(findKey, "key", ["<key>", KEY_CHOICE], "its clients lose access at once, and it can't be restored");
  addKind(
    findGuardrail,
    "guardrail",
    ["<id>", "full id of the guardrail, a UUID"],
    "it stops applying to its keys and members at once",
  );
  return command;
}

const HELP = `
To delete an object that a stack manages, remove it from the program and run
\`pulumi up\`.
${CREDENTIALS_HELP}

Exit code: 0 if it was deleted, 1 if you answered no, 2 if it could not be
deleted.`;

async function remove(terminal: Terminal, find: Find, wanted: string, yes: boolean): Promise<void> {
  if (!yes && !terminal.interactive) {
    throw new UsageError("nothing was removed: there is no terminal for the prompt. Add --yes to skip it");
  }
  const object = await find(openAccount(terminal), wanted);
  terminal.out(factLines(object.facts));
  if (!yes && !/^y(es)?$/i.test((await terminal.ask("Delete it? This can't be undone. [y/N] ")).trim())) {
    terminal.err("Nothing was removed.");
    terminal.exitCode(EXIT.finding);
    return;
  }
  await object.delete();
  terminal.out(`Deleted ${object.title} (${object.id}).`);
}

const findKey: Find = async (account, wanted) => {
  const hash = isKeyHash(wanted) ? wanted : await hashOfKey(account, wanted);
  const object = `inference key ${hash}`;
  const key = await inThisAccount(object, readKey(account.start("read", object), hash));
  const guardrail = await findGuardrailOf(account, key);
  const name = `"${printable(key.name)}"`;
  return {
    id: hash,
    title: `key ${name}`,
    facts: [
      ["key", `${name}${key.disabled ? " (disabled)" : ""}`],
      ["hash", key.hash],
      ["created", printable(key.createdAt ?? "unknown")],
      ["used", usedText(key)],
      ["limit", formatBudget(key.limit, key.limitReset)],
      ["guardrail", guardrail ? `"${printable(guardrail.name)}" (${guardrail.id})` : "none"],
    ],
    delete: () => inThisAccount(object, deleteKey(account.start("delete", object), hash)),
  };
};

/** @throws UsageError unless the name or hash prefix can mean only one key */
async function hashOfKey(account: Account, wanted: string): Promise<string> {
  rejectApiKey(wanted);
  const { keys, unreadable } = await readAllKeys(account);
  const [refusal] = unreadable;
  // A key that can't be listed may have the same name or prefix.
  if (refusal !== undefined) throw new UsageError(`pass the full hash, because not all keys can be listed: ${refusal}`);
  return chooseKey(keys, wanted).hash;
}

function usedText({ usage, byokUsage }: { usage: number | null; byokUsage: number | null }): string {
  if (usage === null) return "unknown";
  if (usage === 0 && !byokUsage) return "never";
  return `${formatUsd(usage)}${byokUsage ? ` and ${formatUsd(byokUsage)} with your own provider keys` : ""}`;
}

const findGuardrail: Find = async (account, id) => {
  if (!isUuid(id)) throw new UsageError("pass the full id, a UUID; `pulumi-openrouter audit --json` shows it");
  const object = `guardrail ${id}`;
  const guardrail = await inThisAccount(object, readGuardrail(account.start("read", object), id));
  const keys = await readAssigned(account, id, "keys");
  // Guardrails that are older than workspaces can't have members.
  const members = guardrail.workspaceId === null ? [] : await readAssigned(account, id, "members");
  const name = `"${printable(guardrail.name)}"`;
  const { limitUsd, resetInterval } = guardrail;
  return {
    id,
    title: `guardrail ${name}`,
    facts: [
      ["guardrail", name],
      ["id", guardrail.id],
      ["created", printable(guardrail.createdAt ?? "unknown")],
      ["limit", `${formatBudget(limitUsd, resetInterval)}${limitUsd === null ? "" : " each"}`],
      ["assigned", `to ${pluralize(keys.length, "key")} and ${pluralize(members.length, "member")}`],
    ],
    delete: () => inThisAccount(object, deleteGuardrail(account.start("delete", object), id)),
  };
};

async function inThisAccount<Result>(object: string, request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new Error(`there is no ${object} in this account, or it is already deleted`);
  }
}
