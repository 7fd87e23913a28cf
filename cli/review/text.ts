/** The report on a terminal. */
import { styleText } from "node:util";
import { table } from "../table";
import { plain, render, type Sentence } from "./sentence";
import type { Cell, Page, Table } from "./view";

export function text({ title, headline, callouts, tables, gates, notes }: Page, colors: boolean): string {
  const bold = (words: string) => (colors ? styleText("bold", words) : words);
  const sections = [
    `${bold(plain(title))}\n${plain(headline)}`,
    ...(callouts.length > 0 ? [`${bold("Look at these first:")}\n${list(callouts, "!")}`] : []),
    ...tables.map((each) => `${bold(each.title)}\n${tableText(each)}`),
    ...(gates.length > 0 ? [`${bold("Gates")}\n${list(gates, "-")}`] : []),
    list(notes, "*"),
  ];
  return sections.join("\n\n");
}

function list(sentences: readonly Sentence[], mark: string): string {
  return sentences.map((sentence) => `${mark} ${render(sentence, (name) => `"${name}"`)}`).join("\n");
}

const WIDEST = 40;

/** What changes stands below its row, for it may be longer than the rest. */
function tableText({ note, columns, rows }: Table): string {
  const isShown = (column: number) => columns[column] !== "Change";
  const shown = columns
    .filter((_, column) => isShown(column))
    .map((title) => ({ title: title.toUpperCase(), widest: WIDEST }));
  const cells = rows.map((row) => row.filter((_, column) => isShown(column)).map(inOneLine));
  const [head = "", ...drawn] = table(shown, cells).split("\n");
  const lines = drawn.flatMap((line, at) => [line, ...changesIn(columns, rows[at] ?? [])]);
  return [...(note ? [plain(note)] : []), head, ...lines].join("\n");
}

function inOneLine(cell: Cell): string {
  return cell.map(plain).join(", ");
}

function changesIn(columns: readonly string[], row: readonly Cell[]): string[] {
  return (row[columns.indexOf("Change")] ?? []).map((change) => `    ${plain(change)}`);
}
