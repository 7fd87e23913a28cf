/** What the benchmark says, for a terminal and for the page. */
import { table } from "../cli/shared/table";

export interface Section {
  title: string;
  text: string;
  tables: Table[];
  targets: Target[];
  /** The measurements, for `--json`. */
  data: unknown;
}

export interface Table {
  head: string[];
  rows: string[][];
}

export interface Target {
  what: string;
  target: string;
  measured: string;
  holds: boolean;
}

/** A target of the form "not more than". */
export function atMost(
  what: string,
  limit: number,
  measured: number,
  show: (value: number) => string = String,
): Target {
  return { what, target: `≤ ${show(limit)}`, measured: show(measured), holds: measured <= limit };
}

export function forTerminal({ title, text, tables, targets }: Section): string {
  const drawn = [...tables, ...tableOf(targets)].map(({ head, rows }) =>
    table(
      head.map((name) => ({ title: name, widest: 80 })),
      rows,
    ),
  );
  return [title, text, ...drawn].join("\n\n");
}

export function forPage({ title, text, tables, targets }: Section): string {
  return [`## ${title}`, text, ...[...tables, ...tableOf(targets)].map(markdown)].join("\n\n");
}

/** How many targets of a run hold, and which do not. */
export function summary(sections: readonly Section[]): Section {
  const targets = sections.flatMap((section) => section.targets);
  const missed = targets.filter(({ holds }) => !holds);
  const text =
    missed.length === 0
      ? `All ${targets.length} targets hold.`
      : `${missed.length} of ${targets.length} targets do not hold:`;
  return { title: "Targets", text, tables: [], targets: missed, data: undefined };
}

function tableOf(targets: readonly Target[]): Table[] {
  if (targets.length === 0) return [];
  const rows = targets.map(({ what, target, measured, holds }) => [what, target, measured, holds ? "yes" : "no"]);
  return [{ head: ["what", "target", "measured", "holds"], rows }];
}

function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
