/** Tables and cells for a screen of 100 characters. */
import Table from "cli-table3";
import { redact } from "../provider/text";

export interface Column {
  title: string;
  /** Longer cells are cut. */
  widest: number;
}

export type Style = (text: string, column: number) => string;

/** Columns two spaces apart, without lines, so that it reads the same on a terminal, in a pipe and in a mail. */
export function table(columns: readonly Column[], rows: readonly string[][], style: Style = (text) => text): string {
  const titles = columns.map(({ title }) => title);
  const drawn = new Table({
    colWidths: columns.map(({ widest }, column) => widthOf([titles, ...rows], column, widest)),
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 2, head: [], border: [], compact: true },
  });
  drawn.push(titles, ...rows.map((row) => row.map((text, column) => style(text, column))));
  const lines = drawn.toString().split("\n");
  return lines.map((line) => line.trimEnd()).join("\n");
}

const NO_LINES = Object.fromEntries(
  (
    "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right " +
    "right-mid middle"
  )
    .split(" ")
    .map((name) => [name, ""]),
);

const GAP = 2;
const SCREEN = 100;

/** What a table with these other columns leaves of the screen for one more. */
export function roomBeside(columns: readonly Column[], rows: readonly string[][]): number {
  const widths = columns.map(({ title, widest }, column) =>
    Math.min(widest, Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(places))),
  );
  return SCREEN - widths.reduce((sum, width) => sum + width + GAP, 0);
}

/** Label and value in each line, the values below each other. */
export function factLines(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
}

/** Null lets the table find the width. */
function widthOf(rows: readonly string[][], column: number, widest: number): number | null {
  const cells = rows.map((row) => row[column] ?? "");
  return cells.some((cell) => places(cell) > widest) ? widest + GAP : null;
}

/** Letters of Chinese, Japanese and Korean, and pictures, take two places on a screen. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

export function places(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
}

/** Cuts a long text at its start: the end is what tells objects of one stack apart. */
export function shortened(text: string, room: number): string {
  if (places(text) <= room) return text;
  const letters = [...text];
  while (places(letters.join("")) > room - 1) letters.shift();
  return `…${letters.join("")}`;
}

/**
 * A text from elsewhere, without credentials and without what would steer the terminal. To be called before a text is
 * cut: half a credential is not recognized as one.
 */
export function printable(text: string): string {
  return redact(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/** `$25`, `$0.50`, `$1,234.50`; what is less than a cent is not nothing. */
export function usd(amount: number): string {
  if (amount < 0) return `-${usd(-amount)}`;
  if (amount > 0 && amount < 0.01) return "<$0.01";
  return `$${MONEY.format(amount).replace(/\.00$/, "")}`;
}

const MONEY = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** An amount without what binary arithmetic adds to it: 0.3 instead of 0.30000000000000004. */
export function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}

/** `$25/month`, or `none`. */
export function budget(limit: number | null, reset: string | null): string {
  if (limit === null) return "none";
  const every: Record<string, string> = { daily: "day", weekly: "week", monthly: "month" };
  return reset === null ? usd(limit) : `${usd(limit)}/${every[reset] ?? printable(reset)}`;
}

/** `1 key`, `2 keys`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The day of an instant. */
export function day(instant: string | null | undefined): string {
  return instant ? printable(instant).slice(0, 10) : "unknown";
}
