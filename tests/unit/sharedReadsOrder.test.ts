import type { Api } from "../../provider/api/call";
import { PAGE_SIZE, type Page } from "../../provider/api/pages";
import { ServerError } from "../../provider/errors";
import { SharedReads } from "../../provider/reconcile/sharedReads";
import { responding } from "./support/fakeApi";
import { failureOf } from "./support/samples";

const idsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An account that has these ids, in groups by what comes before the slash. */
function accountOf(ids: string[]) {
  const requests: string[] = [];
  const senders: string[] = [];
  let failing = false;
  const page = async (request: string, api: Api, all: string[], offset: number): Promise<Page<string>> => {
    requests.push(`${request} ${offset}`);
    senders.push(api.operation);
    await turn();
    if (failing) throw new ServerError(api.operation, 500, "oops");
    const next = offset + PAGE_SIZE;
    return { rows: all.slice(offset, next), next: next < all.length ? next : undefined };
  };
  const groupOf = (id: string) => id.split("/")[0] as string;
  const reads = new SharedReads<string>({
    idOf: (id) => id,
    groupOf,
    readGroup: (api, group, offset) =>
      page(
        group,
        api,
        ids.filter((id) => groupOf(id) === group),
        offset,
      ),
    readPage: (api, offset) => page("page", api, ids, offset),
  });
  const { api } = responding(() => ({}));
  return {
    requests,
    senders,
    fail: (fails: boolean) => {
      failing = fails;
    },
    read: (id: string) => reads.read({ ...api, operation: `read ${id}` }, id),
  };
}

test("reads the rest of a group only when its turn comes again", async () => {
  const account = accountOf([...idsOf("a/", 150), ...idsOf("b/", 150)]);
  expect(await Promise.all([account.read("a/120"), account.read("b/120")])).toEqual(["a/120", "b/120"]);
  // No group is read again from its start.
  expect(account.requests).toEqual(["a 0", "page 0", "page 100", "b 0", "b 100"]);
});

test("reads the next page under the name of a read that still waits", async () => {
  const account = accountOf(idsOf("a/", 150));
  await Promise.all([account.read("a/120"), account.read("a/5")]);
  expect(account.senders).toEqual(["read a/120", "read a/120"]);
});

test("rereads a group of several pages once for all objects that it did not show", async () => {
  const account = accountOf(idsOf("a/", 150));
  expect(await Promise.all([account.read("a/gone"), account.read("a/gone too")])).toEqual([undefined, undefined]);
  expect(account.requests).toEqual(["a 0", "a 100", "a 0", "a 100"]);
});

test("rereads a group when the last reread failed, and reports that failure under the name of each read", async () => {
  const account = accountOf(idsOf("a/", 150));
  await account.read("a/120");
  account.fail(true);
  const failures = await Promise.all([failureOf(account.read("a/gone")), failureOf(account.read("a/gone too"))]);
  expect(failures.map(({ message }) => message.split(":")[0])).toEqual(["read a/gone", "read a/gone too"]);
  account.fail(false);
  expect(await account.read("a/gone three")).toBeUndefined();
});

test("rereads a completely read group for an object that it did not show", async () => {
  const account = accountOf(["a/0", "a/1"]);
  expect(await account.read("a/0")).toBe("a/0");
  expect(await account.read("a/1")).toBe("a/1");
  expect(account.requests).toEqual(["a 0"]);
  expect(await account.read("a/gone")).toBeUndefined();
});

test("clears the timeout of a page when it arrives", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  const account = accountOf(idsOf("key", 20));
  await Promise.all(idsOf("key", 20).map((id) => account.read(id)));
  expect(account.requests).toContain("page 0");
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});
