/** Tables and cells for people. */

export interface Column {
  title: string;
  /** Columns of the screen that longer cells keep when the screen is too narrow. Without it they are never cut. */
  least?: number;
  /** Cells that differ still differ when they are cut. */
  distinct?: boolean;
}

export type CellStyle = (text: string, column: number) => string;

/**
 * Columns two spaces apart, without lines, so that it reads the same on a screen, in a pipe and in a mail.
 *
 * @param width Columns of the screen. Without one nothing is cut.
 */
export function table(
  columns: readonly Column[],
  rows: readonly string[][],
  width = Number.POSITIVE_INFINITY,
  style: CellStyle = (text) => text,
): string {
  const widths = widthsOf(columns, rows, width);
  const cut = rows.map((row) => row.map((text, column) => truncateStart(text, widths[column] ?? 0)));
  const lines = [columns.map(({ title }) => title), ...cut].map((row, index) => {
    const cells = row.map((text, column) => {
      const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(text)));
      return (index === 0 ? text : style(text, column)) + gap;
    });
    return cells.join(GAP).trimEnd();
  });
  return lines.join("\n");
}

const GAP = "  ";

/** The widest give way first. */
function widthsOf(columns: readonly Column[], rows: readonly string[][], screen: number): number[] {
  const widths = columns.map(({ title }, column) => Math.max(...[title, ...cellsOf(rows, column)].map(displayWidth)));
  const least = columns.map(({ title, least = Number.POSITIVE_INFINITY, distinct }, column) => {
    const cells = distinct ? [...new Set(cellsOf(rows, column))] : [];
    return Math.max(least, displayWidth(title), leastDistinct(cells));
  });
  for (;;) {
    const isTooWide = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) > screen;
    const [widest] = widths
      .map((_, column) => column)
      .filter((column) => room(column) > 0)
      .sort(byWidth);
    if (!isTooWide || widest === undefined) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }

  function room(column: number): number {
    return (widths[column] ?? 0) - (least[column] ?? 0);
  }

  function byWidth(a: number, b: number): number {
    return (widths[b] ?? 0) - (widths[a] ?? 0);
  }
}

function cellsOf(rows: readonly string[][], column: number): string[] {
  return rows.map((row) => row[column] ?? "");
}

function leastDistinct(cells: readonly string[]): number {
  let width = 1;
  while (new Set(cells.map((cell) => truncateStart(cell, width))).size < cells.length) width++;
  return width;
}

/** Label and value in each line, the values below each other. */
export function factLines(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
}

/** Letters of Chinese, Japanese and Korean, and pictures, take two columns of a screen. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Accents above or below the letter before them. */
const COMBINING = /\p{M}/u;

/** Columns that a text takes on a screen. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : COMBINING.test(letter) ? 0 : 1), 0);
}

/** Cuts a long text at its start: the end is what tells objects of one stack apart. */
export function truncateStart(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  const letters = [...text];
  let width = 1;
  let start = letters.length;
  while (start > 0 && width + displayWidth(letters[start - 1] ?? "") <= room)
    width += displayWidth(letters[--start] ?? "");
  return `…${letters.slice(start).join("")}`;
}
