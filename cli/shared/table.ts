/** Tables and labeled lines, aligned by what a screen shows. */

/** A title, if its cells are never truncated. */
export type Column = string | FlexibleColumn;

interface FlexibleColumn {
  title: string;
  /** Width that longer cells keep when the screen is too narrow for the table. */
  minWidth: number;
  /** Whether cells that differ still differ when truncated. */
  distinct?: boolean;
}

/** On narrower screens some tables omit columns. */
export const WIDE_SCREEN = 100;

export type CellStyle = (cell: string, column: number) => string;

const GAP = "  ";

/**
 * Columns separated by spaces, without lines, so that it reads the same on a screen, in a pipe and in an email.
 *
 * @param screenWidth Default: nothing is truncated.
 */
export function table(
  columns: readonly Column[],
  rows: readonly string[][],
  screenWidth = Number.POSITIVE_INFINITY,
  style: CellStyle = (cell) => cell,
): string {
  const widths = columnWidths(columns, rows, screenWidth);
  const truncated = rows.map((row) => row.map((cell, column) => truncateStart(cell, widths[column] ?? 0)));
  const lines = [columns.map(titleOf), ...truncated].map((row, index) => {
    const cells = row.map((cell, column) => {
      const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
      return (index === 0 ? cell : style(cell, column)) + padding;
    });
    return cells.join(GAP).trimEnd();
  });
  return lines.join("\n");
}

/** The widest columns are truncated first. */
function columnWidths(columns: readonly Column[], rows: readonly string[][], screenWidth: number): number[] {
  const fitted = columns.map((column, index) => {
    const cells = rows.map((row) => row[index] ?? "");
    const width = Math.max(...[titleOf(column), ...cells].map(displayWidth));
    if (typeof column === "string") return { width, min: width };
    const { title, minWidth, distinct } = column;
    return { width, min: Math.max(minWidth, displayWidth(title), distinct ? distinctWidth([...new Set(cells)]) : 0) };
  });
  const total = fitted.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
  for (let excess = total - screenWidth; excess > 0; excess--) {
    const [widest] = fitted.filter(({ width, min }) => width > min).sort((a, b) => b.width - a.width);
    if (widest) widest.width--;
  }
  return fitted.map(({ width }) => width);
}

function titleOf(column: Column): string {
  return typeof column === "string" ? column : column.title;
}

/** The smallest width at which truncated cells still differ. */
function distinctWidth(cells: readonly string[]): number {
  let width = 1;
  while (new Set(cells.map((cell) => truncateStart(cell, width))).size < cells.length) width++;
  return width;
}

/** A label and a value in each line, the values aligned. */
export function factLines(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
}

/** Items separated by commas, in lines of at most this width; an item that is longer has a line of its own. */
export function wrapItems(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const last = lines.at(-1);
    const text = index < items.length - 1 ? `${item},` : item;
    if (last !== undefined && displayWidth(`${last} ${text}`) <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines;
}

/** Chinese, Japanese and Korean characters and emoji take two columns of a screen. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Accents above or below the letter before them. */
const COMBINING = /\p{M}/u;

/** Columns that a string takes on a screen. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : COMBINING.test(letter) ? 0 : 1), 0);
}

/** Truncates a long name at its start, because names of one stack differ at the end. */
export function truncateStart(text: string, maxWidth: number): string {
  let width = displayWidth(text);
  if (width <= maxWidth) return text;
  const letters = [...text];
  let start = 0;
  for (; start < letters.length && width > maxWidth - 1; start++) width -= displayWidth(letters[start] ?? "");
  return `…${letters.slice(start).join("")}`;
}
