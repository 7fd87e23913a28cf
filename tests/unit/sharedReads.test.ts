/** Reads that share requests: how many it takes of which, what they show, and what happens when some fail. */
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

/** An account whose list has these ids, in groups by what stands before a slash. */
function accountOf(ids: string[], broken: { page?: boolean | "never" | "late"; group?: boolean } = {}) {
  const { api } = responding(() => ({}));
  const requests: string[] = [];
  let version = 1;
  const groupOf = (id: string) => id.split("/")[0] as string;
  const pageOf = (all: string[], offset: number): Page<Row> => ({
    rows: all.slice(offset, offset + PAGE_SIZE).map((id) => ({ id, version })),
    next: offset + PAGE_SIZE < all.length ? offset + PAGE_SIZE : undefined,
  });
  const answer = async (request: string, page: () => Page<Row>, fails: typeof broken.page = false) => {
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
      answer(
        `group ${group}`,
        () =>
          pageOf(
            ids.filter((id) => groupOf(id) === group),
            offset,
          ),
        broken.group,
      ),
    readPage: (_api, offset) => answer(`page ${offset}`, () => pageOf(ids, offset), broken.page),
  };
  const reads = new SharedReads(source);
  return {
    requests,
    change: () => version++,
    read: (id: string, operation = "read it") => reads.read({ ...api, operation }, id),
    count: (way: "group" | "page") => requests.filter((request) => request.startsWith(way)).length,
  };
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** As the engine does: some at a time, the next when one is answered. */
async function readAll(account: ReturnType<typeof accountOf>, ids: string[], parallelism: number) {
  const answers = new Map<string, Row | undefined>();
  const queue = ids.values();
  const worker = async () => {
    for (const id of queue) answers.set(id, await account.read(id));
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  return answers;
}

test("of any number of objects in any account it takes at most twice the requests of the cheaper way", async () => {
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
      const ids = named("", managed).map((index) =>
        groupSize === 1 ? `key${index}` : `group${Math.floor(Number(index) / groupSize)}/${index}`,
      );
      const order = (id: string) =>
        [...`${seed} ${id}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
      const all = [...ids, ...named("foreign", foreign)].sort((a, b) => order(a) - order(b));
      const account = accountOf(all);
      const answers = await readAll(account, ids, parallelism);
      expect([...answers].every(([id, row]) => row?.id === id)).toBe(true);
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
])("%s: no more requests than are needed for it", async (_title, managed, foreign, most) => {
  const ids = named("key", managed);
  const account = accountOf([...named("foreign", foreign), ...ids]);
  await readAll(account, ids, 8);
  expect(account.requests.length).toBeLessThanOrEqual(most);
});

test("who reads one object of a large group reads no further than to it", async () => {
  const account = accountOf(named("guardrail/", 450));
  expect(await account.read("guardrail/120")).toMatchObject({ id: "guardrail/120" });
  expect(account.requests).toEqual(["group guardrail", "group guardrail"]);
});

test("all of one group are answered by the group's pages alone", async () => {
  const ids = named("guardrail/", 250);
  const account = accountOf([...named("other/", 900), ...ids]);
  await readAll(account, ids, 8);
  expect(account.requests).toEqual(Array.from({ length: 3 }, () => "group guardrail"));
});

test("many groups of one are answered by pages of all", async () => {
  const ids = named("guardrail", 300).map((group) => `${group}/key`);
  const account = accountOf(ids);
  await readAll(account, ids, 8);
  expect(account.requests.length).toBeLessThanOrEqual(6);
});

test("what is on no page is looked at by itself before it is called gone", async () => {
  const account = accountOf(named("key", 30));
  const answers = await readAll(account, [...named("key", 30), "gone"], 31);
  expect(answers.get("gone")).toBeUndefined();
  expect(account.requests).toContain("group gone");
});

test("of a group of several pages, what is on none is looked at again before it is called gone", async () => {
  const ids = named("guardrail/", 150);
  const account = accountOf(ids);
  await readAll(account, ids.slice(0, 100), 8);
  // Somebody removes one of the first page, and one of the second moves there.
  ids.splice(0, 1);
  expect(await account.read("guardrail/100")).toMatchObject({ id: "guardrail/100" });
  expect(await account.read("guardrail/gone")).toBeUndefined();
});

test("a list that does not answer holds nobody up for long", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  const account = accountOf(named("key", 8), { page: "never" });
  const answers = readAll(account, named("key", 8), 8);
  await new Promise((resolve) => setImmediate(resolve));
  await jest.advanceTimersByTimeAsync(10_000);
  jest.useRealTimers();
  expect([...(await answers).values()].every(Boolean)).toBe(true);
});

test("a page that comes late is no reason to read no more pages", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  const ids = named("key", 300);
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

test("who asks twice for the same object gets a new look", async () => {
  const account = accountOf(named("key", 3));
  await readAll(account, named("key", 3), 3);
  account.change();
  expect(await account.read("key2")).toEqual({ id: "key2", version: 2 });
});

test("a list that can't be read is no failure of those that can be read by themselves", async () => {
  const ids = named("key", 20);
  const account = accountOf(ids, { page: true });
  const answers = await readAll(account, ids, 8);
  expect([...answers.values()].every(Boolean)).toBe(true);
  expect(account.count("page")).toBe(1);
});

test("a failure to read a group is each reader's own, and is not remembered", async () => {
  const broken = { group: true };
  const account = accountOf(["guardrail/a", "guardrail/b"], broken);
  const [a, b] = ["a", "b"].map((name) => failureOf(account.read(`guardrail/${name}`, `read ${name}`)));
  expect((await a)?.message).toMatch(/^read a: the API failed/);
  expect((await b)?.message).toMatch(/^read b: the API failed/);
  broken.group = false;
  expect(await account.read("guardrail/a")).toMatchObject({ id: "guardrail/a" });
});
