/** The report on a terminal. */
import { pluralize } from "../shared/counts";
import { styled } from "../shared/output";
import { type Page, TITLES } from "./page";
import { render, type Sentence, shorten } from "./sentence";
import { SPENT, type Table, type TableRow } from "./tables";

export function text(page: Page, colors: boolean): string {
  const { title, problems, headline, counts, callouts, sets, tables, passed, notes } = page;
  const bold = (words: string) => (colors ? styled("bold", words) : words);
  const listSection = (heading: string, mark: string, all: readonly Sentence[]) =>
    all.length > 0 ? [bold(heading), ...all.map((each) => `${mark} ${quote(each)}`)] : [];
  const sections = [
    [bold(unquoted(title)), ...problems.map((each) => `- ${quote(each)}`)],
    [quote(headline), quote(counts)],
    listSection(TITLES.callouts, "!", callouts),
    listSection(TITLES.sets, " ", sets),
    ...tables.map((table) => [bold(`${table.noun}s`), ...tableLines(table)]),
    [quote(passed)],
    notes.map((note) => `* ${quote(note)}`),
  ];
  const drawn = sections.map((lines) => lines.filter((line) => line !== "").join("\n"));
  return drawn.filter((section) => section !== "").join("\n\n");
}

function quote(sentence: Sentence): string {
  return render(sentence, (name) => `"${shorten(name)}"`);
}

function unquoted(sentence: Sentence): string {
  return render(sentence, shorten);
}

function tableLines({ noun, note, rows, omitted = 0 }: Table): string[] {
  return [
    ...(note ? [unquoted(note)] : []),
    ...rows.flatMap(rowLines),
    ...(omitted > 0 ? [`  ${pluralize(omitted, `more ${noun.toLowerCase()}`)}; --format json shows all`] : []),
  ];
}

function rowLines({ label, changes, line, spent }: TableRow): string[] {
  const details = [...changes.map(unquoted), ...(spent === undefined ? [] : [`${SPENT.toLowerCase()}: ${spent}`])];
  return [`  ${unquoted(label)}: ${line}`, ...details.map((detail) => `      ${detail}`)];
}
