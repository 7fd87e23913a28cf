/** `pulumi-openrouter adopt`: writes a program that declares the objects of an account. It only reads the account. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { clean } from "../../provider/text";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";
import { writeBoth, writeText } from "./files";
import type { Filter } from "./filter";
import { importFileText } from "./importFile";
import { type Host, programText } from "./program";
import { reportText, skippedLines } from "./report";
import { resourcesOf } from "./resources";
import { type Selection, select } from "./selection";
import { selectFromTerraform } from "./terraform/selection";

interface AdoptOptions extends Filter {
  out: string;
  import?: string;
  native?: boolean;
  fromTerraform?: string;
  force?: boolean;
}

const NOTHING = "there is no key or guardrail to adopt";
const NONE_OF_STATE =
  "nothing in the state can be adopted. Does the management key belong to the account that Terraform manages?";

/** Of adoptions that need one. */
const IMPORT_FILE = "import.json";

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
    .option("--native", "for the native provider: write a program and a file for `pulumi import`")
    .addOption(
      new Option(
        "--from-terraform <file>",
        "only objects in this Terraform state, with the keys that it has",
      ).conflicts(["workspace", "name"]),
    )
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

--native and --from-terraform write import.json unless --import names another
file. With --from-terraform, the import file has the keys of the state in plain
text: delete it after the import. The state can come from standard input (-).
${CREDENTIALS_HELP}

Exit code: 0 if the files were written, 2 if not.

Examples:
  pulumi-openrouter adopt
  pulumi-openrouter adopt --out openrouter.ts --name 'team-a/*'
  pulumi-openrouter adopt --import import.json
  pulumi-openrouter adopt --native
  terraform state pull | pulumi-openrouter adopt --from-terraform -`;

async function adopt(terminal: Terminal, options: AdoptOptions): Promise<void> {
  const { out, native = false, fromTerraform, force = false } = options;
  const needsImport = native || fromTerraform !== undefined;
  const importFile = options.import ?? (needsImport ? IMPORT_FILE : undefined);
  const host: Host = native ? "native" : "dynamic";
  const files = importFile === undefined ? [out] : [out, importFile];
  requireDistinct(fromTerraform === undefined ? files : [...files, fromTerraform]);
  if (!force) requireAbsent(files);
  const selection = await selected(terminal, options);
  for (const line of skippedLines(selection)) terminal.err(line);
  const resources = resourcesOf(selection);
  if (resources.length === 0)
    throw new Error(`nothing was written: ${fromTerraform === undefined ? NOTHING : NONE_OF_STATE}`);
  const program = programText(resources, importFile === undefined ? "adopt" : "import", host);
  if (importFile === undefined) await writeText(out, program);
  else await writeBoth([importFile, importFileText(resources, host)], [out, program], force);
  terminal.out(reportText(resources, { program: out, importFile, host }, terminal.width));
}

function selected(terminal: Terminal, { fromTerraform, workspace, name }: AdoptOptions): Promise<Selection> {
  if (fromTerraform !== undefined) return selectFromTerraform(terminal, fromTerraform);
  return select(openAccount(terminal), terminal.env, { ...(workspace && { workspace }), ...(name && { name }) });
}

/** With --force, one would overwrite the other. */
function requireDistinct(files: readonly string[]): void {
  const paths = files.map((file) => resolve(file));
  const repeated = files.find((_, at) => paths.indexOf(paths[at] as string) !== at);
  if (repeated !== undefined) throw new UsageError(`nothing was written: ${clean(repeated)} is named twice`);
}

function requireAbsent(files: readonly string[]): void {
  const existing = files.filter((file) => existsSync(file)).map(clean);
  if (existing.length === 0) return;
  const [exist, it] = existing.length === 1 ? ["exists", "it"] : ["exist", "them"];
  throw new UsageError(
    `nothing was written: ${existing.join(" and ")} already ${exist}. Name another file, or overwrite ${it} with --force`,
  );
}
