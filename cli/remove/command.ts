/** `pulumi-openrouter remove`: deletes one key or guardrail, by its full hash or id, after showing what it is. */

import type { Command } from "commander";
import { deleteGuardrail, readGuardrail } from "../../provider/api/guardrails";
import { deleteKey, readKey } from "../../provider/api/keys";
import { NotFoundError } from "../../provider/errors";
import { isKeyHash } from "../../provider/ids";
import { type Account, openAccount } from "../shared/account";
import { pluralize } from "../shared/counts";
import { CREDENTIALS_HELP } from "../shared/environment";
import { findGuardrailOf, readAssigned } from "../shared/inventory";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import type { ObjectKind } from "../shared/state";
import { factLines } from "../shared/table";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";

interface Removable {
  kind: ObjectKind;
  /** Its name, as it may be printed. */
  name: string;
  /** Label and value of each line that a person sees before the question. */
  facts: [string, string][];
  remove(): Promise<void>;
}

type Look = (account: Account, id: string) => Promise<Removable>;

export function removeCommand(terminal: Terminal): Command {
  const command = newCommand("remove", terminal).description(
    "Deletes one key or guardrail of the account, after showing it. Meant for what `audit` found in no state.",
  );
  command
    .command("key")
    .argument("<hash>", "the full hash of the key, 64 hexadecimal digits")
    .description("delete a key; its clients lose access at once, and it can't be restored")
    .option("--yes", "skip the prompt; required without a terminal")
    .addHelpText("after", HELP)
    .action((hash: string, { yes }: { yes?: boolean }) => remove(terminal, checkedHash(hash), lookAtKey, yes ?? false));
  command
    .command("guardrail")
    .argument("<id>", "the full id of the guardrail, a UUID")
    .description("delete a guardrail; it stops applying to its keys and members at once")
    .option("--yes", "skip the prompt; required without a terminal")
    .addHelpText("after", HELP)
    .action((id: string, { yes }: { yes?: boolean }) => remove(terminal, checkedId(id), lookAtGuardrail, yes ?? false));
  return command;
}

const HELP = `${CREDENTIALS_HELP}

To delete a managed object, remove it from its program and run \`pulumi up\`.

Exit code: 0 if it was deleted, 1 if you answered no, 2 if it could not be
deleted.`;

async function remove(terminal: Terminal, id: string, look: Look, yes: boolean): Promise<void> {
  if (!yes && !terminal.interactive) {
    throw new UsageError("nothing was removed: there is no terminal for the prompt; add --yes to skip it");
  }
  const object = await look(openAccount(terminal), id);
  const { kind, name, facts } = object;
  terminal.out(factLines(facts));
  if (!yes && !isYes(await terminal.ask(`Delete this ${kind}? It can't be undone. [y/N] `))) {
    terminal.err("Nothing was removed.");
    terminal.exitCode(EXIT.finding);
    return;
  }
  await object.remove();
  terminal.out(`Deleted ${kind} "${name}" (${id}).`);
}

function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim());
}

async function lookAtKey(account: Account, hash: string): Promise<Removable> {
  const object = `inference key ${hash}`;
  const key = await inThisAccount(object, readKey(account.start("read", object), hash));
  const guardrail = await findGuardrailOf(account, key);
  const name = printable(key.name);
  return {
    kind: "key",
    name,
    facts: [
      ["key", `"${name}"${key.disabled ? " (disabled)" : ""}`],
      ["hash", key.hash],
      ["created", printable(key.createdAt ?? "unknown")],
      ["used", usedOf(key)],
      ["limit", formatBudget(key.limit, key.limitReset)],
      ["guardrail", guardrail ? `"${printable(guardrail.name)}" (${guardrail.id})` : "none"],
    ],
    remove: () => inThisAccount(object, deleteKey(account.start("delete", object), hash)),
  };
}

function usedOf({ usage, byokUsage }: { usage: number | null; byokUsage: number | null }): string {
  if (usage === null) return "unknown";
  const own = byokUsage ? ` and ${formatUsd(byokUsage)} with your own provider keys` : "";
  return usage === 0 && !own ? "never" : `${formatUsd(usage)}${own}`;
}

async function lookAtGuardrail(account: Account, id: string): Promise<Removable> {
  const object = `guardrail ${id}`;
  const guardrail = await inThisAccount(object, readGuardrail(account.start("read", object), id));
  const keys = await readAssigned(account, id, "keys");
  // One that is older than workspaces can have no members.
  const members = guardrail.workspaceId === null ? [] : await readAssigned(account, id, "members");
  const name = printable(guardrail.name);
  return {
    kind: "guardrail",
    name,
    facts: [
      ["guardrail", `"${name}"`],
      ["id", guardrail.id],
      ["created", printable(guardrail.createdAt ?? "unknown")],
      [
        "limit",
        `${formatBudget(guardrail.limitUsd, guardrail.resetInterval)}${guardrail.limitUsd === null ? "" : " each"}`,
      ],
      ["assigned", `to ${pluralize(keys.length, "key")} and ${pluralize(members.length, "member")}`],
    ],
    remove: () => inThisAccount(object, deleteGuardrail(account.start("delete", object), id)),
  };
}

async function inThisAccount<Result>(object: string, request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new Error(`there is no ${object} in this account, or it is already deleted`);
  }
}

/** A beginning of a hash could be that of another key tomorrow. A key in place of its hash must not get into a URL. */
function checkedHash(text: string): string {
  if (isKeyHash(text)) return text;
  throw new UsageError(
    text.startsWith("sk-or-")
      ? "that is a key; pass its hash, which `pulumi-openrouter keys --json` shows"
      : "pass the full hash of the key, 64 hexadecimal digits; `pulumi-openrouter keys --json` shows it",
  );
}

function checkedId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new UsageError("pass the full id of the guardrail, a UUID; `pulumi-openrouter audit --json` shows it");
}
