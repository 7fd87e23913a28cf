/** The report as one self-contained page: no script, font or image from elsewhere. */
import { pluralize } from "../shared/counts";
import { centsOf, type Exposure, isFigure } from "./exposure";
import { exposureText } from "./exposureText";
import { MAX_ROWS, type Page, TITLES } from "./page";
import { plain, render, type Sentence } from "./sentence";
import { amountsOf, columnsOf, type Table, type TableRow } from "./tables";

export function html(page: Page): string {
  const { title, problems, headline, counts, callouts, sets, tables, bars, passed, notes } = page;
  const body = [
    `<h1>${text(title)}</h1>`,
    problems.length > 0 ? list(problems, "problems") : "",
    `<p class="headline">${text(headline)}</p>`,
    `<p>${text(counts)}</p>`,
    listSection(TITLES.callouts, callouts, "callouts"),
    listSection(TITLES.sets, sets, ""),
    chart(bars),
    ...tables.map(tableSection),
    `<p>${text(passed)}</p>`,
    collapsed(TITLES.notes, list(notes)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(plain(title))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.filter((section) => section !== "").join("\n")}
</main>
</body>
</html>`;
}

function text(sentence: Sentence): string {
  return render(sentence, (name) => `<code>${escaped(name)}</code>`, escaped);
}

function escaped(words: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return words.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}

function list(sentences: readonly Sentence[], style = ""): string {
  return `<ul class="${style}">${sentences.map((sentence) => `<li>${text(sentence)}</li>`).join("")}</ul>`;
}

function listSection(title: string, all: readonly Sentence[], style: string): string {
  if (all.length === 0) return "";
  const [first, rest] = [all.slice(0, MAX_ROWS), all.slice(MAX_ROWS)];
  const more = rest.length > 0 ? collapsed(`${rest.length} more`, list(rest, style)) : "";
  return `<h2>${title}</h2>${list(first, style)}${more}`;
}

function collapsed(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>${content}</details>`;
}

/** On a phone each row is a card, and each cell names its column. */
function tableSection(table: Table): string {
  const { noun, note, rows } = table;
  const columns = columnsOf(table);
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const drawRow = (row: TableRow) => {
    const cells = [text(row.label), row.changes.map(text).join("<br>"), ...amountsOf(row).map(escaped)];
    const drawn = cells.map((content, column) => {
      const style = column > 1 ? ' class="amounts"' : "";
      return `<td data-column="${escaped(columns[column] ?? "")}"${style}><div>${content}</div></td>`;
    });
    return `<tr>${drawn.join("")}</tr>`;
  };
  const draw = (some: readonly TableRow[]) =>
    `<table><thead><tr>${head}</tr></thead><tbody>\n${some.map(drawRow).join("\n")}\n</tbody></table>`;
  const [first, rest] = [rows.slice(0, MAX_ROWS), rows.slice(MAX_ROWS)];
  const more = rest.length > 0 ? collapsed(pluralize(rest.length, `more ${noun.toLowerCase()}`), draw(rest)) : "";
  return `<h2>${noun}s</h2>${note ? `<p>${text(note)}</p>` : ""}\n${draw(first)}${more}`;
}

const CHART = "Maximum spending of each key";
const MAX_BARS = 60;

/** The highest first. A bar without a figure takes the whole width and is labeled with the reason. */
function chart(all: Page["bars"]): string {
  if (all.length === 0) return "";
  const sizeOf = (exposure: Exposure) => (isFigure(exposure) ? exposure.cents : Number.MAX_VALUE);
  const height = ({ before, after }: Page["bars"][number]) => Math.max(sizeOf(before), sizeOf(after));
  const shown = [...all].sort((a, b) => height(b) - height(a)).slice(0, MAX_BARS);
  const scale = Math.max(...shown.flatMap(({ before, after }) => [centsOf(before), centsOf(after)]));
  const rows = shown.map(
    ({ label, before, after }) => `<div class="row"><div class="name">${text(label)}</div><div class="bars">
${bar("before", before, scale)}
${bar("after", after, scale)}
</div></div>`,
  );
  const more =
    all.length > shown.length ? `<p>${pluralize(all.length - shown.length, "more key")} with lower figures.</p>` : "";
  return `<h2>${CHART}</h2>
<p class="legend"><span class="key before"></span> before <span class="key after"></span> after</p>
<section class="chart" aria-label="${CHART}">
${rows.join("\n")}
</section>${more}`;
}

function bar(when: "before" | "after", exposure: Exposure, scale: number): string {
  const share = !isFigure(exposure) ? 100 : scale > 0 ? (exposure.cents / scale) * 100 : 0;
  const style = `${when}${isFigure(exposure) ? "" : " open"}`;
  const amount = escaped(exposureText(exposure));
  return `<div class="line"><div class="track"><div class="bar ${style}" style="width:${share.toFixed(2)}%"></div></div><span class="amount"><span class="hidden">${when} </span>${amount}</span></div>`;
}

const STYLE = `
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
.problems, .callouts { list-style: none; padding: 0; }
.headline { font-size: 1.15rem; font-weight: 600; margin: 0; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
.problems li, .callouts li { border-left: 4px solid var(--alert); background: var(--soft); padding: .4rem .75rem; margin: .4rem 0; }
.problems li { border-color: var(--failed); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; font-size: .85rem; }
td { overflow-wrap: anywhere; }
th:first-child { min-width: 9rem; }
td.amounts { white-space: nowrap; font-variant-numeric: tabular-nums; }
details { margin-top: 2rem; color: var(--faint); }
.legend { color: var(--faint); margin: 0 0 .5rem; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-left: .5rem; }
.row { display: grid; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr); gap: .25rem 1rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
.line { display: grid; grid-template-columns: minmax(0, 1fr) 8.5rem; gap: .75rem; align-items: center; }
.bar { height: .7rem; border-radius: 2px; min-width: 1px; }
.before { background-color: var(--before); }
.after { background-color: var(--after); }
.open { opacity: .7; background-image: repeating-linear-gradient(135deg, transparent 0 6px, var(--paper) 6px 9px); }
.amount { font-size: .85rem; font-variant-numeric: tabular-nums; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 40rem) {
  .row { grid-template-columns: minmax(0, 1fr); }
  .line { grid-template-columns: minmax(0, 1fr) 7rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; padding: .25rem 0; }
  td { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .5rem; border: 0; padding: .25rem .75rem; }
  td::before { content: attr(data-column); color: var(--faint); font-size: .85rem; }
  td.amounts { white-space: normal; }
}
`;
