/** The report as a comment on a pull request. */
import { pluralize } from "../shared/counts";
import { MAX_ROWS } from "./fitted";
import { render, type Sentence, truncateEnd } from "./sentence";
import { type Cell, COLUMNS, type Table, type TableRow } from "./tables";
import type { Page } from "./view";

export function markdown(page: Page): string {
  const { title, refusals, headline, counts, callouts, sets, tables, passed, notes } = page;
  const sections = [
    `## ${text(title)}`,
    list(refusals),
    `**${text(headline)}**`,
    text(counts),
    ...(callouts.length > 0 ? ["### Look at these first", ...shortList(callouts)] : []),
    ...(sets.length > 0 ? ["### Assignments", ...shortList(sets)] : []),
    ...tables.flatMap(tableSection),
    text(passed),
    collapsed("How this is counted", list(notes)),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function shortList(all: readonly Sentence[]): string[] {
  const [first, rest] = [all.slice(0, MAX_ROWS), all.slice(MAX_ROWS)];
  return [list(first), ...(rest.length > 0 ? [collapsed(`${rest.length} more`, list(rest))] : [])];
}

function collapsed(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

function tableSection({ title, noun, note, rows, omitted = 0 }: Table): string[] {
  const head = `| ${[title.replace(/s$/, ""), ...COLUMNS].join(" | ")} |\n| --- | --- | ---: | ---: | ---: |`;
  const drawn = (some: readonly TableRow[]) => [head, ...some.map(rowLine)].join("\n");
  const [first, rest] = [rows.slice(0, MAX_ROWS), rows.slice(MAX_ROWS)];
  return [
    `### ${title}`,
    ...(note ? [text(note)] : []),
    ...(first.length > 0 ? [drawn(first)] : []),
    ...(rest.length > 0 ? [collapsed(pluralize(rest.length, `more ${noun}`), drawn(rest))] : []),
    ...(omitted > 0 ? [`${pluralize(omitted, `more ${noun}`)} not shown here; \`--format json\` has all.`] : []),
  ];
}

function rowLine({ name, changes, before, after, difference }: TableRow): string {
  const money = [before, after, difference].map(ownWords);
  return `| ${[cell([name]), cell(changes), ...money].join(" | ")} |`;
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
function code(full: string): string {
  const name = truncateEnd(full);
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const gap = /^`|`$|^ .* $|^$/.test(name) ? " " : "";
  return `${fence}${gap}${name}${gap}${fence}`;
}

/** Tables are cut into cells before anything else is looked at. */
function codeInTable(name: string): string {
  return code(name).replaceAll("|", "\\|");
}
