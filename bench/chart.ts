/** Bar charts as a standalone SVG image, without scripts or fonts, legible on light and dark pages. */

export interface Panel {
  title: string;
  columns: readonly string[];
  rows: readonly Row[];
  format(value: number): string;
}

export interface Row {
  name: string;
  /** One for each column. Undefined becomes a dash. */
  values: readonly (number | undefined)[];
  isOurs: boolean;
}

const [MARGIN, NAMES, COLUMN, BAR, LINE] = [20, 300, 114, 62, 22];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 14px } .head { fill: #59636e }
  .card { fill: #fff; stroke: #d1d9e0 } .bar { fill: #b7c0c9 } .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .head { fill: #9198a1 }
    .card { fill: #0d1117; stroke: #3d444d } .bar { fill: #59636e } .ours { fill: #4493f8 }
  }
`;

/** Draws the panels one below the other. Bars are to scale within each column of a panel. */
export function chart(panels: readonly Panel[]): string {
  const title = panels.map((panel) => panel.title).join("; ");
  const elements: string[] = [];
  let y = MARGIN;
  for (const panel of panels) {
    elements.push(...panelAt(panel, y));
    y += (panel.rows.length + 3) * LINE;
  }
  const width = 2 * MARGIN + NAMES + COLUMN * Math.max(...panels.map(({ columns }) => columns.length));
  const size = `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${y - 1}" rx="6"/>`,
    ...elements,
    "</svg>\n",
  ].join("\n");
}

function panelAt({ title, columns, rows, format }: Panel, top: number): string[] {
  const left = (column: number) => MARGIN + NAMES + column * COLUMN;
  const lines = [text(MARGIN, top + 15, title, "title")];
  for (const [index, column] of columns.entries()) {
    const largest = Math.max(...rows.map(({ values }) => values[index] ?? 0));
    lines.push(text(left(index), top + LINE + 15, column, "head"));
    for (const [at, { values, isOurs }] of rows.entries()) {
      const value = values[index];
      const length = largest === 0 ? 0 : (BAR * (value ?? 0)) / largest;
      const y = top + (at + 2) * LINE;
      lines.push(
        `<rect class="${isOurs ? "bar ours" : "bar"}" x="${left(index)}" y="${y + 4}" width="${length.toFixed(1)}" height="13"/>`,
        text(left(index) + length + 4, y + 15, value === undefined ? "–" : format(value)),
      );
    }
  }
  return [...lines, ...rows.map(({ name }, at) => text(MARGIN, top + (at + 2) * LINE + 15, name))];
}

function text(x: number, y: number, content: string, className?: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}"${className ? ` class="${className}"` : ""}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
