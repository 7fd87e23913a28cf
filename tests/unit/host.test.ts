import { inspect } from "node:util";
import { z } from "zod";
import { type HttpResponse, send } from "../../provider/api/transport";
import { AccountMismatchError, PartialFailureError, PreconditionError, ServerError } from "../../provider/errors";
import type { AccountRef } from "../../provider/reconcile/account";
import { Secret } from "../../provider/secret";
import { failureOf, KEY, newSession } from "./support/samples";
import {
  ACCOUNT_REF,
  hasNoUndefined,
  type Inputs,
  type Methods,
  NEWS,
  noCredentials,
  ORIGIN,
  type Outputs,
  outputs,
  PROVIDER,
  provider,
  ScriptedGuard,
  SECRET_ON_WIRE,
  STATE,
} from "./support/thing";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));

describe("check", () => {
  test("failures name no property, since the engine prints the value of a named one", async () => {
    const check = () => ({ failures: ["size: must be small", "name: is required"] });
    expect(await provider({ check }, noCredentials).check({}, NEWS)).toEqual({
      failures: [
        { property: "", reason: "size: must be small" },
        { property: "", reason: "name: is required" },
      ],
    });
  });

  test("inputs, old ones too, come without __provider and without undefined, and no credential is needed", async () => {
    const seen: unknown[] = [];
    const check = (news: object, olds: object) => {
      seen.push(news, olds);
      return { inputs: { name: "ci", size: undefined }, failures: [] as [] };
    };
    const result = await provider({ check }, noCredentials).check({ name: "old", __provider: PROVIDER }, NEWS);
    expect(seen).toEqual([{ name: "ci", size: 2 }, { name: "old" }]);
    expect(result).toStrictEqual({ inputs: { name: "ci" }, failures: [] });
  });
});

describe("diff", () => {
  test.each([
    [{ changed: false, replaces: [] }, { changes: false }],
    [{ changed: true, replaces: [] }, { replaces: [] }],
    [{ changed: true, replaces: ["size"] }, { replaces: ["size"] }],
  ])("%j is told as %j, so that the engine compares the inputs itself", async (difference, told) => {
    expect(await provider({ diff: () => difference }, noCredentials).diff("id", STATE, NEWS)).toStrictEqual(told);
  });

  test("sees our own outputs and inputs only, and the secret as one", async () => {
    const seen: unknown[] = [];
    const diff = (olds: Outputs, news: Inputs) => {
      seen.push(olds, news);
      return { changed: false, replaces: [] };
    };
    await provider({ diff }).diff("id", STATE, NEWS);
    expect(seen).toEqual([
      { name: "ci", key: expect.any(Secret) },
      { name: "ci", size: 2 },
    ]);
    expect((seen[0] as Outputs).key.reveal()).toBe(KEY);
  });

  test("what the kind forbids sees the change and the account of the state, and its error is the answer", async () => {
    const seen: unknown[] = [];
    const forbidden = new PreconditionError("replace x", "no", "don't");
    const does: Methods = {
      diff: () => ({ changed: true, replaces: ["size"] }),
      forbid: (change) => {
        seen.push(change);
        throw forbidden;
      },
    };
    const host = provider(does, noCredentials);
    expect(await failureOf(host.diff("id", STATE, NEWS))).toBe(forbidden);
    await failureOf(host.diff("id", { ...STATE, __origin: undefined }, NEWS));
    const change = {
      id: "id",
      olds: expect.anything(),
      news: { name: "ci", size: 2 },
      replaces: ["size"],
      session: expect.anything(),
    };
    expect(seen).toEqual([
      { ...change, account: ACCOUNT_REF },
      { ...change, account: undefined },
    ]);
  });

  test("meets the account of the state, and refuses a plan for two of them", async () => {
    const met: unknown[] = [];
    const rejectMixedAccounts = (operation: string) => {
      throw new AccountMismatchError(operation, "two accounts", "use two Providers");
    };
    const accounts = new ScriptedGuard({ meet: (...args) => void met.push(args), rejectMixedAccounts });
    const error = await failureOf(provider({}, { ...noCredentials, accounts }).diff("id", STATE, NEWS));
    expect(error.message).toBe('compare thing "ci" (id): two accounts. Use two Providers.');
    expect(met).toEqual([[ACCOUNT_REF, 'thing "ci" (id)']]);
  });

  test("what another resource has adopted in this run is refused", async () => {
    const session = newSession();
    session.adoptedIds.add("id");
    const error = await failureOf(provider({}, { ...noCredentials, session }).diff("id", STATE, NEWS));
    expect(error.message).toMatch(/^compare thing "ci" \(id\): another resource .* manages or adopts id already/);
  });

  test("what it compares is known and managed: nothing that a lost request has left, and nobody else's to adopt", async () => {
    const session = newSession();
    await provider({ diff: () => ({ changed: false, replaces: [] }) }, { session }).diff("id", STATE, NEWS);
    expect([...session.seenIds, ...session.managed.keys()]).toEqual(["id", "id"]);
  });
});

describe("create", () => {
  const create = async () => ({ id: "id", outputs: outputs({ size: undefined }) });

  test("results hold the secret in wire form, the account and the version, and no undefined", async () => {
    const result = await provider({ create }).create(NEWS);
    expect(result).toStrictEqual({ id: "id", outs: { name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN } });
    expect(hasNoUndefined(result)).toBe(true);
  });

  test("the state says through which base URL and in which organization, where that is not the usual case", async () => {
    const account: AccountRef = { workspace: "w", organization: "org_1", server: "http://127.0.0.1:4010" };
    const accounts = new ScriptedGuard({ present: async () => account });
    expect((await provider({ create }, { accounts }).create(NEWS)).outs.__origin).toStrictEqual({
      version: 1,
      account: "w",
      organization: "org_1",
      server: "http://127.0.0.1:4010",
    });
  });

  test("that the name is the default one is an output like any other", async () => {
    const named = { __defaultName: true };
    const { outs } = await provider({ create: async () => ({ id: "id", outputs: outputs(named) }) }).create(NEWS);
    expect(outs).toStrictEqual({ name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN, ...named });
  });

  test("nothing is made when the account can't be told", async () => {
    const accounts = new ScriptedGuard({ present: () => Promise.reject(new Error("no credentials")) });
    expect((await failureOf(provider({}, { accounts }).create(NEWS))).message).toBe("no credentials");
  });

  test("the kind is told the account, and an error says which object it is about", async () => {
    const seen: unknown[] = [];
    const named: Methods["create"] = ({ api, account }) => {
      seen.push(api.operation, account);
      return create();
    };
    await provider({ create: named }).create(NEWS);
    expect(seen).toEqual(['create thing "ci"', ACCOUNT_REF]);
  });

  const partial = () =>
    Promise.reject(new PartialFailureError("id", outputs({ size: undefined }), new Error(`oops ${KEY}`)));

  test("a partial failure carries id, __provider, the secret in wire form and the reason without keys", async () => {
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    expect(error.id).toBe("id");
    expect(error.properties).toStrictEqual({
      name: "ci",
      key: SECRET_ON_WIRE,
      __origin: { ...ORIGIN, unfinished: true },
      __provider: PROVIDER,
    });
    expect(error.reasons).toEqual(["oops [secret]"]);
    expect(error.message).toBe("oops [secret]");
    expect(error.stack).toBe("oops [secret]");
    expect("code" in error).toBe(false);
  });

  test("printing a partial failure prints no key", async () => {
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    for (const text of [String(error), error.stack ?? "", inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      expect(text).not.toContain(KEY);
    }
  });

  test("any other failure is passed on as it is", async () => {
    const broken = new ServerError("op", 500, "oops");
    expect(await failureOf(provider({ create: () => Promise.reject(broken) }).create(NEWS))).toBe(broken);
  });
});

test("a request of a lifecycle goes out with the operation's name", async () => {
  const answer: HttpResponse = { status: 404, text: '{"error":{"code":404,"message":"no"}}' };
  jest.mocked(send).mockResolvedValue(answer);
  const remove: Methods["delete"] = ({ api }) => api.request({ method: "GET", path: ["x"], result: z.any() });
  await provider({ delete: remove }).delete("id", STATE);
  expect(jest.mocked(send).mock.calls[0]?.[0].operation).toBe('delete thing "ci" (id)');
});

test.each([true, false])(
  "a write is compared with the accounts that were met, and says if it creates: %s",
  async (creates) => {
    const seen: unknown[] = [];
    const beforeWrite = async (_api: unknown, isCreate: boolean) => {
      seen.push(isCreate);
      throw new AccountMismatchError("op", "no", "stop");
    };
    jest.mocked(send).mockClear();
    const write: Methods["delete"] = ({ api }) => api.request({ method: "POST", path: ["x"], result: z.any() });
    const does: Methods = { delete: write, create: (context) => write(context, "id", outputs()) as Promise<never> };
    const host = provider(does, { accounts: new ScriptedGuard({ beforeWrite }) });
    const work = creates ? host.create(NEWS) : host.delete("id", STATE);
    expect(await failureOf(work)).toBeInstanceOf(AccountMismatchError);
    expect(seen).toEqual([creates]);
    expect(jest.mocked(send)).not.toHaveBeenCalled();
  },
);

test("an object whose name is its id is called by it once", async () => {
  const error = await failureOf(
    provider({ read: async () => undefined }).read("id", { name: "id", __provider: PROVIDER }),
  );
  expect(error.message).toMatch(/^read thing "id": there is no such object/);
});
