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
  test("reports failures without a property, because the engine prints the value of a named one", async () => {
    const check = () => ({ failures: ["size: must be small", "name: is required"] });
    expect(await provider({ check }, noCredentials).check({}, NEWS)).toEqual({
      failures: [
        { property: "", reason: "size: must be small" },
        { property: "", reason: "name: is required" },
      ],
    });
  });

  test("passes and returns inputs without __provider and undefined, and needs no credential", async () => {
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
  ])("reports %j as %j, so that the engine compares the inputs itself", async (difference, reported) => {
    expect(await provider({ diff: () => difference }, noCredentials).diff("id", STATE, NEWS)).toStrictEqual(reported);
  });

  test("passes only outputs and inputs of the kind, with the secret as a Secret", async () => {
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

  test("passes the change and the account of the state to `forbid`, and throws its error", async () => {
    const seen: unknown[] = [];
    const forbidden = new PreconditionError("replace x", "no", "don't");
    const methods: Methods = {
      diff: () => ({ changed: true, replaces: ["size"] }),
      forbid: (change) => {
        seen.push(change);
        throw forbidden;
      },
    };
    const host = provider(methods, noCredentials);
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

  test("meets the account of the state, and rejects a plan for two accounts", async () => {
    const met: unknown[] = [];
    const rejectMixedAccounts = (operation: string) => {
      throw new AccountMismatchError(operation, "two accounts", "use two Providers");
    };
    const accounts = new ScriptedGuard({ meet: (...args) => void met.push(args), rejectMixedAccounts });
    const error = await failureOf(provider({}, { ...noCredentials, accounts }).diff("id", STATE, NEWS));
    expect(error.message).toBe('compare thing "ci" (id): two accounts. Use two Providers.');
    expect(met).toEqual([[ACCOUNT_REF, 'thing "ci" (id)']]);
  });

  test("rejects an object that another resource has adopted in this run", async () => {
    const session = newSession();
    session.adoptedIds.add("id");
    const error = await failureOf(provider({}, { ...noCredentials, session }).diff("id", STATE, NEWS));
    expect(error.message).toMatch(/^compare thing "ci" \(id\): another resource .* manages or adopts id already/);
  });

  test("records the object as seen and managed, so that it is neither an orphan nor adoptable", async () => {
    const session = newSession();
    await provider({ diff: () => ({ changed: false, replaces: [] }) }, { session }).diff("id", STATE, NEWS);
    expect([...session.seenIds, ...session.managed.keys()]).toEqual(["id", "id"]);
  });
});

describe("create", () => {
  const create = async () => ({ id: "id", outputs: outputs({ size: undefined }) });

  test("returns the secret in Pulumi's format, the account and the version, and no undefined", async () => {
    const result = await provider({ create }).create(NEWS);
    expect(result).toStrictEqual({ id: "id", outs: { name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN } });
    expect(hasNoUndefined(result)).toBe(true);
  });

  test("stores the base URL and the organization when they are not the usual ones", async () => {
    const account: AccountRef = { workspace: "w", organization: "org_1", server: "http://127.0.0.1:4010" };
    const accounts = new ScriptedGuard({ present: async () => account });
    expect((await provider({ create }, { accounts }).create(NEWS)).outs.__origin).toStrictEqual({
      version: 1,
      account: "w",
      organization: "org_1",
      server: "http://127.0.0.1:4010",
    });
  });

  test("returns __defaultName as an output", async () => {
    const named = { __defaultName: true };
    const { outs } = await provider({ create: async () => ({ id: "id", outputs: outputs(named) }) }).create(NEWS);
    expect(outs).toStrictEqual({ name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN, ...named });
  });

  test("creates nothing when the account can't be identified", async () => {
    const accounts = new ScriptedGuard({ present: () => Promise.reject(new Error("no credentials")) });
    expect((await failureOf(provider({}, { accounts }).create(NEWS))).message).toBe("no credentials");
  });

  test("passes the account, and an operation that names the object", async () => {
    const seen: unknown[] = [];
    const recording: Methods["create"] = ({ api, account }) => {
      seen.push(api.operation, account);
      return create();
    };
    await provider({ create: recording }).create(NEWS);
    expect(seen).toEqual(['create thing "ci"', ACCOUNT_REF]);
  });

  const partial = () =>
    Promise.reject(new PartialFailureError("id", outputs({ size: undefined }), new Error(`oops ${KEY}`)));

  test("throws a partial failure with id, __provider, the secret in Pulumi's format and a redacted reason", async () => {
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

  test("throws a partial failure that prints no key", async () => {
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    for (const output of [String(error), error.stack ?? "", inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      expect(output).not.toContain(KEY);
    }
  });

  test("passes on any other failure unchanged", async () => {
    const broken = new ServerError("op", 500, "oops");
    expect(await failureOf(provider({ create: () => Promise.reject(broken) }).create(NEWS))).toBe(broken);
  });
});

test("sends a request of a lifecycle with the name of the operation", async () => {
  const response: HttpResponse = { status: 404, text: '{"error":{"code":404,"message":"no"}}' };
  jest.mocked(send).mockResolvedValue(response);
  const remove: Methods["delete"] = ({ api }) => api.request({ method: "GET", path: ["x"], result: z.any() });
  await provider({ delete: remove }).delete("id", STATE);
  expect(jest.mocked(send).mock.calls[0]?.[0].operation).toBe('delete thing "ci" (id)');
});

test.each([true, false])(
  "checks the accounts before a write, and passes whether it is a create: %s",
  async (creates) => {
    const seen: unknown[] = [];
    const beforeWrite = async (_api: unknown, isCreate: boolean) => {
      seen.push(isCreate);
      throw new AccountMismatchError("op", "no", "stop");
    };
    jest.mocked(send).mockClear();
    const write: Methods["delete"] = ({ api }) => api.request({ method: "POST", path: ["x"], result: z.any() });
    const methods: Methods = { delete: write, create: (context) => write(context, "id", outputs()) as Promise<never> };
    const host = provider(methods, { accounts: new ScriptedGuard({ beforeWrite }) });
    const work = creates ? host.create(NEWS) : host.delete("id", STATE);
    expect(await failureOf(work)).toBeInstanceOf(AccountMismatchError);
    expect(seen).toEqual([creates]);
    expect(jest.mocked(send)).not.toHaveBeenCalled();
  },
);

test("names an object only once when its name is its id", async () => {
  const error = await failureOf(
    provider({ read: async () => undefined }).read("id", { name: "id", __provider: PROVIDER }),
  );
  expect(error.message).toMatch(/^read thing "id": there is no such object/);
});
