/** `keys disable`, `enable` and `limit`: changes outside Pulumi, for when a program and an `up` take too long. */
import { type Command, Option } from "commander";
import { type Key, type KeyChange, updateKey } from "../../provider/api/keys";
import { changedFields, notApplied } from "../../provider/reconcile/converge";
import { type Account, openAccount } from "../shared/account";
import { type Confirmation, isConfirmed, requirePrompt } from "../shared/confirm";
import { CREDENTIALS_HELP } from "../shared/environment";
import { KEY_CHOICE, rejectApiKey } from "../shared/keyChoice";
import { formatBudget, formatUsd } from "../shared/money";
import { inThisAccount, keyObject, readChosenKey, usedText } from "../shared/oneObject";
import { printable } from "../shared/output";
import { number } from "../shared/parameters";
import { spentInInterval } from "../shared/spending";
import { readStateOf, type StateChoice } from "../shared/stateChoice";
import { factLines } from "../shared/table";
import type { Terminal } from "../shared/terminal";
import { consequences, type ProgramChange } from "./consequences";
import { ownerOf } from "./owner";

/** A change of one key, in the words of the command. */
interface Emergency {
  fields: Pick<KeyChange, "disabled" | "limit" | "limitReset">;
  /** `Disable it? …` */
  question: string;
  /** `Disabled key "ci" (…)` begins with it. */
  done: string;
  program: ProgramChange;
}

interface EmergencyOptions extends StateChoice {
  yes?: boolean;
}

const DISABLE: Emergency = {
  fields: { disabled: true },
  question: "Disable it? Its requests fail at once.",
  done: "Disabled",
  program: { result: "the key disabled", lines: ["disabled: true,"] },
};
const ENABLE: Emergency = {
  fields: { disabled: false },
  question: "Enable it? It may spend at once.",
  done: "Enabled",
  program: { result: "the key enabled", lines: [], remove: "disabled: true" },
};

type Reset = "daily" | "weekly" | "monthly" | "none";
const RESETS: readonly Reset[] = ["daily", "weekly", "monthly", "none"];

function limitTo(usd: number, reset: Reset | undefined): Emergency {
  const limitReset = reset === "none" ? null : reset;
  return {
    fields: { limit: usd, ...(limitReset !== undefined && { limitReset }) },
    question: "Change its limit?",
    done: "Changed the limit of",
    program: {
      result: "the new limit",
      lines: [`limit: ${usd},`, ...(limitReset ? [`limitReset: "${limitReset}",`] : [])],
      remove: limitReset === null ? "limitReset" : undefined,
    },
  };
}

export function addEmergencyCommands(keys: Command, terminal: Terminal): void {
  const add = (name: string, description: string) =>
    keys
      .command(name)
      .argument("<key>", KEY_CHOICE)
      .description(description)
      .option("--yes", "skip the prompt; required without a terminal")
      .addOption(
        new Option("--stack <name>", "stack that may manage the key, to export with `pulumi`").conflicts("state"),
      )
      .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
      .option("--state <file>", "its `pulumi stack export`; - is standard input")
      .addHelpText("after", HELP);
  add("disable", "disable one key at once, outside Pulumi").action((wanted: string, options: EmergencyOptions) =>
    changeKey(terminal, wanted, DISABLE, options),
  );
  add("enable", "enable one key at once, outside Pulumi").action((wanted: string, options: EmergencyOptions) =>
    changeKey(terminal, wanted, ENABLE, options),
  );
  add("limit", "change the limit of one key at once, outside Pulumi")
    .argument("<usd>", "the new limit; 0 blocks the key", number)
    .addOption(new Option("--reset <interval>", "when the limit resets (default: unchanged)").choices(RESETS))
    .action((wanted: string, usd: number, { reset, ...options }: EmergencyOptions & { reset?: Reset }) =>
      changeKey(terminal, wanted, limitTo(usd, reset), options),
    );
}

const HELP = `
For emergencies, when a change of the program and \`pulumi up\` would take too
long. It shows the key, asks, and changes it at once. Then it prints how
\`pulumi up\` treats the change, and the change of the program that makes it
permanent. With --stack or --state it names the resource that manages the key.
Rename a key in its program.
${CREDENTIALS_HELP}

Exit code: 0 if the key is as requested, 1 if you answered no, 2 if it could
not be changed.`;

async function changeKey(terminal: Terminal, wanted: string, emergency: Emergency, options: EmergencyOptions) {
  const { yes = false } = options;
  const confirmation: Confirmation = { question: emergency.question, otherwise: "nothing was changed" };
  requirePrompt(terminal, confirmation, yes);
  rejectApiKey(wanted);
  const state = await readStateOf(terminal, options);
  const account = openAccount(terminal);
  const key = await readChosenKey(account, wanted);
  const title = `key "${printable(key.name)}" (${key.hash})`;
  const next = { ...key, ...emergency.fields };
  terminal.out(factLines(facts(key, next)));
  if (Object.keys(changedFields(emergency.fields, key)).length === 0) {
    terminal.out("The key is like this already; nothing was changed.");
  } else {
    for (const line of warnings(next)) terminal.out(line);
    if (!(await isConfirmed(terminal, confirmation, yes))) return;
    await writeKey(account, key.hash, emergency.fields);
    terminal.out(`${emergency.done} ${title}.`);
  }
  terminal.out(`\n${consequences(emergency.program, state && ownerOf(key.hash, state))}`);
}

/** @throws NotAppliedError if the response shows other settings */
async function writeKey(account: Account, hash: string, fields: Emergency["fields"]): Promise<void> {
  const object = keyObject(hash);
  const api = account.start("update", object);
  const differing = Object.keys(changedFields(fields, await inThisAccount(object, updateKey(api, hash, fields))));
  if (differing.length > 0) throw notApplied(api.operation, differing);
}

/** With an arrow where a setting changes. */
function facts(key: Key, next: Key): [string, string][] {
  const change = (text: (of: Key) => string) => (text(key) === text(next) ? text(key) : `${text(key)} → ${text(next)}`);
  return [
    ["key", `"${printable(key.name)}"`],
    ["hash", key.hash],
    ["created", printable(key.createdAt ?? "unknown")],
    ["last used", printable(key.lastUsedAt ?? "never")],
    ["used", usedText(key)],
    ["limit", change(({ limit, limitReset }) => formatBudget(limit, limitReset))],
    ["state", change(({ disabled }) => (disabled ? "disabled" : "enabled"))],
  ];
}

/** A limit that blocks the key at once. */
function warnings(next: Key): string[] {
  const spent = spentInInterval(next, next.limitReset);
  if (next.limit === 0) return ["A limit of $0 blocks all its requests."];
  if (next.disabled || next.limit === null || spent === null || spent < next.limit) return [];
  const until = next.limitReset === null ? "" : " until the limit resets";
  return [`${formatUsd(spent)} of this limit is spent already, so its requests fail${until}.`];
}
