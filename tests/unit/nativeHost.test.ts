/** What the native provider adds to the operations: previews, default names, and which inputs differ. */
import { inspect } from "node:util";
import { plainValues, secret, UNKNOWN } from "../../formats/values";
import { PartialFailureError } from "../../provider/errors";
import { onWire } from "../../provider/host/state";
import { changedInputs } from "../../provider/native/comparison";
import { configurationFailures, nativeConfiguration } from "../../provider/native/configuration";
import { Secret } from "../../provider/secret";
import { KEY, newSession } from "./support/samples";
import { type Methods, NATIVE_STATE, nativeThing, noCredentials, ORIGIN, outputs } from "./support/thing";

const URN = "urn:pulumi:dev::shop::openrouter:index:InferenceKey::ci";
const CHILD_URN = "urn:pulumi:dev::shop::my:index:Team$openrouter:index:InferenceKey::ci";

describe("check", () => {
  const accepting = { check: (inputs: object) => ({ inputs: inputs as { name: string }, failures: [] as [] }) };

  test.each([
    ["an omitted name", URN, {}, { name: "shop/dev/ci", __defaultName: true }],
    ["a null name", URN, { name: null }, { name: "shop/dev/ci", __defaultName: true }],
    ["an omitted name of a child, which may not be the only one", CHILD_URN, {}, { name: "shop/dev/ci" }],
    ["a declared name", URN, { name: "own" }, { name: "own" }],
    ["a name that is not known yet", URN, { name: UNKNOWN }, { name: UNKNOWN }],
  ])("completes %s", async (_title, urn, news, expected) => {
    const { inputs } = await nativeThing(accepting, noCredentials).check(urn, {}, news);
    expect(inputs).toEqual(expected);
  });

  test("leaves kinds without a default name as declared", async () => {
    const thing = nativeThing({ ...accepting, hasDefaultName: false }, noCredentials);
    expect((await thing.check(URN, {}, {})).inputs).toEqual({});
  });
});

describe("preview", () => {
  test("of a create returns the inputs, and what the API chooses as unknown, without a call", async () => {
    const { id, outputs } = await nativeThing({}, noCredentials).create(URN, { name: "ci", size: 2 }, true);
    expect({ id, outputs }).toEqual({
      id: "",
      outputs: { name: "ci", size: 2, key: secret(UNKNOWN), __provider: expect.stringContaining("InferenceKey") },
    });
  });

  test("of a create returns a declared value that the API would else choose", async () => {
    const thing = nativeThing({ computedOutputs: ["key", "size"] }, noCredentials);
    expect((await thing.create(URN, { name: "ci", size: 2 }, true)).outputs).toMatchObject({ size: 2 });
    expect((await thing.create(URN, { name: "ci" }, true)).outputs).toMatchObject({ size: UNKNOWN });
  });

  test("of an update keeps what the API chose", async () => {
    const previewed = await nativeThing({}, noCredentials).update("id", NATIVE_STATE, { name: "ci", size: 3 }, true);
    expect(previewed).toMatchObject({ name: "ci", size: 3, key: secret(KEY) });
  });
});

describe("diff", () => {
  const differing = (replaces: string[] = []) => ({ diff: () => ({ changed: true, replaces }) });

  test("names the inputs that differ", async () => {
    const thing = nativeThing(differing(), noCredentials);
    const difference = await thing.diff(URN, "id", NATIVE_STATE, { name: "ci" }, { name: "ci", size: 3 });
    expect(difference).toEqual({ changed: true, replaces: [], inputs: new Map([["size", "ADD"]]) });
  });

  test("names none if the meaning is the same", async () => {
    const thing = nativeThing({ diff: () => ({ changed: false, replaces: [] }) }, noCredentials);
    const difference = await thing.diff(URN, "id", NATIVE_STATE, { name: "ci" }, { name: "CI" });
    expect(difference).toEqual({ changed: false, replaces: [], inputs: new Map() });
  });

  test("updates what this run has undone", async () => {
    const undone = { diff: () => ({ changed: false, replaces: [] }), isUndone: () => true };
    const difference = await nativeThing(undone, noCredentials).diff(URN, "id", NATIVE_STATE, {}, { name: "ci" });
    expect(difference).toEqual({ changed: true, replaces: [], inputs: new Map() });
  });
});

describe("two resources with one object", () => {
  const OTHER_URN = URN.replace("::ci", "::twin");

  function resources({ replaces = [] as string[], programRuns = true } = {}) {
    const deleted: string[] = [];
    const methods: Methods = {
      check: () => ({ inputs: { name: "ci" }, failures: [] }),
      diff: () => ({ changed: replaces.length > 0, replaces }),
      read: async () => ({ inputs: { name: "ci" }, outputs: outputs() }),
      create: async () => ({ id: "other", outputs: outputs() }),
      delete: async (_context, id) => void deleted.push(id),
    };
    const thing = nativeThing(methods, { session: { ...newSession(), programRuns } });
    const declare = (urn: string) => thing.diff(urn, "id", NATIVE_STATE, { name: "ci" }, { name: "ci" });
    return { thing, deleted, declare };
  }
  const message = /thing \(id\): the resource "ci" of this program has it already\. Keep one of them\.$/;

  test("are rejected when both are imported", async () => {
    const { thing } = resources();
    await thing.read(URN, "id", undefined);
    await expect(thing.read(OTHER_URN, "id", undefined)).rejects.toThrow(message);
  });

  test("are rejected when both are in the state, and one is deleted without its object", async () => {
    const { thing, declare, deleted } = resources();
    await declare(URN);
    await declare(URN);
    await expect(declare(OTHER_URN)).rejects.toThrow(message);
    await thing.delete(OTHER_URN, "id", NATIVE_STATE);
    expect(deleted).toEqual([]);
  });

  test("may be in the state of a refresh", async () => {
    const { declare } = resources({ programRuns: false });
    await declare(URN);
    await declare(OTHER_URN);
  });

  test("are not one that manages the object and one that reads it with `get`", async () => {
    const { thing, declare } = resources();
    await thing.read(OTHER_URN, "id", {});
    await declare(URN);
    await thing.read(OTHER_URN, "id", {});
  });

  test.each([
    ["is replaced by its inputs", ["name"]],
    ["is replaced by an option", []],
  ])("are not the same resource before and after a rename, when it %s", async (_title, replaces) => {
    const { thing, declare, deleted } = resources({ replaces });
    await declare(URN);
    await thing.create(URN, { name: "ci" }, false);
    await thing.delete(OTHER_URN, "id", NATIVE_STATE);
    expect(deleted).toEqual(["id"]);
  });

  test("are not the same resource before and after a rename, when it is deleted before it is replaced", async () => {
    const { thing, declare, deleted } = resources();
    await declare(URN);
    // The engine checks the inputs of a replacement without those of the state.
    await thing.check(URN, {}, { name: "ci" });
    await thing.delete(OTHER_URN, "id", NATIVE_STATE);
    expect(deleted).toEqual(["id"]);
  });
});

test.each([
  ["an added one", {}, { a: 1 }, [], { a: "ADD" }],
  ["a removed one", { a: 1 }, {}, [], { a: "DELETE" }],
  ["a changed one", { a: [1] }, { a: [2] }, [], { a: "UPDATE" }],
  ["one that replaces", { a: 1 }, { a: 2 }, ["a"], { a: "UPDATE_REPLACE" }],
  ["one that replaces, although only the live value differs", { a: 1 }, { a: 1 }, ["a"], { a: "UPDATE_REPLACE" }],
  ["none of its own", { __provider: "x", a: 1 }, { __defaultName: true, a: 1 }, [], {}],
])("compares inputs and shows %s", (_title, olds, news, replaces, expected) => {
  expect(Object.fromEntries(changedInputs(olds, news, replaces))).toEqual(expected);
});

test("passes no code of the dynamic provider to a lifecycle, whose sets would take it for an input", async () => {
  const seen: object[] = [];
  const live = async (...args: object[]) => {
    seen.push(...args);
    return outputs();
  };
  const thing = nativeThing({
    check: (news, olds) => {
      seen.push(news, olds);
      return { inputs: { name: "ci" }, failures: [] };
    },
    diff: (olds, news) => {
      seen.push(olds, news);
      return { changed: false, replaces: [] };
    },
    read: async (_context, _id, olds) => ({ outputs: await live(olds ?? {}), inputs: { name: "ci" } }),
    update: (_context, _id, olds, news) => live(olds, news),
    delete: async (_context, _id, olds) => void (await live(olds)),
    create: async (_context, news) => ({ id: "id", outputs: await live(news) }),
  });
  const [olds, news] = [
    { ...NATIVE_STATE, __provider: "code" },
    { name: "ci", __provider: "code" },
  ];
  await thing.check(URN, olds, news);
  await thing.create(URN, news, false);
  await thing.diff(URN, "other", olds, news, news);
  await thing.read(URN, "other", olds);
  await thing.update("other", olds, news, false);
  await thing.delete(URN, "other", olds);
  // A read also compares.
  expect(seen).toHaveLength(11);
  for (const properties of seen) expect(properties).not.toHaveProperty("__provider");
});

test("reads what enters the state as an import, and what is in it not", async () => {
  const imports: unknown[] = [];
  const thing = nativeThing({
    diff: () => ({ changed: false, replaces: [] }),
    read: async ({ isImport }) => {
      imports.push(isImport);
      return { outputs: outputs(), inputs: { name: "ci" } };
    },
  });
  const imported = await thing.read(URN, "id", undefined);
  await thing.read(URN, "id", {});
  const refreshed = await thing.read(URN, "id", { ...NATIVE_STATE, __provider: "code" });
  expect(imports).toEqual([true, false, false]);
  expect([imported?.inputs, refreshed?.inputs]).toEqual([{ name: "ci" }, undefined]);
});

test("names the option `import` when there is nothing to import", async () => {
  const thing = nativeThing({ read: async () => undefined });
  await expect(thing.read(URN, "id", undefined)).rejects.toThrow("Check the id that is passed to `get` or `import`.");
});

test("prints no key of an object that exists although its create failed", async () => {
  const create = async () => {
    throw new PartialFailureError("id", outputs(), new Error("half"));
  };
  const error: unknown = await nativeThing({ create })
    .create(URN, { name: "ci" }, false)
    .catch((failure: unknown) => failure);
  expect(error).toMatchObject({ id: "id", properties: { key: new Secret(KEY) } });
  expect(inspect(error, { depth: null })).not.toMatch(/properties|sk-or|\n +at /);
});

test("keeps the code of the dynamic provider in outputs, so that a stack can move back", async () => {
  const create = async () => ({ id: "id", outputs: outputs() });
  const { outputs: created } = await nativeThing({ create }).create(URN, { name: "ci" }, false);
  expect(created).toEqual({
    name: "ci",
    key: secret(KEY),
    __origin: ORIGIN,
    __provider: 'exports.handler = () => require("pulumi-openrouter/dynamic").provider("InferenceKey");',
  });
});

test("marks secrets on the wire, and reads values without marks at any depth", () => {
  expect(onWire({ key: new Secret("s"), name: "ci" })).toEqual({ key: secret("s"), name: "ci" });
  expect(plainValues({ a: secret({ b: [secret(1)] }) })).toEqual({ a: { b: [1] } });
});

describe("configuration", () => {
  const provider = (name: string) => `urn:pulumi:dev::shop::pulumi:providers:openrouter::${name}`;

  test.each([
    ["the default provider", provider("default"), { explicit: false, ownKey: false }],
    ["the default provider of a version", provider("default_0_1_0"), { explicit: false, ownKey: false }],
    [
      "the default provider of an address",
      provider("default_https_//example.com/x"),
      { explicit: false, ownKey: false },
    ],
    ["an explicit provider", provider("emea"), { explicit: true, ownKey: true }],
    ["an explicit provider with a similar name", provider("default_emea"), { explicit: true, ownKey: true }],
    ["an explicit provider with a similar name", provider("defaulted"), { explicit: true, ownKey: true }],
    ["an engine that sends no URN", "", { explicit: false, ownKey: false }],
  ])("takes the settings of %s", (_title, urn, marks) => {
    const configured = nativeConfiguration(urn, { managementKey: "k", account: "org_1", deleteOrphans: true });
    expect(configured).toMatchObject({ ...marks, account: "org_1", deleteOrphans: true });
    expect(configured.managementKey?.reveal()).toBe("k");
  });

  test("leaves an explicit provider without credentials to the environment", () => {
    expect(nativeConfiguration(provider("emea"), {})).toMatchObject({ explicit: true, ownKey: false });
  });

  test("rejects an empty credential and two of them", () => {
    expect(configurationFailures(provider("emea"), { managementKey: "" })).toEqual([
      expect.stringContaining("managementKey: is declared"),
    ]);
    expect(configurationFailures(provider("emea"), { federationPolicyId: null })).toEqual([
      expect.stringContaining("federationPolicyId: is declared"),
    ]);
    expect(configurationFailures(provider("emea"), { managementKey: "a", federationPolicyId: "b" })).toEqual([
      expect.stringContaining("both declared"),
    ]);
    expect(configurationFailures(provider("emea"), { baseUrl: "x" })).toEqual([]);
    // As with the dynamic provider, the environment has precedence.
    expect(configurationFailures(provider("default"), { managementKey: "" })).toEqual([]);
  });
});
