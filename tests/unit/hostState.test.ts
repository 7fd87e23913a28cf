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
const differentAccount = new ScriptedGuard({
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

  test("returns no inputs when nothing drifted, because the state has the declared ones", async () => {
    expect(await provider({ read, diff: same }).read("id", STATE)).toStrictEqual({ id: "id", props });
  });

  test("returns the live inputs on drift, without undefined", async () => {
    const result = await provider({ read, diff: different }).read("id", STATE);
    expect(result).toStrictEqual({ id: "id", props, inputs: { name: "live" } });
    expect(hasNoUndefined(result)).toBe(true);
  });

  test("returns the live inputs and clears `unfinished` after an unfinished create or update", async () => {
    const state = { ...STATE, __origin: { ...ORIGIN, unfinished: true } };
    const result = await provider({ read, diff: same }).read("id", state);
    expect(result).toStrictEqual({ id: "id", props, inputs: { name: "live" } });
  });

  test("returns the live inputs and the account of the management key for `get`", async () => {
    const seen: unknown[] = [];
    const found: Methods["read"] = (context, id, olds) => {
      seen.push(context.account, olds);
      return read(context, id, olds);
    };
    const result = await provider({ read: found }).read("id", { __provider: PROVIDER });
    expect(seen).toEqual([ACCOUNT_REF, undefined]);
    expect(result).toMatchObject({ id: "id", props: { __origin: ORIGIN }, inputs: { name: "live" } });
  });

  test("fails for `get` when the object does not exist", async () => {
    const error = await failureOf(provider({ read: nothing }).read("id", { __provider: PROVIDER }));
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(/no such object.*id that is passed to `get`/s);
  });

  test("does not read the account when the state has it", async () => {
    const present = () => Promise.reject(new Error("expected no request for the account"));
    const host = provider({ read, diff: same }, { accounts: new ScriptedGuard({ present }) });
    expect((await host.read("id", STATE)).props?.__origin).toEqual(ORIGIN);
  });

  test("stores the base URL of this run when it finds the object there, and keeps its organization", async () => {
    const state = { ...STATE, __origin: { ...ORIGIN, organization: "org_1" } };
    const host = provider({ read, diff: same }, { baseUrl: "https://eu.example" });
    const origin = { ...ORIGIN, organization: "org_1", server: "https://eu.example" };
    expect((await host.read("id", state)).props?.__origin).toEqual(origin);
  });

  test("returns an empty id when the object was deleted from its account", async () => {
    const confirmed: unknown[] = [];
    const confirmGone = async (_api: unknown, account: unknown) => void confirmed.push(account);
    const host = provider({ read: nothing }, { accounts: new ScriptedGuard({ confirmGone }) });
    expect(await host.read("id", STATE)).toStrictEqual({ id: "" });
    expect(confirmed).toEqual([ACCOUNT_REF]);
  });

  test("fails when the object is not found in a different account", async () => {
    const error = await failureOf(provider({ read: nothing }, { accounts: differentAccount }).read("id", STATE));
    expect(error.message).toMatch(/^read thing "ci" \(id\): not found, and it is elsewhere/);
  });
});

describe("update", () => {
  test("passes olds and news of the kind only, and returns outputs without undefined", async () => {
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

  test("clears `unfinished` and stores the base URL of this run when it sends a request", async () => {
    const update: Methods["update"] = async ({ api }, _id, olds) => {
      respond(OK);
      await api.request(reading);
      return olds;
    };
    const state = { ...STATE, __origin: { ...ORIGIN, unfinished: true } };
    const host = provider({ update }, { baseUrl: "https://eu.example" });
    expect((await host.update("id", state, NEWS)).outs?.__origin).toEqual({ ...ORIGIN, server: "https://eu.example" });
  });

  test("keeps the base URL of the state when it sends nothing", async () => {
    const update: Methods["update"] = async (_context, _id, olds) => olds;
    const host = provider({ update }, { baseUrl: "https://eu.example" });
    expect((await host.update("id", STATE, NEWS)).outs?.__origin).toEqual(ORIGIN);
  });

  test("keeps the outputs with __provider and `unfinished` after a partial failure", async () => {
    const update = () => Promise.reject(new PartialFailureError("id", outputs(), new Error("oops")));
    expect(await failureOf(provider({ update }).update("id", STATE, NEWS))).toMatchObject({
      id: "id",
      properties: { key: SECRET_ON_WIRE, __provider: PROVIDER, __origin: { ...ORIGIN, unfinished: true } },
    });
  });

  test("says how to recreate a deleted object, or that the account is a different one", async () => {
    const update = () => Promise.reject(gone);
    expect((await failureOf(provider({ update }).update("id", STATE, NEWS))).message).toMatch(/pulumi up --refresh/);
    const error = await failureOf(provider({ update }, { accounts: differentAccount }).update("id", STATE, NEWS));
    expect(error).toBeInstanceOf(AccountMismatchError);
  });

  test("passes on any other failure unchanged", async () => {
    const broken = new ServerError("op", 500, "oops");
    expect(await failureOf(provider({ update: () => Promise.reject(broken) }).update("id", STATE, NEWS))).toBe(broken);
  });
});

describe("delete", () => {
  const fails = (error: Error) => () => Promise.reject(error);
  const lost = new TimeoutError("op", 20);

  test("succeeds when the object was already deleted from its account", async () => {
    await provider({ delete: fails(gone) }).delete("id", STATE);
  });

  test("fails when the object is not found in a different account, and keeps it", async () => {
    const error = await failureOf(
      provider({ delete: fails(gone) }, { accounts: differentAccount }).delete("id", STATE),
    );
    expect(error).toBeInstanceOf(AccountMismatchError);
  });

  test("passes on a rejection without a read", async () => {
    const rejection = new PreconditionError("op", "no", "don't");
    expect(await failureOf(provider({ delete: fails(rejection) }).delete("id", STATE))).toBe(rejection);
  });

  /** Finds the object this many times, and records the reads. */
  function lagging(times: number) {
    const reads: unknown[] = [];
    const read: Methods["read"] = async (_context, id, olds) => {
      reads.push([id, olds?.name]);
      return reads.length > times ? undefined : { inputs: { name: "ci" }, outputs: outputs() };
    };
    return { reads, read };
  }

  test("succeeds after an unknown outcome when a read finds nothing", async () => {
    const { reads, read } = lagging(0);
    await provider({ delete: fails(lost), read }).delete("id", STATE);
    expect(reads).toEqual([["id", "ci"]]);
    expect(jest.mocked(sleep)).not.toHaveBeenCalled();
  });

  test("succeeds after an unknown outcome when the API shows the deleted object for a while", async () => {
    const { reads, read } = lagging(LAG_WAITS_MS.length);
    await provider({ delete: fails(lost), read }).delete("id", STATE);
    expect(reads).toHaveLength(LAG_WAITS_MS.length + 1);
    expect(jest.mocked(sleep).mock.calls.map(([ms]) => ms)).toEqual(LAG_WAITS_MS);
  });

  test("passes on the unknown outcome when the object stays", async () => {
    const { reads, read } = lagging(Number.POSITIVE_INFINITY);
    expect(await failureOf(provider({ delete: fails(lost), read }).delete("id", STATE))).toBe(lost);
    expect(reads).toHaveLength(LAG_WAITS_MS.length + 1);
  });

  test("fails after an unknown outcome when a different account shows nothing", async () => {
    const { read } = lagging(0);
    const host = provider({ delete: fails(lost), read }, { accounts: differentAccount });
    expect(await failureOf(host.delete("id", STATE))).toBeInstanceOf(AccountMismatchError);
  });
});
