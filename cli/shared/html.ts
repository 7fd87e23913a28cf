/** What pages of several commands share: self-contained, without scripts, fonts or images from elsewhere. */
import { pluralize } from "./counts";

/** @param title Plain text. @param sections HTML, those without content empty. */
export function htmlPage(title: string, sections: readonly string[], style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${BASE_STYLE}${style}</style>
</head>
<body>
<main>
${sections.filter((section) => section !== "").join("\n")}
</main>
</body>
</html>`;
}

export function escaped(words: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return words.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}

export function collapsed(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>${content}</details>`;
}

/** Rows of a table or list that are shown at once. */
export const MAX_ROWS = 20;

/**
 * On a phone each row is a card, and each cell names its column.
 *
 * @param rows HTML of each cell.
 * @param firstAmount The first of the columns with amounts, which are not wrapped.
 */
export function htmlTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  firstAmount: number,
): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const drawRow = (cells: readonly string[]) => {
    const drawn = cells.map((content, column) => {
      const style = column >= firstAmount ? ' class="amounts"' : "";
      return `<td data-column="${escaped(columns[column] ?? "")}"${style}><div>${content}</div></td>`;
    });
    return `<tr>${drawn.join("")}</tr>`;
  };
  const draw = (some: readonly (readonly string[])[]) =>
    `<table><thead><tr>${head}</tr></thead><tbody>\n${some.map(drawRow).join("\n")}\n</tbody></table>`;
  const [first, rest] = [rows.slice(0, MAX_ROWS), rows.slice(MAX_ROWS)];
  const noun = `more ${(columns[0] ?? "row").toLowerCase()}`;
  return draw(first) + (rest.length > 0 ? collapsed(pluralize(rest.length, noun), draw(rest)) : "");
}

const BASE_STYLE = `
:root { --ink: #1b1f24; --paper: #fff; --faint: #59636e; --line: #d1d9e0; --soft: #f6f8fa; --before: #9aa4af; --after: #0969da; --alert: #9a6700; --failed: #d1242f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9198a1; --line: #3d444d; --soft: #161b22; --before: #656c76; --after: #4493f8; --alert: #d29922; --failed: #f85149; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
code { font: .9em ui-monospace, monospace; background: var(--soft); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; font-size: .85rem; }
td { overflow-wrap: anywhere; }
th:first-child { min-width: 9rem; }
td.amounts { white-space: nowrap; font-variant-numeric: tabular-nums; }
details { margin-top: 2rem; color: var(--faint); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 40rem) {
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; padding: .25rem 0; }
  td { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .5rem; border: 0; padding: .25rem .75rem; }
  td::before { content: attr(data-column); color: var(--faint); font-size: .85rem; }
  td.amounts { white-space: normal; }
}
`;
