/** `pulumi-openrouter audit`: the account held against the states of stacks. It reads, and changes nothing. */
import { Command, InvalidArgumentError } from "commander";
import { openAccount } from "./account";
import { auditJson, auditText } from "./auditReport";
import { CREDENTIALS_HELP } from "./environment";
import { readNamed } from "./files";
import { type Audit, countFindings, FINDINGS, type Finding, judge } from "./findings";
import { readInventory } from "./inventory";
import { exportStack } from "./pulumi";
import { type ObjectKind, parseStackExport, type StackState } from "./state";
import { processTerminal, reporting, type Terminal, UsageError, usageExits } from "./terminal";

interface AuditOptions {
  stack?: string[];
  cwd?: string;
  json?: boolean;
  failOn?: Finding[];
}

export function auditCommand(terminal: Terminal = processTerminal()): Command {
  return usageExits(new Command("audit"), terminal)
    .description(
      "Lists every key and guardrail of the account, in all workspaces, against the states of one or more stacks. " +
        "It changes nothing; it prints the commands that would remove what no state has.",
    )
    .argument("[states...]", "files made by `pulumi stack export`; - is standard input")
    .option("--stack <name>", "a stack to export with `pulumi`; may be repeated", append)
    .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
    .option("--json", "print everything as JSON, with full hashes, ids and names")
    .option("--fail-on <findings>", "exit with 1 if there are any of these, separated by commas", appendFindings)
    .addHelpText("after", HELP)
    .action((files: string[], options: AuditOptions) =>
      reporting(terminal, 2, async () => {
        await audit(terminal, files, options);
      }),
    );
}

const HELP = `
Findings:
${Object.entries(FINDINGS)
  .map(([name, meaning]) => `  ${name.padEnd(13)} ${meaning}`)
  .join("\n")}

Give the states of all stacks that use the account: what is in none of them is called unmanaged.
${CREDENTIALS_HELP}

Exit code: 0, 1 if --fail-on found something, 2 if the audit could not be made.

Examples:
  pulumi stack export | pulumi-openrouter audit -
  pulumi-openrouter audit --stack dev --stack prod --cwd infra --fail-on unmanaged,interrupted,no-limit`;

async function audit(terminal: Terminal, files: readonly string[], options: AuditOptions): Promise<void> {
  const states = await readStates(terminal, files, options);
  const account = openAccount(terminal.env, terminal.err);
  const inventory = await readInventory(account, {
    keys: idsOf("key", states),
    guardrails: idsOf("guardrail", states),
  });
  const found = judge(inventory, states);
  const subject = { baseUrl: account.baseUrl, workspaces: inventory.workspaces, states };
  const text = options.json
    ? JSON.stringify(auditJson(subject, found), null, 2)
    : auditText(subject, found, terminal.colors);
  // A name may hold a key that somebody pasted.
  terminal.out(account.redact(text));
  for (const line of doubts(states, found)) terminal.err(line);
  failOn(terminal, found, options.failOn ?? []);
}

async function readStates(
  terminal: Terminal,
  files: readonly string[],
  { stack: stacks = [], cwd }: AuditOptions,
): Promise<StackState[]> {
  if (files.length === 0 && stacks.length === 0) {
    throw new UsageError("give the file of a `pulumi stack export`, or --stack with the name of a stack");
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

/** Only what has the form of an id is asked for: whatever else a file holds stays out of URLs. */
function idsOf(kind: ObjectKind, states: readonly StackState[]): string[] {
  const objects = states.flatMap((state) => state.objects.filter((object) => object.kind === kind));
  return [...new Set(objects.map(({ id }) => id).filter((id) => /^[0-9a-f-]{16,64}$/.test(id)))];
}

/** What makes the audit say less than it seems to. */
function doubts(states: readonly StackState[], { missing }: Audit): string[] {
  const nameless = states.filter(({ stack }) => stack === undefined);
  const lines = nameless.map(
    ({ source }) => `${source} has no resources, so what its stack left behind can't be told from the rest.`,
  );
  if (missing.some(({ otherAccount }) => otherAccount)) {
    lines.push("Some objects of these states belong to another account than this management key: compare with theirs.");
  }
  return lines;
}

function failOn(terminal: Terminal, found: Audit, findings: readonly Finding[]): void {
  const counts = [...countFindings(found, [...new Set(findings)])];
  if (counts.length === 0) return;
  terminal.err(`The audit found ${counts.map(([finding, count]) => `${count} ${finding}`).join(", ")}.`);
  terminal.exitCode(1);
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
