import { sleep } from "../../provider/api/retry";
import {
  AccountMismatchError,
  NotFoundError,
  PartialFailureError,
  PreconditionError,
  ServerError,
  TimeoutError,
} from "../../provider/errors";
import { LAG_WAITS_MS } from "../../provider/reconcile/fresh";
import { Secret } from "../../provider/secret";
import { failureOf } from "./support/samples";
import { OK, reading, respond } from "./support/scriptedTransport";
import {
  ACCOUNT_REF,
  hasNoUndefined,
  type Methods,
  NEWS,
  ORIGIN,
  outputs,
  PROVIDER,
  provider,
  ScriptedGuard,
  SECRET_ON_WIRE,
  STATE,
} from "./support/thing";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());

const gone = new NotFoundError("op", 404, "Resource not found");
const same = () => ({ changed: false, replaces: [] });
const different = () => ({ changed: true, replaces: [] });
const elsewhere = new ScriptedGuard({
  confirmGone: async (api) => {
    throw new AccountMismatchError(api.operation, "not found, and it is elsewhere", "nothing was removed");
  },
});

describe("read", () => {
  const read: Methods["read"] = async (_context, _id, olds) => ({
    inputs: { name: "live", size: undefined },
    outputs: { name: "ci", key: olds?.key ?? new Secret("") },
  });
  const nothing = async () => undefined;
  const props = { name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN };

  test("returns no inputs when nothing drifted: those in the state are as the program declared them", async () => {
    expect(await provider({ read, diff: same }).read("id", STATE)).toStrictEqual({ id: "id", props });
  });

  test("returns the live inputs on drift, without undefined", async () => {
    const result = await provider({ read, diff: different }).read("id", STATE);
    expect(result).toStrictEqual({ id: "id", props, inputs: { name: "live" } });
    expect(hasNoUndefined(result)).toBe(true);
  });

  test("returns the live inputs after an unfinished create or update, and forgets that it was one", async () => {
    const state = { ...STATE, __origin: { ...ORIGIN, unfinished: true } };
    const result = await provider({ read, diff: same }).read("id", state);
    expect(result).toStrictEqual({ id: "id", props, inputs: { name: "live" } });
  });

  test("of `get` has no olds, and returns the live inputs and the account of the management key", async () => {
    const seen: unknown[] = [];
    const found: Methods["read"] = (context, id, olds) => {
      seen.push(context.account, olds);
      return read(context, id, olds);
    };
    const result = await provider({ read: found }).read("id", { __provider: PROVIDER });
    expect(seen).toEqual([ACCOUNT_REF, undefined]);
    expect(result).toMatchObject({ id: "id", props: { __origin: ORIGIN }, inputs: { name: "live" } });
  });

  test("of `get` of what does not exist throws", async () => {
    const error = await failureOf(provider({ read: nothing }).read("id", { __provider: PROVIDER }));
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(/no such object.*id that is passed to `get`/s);
  });

  test("asks for no account when the state has it", async () => {
    const present = () => Promise.reject(new Error("must not be asked"));
    const host = provider({ read, diff: same }, { accounts: new ScriptedGuard({ present }) });
    expect((await host.read("id", STATE)).props?.__origin).toEqual(ORIGIN);
  });

  test("an object found through another base URL is at home there, and keeps its organization", async () => {
    const state = { ...STATE, __origin: { ...ORIGIN, organization: "org_1" } };
    const host = provider({ read, diff: same }, { baseUrl: "https://eu.example" });
    const origin = { ...ORIGIN, organization: "org_1", server: "https://eu.example" };
    expect((await host.read("id", state)).props?.__origin).toEqual(origin);
  });

  test("what is gone in its own account has an empty id", async () => {
    const asked: unknown[] = [];
    const confirmGone = async (_api: unknown, account: unknown) => void asked.push(account);
    const host = provider({ read: nothing }, { accounts: new ScriptedGuard({ confirmGone }) });
    expect(await host.read("id", STATE)).toStrictEqual({ id: "" });
    expect(asked).toEqual([ACCOUNT_REF]);
  });

  test("what is not found elsewhere is an error and not gone", async () => {
    const error = await failureOf(provider({ read: nothing }, { accounts: elsewhere }).read("id", STATE));
    expect(error.message).toMatch(/^read thing "ci" \(id\): not found, and it is elsewhere/);
  });
});

describe("update", () => {
  test("passes olds and news as our own and returns outputs without undefined", async () => {
    const seen: unknown[] = [];
    const update: Methods["update"] = async (_context, _id, olds, news) => {
      seen.push(olds, news);
      return { ...olds, size: undefined };
    };
    const result = await provider({ update }).update("id", STATE, NEWS);
    expect(seen).toEqual([
      { name: "ci", key: expect.any(Secret) },
      { name: "ci", size: 2 },
    ]);
    expect(result).toStrictEqual({ outs: { name: "ci", key: SECRET_ON_WIRE, __origin: ORIGIN } });
  });

  test("after an unfinished one takes the mark away, and writes the base URL of this run", async () => {
    const update: Methods["update"] = async ({ api }, _id, olds) => {
      respond(OK);
      await api.request(reading);
      return olds;
    };
    const state = { ...STATE, __origin: { ...ORIGIN, unfinished: true } };
    const host = provider({ update }, { baseUrl: "https://eu.example" });
    expect((await host.update("id", state, NEWS)).outs?.__origin).toEqual({ ...ORIGIN, server: "https://eu.example" });
  });

  test("that has nothing to send keeps the base URL of the state", async () => {
    const update: Methods["update"] = async (_context, _id, olds) => olds;
    const host = provider({ update }, { baseUrl: "https://eu.example" });
    expect((await host.update("id", STATE, NEWS)).outs?.__origin).toEqual(ORIGIN);
  });

  test("a partial failure keeps the outputs with __provider, as unfinished", async () => {
    const update = () => Promise.reject(new PartialFailureError("id", outputs(), new Error("oops")));
    expect(await failureOf(provider({ update }).update("id", STATE, NEWS))).toMatchObject({
      id: "id",
      properties: { key: SECRET_ON_WIRE, __provider: PROVIDER, __origin: { ...ORIGIN, unfinished: true } },
    });
  });

  test("what is gone says so and how to create it again; elsewhere it says that", async () => {
    const update = () => Promise.reject(gone);
    expect((await failureOf(provider({ update }).update("id", STATE, NEWS))).message).toMatch(/pulumi up --refresh/);
    const error = await failureOf(provider({ update }, { accounts: elsewhere }).update("id", STATE, NEWS));
    expect(error).toBeInstanceOf(AccountMismatchError);
  });

  test("any other failure is passed on as it is", async () => {
    const broken = new ServerError("op", 500, "oops");
    expect(await failureOf(provider({ update: () => Promise.reject(broken) }).update("id", STATE, NEWS))).toBe(broken);
  });
});

describe("delete", () => {
  const fails = (error: Error) => () => Promise.reject(error);
  const lost = new TimeoutError("op", 20);

  test("of what is gone in its own account is a success", async () => {
    await provider({ delete: fails(gone) }).delete("id", STATE);
  });

  test("of what is not found elsewhere is an error", async () => {
    const error = await failureOf(provider({ delete: fails(gone) }, { accounts: elsewhere }).delete("id", STATE));
    expect(error).toBeInstanceOf(AccountMismatchError);
  });

  test("that is refused is that failure, without a look", async () => {
    const refused = new PreconditionError("op", "no", "don't");
    expect(await failureOf(provider({ delete: fails(refused) }).delete("id", STATE))).toBe(refused);
  });

  /** Finds the object this many times, and counts the looks. */
  function lagging(times: number) {
    const looks: unknown[] = [];
    const read: Methods["read"] = async (_context, id, olds) => {
      looks.push([id, olds?.name]);
      return looks.length > times ? undefined : { inputs: { name: "ci" }, outputs: outputs() };
    };
    return { looks, read };
  }

  test("of unknown outcome is a success if a look finds nothing", async () => {
    const { looks, read } = lagging(0);
    await provider({ delete: fails(lost), read }).delete("id", STATE);
    expect(looks).toEqual([["id", "ci"]]);
    expect(jest.mocked(sleep)).not.toHaveBeenCalled();
  });

  test("of unknown outcome is a success if the API shows for a while what it has deleted", async () => {
    const { looks, read } = lagging(LAG_WAITS_MS.length);
    await provider({ delete: fails(lost), read }).delete("id", STATE);
    expect(looks).toHaveLength(LAG_WAITS_MS.length + 1);
    expect(jest.mocked(sleep).mock.calls.map(([ms]) => ms)).toEqual(LAG_WAITS_MS);
  });

  test("of unknown outcome is that failure if the object stays", async () => {
    const { looks, read } = lagging(Number.POSITIVE_INFINITY);
    expect(await failureOf(provider({ delete: fails(lost), read }).delete("id", STATE))).toBe(lost);
    expect(looks).toHaveLength(LAG_WAITS_MS.length + 1);
  });

  test("of unknown outcome that finds nothing in another account is an error", async () => {
    const { read } = lagging(0);
    const host = provider({ delete: fails(lost), read }, { accounts: elsewhere });
    expect(await failureOf(host.delete("id", STATE))).toBeInstanceOf(AccountMismatchError);
  });
});
