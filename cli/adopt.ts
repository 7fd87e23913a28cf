/** `pulumi-openrouter adopt`: a program that declares what an account has. It reads the account, and changes nothing. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { openAccount } from "./account";
import { importFileText } from "./adopt/importFile";
import { programText } from "./adopt/program";
import { leftOutLines, reportText } from "./adopt/report";
import { resourcesOf } from "./adopt/resources";
import { type Filter, select } from "./adopt/selection";
import { CREDENTIALS_HELP } from "./environment";
import { processTerminal, reporting, type Terminal, UsageError, usageExits } from "./terminal";

interface AdoptOptions extends Filter {
  out: string;
  import?: string;
  force?: boolean;
}

export function adoptCommand(terminal: Terminal = processTerminal()): Command {
  return usageExits(new Command("adopt"), terminal)
    .description(
      "Writes a program that declares the keys, guardrails and assignments of the account as they are, so that " +
        "`pulumi up` takes them over. It changes nothing in the account.",
    )
    .option("--out <file>", "the program to write", "index.ts")
    .option("--import <file>", "write this file for `pulumi import` too, and leave `adopt` out of the program")
    .option("--workspace <name or id>", "only what is in this workspace")
    .option("--name <pattern>", "only keys and guardrails of such names; * stands for any text")
    .option("--force", "replace files that are there already")
    .addHelpText("after", HELP)
    .action((options: AdoptOptions) => reporting(terminal, 1, () => adopt(terminal, options)));
}

const HELP = `
Each key and guardrail gets the input \`adopt\`, and the next \`pulumi up\` takes it over. With --import they are taken
over by \`pulumi import\` instead, and the program is as if it had made them. Either way nothing is written to the
account, and the \`pulumi up\` after that has no changes.
An assignment is declared if its key and its guardrail are.
Leave out with --name or --workspace what another stack manages.
${CREDENTIALS_HELP}

Exit code: 0 if the files were written, 1 if not, 2 for wrong usage.

Examples:
  pulumi-openrouter adopt
  pulumi-openrouter adopt --out openrouter.ts --workspace Production --name 'team-a/*'
  pulumi-openrouter adopt --import import.json`;

async function adopt(
  terminal: Terminal,
  { out, import: importFile, force = false, ...filter }: AdoptOptions,
): Promise<void> {
  const files = importFile === undefined ? [out] : [out, importFile];
  if (!force) refuseToReplace(files);
  const selection = await select(openAccount(terminal.env, terminal.err), terminal.env, filter);
  for (const line of leftOutLines(selection)) terminal.err(line);
  const resources = resourcesOf(selection);
  if (resources.length === 0) throw new Error("nothing was written: there is no key or guardrail to take over");
  const texts = [programText(resources, importFile === undefined ? "adopt" : "import"), importFileText(resources)];
  for (const [index, file] of files.entries()) await write(file, texts[index] ?? "");
  terminal.out(reportText(resources, { program: out, importFile }));
}

function refuseToReplace(files: readonly string[]): void {
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) return;
  throw new UsageError(
    `nothing was written: ${present.join(" and ")} is there already; name another file, or replace it with --force`,
  );
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} can't be written: ${code === "ENOENT" ? "there is no such folder" : code}`);
  }
}
