/** What `adopt` prints when it is done. */
import { pluralize } from "../shared/counts";
import { printable } from "../shared/output";
import { type Column, table } from "../shared/table";
import { aboutSecrets, type Host, isPair, lacksSecret } from "./program";
import type { Resource } from "./resources";
import type { Selection } from "./selection";

export interface Written {
  program: string;
  /** Undefined if the program adopts the objects itself. */
  importFile: string | undefined;
  host: Host;
}

export function reportText(resources: readonly Resource[], written: Written, width: number | undefined): string {
  const { program, importFile } = written;
  const keys = resources.filter(lacksSecret);
  const carried = resources.filter(({ secret }) => secret !== undefined).length;
  const files = [program, importFile].filter((file) => file !== undefined).map(printable);
  return [
    `Wrote ${files.join(" and ")}: ${counts(resources)}. The account was not changed.`,
    nextSteps(written),
    ...(carried > 0 && importFile !== undefined ? [aboutImportFile(importFile, carried)] : []),
    ...(resources.some(({ path }) => path !== undefined) ? [ABOUT_TERRAFORM] : []),
    ...(keys.length > 0 ? [aboutSecrets(importFile === undefined ? "adopt" : "import"), keyTable(keys, width)] : []),
  ].join("\n\n");
}

function counts(resources: readonly Resource[]): string {
  const ofKind = (kind: Resource["kind"]) => resources.filter((each) => each.kind === kind);
  const sets = ofKind("GuardrailAssignments");
  const assigned = sets.flatMap(({ inputs }) => [inputs.keyHashes, inputs.userIds].flat().filter(Boolean));
  const assignments = assigned.length + resources.filter(isPair).length;
  return [
    pluralize(ofKind("Guardrail").length, "guardrail"),
    pluralize(ofKind("InferenceKey").length, "key"),
    `${pluralize(assignments, "assignment")}${sets.length > 0 ? ` in ${pluralize(sets.length, "set")}` : ""}`,
  ].join(", ");
}

function nextSteps({ program, importFile, host }: Written): string {
  const project = `in the Pulumi project whose program is ${printable(program)} or imports it`;
  return importFile === undefined
    ? `Next, ${project}:
  pulumi up
It shows "create" for each object, but only reads: the account does not change.
After that, \`pulumi up\` shows no changes, with or without \`adopt\`.`
    : `Next, ${project}, before any \`pulumi up\`:${host === "native" ? PLUGIN : ""}
  pulumi import --file ${printable(importFile)} --generate-code=false --protect=false
The account does not change. After that, \`pulumi up\` shows no changes.`;
}

const PLUGIN = `
  # once, in Pulumi.yaml:
  plugins:
    providers:
      - name: openrouter
        path: node_modules/pulumi-openrouter/plugin
  # then:`;

const ABOUT_TERRAFORM = `After that, remove the objects from Terraform without deleting them: first with
\`terraform state rm ADDRESS\`, then from its configuration. Do not run
\`terraform destroy\`. See docs/terraform.md.`;

function aboutImportFile(importFile: string, keys: number): string {
  const file = printable(importFile);
  return `${file} has ${pluralize(keys, "inference key")} in plain text. Only you can read it.
Delete it after the import, and never commit it: \`pulumi import\` stores the keys
encrypted.`;
}

const COLUMNS: Column[] = ["KEY", { title: "NAME", minWidth: 20 }, { title: "RESOURCE", minWidth: 20 }];

function keyTable(keys: readonly Resource[], width: number | undefined): string {
  const rows = keys.map(({ id, name, inputs }) => [id.slice(0, 12), printable(String(inputs.name)), printable(name)]);
  return table(COLUMNS, rows, width);
}

/** One line for each object that the program does not declare, and why. */
export function skippedLines({ skipped, partialAssignments, unreadable }: Selection): string[] {
  const objects = skipped.map(({ title, reason }) => printable(`Skipped ${title}: ${reason}`));
  const partial = `Skipped ${pluralize(partialAssignments, "assignment")} with only the key or only the guardrail in the program`;
  return [
    ...objects,
    ...unreadable.map((message) => `Not everything could be read: ${message}`),
    ...(partialAssignments > 0 ? [partial] : []),
  ];
}
