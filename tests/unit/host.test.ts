import { inspect } from "node:util";
import { z } from "zod";
import { Concurrency } from "../../provider/api/concurrency";
import { fixedKey } from "../../provider/api/credential";
import { NotFound, ServerFailure, Unsupported, WrongAccount } from "../../provider/api/errors";
import { type Answer, send } from "../../provider/api/transport";
import { dynamicProvider, type Process } from "../../provider/dynamic/host";
import type { Properties } from "../../provider/dynamic/protocol";
import { accountMark, serverMark } from "../../provider/resources/account";
import { type Lifecycle, PartialFailure } from "../../provider/resources/lifecycle";
import { Secret } from "../../provider/secret";
import { PUBLIC_BASE_URL } from "../../provider/settings";
import { failureOf, KEY, newSession } from "./support/samples";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));

interface Inputs {
  name: string;
  size?: number | undefined;
}
interface Outputs extends Inputs {
  key: Secret;
}

const PROVIDER = 'exports.handler = () => require("pulumi-openrouter/dynamic").provider("Thing");';
const SECRET_ON_WIRE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: KEY };
const gone = new NotFound("op", 404, "Resource not found");
const outputs = (more: object = {}): Outputs => ({ name: "ci", key: new Secret(KEY), ...more });
const markOf = (workspace: string, baseUrl = PUBLIC_BASE_URL) =>
  `1@${accountMark(workspace)}${serverMark({ baseUrl })}`;
const HOME = markOf("home");
const STATE: Properties = { name: "ci", key: KEY, __v: HOME, __provider: PROVIDER };
const NEWS: Properties = { name: "ci", size: 2, __provider: PROVIDER };

/** A lifecycle of which a test says what it does; what it does not say must not be called. */
function provider(
  does: Partial<Lifecycle<Inputs, Outputs>>,
  surroundings: Partial<Process> & { baseUrl?: string } = {},
) {
  const never = () => {
    throw new Error("must not be called");
  };
  const lifecycle: Lifecycle<Inputs, Outputs> = {
    title: "thing",
    secretOutputs: ["key"],
    nameOf: ({ name }) => name ?? "",
    holds: () => false,
    check: never,
    diff: never,
    create: never,
    read: never,
    update: never,
    delete: never,
    ...does,
  };
  const { baseUrl = PUBLIC_BASE_URL, ...rest } = surroundings;
  return dynamicProvider(lifecycle, {
    configure: async () => undefined,
    surroundings: () => ({
      settings: { credential: fixedKey(new Secret("management")), baseUrl, source: "environment" },
      log: never,
      clock: {},
      concurrency: new Concurrency(),
      written: () => undefined,
    }),
    workspaces: async () => ["home", "second"],
    session: newSession(),
    ...rest,
  });
}
const noCredentials = {
  surroundings: () => {
    throw new Error("no credentials");
  },
};

/** True of a result that Pulumi can carry: nothing is undefined at any depth. */
function hasNoUndefined(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every(hasNoUndefined);
}

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

  test("inputs come without __provider and without undefined, and no credential is needed", async () => {
    const seen: unknown[] = [];
    const check = (news: object) => {
      seen.push(news);
      return { inputs: { name: "ci", size: undefined }, failures: [] as [] };
    };
    const result = await provider({ check }, noCredentials).check({}, NEWS);
    expect(seen).toEqual([{ name: "ci", size: 2 }]);
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
});

describe("create", () => {
  const create = async () => ({ id: "id", outputs: outputs({ size: undefined }) });

  test("results hold the secret in wire form, the account and the version, and no undefined", async () => {
    const result = await provider({ create }).create(NEWS);
    expect(result).toStrictEqual({ id: "id", outs: { name: "ci", key: SECRET_ON_WIRE, __v: HOME } });
    expect(hasNoUndefined(result)).toBe(true);
  });

  test("the version tells account and base URL apart from others, in few bytes", async () => {
    const marks = await Promise.all(
      [
        {},
        { baseUrl: "http://127.0.0.1:4010" },
        { workspaces: async () => ["other"] },
        { workspaces: async () => [] },
      ].map(async (surroundings) => (await provider({ create }, surroundings).create(NEWS)).outs.__v),
    );
    expect(new Set(marks).size).toBe(4);
    expect(marks).toContain(markOf("home", "http://127.0.0.1:4010"));
    expect(String(marks[0])).toHaveLength(10);
  });

  test("that the name is the default one is kept, in one letter, and handed on", async () => {
    const named = { __defaultName: true };
    const { outs } = await provider({ create: async () => ({ id: "id", outputs: outputs(named) }) }).create(NEWS);
    expect(outs).toStrictEqual({ name: "ci", key: SECRET_ON_WIRE, __v: HOME.replace("1@", "1d@") });
    const seen: unknown[] = [];
    await provider({ diff: (olds) => ({ changed: !seen.push(olds), replaces: [] }) }).diff(
      "id",
      { ...outs, key: KEY },
      NEWS,
    );
    expect(seen).toEqual([{ name: "ci", key: expect.any(Secret), ...named }]);
  });

  test("nothing is made when the account can't be told", async () => {
    const workspaces = () => Promise.reject(new Error("no credentials"));
    expect((await failureOf(provider({}, { workspaces }).create(NEWS))).message).toBe("no credentials");
  });

  test("an error says which object it is about", async () => {
    let operation = "";
    const named: Lifecycle<Inputs, Outputs>["create"] = ({ api }) => {
      operation = api.operation;
      return create();
    };
    await provider({ create: named }).create(NEWS);
    expect(operation).toBe('create thing "ci"');
  });

  const partial = () =>
    Promise.reject(new PartialFailure("id", outputs({ size: undefined }), new Error(`oops ${KEY}`)));

  test("a partial failure carries id, __provider, the secret in wire form and the reason without keys", async () => {
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    expect(error.id).toBe("id");
    expect(error.properties).toStrictEqual({
      name: "ci",
      key: SECRET_ON_WIRE,
      __v: HOME,
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
    const broken = new ServerFailure("op", 500, "oops");
    expect(await failureOf(provider({ create: () => Promise.reject(broken) }).create(NEWS))).toBe(broken);
  });
});

describe("read", () => {
  const found = async () => ({ inputs: { name: "ci", size: undefined }, outputs: outputs() });
  const nothing = async () => undefined;

  test("returns props and inputs, with the secret carried forward", async () => {
    const read: Lifecycle<Inputs, Outputs>["read"] = async (_context, _id, olds) => ({
      inputs: { name: "ci" },
      outputs: { name: "ci", key: olds?.key ?? new Secret("") },
    });
    const result = await provider({ read }).read("id", STATE);
    expect(result).toStrictEqual({
      id: "id",
      props: { name: "ci", key: SECRET_ON_WIRE, __v: HOME },
      inputs: { name: "ci" },
    });
  });

  test("holds no undefined", async () => {
    expect(hasNoUndefined(await provider({ read: found }).read("id", STATE))).toBe(true);
  });

  test("asks for no account when the state has it", async () => {
    const workspaces = () => Promise.reject(new Error("must not be asked"));
    const result = await provider({ read: found }, { workspaces }).read("id", STATE);
    expect(result.props?.__v).toBe(HOME);
  });

  test("an object found through another base URL is at home there", async () => {
    const result = await provider({ read: found }, { baseUrl: "https://eu.example" }).read("id", STATE);
    expect(result.props?.__v).toBe(markOf("home", "https://eu.example"));
  });

  test("what is gone in its own account has an empty id", async () => {
    expect(await provider({ read: nothing }).read("id", STATE)).toStrictEqual({ id: "" });
    expect(await provider({ read: nothing }).read("id", { ...STATE, __v: markOf("second") })).toEqual({ id: "" });
  });

  test.each([
    ["of another management key", { ...STATE, __v: markOf("elsewhere") }, {}],
    ["behind another base URL", STATE, { baseUrl: "https://eu.example" }],
    ["behind another base URL than its own", { ...STATE, __v: markOf("home", "https://eu.example") }, {}],
  ])("what is not found in an account %s is an error and not gone", async (_title, state, surroundings) => {
    const error = await failureOf(provider({ read: nothing }, surroundings).read("id", state));
    expect(error).toBeInstanceOf(WrongAccount);
    expect(error.message).toMatch(/^read thing "ci" \(id\): /);
  });

  test("get of what does not exist throws", async () => {
    const error = await failureOf(provider({ read: nothing }).read("id", { __provider: PROVIDER }));
    expect(error).toBeInstanceOf(Unsupported);
    expect(error.message).toMatch(/no such object.*id that is passed to `get`/s);
  });

  test("get reads without olds", async () => {
    const seen: unknown[] = [];
    const read = (_context: unknown, _id: string, olds?: Outputs) => {
      seen.push(olds);
      return found();
    };
    await provider({ read }).read("id", { __provider: PROVIDER });
    expect(seen).toEqual([undefined]);
  });
});

describe("update", () => {
  test("passes olds and news as our own and returns outputs without undefined", async () => {
    const seen: unknown[] = [];
    const update: Lifecycle<Inputs, Outputs>["update"] = async (_context, _id, olds, news) => {
      seen.push(olds, news);
      return { ...olds, size: undefined };
    };
    const result = await provider({ update }).update("id", STATE, NEWS);
    expect(seen).toEqual([
      { name: "ci", key: expect.any(Secret) },
      { name: "ci", size: 2 },
    ]);
    expect(result).toStrictEqual({ outs: { name: "ci", key: SECRET_ON_WIRE, __v: HOME } });
  });

  test("a partial failure keeps the outputs with __provider", async () => {
    const update = () => Promise.reject(new PartialFailure("id", outputs(), new Error("oops")));
    const error = await failureOf(provider({ update }).update("id", STATE, NEWS));
    expect(error).toMatchObject({
      id: "id",
      properties: { key: SECRET_ON_WIRE, __provider: PROVIDER, __v: HOME },
    });
  });

  test("what is gone says so and how to make it again; in another account it says that", async () => {
    const update = () => Promise.reject(gone);
    expect((await failureOf(provider({ update }).update("id", STATE, NEWS))).message).toMatch(/pulumi up --refresh/);
    const elsewhere = { ...STATE, __v: markOf("elsewhere") };
    expect(await failureOf(provider({ update }).update("id", elsewhere, NEWS))).toBeInstanceOf(WrongAccount);
  });
});

describe("delete", () => {
  const notFound = () => Promise.reject(gone);

  test("of what is gone in its own account is a success", async () => {
    await provider({ delete: notFound }).delete("id", STATE);
  });

  test("of what is not found in another account is an error", async () => {
    const error = await failureOf(provider({ delete: notFound }).delete("id", { ...STATE, __v: markOf("elsewhere") }));
    expect(error).toBeInstanceOf(WrongAccount);
  });

  test("that fails otherwise is that failure", async () => {
    const broken = new ServerFailure("op", 500, "oops");
    expect(await failureOf(provider({ delete: () => Promise.reject(broken) }).delete("id", STATE))).toBe(broken);
  });
});

test("state of a newer release is refused with what to do, before anything is asked", async () => {
  const newer = { ...STATE, __v: 2 };
  const host = provider({}, noCredentials);
  const works = [
    () => host.diff("id", newer, NEWS),
    () => host.read("id", newer),
    () => host.update("id", newer, NEWS),
    () => host.delete("id", newer),
  ];
  for (const work of works) expect((await failureOf(work())).message).toMatch(/Upgrade pulumi-openrouter\.$/);
});

test("a request of a lifecycle goes out with the operation's name", async () => {
  const answer: Answer = { status: 404, text: '{"error":{"code":404,"message":"no"}}' };
  jest.mocked(send).mockResolvedValue(answer);
  const remove: Lifecycle<Inputs, Outputs>["delete"] = ({ api }) =>
    api.request({ method: "GET", path: ["x"], result: z.any() });
  await provider({ delete: remove }).delete("id", STATE);
  expect(jest.mocked(send).mock.calls[0]?.[0].operation).toBe('delete thing "ci" (id)');
});

describe("an object that another resource holds by name", () => {
  const made = async () => ({ id: "id", outputs: { name: "a", key: new Secret(KEY) } as Outputs });
  const partly = async (): Promise<never> => {
    throw new PartialFailure("id", { name: "a", key: new Secret(KEY) }, new Error("oops"));
  };
  const same = () => ({ changed: false, replaces: [] });
  const replaced = () => ({ changed: true, replaces: ["name"] });

  test.each([
    ["that has just been made is not deleted", { create: made }, true, false],
    ["that was made and not finished is not deleted", { create: partly }, true, false],
    ["that is as declared is not deleted", { diff: same }, true, false],
    ["that is to be replaced is deleted", { diff: replaced }, true, true],
    ["that nobody names is deleted", { create: made, diff: same }, false, true],
  ])("%s", async (_title, does, holds, isDeleted) => {
    const deleted: string[] = [];
    const host = provider({
      ...does,
      holds: () => holds,
      delete: async (_context, id) => {
        deleted.push(id);
      },
    });
    if ("create" in does) await host.create(NEWS).catch(() => undefined);
    if ("diff" in does) await host.diff("id", NEWS, NEWS);
    await host.delete("id", NEWS);
    expect(deleted).toEqual(isDeleted ? ["id"] : []);
  });
});
