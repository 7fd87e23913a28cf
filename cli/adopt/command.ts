/** `pulumi-openrouter adopt`: a program that declares what an account has. It reads the account, and changes nothing. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { clean } from "../../provider/text";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";
import { importFileText } from "./importFile";
import { programText } from "./program";
import { reportText, skippedLines } from "./report";
import { resourcesOf } from "./resources";
import { type Filter, select } from "./selection";

interface AdoptOptions extends Filter {
  out: string;
  import?: string;
  force?: boolean;
}

export function adoptCommand(terminal: Terminal): Command {
  return newCommand("adopt", terminal)
    .description(
      "Writes a program that declares the keys, guardrails and assignments of the account unchanged, so that " +
        "`pulumi up` adopts them. It changes nothing in the account.",
    )
    .option("--out <file>", "the program to write", "index.ts")
    .option("--import <file>", "also write this file for `pulumi import`, and omit `adopt` from the program")
    .option("--workspace <name or id>", "only what is in this workspace")
    .option("--name <pattern>", "only keys and guardrails with such names; * matches any text")
    .option("--force", "overwrite existing files")
    .addHelpText("after", HELP)
    .action((options: AdoptOptions) => adopt(terminal, options));
}

const HELP = `
Each key and guardrail gets the input \`adopt\`, and the next \`pulumi up\` adopts
it. With --import, \`pulumi import\` adopts them instead, and the program looks as
if it had created them. Either way nothing in the account changes, and the
\`pulumi up\` after that has no changes.
A key is in the set of assignments of its guardrail if both are declared. If other
keys have the guardrail, the set is not exclusive, and they keep it. Exclude
objects of other stacks with --name or --workspace.
${CREDENTIALS_HELP}

Exit code: 0 if the files were written, 2 if not.

Examples:
  pulumi-openrouter adopt
  pulumi-openrouter adopt --out openrouter.ts --name 'team-a/*'
  pulumi-openrouter adopt --import import.json`;

async function adopt(
  terminal: Terminal,
  { out, import: importFile, force = false, ...filter }: AdoptOptions,
): Promise<void> {
  const files = importFile === undefined ? [out] : [out, importFile];
  if (!force) refuseToReplace(files);
  const selection = await select(openAccount(terminal), terminal.env, filter);
  for (const line of skippedLines(selection)) terminal.err(line);
  const resources = resourcesOf(selection);
  if (resources.length === 0) throw new Error("nothing was written: there is no key or guardrail to adopt");
  const texts = [programText(resources, importFile === undefined ? "adopt" : "import"), importFileText(resources)];
  for (const [index, file] of files.entries()) await write(file, texts[index] ?? "");
  terminal.out(reportText(resources, { program: out, importFile }, terminal.width));
}

function refuseToReplace(files: readonly string[]): void {
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) return;
  throw new UsageError(
    `nothing was written: ${present.map(clean).join(" and ")} exists already; name another file, or overwrite it with --force`,
  );
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${clean(file)} can't be written: ${code === "ENOENT" ? "there is no such folder" : code}`);
  }
}
