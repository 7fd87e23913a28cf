/** The report as a comment on a pull request. */
import { pluralize } from "../shared/counts";
import { MAX_ROWS } from "../shared/html";
import { type Page, TITLES } from "./page";
import { render, type Sentence, shorten } from "./sentence";
import { amountsOf, columnsOf, type Table, type TableRow } from "./tables";

export function markdown(page: Page): string {
  const { title, problems, headline, counts, callouts, sets, tables, passed, notes } = page;
  const sections = [
    `## ${text(title)}`,
    list(problems),
    `**${text(headline)}**`,
    text(counts),
    ...listSection(TITLES.callouts, callouts),
    ...listSection(TITLES.sets, sets),
    ...tables.flatMap(tableSection),
    text(passed),
    collapsed(TITLES.notes, list(notes)),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function listSection(title: string, all: readonly Sentence[]): string[] {
  if (all.length === 0) return [];
  const [first, rest] = [all.slice(0, MAX_ROWS), all.slice(MAX_ROWS)];
  const more = rest.length > 0 ? [collapsed(`${rest.length} more`, list(rest))] : [];
  return [`### ${title}`, list(first), ...more];
}

function collapsed(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

function tableSection(table: Table): string[] {
  const { noun, note, rows, omitted = 0 } = table;
  const columns = columnsOf(table);
  const alignment = columns.map((_, index) => (index < 2 ? "---" : "---:"));
  const head = [columns, alignment].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const draw = (some: readonly TableRow[]) => [head, ...some.map(rowLine)].join("\n");
  const [first, rest] = [rows.slice(0, MAX_ROWS), rows.slice(MAX_ROWS)];
  const more = (count: number) => pluralize(count, `more ${noun.toLowerCase()}`);
  return [
    `### ${noun}s`,
    ...(note ? [text(note)] : []),
    ...(first.length > 0 ? [draw(first)] : []),
    ...(rest.length > 0 ? [collapsed(more(rest.length), draw(rest))] : []),
    ...(omitted > 0 ? [`${more(omitted)}; \`--format json\` shows all.`] : []),
  ];
}

function rowLine(row: TableRow): string {
  const cells = [cell(row.label), row.changes.map(cell).join("<br>"), ...amountsOf(row).map(escapeLiteral)];
  return `| ${cells.join(" | ")} |`;
}

function list(sentences: readonly Sentence[]): string {
  return sentences.map((sentence) => `- ${text(sentence)}`).join("\n");
}

function text(sentence: Sentence): string {
  return render(sentence, code, escapeLiteral);
}

/** In a table, a pipe ends the cell even within a code span. */
function cell(sentence: Sentence): string {
  return render(sentence, (name) => code(name).replaceAll("|", "\\|"), escapeLiteral);
}

/** The report's own words contain no Markdown except `<$0.01`. */
function escapeLiteral(words: string): string {
  return words.replaceAll("<", "&lt;");
}

/** A code span has no Markdown, HTML, link or mention. Its fence is longer than any run of backticks in the name. */
function code(full: string): string {
  const name = shorten(full);
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const gap = /^`|`$|^ .* $|^$/.test(name) ? " " : "";
  return `${fence}${gap}${name}${gap}${fence}`;
}
