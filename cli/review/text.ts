/** The report on a terminal. */

import { pluralize } from "../shared/counts";
import { styled } from "../shared/output";
import { MAX_ROWS } from "./fitted";
import { render, type Sentence, truncateEnd } from "./sentence";
import type { Table, TableRow } from "./tables";
import type { Page } from "./view";

export function text(page: Page, colors: boolean): string {
  const { title, refusals, headline, counts, callouts, sets, tables, passed, notes } = page;
  const bold = (words: string) => (colors ? styled("bold", words) : words);
  const sections = [
    [bold(bare(title)), ...refusals.map((each) => `- ${named(each)}`)],
    [named(headline), named(counts)],
    ...(callouts.length > 0
      ? [[bold("Look at these first:"), ...some(callouts.map((each) => `! ${named(each)}`))]]
      : []),
    ...(sets.length > 0 ? [[bold("Assignments"), ...some(sets.map((each) => `  ${named(each)}`))]] : []),
    ...tables.map((table) => [bold(table.title), ...tableLines(table)]),
    [named(passed)],
    notes.map((note) => `* ${named(note)}`),
  ];
  const drawn = sections.map((lines) => lines.filter((line) => line !== "").join("\n"));
  return drawn.filter((section) => section !== "").join("\n\n");
}

function named(sentence: Sentence): string {
  return render(sentence, (name) => `"${truncateEnd(name)}"`);
}

function bare(sentence: Sentence): string {
  return render(sentence, truncateEnd);
}

function some(lines: readonly string[]): string[] {
  const more = lines.length - MAX_ROWS;
  return [...lines.slice(0, MAX_ROWS), ...(more > 0 ? [`  and ${more} more; --format json has all`] : [])];
}

function tableLines({ noun, note, rows, omitted = 0 }: Table): string[] {
  const more = Math.max(0, rows.length - MAX_ROWS) + omitted;
  return [
    ...(note ? [bare(note)] : []),
    ...rows.slice(0, MAX_ROWS).flatMap(rowLines),
    ...(more > 0 ? [`  ${pluralize(more, `more ${noun}`)}; --format json has all`] : []),
  ];
}

/** What changes is below its row, since it may be longer than a line. */
function rowLines({ name, changes, line }: TableRow): string[] {
  return [`  ${bare(name)}: ${line}`, ...changes.map((change) => `      ${bare(change)}`)];
}
