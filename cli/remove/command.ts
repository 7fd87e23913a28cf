/** `pulumi-openrouter remove`: deletes one key or guardrail, after showing it. */
import type { Command } from "commander";
import { deleteGuardrail } from "../../provider/api/guardrails";
import { deleteKey } from "../../provider/api/keys";
import { isUuid } from "../../provider/ids";
import { type Account, openAccount } from "../shared/account";
import { isConfirmed, requirePrompt } from "../shared/confirm";
import { pluralize } from "../shared/counts";
import { CREDENTIALS_HELP } from "../shared/environment";
import { chooseGuardrail, GUARDRAIL_CHOICE, rejectKeyHash } from "../shared/guardrailChoice";
import { findGuardrailOf, readAllGuardrails } from "../shared/inventory";
import { KEY_CHOICE, rejectApiKey } from "../shared/keyChoice";
import { formatBudget } from "../shared/money";
import {
  guardrailObject,
  inThisAccount,
  keyObject,
  readAssignees,
  readChosenKey,
  readExistingGuardrail,
  usedText,
} from "../shared/oneObject";
import { printable } from "../shared/output";
import { factLines } from "../shared/table";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";

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
  const guardrail = ["<guardrail>", GUARDRAIL_CHOICE] as const;
  addKind(findGuardrail, "guardrail", guardrail, "it stops applying to its keys and members at once");
  return command;
}

const HELP = `
To delete an object that a stack manages, remove it from the program and run
\`pulumi up\`.
${CREDENTIALS_HELP}

Exit code: 0 if it was deleted, 1 if you answered no, 2 if it could not be
deleted.`;

const CONFIRMATION = { question: "Delete it? This can't be undone.", otherwise: "nothing was removed" };

async function remove(terminal: Terminal, find: Find, wanted: string, yes: boolean): Promise<void> {
  requirePrompt(terminal, CONFIRMATION, yes);
  const object = await find(openAccount(terminal), wanted);
  terminal.out(factLines(object.facts));
  if (!(await isConfirmed(terminal, CONFIRMATION, yes))) return;
  await object.delete();
  terminal.out(`Deleted ${object.title} (${object.id}).`);
}

const findKey: Find = async (account, wanted) => {
  const key = await readChosenKey(account, wanted);
  const { hash } = key;
  const object = keyObject(hash);
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

const findGuardrail: Find = async (account, wanted) => {
  const id = isUuid(wanted) ? wanted : await idOfGuardrail(account, wanted);
  const object = guardrailObject(id);
  const guardrail = await readExistingGuardrail(account, id);
  const { keys, members } = await readAssignees(account, guardrail);
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

/** @throws UsageError unless the name or id prefix can mean only one guardrail */
async function idOfGuardrail(account: Account, wanted: string): Promise<string> {
  rejectKeyHash(wanted);
  rejectApiKey(wanted);
  const { guardrails, unreadable } = await readAllGuardrails(account);
  const [refusal] = unreadable;
  // A guardrail that can't be listed may have the same name or prefix.
  if (refusal !== undefined) {
    throw new UsageError(`pass the full id, because not all guardrails can be listed: ${refusal}`);
  }
  return chooseGuardrail(guardrails, wanted).id;
}
