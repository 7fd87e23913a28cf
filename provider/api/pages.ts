/** Reading lists to their end. The API has two kinds, and each has a trap of its own. */
import { PaginationError } from "../errors";

/** A page of a list, and the offset of the next one, if there may be one. */
export interface Page<Row> {
  rows: Row[];
  next: number | undefined;
}

/** The API's largest page. */
export const PAGE_SIZE = 100;

/** No account has this many pages; a list that does is not ending. */
const MAX_PAGES = 1_000;

/** Other programs don't make a page of keys in the time of a few requests. */
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
 * Lists with a total (guardrails, assignments, workspaces). The server cuts the page first and then drops rows whose
 * key no longer exists, while the total still counts them: a page may be short, even empty, in the middle of the list.
 * So it steps by the size of a page and stops at the total.
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
 * Lists without a total (keys): it steps by what was received and stops at an empty page. The newest come first, so what
 * is made meanwhile moves the rest to later pages, and a page may bring nothing new; if that goes on, the server ignores
 * the offset.
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
    if (stale === MAX_STALE_PAGES) throw new PaginationError(operation, `${stale} pages brought nothing new`);
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
