import { PAGE_SIZE, pagesByTotal, pagesUntilEmpty } from "../../provider/api/pages";
import { PaginationError } from "../../provider/errors";
import { failureOf } from "./support/samples";

async function collected<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

function byTotal(pages: number[][], totalCount: number) {
  const offsets: number[] = [];
  const rows = pagesByTotal("list", async (offset) => {
    offsets.push(offset);
    return { data: pages[offset / PAGE_SIZE] ?? [], totalCount };
  });
  return { rows, offsets };
}

const identity = (row: number) => String(row);
function untilEmpty(readPage: (offset: number) => number[]) {
  const offsets: number[] = [];
  const rows = pagesUntilEmpty("list", identity, async (offset) => {
    offsets.push(offset);
    return readPage(offset);
  });
  return { rows, offsets };
}

test.each([
  ["an empty list", [[]], 0, [], [0]],
  ["one page", [[1, 2]], 2, [1, 2], [0]],
  ["a total of exactly one page", [[1]], 100, [1], [0]],
  ["one row more than a page", [[1], [2]], 101, [1, 2], [0, 100]],
  ["a short page in the middle", [[1, 2], [3], [4]], 300, [1, 2, 3, 4], [0, 100, 200]],
  ["an empty page in the middle", [[1], [], [2]], 201, [1, 2], [0, 100, 200]],
  ["an empty first page", [[], [1]], 150, [1], [0, 100]],
])("reads a list with a total up to the total: %s", async (_title, pages, total, rows, offsets) => {
  const read = byTotal(pages as number[][], total);
  expect(await collected(read.rows)).toEqual(rows);
  expect(read.offsets).toEqual(offsets);
});

test("fails after 1,000 pages when the total is huge", async () => {
  const { rows, offsets } = byTotal([], Number.MAX_SAFE_INTEGER);
  const error = await failureOf(collected(rows));
  expect(offsets).toHaveLength(1_000);
  expect(error).toBeInstanceOf(PaginationError);
  expect(error.message).toMatch(/^list: the API's list does not end/);
});

const upTo = (last: number, size: number) => (offset: number) =>
  Array.from({ length: Math.max(Math.min(size, last - offset), 0) }, (_, index) => offset + index);

test.each([
  ["an empty list", 0, 100, [0]],
  ["one short page", 3, 100, [0, 3]],
  ["exactly one page", 100, 100, [0, 100]],
  ["several pages", 250, 100, [0, 100, 200, 250]],
  ["pages of an unknown size", 90, 40, [0, 40, 80, 90]],
])("reads a list without a total up to an empty page: %s", async (_title, last, size, offsets) => {
  const read = untilEmpty(upTo(last, size));
  expect(await collected(read.rows)).toHaveLength(last);
  expect(read.offsets).toEqual(offsets);
});

test("returns a row once when it moves to the next page during the read", async () => {
  const { rows } = untilEmpty((offset) => (offset === 0 ? [1, 2, 3] : offset === 3 ? [3, 4] : []));
  expect(await collected(rows)).toEqual([1, 2, 3, 4]);
});

test("fails after a few pages when the server ignores the offset", async () => {
  const { rows, offsets } = untilEmpty(() => [1, 2]);
  expect(await failureOf(collected(rows))).toBeInstanceOf(PaginationError);
  expect(offsets).toEqual([0, 2, 4, 6, 8, 10]);
});

test("continues after a page without a new row, because a concurrent create moves the rest", async () => {
  const { rows } = untilEmpty((offset) => ({ 0: [3, 2], 2: [3, 2], 4: [1] })[offset] ?? []);
  expect(await collected(rows)).toEqual([3, 2, 1]);
});

test("fails after 1,000 pages of new rows", async () => {
  const { rows, offsets } = untilEmpty((offset) => [offset]);
  expect(await failureOf(collected(rows))).toBeInstanceOf(PaginationError);
  expect(offsets).toHaveLength(1_000);
});

test.each([
  ["with a total", () => byTotal([[1], [2]], 200)],
  ["without a total", () => untilEmpty(upTo(200, 100))],
])("reads no further page when the caller stops early in a list %s", async (_title, make) => {
  const { rows, offsets } = make();
  for await (const _ of rows) break;
  expect(offsets).toEqual([0]);
});

test("rejects when a page fails", async () => {
  const failing = pagesByTotal("list", () => Promise.reject(new Error("oops")));
  expect((await failureOf(collected(failing))).message).toBe("oops");
});
