/** `pulumi-openrouter audit`: compares the account with the states of stacks. It reads, and changes nothing. */
import { type Command, InvalidArgumentError } from "commander";
import { readCurrentKey } from "../../provider/api/currentKey";
import { RequestError } from "../../provider/errors";
import { type Account, openAccount } from "../shared/account";
import { withManagedMembers } from "../shared/assignmentDrift";
import { CREDENTIALS_HELP } from "../shared/environment";
import { readNamed } from "../shared/files";
import { type Audit, countFindings, evaluate, FINDINGS, type Finding } from "../shared/findings";
import { readInventory, readMembers, reportUnreadable } from "../shared/inventory";
import { exportStack } from "../shared/pulumi";
import { type ObjectKind, parseStackExport, type StackState } from "../shared/state";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";
import { auditJson, auditText } from "./report";

interface AuditOptions {
  stack?: string[];
  cwd?: string;
  json?: boolean;
  failOn?: Finding[];
}

export function auditCommand(terminal: Terminal): Command {
  return newCommand("audit", terminal)
    .description(
      "Compares every key and guardrail of the account, in all workspaces, with the states of one or more stacks. " +
        "It changes nothing; it prints the commands that would remove what no state has.",
    )
    .argument("[states...]", "files made by `pulumi stack export`; - is standard input")
    .option("--stack <name>", "a stack to export with `pulumi`; may be repeated", append)
    .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
    .option("--json", "print everything as JSON, with full hashes, ids and names")
    .option("--fail-on <findings>", "exit with 1 if there are any of these, separated by commas", appendFindings)
    .addHelpText("after", HELP)
    .action((files: string[], options: AuditOptions) => audit(terminal, files, options));
}

const HELP = `
Findings:
${Object.entries(FINDINGS)
  .map(([name, meaning]) => `  ${name.padEnd(17)} ${meaning}`)
  .join("\n")}

Give the states of all stacks that use the account: what is in none of them
counts as unmanaged. An unmanaged key is not a leftover: another stack, program
or person may use it.
A guardrail that was edited as a Guardrail Policy in the dashboard may read back
as written and no longer be what is enforced; no API shows that yet.
What a scoped management key may not read is named, and never counts as missing.
${CREDENTIALS_HELP}

Exit code: 0, 1 if --fail-on found something, 2 if the audit could not be
completed.

Examples:
  pulumi stack export | pulumi-openrouter audit -
  pulumi-openrouter audit --stack dev --stack prod --fail-on unmanaged,no-limit`;

async function audit(terminal: Terminal, files: readonly string[], options: AuditOptions): Promise<void> {
  const states = await readStates(terminal, files, options);
  const account = openAccount(terminal);
  const present = await readInventory(account, {
    keys: idsOf("key", states),
    guardrails: idsOf("guardrail", states),
  });
  const members = await readMembers(account, withManagedMembers(present.guardrails, states));
  const inventory = { ...present, unreadable: [...present.unreadable, ...members.unreadable] };
  const found = evaluate(inventory, members.of, states);
  const { workspaces, oldestWorkspace } = inventory;
  const organization = await readOrganization(account);
  const subject = { baseUrl: account.baseUrl, account: organization ?? oldestWorkspace, workspaces, states };
  if (options.json) terminal.json("audit", auditJson(subject, found));
  else terminal.out(auditText(subject, found, terminal));
  if (reportUnreadable(terminal, inventory)) terminal.exitCode(EXIT.failure);
  for (const line of warningsOf(states, found)) terminal.err(line);
  failOn(terminal, found, options.failOn ?? []);
}

/** Undefined for a personal account, and where the server does not say. */
async function readOrganization(account: Account): Promise<string | undefined> {
  try {
    return (await readCurrentKey(account.start("read", "the management key"))).organizationId ?? undefined;
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

async function readStates(
  terminal: Terminal,
  files: readonly string[],
  { stack: stacks = [], cwd }: AuditOptions,
): Promise<StackState[]> {
  if (files.length === 0 && stacks.length === 0) {
    throw new UsageError("pass the file of a `pulumi stack export`, or --stack with the name of a stack");
  }
  const states: StackState[] = [];
  for (const file of files) {
    const { text, source } = await readNamed(terminal, file);
    states.push(parseStackExport(text, source));
  }
  for (const stack of stacks) {
    const text = await exportStack({ stack, ...(cwd !== undefined && { cwd }) }, terminal.env);
    states.push(parseStackExport(text, `the export of stack ${stack}`));
  }
  return states;
}

const ID = {
  key: /^[0-9a-f]{64}$/,
  guardrail: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Only ids are asked for: whatever else a file holds stays out of URLs. */
function idsOf(kind: ObjectKind, states: readonly StackState[]): string[] {
  const objects = states.flatMap((state) => state.objects.filter((object) => object.kind === kind));
  return [...new Set(objects.map(({ id }) => id).filter((id) => ID[kind].test(id)))];
}

/** What limits what this audit shows. */
function warningsOf(states: readonly StackState[], { missing }: Audit): string[] {
  const nameless = states.filter(({ stack }) => stack === undefined);
  const lines = nameless.map(({ source }) => `${source} has no resources, so its stack is not known.`);
  if (missing.some(({ why }) => why === "in another account")) {
    lines.push(
      "Some objects of these states belong to a different account from this management key: audit them with its key.",
    );
  }
  return lines;
}

function failOn(terminal: Terminal, found: Audit, findings: readonly Finding[]): void {
  const counts = [...countFindings(found, [...new Set(findings)])];
  if (counts.length === 0) return;
  terminal.err(`The audit found ${counts.map(([finding, count]) => `${count} ${finding}`).join(", ")}.`);
  terminal.exitCode(EXIT.finding);
}

function append(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function appendFindings(text: string, before: Finding[] = []): Finding[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(FINDINGS, name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Findings are ${Object.keys(FINDINGS).join(", ")}.`);
  return [...before, ...(names as Finding[])];
}
