/** `pulumi-openrouter adopt`: writes a program that declares the objects of an account. It only reads the account. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { clean } from "../../provider/text";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";
import type { Filter } from "./filter";
import { importFileText } from "./importFile";
import { programText } from "./program";
import { reportText, skippedLines } from "./report";
import { resourcesOf } from "./resources";
import { select } from "./selection";

interface AdoptOptions extends Filter {
  out: string;
  import?: string;
  force?: boolean;
}

export function adoptCommand(terminal: Terminal): Command {
  return newCommand("adopt", terminal)
    .summary("write a program for the existing objects")
    .description(
      "Writes a program that declares the keys, guardrails and assignments of the account with their live settings. " +
        "The next `pulumi up` adopts them.",
    )
    .option("--out <file>", "the program to write", "index.ts")
    .option("--import <file>", "also write this file for `pulumi import`, and omit `adopt` from the program")
    .option("--workspace <name or id>", "only objects in this workspace")
    .option("--name <pattern>", "only keys and guardrails with matching names; * matches any characters")
    .option("--force", "overwrite existing files")
    .addHelpText("after", HELP)
    .action((options: AdoptOptions) => adopt(terminal, options));
}

const HELP = `
Each key and guardrail has the input \`adopt\` with its id. With --import, the
program looks as if it had created them, and \`pulumi import\` adopts them.
Either way the account does not change, and the next \`pulumi up\` after adoption
shows no changes.

Objects of other stacks are included; exclude them with --name or --workspace. A
guardrail with assignments gets one GuardrailAssignments, which is exclusive
only if it lists every key and member that has the guardrail.
${CREDENTIALS_HELP}

Exit code: 0 if the files were written, 2 if not.

Examples:
  pulumi-openrouter adopt
  pulumi-openrouter adopt --out openrouter.ts --name 'team-a/*'
  pulumi-openrouter adopt --import import.json`;

async function adopt(terminal: Terminal, options: AdoptOptions): Promise<void> {
  const { out, import: importFile, force = false, ...filter } = options;
  const files = importFile === undefined ? [out] : [out, importFile];
  if (!force) requireAbsent(files);
  const selection = await select(openAccount(terminal), terminal.env, filter);
  for (const line of skippedLines(selection)) terminal.err(line);
  const resources = resourcesOf(selection);
  if (resources.length === 0) throw new Error("nothing was written: there is no key or guardrail to adopt");
  await write(out, programText(resources, importFile === undefined ? "adopt" : "import"));
  if (importFile !== undefined) await write(importFile, importFileText(resources));
  terminal.out(reportText(resources, out, importFile, terminal.width));
}

function requireAbsent(files: readonly string[]): void {
  const existing = files.filter((file) => existsSync(file)).map(clean);
  if (existing.length === 0) return;
  throw new UsageError(
    `nothing was written: ${existing.join(" and ")} already exists. Name another file, or overwrite it with --force`,
  );
}

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`write ${clean(file)}: ${code === "ENOENT" ? "no such folder" : code}`);
  }
}
