/** The report as a comment on a pull request. */
import { render, type Sentence } from "./sentence";
import type { Cell, Page, Table } from "./view";

export function markdown({ title, headline, callouts, tables, gates, notes }: Page): string {
  const sections = [
    `## ${text(title)}`,
    `**${text(headline)}**`,
    ...(callouts.length > 0 ? ["### Look at these first", list(callouts)] : []),
    ...tables.flatMap(tableSection),
    ...(gates.length > 0 ? ["### Gates", list(gates)] : []),
    `<details><summary>How this is counted</summary>\n\n${list(notes)}\n\n</details>`,
  ];
  return sections.join("\n\n");
}

function tableSection({ title, note, columns, rows }: Table): string[] {
  const lines = [columns, columns.map((_, column) => (column > 0 && isMoney(columns, column) ? "---:" : "---"))];
  const drawn = [...lines, ...rows.map((row) => row.map(cell))].map((cells) => `| ${cells.join(" | ")} |`);
  return [`### ${title}`, ...(note ? [text(note)] : []), drawn.join("\n")];
}

function isMoney(columns: readonly string[], column: number): boolean {
  return /Monthly|Difference/.test(columns[column] ?? "");
}

function list(sentences: readonly Sentence[]): string {
  return sentences.map((sentence) => `- ${text(sentence)}`).join("\n");
}

function cell(lines: Cell): string {
  return lines.map((line) => render(line, codeInTable, ownWords)).join("<br>");
}

function text(sentence: Sentence): string {
  return render(sentence, code, ownWords);
}

/** Our own words hold no Markdown but `<$0.01`. */
function ownWords(words: string): string {
  return words.replaceAll("<", "&lt;");
}

/**
 * A code span: in it nothing is Markdown, HTML, a link or a mention of a person. Its fence is longer than any row of
 * backticks in the text.
 */
function code(name: string): string {
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const gap = /^`|`$|^ .* $|^$/.test(name) ? " " : "";
  return `${fence}${gap}${name}${gap}${fence}`;
}

/** Tables are cut into cells before anything else is looked at. */
function codeInTable(name: string): string {
  return code(name).replaceAll("|", "\\|");
}
