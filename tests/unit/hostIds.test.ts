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

describe("before anything is asked", () => {
  const works = (host: ReturnType<typeof provider>, id: string, state: typeof STATE) => [
    () => host.read(id, state),
    () => host.update(id, state, NEWS),
    () => host.delete(id, state),
  ];

  test("state of a newer release is refused with what to do", async () => {
    const newer = { ...STATE, __origin: { version: 2 } };
    const host = provider({}, noCredentials);
    for (const work of [() => host.diff("id", newer, NEWS), ...works(host, "id", newer)]) {
      expect((await failureOf(work())).message).toMatch(/written by a newer release\. Upgrade pulumi-openrouter\.$/);
    }
  });

  test.each([KEY, "", "../keys", "id\n::error::"])("what is no id is refused and not repeated", async (id) => {
    for (const work of works(provider({}, noCredentials), id, STATE)) {
      const { message } = await failureOf(work());
      expect(message).toMatch(/^(read|update|delete) thing: the id has the wrong format\. Pass the `id`/);
    }
  });

  test("what is read, updated or deleted is known, and its account met", async () => {
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

describe("an object that another resource holds by name", () => {
  const made = async () => ({ id: "id", outputs: outputs() as Outputs });
  const partly = async (): Promise<never> => {
    throw new PartialFailureError("id", outputs(), new Error("oops"));
  };
  const replaced = () => ({ changed: true, replaces: ["name"] });

  test.each([
    ["that has just been made is not deleted", { create: made }, true, false],
    ["that was made and not finished is not deleted", { create: partly }, true, false],
    ["that is as declared is not deleted", { diff: same }, true, false],
    ["that is to be replaced is deleted", { diff: replaced }, true, true],
    ["that nobody names is deleted", { create: made, diff: same }, false, true],
  ])("%s", async (_title, does, holds, isDeleted) => {
    const deleted: string[] = [];
    const remove: Methods["delete"] = async (_context, id) => void deleted.push(id);
    const host = provider({ ...does, claims: (id) => (holds ? [id] : []), delete: remove });
    if ("create" in does) await host.create(NEWS).catch(() => undefined);
    if ("diff" in does) await host.diff("id", NEWS, NEWS);
    await host.delete("id", NEWS);
    expect(deleted).toEqual(isDeleted ? ["id"] : []);
  });
});

test("a diff of a refresh, which comes before any input of the program, says nothing of the program", async () => {
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

test("what this run has undone is a change, though the state and the program agree", async () => {
  const host = provider({ diff: same, isUndone: () => true });
  expect(await host.diff("id", STATE, NEWS)).toEqual({ changes: true, replaces: [] });
});
