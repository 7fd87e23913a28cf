/** `pulumi-openrouter audit`: compares the account with the states of stacks. It only reads. */
import { type Command, InvalidArgumentError } from "commander";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { appendWords } from "../shared/parameters";
import type { StackState } from "../shared/state";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { type Audit, countFindings, FINDINGS, type Finding } from "./findings";
import { readAuditReport, readStates } from "./read";
import { auditText, POLICIES } from "./report";

interface AuditOptions {
  stack?: string[];
  cwd?: string;
  json?: boolean;
  failOn?: Finding[];
}

export function auditCommand(terminal: Terminal): Command {
  return newCommand("audit", terminal)
    .summary("compare the account with the states of stacks")
    .description("Compares every key, guardrail and assignment of the account with the states of stacks.")
    .argument("[states...]", "files made by `pulumi stack export`; - is standard input")
    .option("--stack <name>", "a stack to export with `pulumi`; may be repeated", (name, all: string[] = []) => [
      ...all,
      name,
    ])
    .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
    .option("--json", "print everything as JSON, with full hashes and ids")
    .option("--fail-on <findings>", "exit with 1 if any of these occurs; comma-separated", findings)
    .addHelpText("after", HELP)
    .action((files: string[], options: AuditOptions) => audit(terminal, files, options));
}

const HELP = `
Findings:
${Object.entries(FINDINGS)
  .map(([name, meaning]) => `  ${name.padEnd(17)} ${meaning}`)
  .join("\n")}

Pass the states of all stacks that use the account: an object in none of them
counts as unmanaged. Another stack, program or person may still use it.

The command changes nothing. For each unmanaged object it prints the command
that removes it. Objects that the management key is not allowed to read are
named, and never count as missing.

${POLICIES}
${CREDENTIALS_HELP}

Exit code: 0, 1 if --fail-on found something, 2 if the audit is incomplete.

Examples:
  pulumi stack export | pulumi-openrouter audit -
  pulumi-openrouter audit --stack dev --stack prod --fail-on unmanaged,no-limit`;

async function audit(terminal: Terminal, files: readonly string[], options: AuditOptions): Promise<void> {
  const states = await readStates(terminal, files, options);
  const { data, subject, found, inventory } = await readAuditReport(openAccount(terminal), states);
  if (options.json) terminal.json("audit", data);
  else terminal.out(auditText(subject, found, terminal));
  reportUnreadable(terminal, inventory);
  for (const line of warningsOf(states, found)) terminal.err(line);
  failOn(terminal, found, options.failOn ?? []);
}

function warningsOf(states: readonly StackState[], { missing }: Audit): string[] {
  const nameless = states.filter(({ stack }) => stack === undefined);
  const isElsewhere = missing.some(({ why }) => why === "in another account");
  return [
    ...nameless.map(({ source }) => `${source} has no resources, so its stack is not known.`),
    ...(isElsewhere
      ? ["Some objects belong to a different account; audit them with a management key of that account."]
      : []),
  ];
}

function failOn(terminal: Terminal, found: Audit, findings: readonly Finding[]): void {
  const counts = [...countFindings(found, [...new Set(findings)])];
  if (counts.length === 0) return;
  terminal.err(`The audit found ${counts.map(([finding, count]) => `${count} ${finding}`).join(", ")}.`);
  terminal.exitCode(EXIT.finding);
}

function findings(text: string, before: Finding[] = []): Finding[] {
  const all = appendWords(text, before);
  const isFinding = (name: string): name is Finding => Object.hasOwn(FINDINGS, name);
  if (all.every(isFinding)) return all;
  throw new InvalidArgumentError(`Findings are ${Object.keys(FINDINGS).join(", ")}.`);
}
