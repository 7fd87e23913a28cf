import { PartialFailureError } from "../../provider/errors";
import { failureOf, KEY, newSession } from "./support/samples";
import {
  ACCOUNT_REF,
  type Inputs,
  type Methods,
  NEWS,
  noCredentials,
  type Outputs,
  outputs,
  provider,
  ScriptedGuard,
  STATE,
} from "./support/thing";

const same = () => ({ changed: false, replaces: [] });

describe("before any request", () => {
  const operations = (host: ReturnType<typeof provider>, id: string, state: typeof STATE) => [
    () => host.read(id, state),
    () => host.update(id, state, NEWS),
    () => host.delete(id, state),
  ];

  test("rejects the state of a newer release with the advice to upgrade", async () => {
    const newer = { ...STATE, __origin: { version: 2 } };
    const host = provider({}, noCredentials);
    for (const operation of [() => host.diff("id", newer, NEWS), ...operations(host, "id", newer)]) {
      expect((await failureOf(operation())).message).toMatch(
        /written by a newer release\. Upgrade pulumi-openrouter\.$/,
      );
    }
  });

  test.each([KEY, "", "../keys", "id\n::error::"])("rejects the invalid id %j without printing it", async (id) => {
    for (const operation of operations(provider({}, noCredentials), id, STATE)) {
      const { message } = await failureOf(operation());
      expect(message).toMatch(
        /^(read|update|delete) thing: the id has the wrong format\. Pass the number of the thing\.$/,
      );
    }
  });

  test("records the object as seen and meets its account in read, update and delete", async () => {
    for (const verb of ["read", "update", "delete"] as const) {
      const [session, met] = [newSession(), [] as unknown[]];
      const accounts = new ScriptedGuard({ meet: (...args) => void met.push(args) });
      const host = provider(
        {
          read: async () => ({ inputs: { name: "ci" }, outputs: outputs() }),
          diff: same,
          update: async () => outputs(),
          delete: async () => undefined,
        },
        { session, accounts },
      );
      await (verb === "update" ? host.update("id", STATE, NEWS) : host[verb]("id", STATE));
      expect([...session.seenIds]).toEqual(["id"]);
      expect(met).toEqual([[ACCOUNT_REF, 'thing "ci" (id)']]);
    }
  });
});

describe("delete of an object that another resource may claim", () => {
  const created = async () => ({ id: "id", outputs: outputs() as Outputs });
  const partly = async (): Promise<never> => {
    throw new PartialFailureError("id", outputs(), new Error("oops"));
  };
  const replaced = () => ({ changed: true, replaces: ["name"] });

  test.each([
    ["keeps an object that was just created", { create: created }, true, false],
    ["keeps an object whose create is unfinished", { create: partly }, true, false],
    ["keeps an object that matches its declaration", { diff: same }, true, false],
    ["deletes an object that will be replaced", { diff: replaced }, true, true],
    ["deletes an object that no resource claims", { create: created, diff: same }, false, true],
  ])("%s", async (_title, methods, isClaimed, isDeleted) => {
    const deleted: string[] = [];
    const remove: Methods["delete"] = async (_context, id) => void deleted.push(id);
    const host = provider({ ...methods, claims: (id) => (isClaimed ? [id] : []), delete: remove });
    if ("create" in methods) await host.create(NEWS).catch(() => undefined);
    if ("diff" in methods) await host.diff("id", NEWS, NEWS);
    await host.delete("id", NEWS);
    expect(deleted).toEqual(isDeleted ? ["id"] : []);
  });
});

test("manages, claims and forbids nothing in the diff of a refresh, which precedes the program", async () => {
  const session = { ...newSession(), programRuns: false };
  const forbid = jest.fn();
  const check: Methods["check"] = (news) => ({ inputs: news as unknown as Inputs, failures: [] });
  const host = provider({ diff: same, check, forbid, claims: (id) => [id] }, { session });
  await host.diff("id", STATE, NEWS);
  expect([session.managed.size, session.claimedIds.size, forbid.mock.calls.length]).toEqual([0, 0, 0]);
  await host.check({}, NEWS);
  await host.diff("id", STATE, NEWS);
  expect([session.managed.size, session.claimedIds.size, forbid.mock.calls.length]).toEqual([1, 1, 1]);
});

test("finds a change when this run has undone the object, even if state and program agree", async () => {
  const host = provider({ diff: same, isUndone: () => true });
  expect(await host.diff("id", STATE, NEWS)).toEqual({ changes: true, replaces: [] });
});
