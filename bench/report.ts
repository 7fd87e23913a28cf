/** The results, formatted for a terminal and for the page. */
import { table } from "../cli/shared/table";

export interface Section {
  title: string;
  text: string;
  tables: Table[];
  targets: Target[];
}

export interface Table {
  head: string[];
  rows: string[][];
}

export interface Target {
  what: string;
  target: string;
  measured: string;
  isMet: boolean;
}

/** An upper limit. */
export function atMost(
  what: string,
  limit: number,
  measured: number,
  format: (value: number) => string = String,
): Target {
  return { what, target: `≤ ${format(limit)}`, measured: format(measured), isMet: measured <= limit };
}

export function forTerminal({ title, text, tables, targets }: Section): string {
  const rendered = [...tables, ...tableOf(targets)].map(({ head, rows }) => table(head, rows));
  return [title, text, ...rendered].join("\n\n");
}

export function forPage({ title, text, tables, targets }: Section): string {
  return [`## ${title}`, text, ...[...tables, ...tableOf(targets)].map(markdown)].join("\n\n");
}

/** The number of targets that were met, and those that were not. */
export function summary(sections: readonly Section[]): Section {
  const targets = sections.flatMap((section) => section.targets);
  const missed = targets.filter(({ isMet }) => !isMet);
  const text =
    missed.length === 0
      ? `All ${targets.length} targets are met.`
      : `${missed.length} of ${targets.length} targets are missed:`;
  return { title: "Targets", text, tables: [], targets: missed };
}

function tableOf(targets: readonly Target[]): Table[] {
  if (targets.length === 0) return [];
  const rows = targets.map(({ what, target, measured, isMet }) => [what, target, measured, isMet ? "yes" : "no"]);
  return [{ head: ["what", "target", "measured", "met"], rows }];
}

function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
