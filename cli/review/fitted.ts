/** A report in the room that a comment has. */
import { own, type Sentence } from "./sentence";
import type { Page } from "./view";

/** Rows of a table, or call-outs, that are shown at once. */
export const MAX_ROWS = 20;

/** A comment on GitHub takes 65,536 characters, and something may be added to it. */
const MAX_BYTES = 60_000;

/** As much as fits. The verdict, the headline and the counts are always kept. */
export function fitToPage(page: Page, draw: (page: Page) => string): string {
  for (const most of [Number.POSITIVE_INFINITY, 200, 50, MAX_ROWS, 5, 0]) {
    const drawn = draw(cut(page, most));
    if (Buffer.byteLength(drawn) <= MAX_BYTES) return drawn;
  }
  // Only names and warnings of an absurd length get here.
  const bytes = Buffer.from(draw(cut({ ...page, notes: [] }, 0)));
  return bytes
    .subarray(0, MAX_BYTES - 10)
    .toString("utf8")
    .replace(/\ufffd+$/, "…");
}

function cut(page: Page, most: number): Page {
  return {
    ...page,
    callouts: some(page.callouts, most),
    sets: some(page.sets, most),
    tables: page.tables.map((table) => ({
      ...table,
      rows: table.rows.slice(0, most),
      omitted: Math.max(0, table.rows.length - most),
    })),
    notes: some(page.notes, Math.max(most, MAX_ROWS)),
  };
}

function some(sentences: readonly Sentence[], most: number): Sentence[] {
  const more = sentences.length - most;
  return [...sentences.slice(0, most), ...(more > 0 ? [own(`${more} more; --format json has all.`)] : [])];
}
