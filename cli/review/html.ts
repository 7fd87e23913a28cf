/** The report as one self-contained page: no script, font or image from elsewhere. */
import { pluralize } from "../shared/counts";
import { collapsed, escaped, htmlPage, htmlTable, MAX_ROWS } from "../shared/html";
import { centsOf, type Exposure, isFigure } from "./exposure";
import { exposureText } from "./exposureText";
import { type Page, TITLES } from "./page";
import { plain, render, type Sentence } from "./sentence";
import { amountsOf, columnsOf, type Table } from "./tables";

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
  return htmlPage(plain(title), body, STYLE);
}

function text(sentence: Sentence): string {
  return render(sentence, (name) => `<code>${escaped(name)}</code>`, escaped);
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

function tableSection(table: Table): string {
  const { noun, note, rows } = table;
  const cells = rows.map((row) => [
    ...[text(row.label), row.changes.map(text).join("<br>")],
    ...amountsOf(row).map(escaped),
  ]);
  return `<h2>${noun}s</h2>${note ? `<p>${text(note)}</p>` : ""}\n${htmlTable(columnsOf(table), cells, 2)}`;
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
.problems, .callouts { list-style: none; padding: 0; }
.headline { font-size: 1.15rem; font-weight: 600; margin: 0; }
.problems li, .callouts li { border-left: 4px solid var(--alert); background: var(--soft); padding: .4rem .75rem; margin: .4rem 0; }
.problems li { border-color: var(--failed); }
.legend { color: var(--faint); margin: 0 0 .5rem; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-left: .5rem; }
.row { display: grid; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr); gap: .25rem 1rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
.line { display: grid; grid-template-columns: minmax(0, 1fr) 8.5rem; gap: .75rem; align-items: center; }
.bar { height: .7rem; border-radius: 2px; min-width: 1px; }
.before { background-color: var(--before); }
.after { background-color: var(--after); }
.open { opacity: .7; background-image: repeating-linear-gradient(135deg, transparent 0 6px, var(--paper) 6px 9px); }
.amount { font-size: .85rem; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .row { grid-template-columns: minmax(0, 1fr); }
  .line { grid-template-columns: minmax(0, 1fr) 7rem; }
}
`;
