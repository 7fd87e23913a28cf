/** Reads lists to their end. The API has two kinds, each with its own trap. */
import { PaginationError } from "../errors";

/** A page of a list, and the offset of the next page if there may be one. */
export interface Page<Row> {
  rows: Row[];
  next: number | undefined;
}

/** The API's largest page. */
export const PAGE_SIZE = 100;

/** No account has this many pages, so such a list has no end. */
const MAX_PAGES = 1_000;

/** Other programs don't create a page of keys within a few requests. */
const MAX_STALE_PAGES = 5;

export interface PageWithTotal<Row> {
  data: Row[];
  totalCount: number;
}

export function pageByTotal<Row>({ data, totalCount }: PageWithTotal<Row>, offset: number): Page<Row> {
  const next = offset + PAGE_SIZE;
  return { rows: data, next: next < totalCount ? next : undefined };
}

export function pageUntilEmpty<Row>(rows: Row[], offset: number): Page<Row> {
  return { rows, next: rows.length > 0 ? offset + rows.length : undefined };
}

/**
 * Reads a list with a total (guardrails, assignments, workspaces). The total counts rows of deleted keys, but the server
 * removes them from the page: a page may be short or empty in the middle of the list. So the offset grows by the page
 * size, and reading stops at the total.
 */
export async function* pagesByTotal<Row>(
  operation: string,
  readPage: (offset: number) => Promise<PageWithTotal<Row>>,
): AsyncGenerator<Row> {
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { rows, next }: Page<Row> = pageByTotal(await readPage(offset), offset);
    yield* rows;
    if (next === undefined) return;
    offset = next;
  }
  throw new PaginationError(operation, `${MAX_PAGES} pages`);
}

/**
 * Reads a list without a total (keys): the offset grows by the rows received, and reading stops at an empty page. The
 * newest keys come first, so a concurrent create moves the rest to later pages, and a page may have no new row. After
 * several such pages, the server must be ignoring the offset.
 */
export async function* pagesUntilEmpty<Row>(
  operation: string,
  identity: (row: Row) => string,
  readPage: (offset: number) => Promise<Row[]>,
): AsyncGenerator<Row> {
  const seen = new Set<string>();
  let offset = 0;
  let stale = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { rows, next }: Page<Row> = pageUntilEmpty(await readPage(offset), offset);
    if (next === undefined) return;
    const fresh = rows.filter((row) => !seen.has(identity(row)));
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (stale === MAX_STALE_PAGES) throw new PaginationError(operation, `${stale} pages without a new row`);
    for (const row of fresh) seen.add(identity(row));
    yield* fresh;
    offset = next;
  }
  throw new PaginationError(operation, `${MAX_PAGES} pages`);
}

export async function allOf<Row>(rows: AsyncGenerator<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
