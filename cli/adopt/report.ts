/** What `adopt` tells a person when it's done. */

import { pluralize } from "../shared/counts";
import { printable } from "../shared/output";
import { type Column, table } from "../shared/table";
import { secretOptions } from "./program";
import type { Resource } from "./resources";
import type { Selection } from "./selection";

export interface Written {
  program: string;
  /** Where Pulumi comes to the objects by an import. */
  importFile: string | undefined;
}

export function reportText(resources: readonly Resource[], written: Written, width: number | undefined): string {
  const keys = resources.filter(({ kind }) => kind === "InferenceKey");
  const wrote = [written.program, ...(written.importFile === undefined ? [] : [written.importFile])];
  const sections = [
    `Wrote ${wrote.map(printable).join(" and ")}: ${counts(resources)}. The account was not changed.`,
    nextSteps(written),
    ...(keys.length > 0 ? [aboutSecrets(written), keyTable(keys, width)] : []),
  ];
  return sections.join("\n\n");
}

function counts(resources: readonly Resource[]): string {
  const of = (kind: string) => resources.filter((each) => each.kind === kind);
  const sets = of("GuardrailAssignments");
  const lists = sets.flatMap(({ inputs }) => [inputs.keyHashes, inputs.userIds].flat().filter(Boolean));
  const assignments = `${pluralize(lists.length, "assignment")}${sets.length > 0 ? ` in ${pluralize(sets.length, "set")}` : ""}`;
  return `${pluralize(of("Guardrail").length, "guardrail")}, ${pluralize(of("InferenceKey").length, "key")}, ${assignments}`;
}

function nextSteps({ program, importFile }: Written): string {
  if (importFile === undefined) {
    return [
      `Next, in the Pulumi project whose program is ${printable(program)} or imports it:`,
      "  pulumi up",
      "It says that it creates these: it takes them over as they are and changes nothing in the account. The `pulumi up`",
      "after that has no changes, whether `adopt` is still there or not.",
    ].join("\n");
  }
  return [
    `Next, in the Pulumi project whose program is ${printable(program)} or imports it, before any \`pulumi up\`:`,
    `  pulumi import --file ${printable(importFile)} --generate-code=false --protect=false`,
    "Neither it nor the `pulumi up` after it writes anything to the account; that one has no changes.",
  ].join("\n");
}

function aboutSecrets({ importFile }: Written): string {
  return `OpenRouter shows a key once, to whoever made it. The secret of each key below can't be read back, and the output
\`key\` of its resource is empty. ${secretOptions(importFile === undefined ? "adopt" : "import")}`;
}

const COLUMNS: Column[] = [{ title: "KEY" }, { title: "NAME", minWidth: 20 }, { title: "RESOURCE", minWidth: 20 }];

function keyTable(keys: readonly Resource[], width: number | undefined): string {
  const rows = keys.map(({ id, name, inputs }) => [id.slice(0, 12), printable(String(inputs.name)), printable(name)]);
  return table(COLUMNS, rows, width);
}

/** What is not taken over, and why. */
export function skippedLines({ skipped, partialAssignments, unreadable }: Selection): string[] {
  const objects = skipped.map(({ kind, id, name, reason }) => {
    const what = name === "" ? "assignment" : `${kind === "InferenceKey" ? "key" : "guardrail"} "${name}"`;
    return printable(`Left out: ${what} (${id}): ${reason}`);
  });
  objects.push(...unreadable.map((message) => `Left out: ${message}`));
  if (partialAssignments === 0) return objects;
  const why = "only the key or only the guardrail of each is taken over";
  return [...objects, `Left out: ${pluralize(partialAssignments, "assignment")}; ${why}`];
}
