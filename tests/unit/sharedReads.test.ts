/** Reads that share requests: the number of requests, the results, and failures. */
import fc from "fast-check";
import { PAGE_SIZE, type Page } from "../../provider/api/pages";
import { ServerError } from "../../provider/errors";
import { SharedReads, type Source } from "../../provider/reconcile/sharedReads";
import { responding } from "./support/fakeApi";
import { failureOf } from "./support/samples";

interface Row {
  id: string;
  version: number;
}

/** An account whose list has these ids, in groups by the part before a slash. */
function accountOf(ids: string[], broken: { page?: boolean | "never" | "late"; group?: boolean } = {}) {
  const { api } = responding(() => ({}));
  const requests: string[] = [];
  let version = 1;
  const groupOf = (id: string) => id.split("/")[0] as string;
  const pageOf = (all: string[], offset: number): Page<Row> => ({
    rows: all.slice(offset, offset + PAGE_SIZE).map((id) => ({ id, version })),
    next: offset + PAGE_SIZE < all.length ? offset + PAGE_SIZE : undefined,
  });
  const respond = async (request: string, page: () => Page<Row>, fails: typeof broken.page = false) => {
    requests.push(request);
    if (fails === "never") return new Promise<never>(() => undefined);
    if (fails === "late") return new Promise<Page<Row>>((resolve) => setTimeout(() => resolve(page()), 15_000));
    await new Promise((resolve) => setImmediate(resolve));
    if (fails) throw new ServerError(`read ${request}`, 500, "oops");
    return page();
  };
  const source: Source<Row> = {
    idOf: ({ id }) => id,
    groupOf,
    readGroup: (_api, group, offset) =>
      respond(
        `group ${group}`,
        () =>
          pageOf(
            ids.filter((id) => groupOf(id) === group),
            offset,
          ),
        broken.group,
      ),
    readPage: (_api, offset) => respond(`page ${offset}`, () => pageOf(ids, offset), broken.page),
  };
  const reads = new SharedReads(source);
  return {
    requests,
    change: () => version++,
    read: (id: string, operation = "read it") => reads.read({ ...api, operation }, id),
    count: (way: "group" | "page") => requests.filter((request) => request.startsWith(way)).length,
  };
}

const idsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Reads like the engine: a fixed number at a time. */
async function readAll(account: ReturnType<typeof accountOf>, ids: string[], parallelism: number) {
  const rows = new Map<string, Row | undefined>();
  const queue = ids.values();
  const worker = async () => {
    for (const id of queue) rows.set(id, await account.read(id));
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  return rows;
}

test("sends at most twice the requests of the cheaper way for any objects in any account", async () => {
  const situation = fc.record({
    managed: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 })),
    foreign: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
    parallelism: fc.constantFrom(1, 2, 8, 16, 400),
    seed: fc.integer(),
    /** How many objects are in a group: a key is alone, a guardrail has many assignments. */
    groupSize: fc.constantFrom(1, 1, 2, 150),
  });
  await fc.assert(
    fc.asyncProperty(situation, async ({ managed, foreign, parallelism, seed, groupSize }) => {
      const ids = idsOf("", managed).map((index) =>
        groupSize === 1 ? `key${index}` : `group${Math.floor(Number(index) / groupSize)}/${index}`,
      );
      const order = (id: string) =>
        [...`${seed} ${id}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
      const all = [...ids, ...idsOf("foreign", foreign)].sort((a, b) => order(a) - order(b));
      const account = accountOf(all);
      const rows = await readAll(account, ids, parallelism);
      expect([...rows].every(([id, row]) => row?.id === id)).toBe(true);
      const sizes = Array.from({ length: Math.ceil(managed / groupSize) }, (_, group) =>
        Math.min(groupSize, managed - group * groupSize),
      );
      const byGroups = sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE_SIZE), 0);
      const cheaper = Math.min(byGroups, Math.ceil(all.length / PAGE_SIZE));
      expect(account.requests.length).toBeLessThanOrEqual(2 * cheaper);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["one key", 1, 0, 1],
  ["ten keys", 10, 0, 2],
  ["three hundred keys", 300, 0, 6],
  ["five keys among five thousand", 5, 4_995, 10],
])("sends no more requests than necessary for %s", async (_title, managed, foreign, maxRequests) => {
  const ids = idsOf("key", managed);
  const account = accountOf([...idsOf("foreign", foreign), ...ids]);
  await readAll(account, ids, 8);
  expect(account.requests.length).toBeLessThanOrEqual(maxRequests);
});

test("reads a large group only to the page of the object", async () => {
  const account = accountOf(idsOf("guardrail/", 450));
  expect(await account.read("guardrail/120")).toMatchObject({ id: "guardrail/120" });
  expect(account.requests).toEqual(["group guardrail", "group guardrail"]);
});

test("reads only the group's pages when all objects are in one group", async () => {
  const ids = idsOf("guardrail/", 250);
  const account = accountOf([...idsOf("other/", 900), ...ids]);
  await readAll(account, ids, 8);
  expect(account.requests).toEqual(Array.from({ length: 3 }, () => "group guardrail"));
});

test("reads pages of all objects when there are many groups of one", async () => {
  const ids = idsOf("guardrail", 300).map((group) => `${group}/key`);
  const account = accountOf(ids);
  await readAll(account, ids, 8);
  expect(account.requests.length).toBeLessThanOrEqual(6);
});

test("reads an object individually before it counts as deleted when no page has it", async () => {
  const account = accountOf(idsOf("key", 30));
  const rows = await readAll(account, [...idsOf("key", 30), "gone"], 31);
  expect(rows.get("gone")).toBeUndefined();
  expect(account.requests).toContain("group gone");
});

test("rereads a group of several pages before an object that was on none counts as deleted", async () => {
  const ids = idsOf("guardrail/", 150);
  const account = accountOf(ids);
  await readAll(account, ids.slice(0, 100), 8);
  // An assignment of the first page was removed, and one of the second moved there.
  ids.splice(0, 1);
  expect(await account.read("guardrail/100")).toMatchObject({ id: "guardrail/100" });
  expect(await account.read("guardrail/gone")).toBeUndefined();
});

test("reads the objects individually when the list does not respond in time", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  const account = accountOf(idsOf("key", 8), { page: "never" });
  const reading = readAll(account, idsOf("key", 8), 8);
  await new Promise((resolve) => setImmediate(resolve));
  await jest.advanceTimersByTimeAsync(10_000);
  jest.useRealTimers();
  expect([...(await reading).values()].every(Boolean)).toBe(true);
});

test("continues to read pages after one that came late", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  const ids = idsOf("key", 300);
  const broken: Parameters<typeof accountOf>[1] = { page: "late" };
  const account = accountOf(ids, broken);
  const first = readAll(account, ids.slice(0, 8), 8);
  await new Promise((resolve) => setImmediate(resolve));
  await jest.advanceTimersByTimeAsync(10_000);
  await first;
  await jest.advanceTimersByTimeAsync(5_000);
  jest.useRealTimers();
  broken.page = false;
  await readAll(account, ids.slice(8), 8);
  expect([account.count("group"), account.count("page")]).toEqual([8, 3]);
});

test("fetches an object again when it is read twice", async () => {
  const account = accountOf(idsOf("key", 3));
  await readAll(account, idsOf("key", 3), 3);
  account.change();
  expect(await account.read("key2")).toEqual({ id: "key2", version: 2 });
});

test("reads the objects individually when the list fails", async () => {
  const ids = idsOf("key", 20);
  const account = accountOf(ids, { page: true });
  const rows = await readAll(account, ids, 8);
  expect([...rows.values()].every(Boolean)).toBe(true);
  expect(account.count("page")).toBe(1);
});

test("reports the failure of a group under the name of each read, and does not remember it", async () => {
  const broken = { group: true };
  const account = accountOf(["guardrail/a", "guardrail/b"], broken);
  const [a, b] = ["a", "b"].map((name) => failureOf(account.read(`guardrail/${name}`, `read ${name}`)));
  expect((await a)?.message).toMatch(/^read a: the API failed/);
  expect((await b)?.message).toMatch(/^read b: the API failed/);
  broken.group = false;
  expect(await account.read("guardrail/a")).toMatchObject({ id: "guardrail/a" });
});
