/** Usage as a page with a chart of its days, or of its groups where the source doesn't have the days. */
import { formatCount } from "../shared/counts";
import { utcDay } from "../shared/dates";
import { escaped, htmlPage, htmlTable } from "../shared/html";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { type Group, type KeyCounters, type Sums, spentInAll, total } from "./groups";
import { amountColumns, amountsOf, cellOf, nameText, type Range, rangeText, scope, type Usage } from "./report";

export function usageHtml({ key, user, counters, keys, range }: Usage): string {
  const title = `OpenRouter usage${range ? daysText(range.period) : ""}`;
  const times = ["Today", "This week", "This month", "Ever"];
  const sums = [
    ["Credits", ...amountsOf(counters, "spent")],
    ["BYOK", ...amountsOf(counters, "spentByok")],
  ];
  return htmlPage(
    title,
    [
      `<h1>${escaped(title)}</h1>`,
      key || user ? `<p>Usage of ${escaped(scope(key, user))}.</p>` : "",
      ...(range ? [missing(range), `<p>${escaped(rangeText(range.period, utcDay(range.today)).join(" "))}</p>`] : []),
      range ? chart(range) : "",
      range ? groupSection(range) : "",
      `<h2>Spent until now</h2>${htmlTable(["", ...times], sums, 1)}`,
      keys && keys.length > 0 ? keySection(keys, times) : "",
    ],
    STYLE,
  );
}

function daysText({ from, to }: Range["period"]): string {
  return from === to ? `, ${from}` : `, ${from} to ${to}`;
}

function missing({ missing }: Range): string {
  return missing ? `<p class="missing">Missing: ${escaped(printable(missing.what.join("; ")))}.</p>` : "";
}

function usd(amount: number): string {
  return escaped(formatUsd(amount));
}

function chart(range: Range): string {
  const { days, groups } = range;
  if (days && days.length > 1) return dayChart(range.period.days, days);
  return groups.length > 1 ? groupChart(range) : "";
}

/** A column for each day. The labels are outside of the drawing, which is stretched to the width of the page. */
function dayChart(days: readonly string[], amounts: readonly number[]): string {
  const max = Math.max(...amounts);
  const columns = amounts.map((amount, at) => {
    const height = max > 0 ? (amount / max) * 100 : 0;
    const label = `${days[at]}: ${usd(amount)}`;
    return `<rect x="${at + 0.1}" y="${(100 - height).toFixed(2)}" width="0.8" height="${height.toFixed(2)}"><title>${label}</title></rect>`;
  });
  return `<h2>Spent each day</h2>
<figure><figcaption>The highest column is ${usd(max)}, on ${days[amounts.indexOf(max)]}.</figcaption>
<svg class="days" viewBox="0 0 ${days.length} 100" preserveAspectRatio="none" role="img" aria-label="Spent each day">
${columns.join("\n")}
</svg><div class="ends"><span>${days[0]}</span><span>${days.at(-1)}</span></div></figure>`;
}

const MAX_BARS = 20;

function groupChart({ by, groups }: Range): string {
  const shown = [...groups].sort((a, b) => spentInAll(b) - spentInAll(a)).slice(0, MAX_BARS);
  const max = Math.max(...shown.map(spentInAll));
  const bars = shown.map((group) => {
    const width = max > 0 ? (spentInAll(group) / max) * 100 : 0;
    const name = by.map((each) => `<code>${escaped(cellOf(group, each))}</code>`).join(" ");
    return `<div class="group"><div>${name}</div><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${width.toFixed(2)}" height="1"></rect></svg><div>${usd(spentInAll(group))}</div></div>`;
  });
  const more = groups.length > shown.length ? ` The ${MAX_BARS} with the most of ${formatCount(groups.length)}.` : "";
  return `<h2>Spent by ${by.join(" and ")}</h2><figure><figcaption>Credits and BYOK.${more}</figcaption>
${bars.join("\n")}
</figure>`;
}

function groupSection({ by, groups, omitted }: Range): string {
  if (groups.length === 0) return "<p>Nothing was used.</p>";
  const cells = (group: Group) => by.map((each) => `<code>${escaped(cellOf(group, each))}</code>`);
  const summary = (name: string, parts: readonly Group[]): [string[], Sums] => [
    [name, ...by.slice(1).map(() => "")],
    total(parts),
  ];
  const lines: [string[], Sums][] = [
    summary("total", [...groups, ...omitted]),
    ...groups.map((group): [string[], Sums] => [cells(group), group]),
    ...(omitted.length > 0 ? [summary(`${formatCount(omitted.length)} more`, omitted)] : []),
  ];
  const amounts = amountColumns(lines, false);
  const rows = lines.map(([names, sums]) => [
    ...names,
    ...amounts.map(({ field, isCount }) => (isCount ? formatCount(sums[field]) : formatUsd(sums[field]))),
  ]);
  const titles = [...by, ...amounts.map(({ title }) => title.toLowerCase())].map(capitalized);
  return `<h2>By ${by.join(" and ")}</h2>${htmlTable(
    titles,
    rows.map((row) => row.map(keptOrEscaped)),
    by.length,
  )}`;
}

/** Cells are numbers, amounts such as `<$0.01`, or names that are escaped already. */
function keptOrEscaped(cell: string): string {
  return cell.startsWith("<code>") ? cell : escaped(cell);
}

function capitalized(title: string): string {
  return title === "byok" ? "BYOK" : title.charAt(0).toUpperCase() + title.slice(1);
}

function keySection(keys: readonly KeyCounters[], times: readonly string[]): string {
  const rows = keys.map((each) => [
    `<code>${escaped(nameText(each))}</code>`,
    ...amountsOf(each, "spent").map(escaped),
    escaped(formatUsd(each.month.spentByok)),
  ]);
  return `<h2>Keys</h2>${htmlTable(["Key", ...times, "BYOK this month"], rows, 1)}`;
}

const STYLE = `
figure { margin: 0; }
figcaption { color: var(--faint); margin-bottom: .5rem; }
svg { display: block; width: 100%; background: var(--soft); }
rect { fill: var(--after); }
.days { height: 12rem; border-bottom: 1px solid var(--line); }
.ends { display: flex; justify-content: space-between; color: var(--faint); font-size: .85rem; }
.group { display: grid; grid-template-columns: minmax(0, 18rem) minmax(0, 1fr) 6rem; gap: .25rem 1rem; align-items: center; padding: .3rem 0; }
.group svg { height: .8rem; border-radius: 2px; }
.group > :last-child { font-variant-numeric: tabular-nums; }
.missing { border-left: 4px solid var(--alert); background: var(--soft); padding: .4rem .75rem; }
@media (max-width: 40rem) {
  .group { grid-template-columns: minmax(0, 1fr) 5rem; }
  .group > :first-child { grid-column: 1 / -1; }
}
`;
