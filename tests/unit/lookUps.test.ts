/** What look-ups read, how they choose one object, and that plugin/schema.json describes their results. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { lookUpsOf } from "../../provider/host/lookUps";
import { newProcess } from "../../provider/host/process";
import { type Simulator, startSimulator } from "../../testing/simulator/index";

const NOW = new Date("2026-03-18T12:00:00Z");
const DAY_MS = 86_400_000;
const LOST = "7c0ffee0-0000-4000-8000-000000000000";

let simulator: Simulator;
let lookUp: ReturnType<typeof lookUpsOf>["lookUp"];
let ids: Record<"research" | "ci" | "old" | "safe" | "twin", string>;

beforeAll(async () => {
  simulator = await startSimulator({ now: NOW, seed: "look-ups", managementKey: "management-key-of-look-ups" });
  const { dashboard } = simulator;
  const research = dashboard.addWorkspace({ name: "Research", slug: "research" }).id;
  const ci = dashboard.createKey({ name: "ci", limit: 25, limit_reset: "monthly" }).key.hash;
  const old = dashboard.createKey({ name: "old", workspace_id: research, disabled: true }).key.hash;
  const { id: safe } = dashboard.createGuardrail({ name: "safe", allowed_providers: ["openai"] });
  const { id: twin } = dashboard.createGuardrail({ name: "twin" });
  dashboard.createGuardrail({ name: "twin", workspace_id: research });
  for (const [days, usd] of [
    [0, 100],
    [1, 0.1],
    [2, 0.2],
    [29, 4],
    [40, 1000],
  ] as const) {
    dashboard.useKey(ci, usd, { at: new Date(NOW.getTime() - days * DAY_MS), requests: 1 });
  }
  dashboard.useKey(old, 8, { at: new Date(NOW.getTime() - DAY_MS), byok_usage: 3, requests: 2 });
  ids = { research, ci, old, safe, twin };
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  lookUp = newLookUp();
});

/** Of a process that has read nothing yet. */
function newLookUp(): typeof lookUp {
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  return lookUpsOf(newProcess(env)).lookUp;
}

const calls = () => simulator.requests.map(({ method, path: at }) => `${method} ${at}`);
const named = (found: object, list: string) =>
  (found as Record<string, { name: string }[]>)[list]?.map(({ name }) => name).sort();

interface Spec {
  type?: string;
  $ref?: string;
  items?: Spec;
}
interface ObjectSpec {
  properties: Record<string, Spec>;
  required: string[];
}
const schema: {
  functions: Record<string, { inputs?: ObjectSpec; outputs: ObjectSpec }>;
  types: Record<string, ObjectSpec>;
} = JSON.parse(readFileSync(path.join(__dirname, "../../plugin/schema.json"), "utf8"));

function expectDescribed(value: unknown, spec: Spec): void {
  const { type, items, $ref } = spec;
  if ($ref) expectObject(value as object, schema.types[$ref.replace("#/types/", "")] as ObjectSpec);
  else if (type === "array") for (const item of value as unknown[]) expectDescribed(item, items as Spec);
  else expect(typeof value).toBe(type);
}

function expectObject(value: object, { properties, required }: ObjectSpec): void {
  expect(Object.keys(value)).toEqual(expect.arrayContaining(required));
  for (const [name, item] of Object.entries(value)) {
    expect(Object.keys(properties)).toContain(name);
    expectDescribed(item, properties[name] as Spec);
  }
}

describe("the schema describes", () => {
  const ARGS: Record<string, () => Record<string, string>> = {
    getCredits: () => ({}),
    getGuardrail: () => ({ name: "safe" }),
    getGuardrails: () => ({}),
    getKey: () => ({ hash: ids.ci }),
    getKeys: () => ({}),
    getModels: () => ({ search: "claude" }),
    getUsage: () => ({}),
    getWorkspace: () => ({ slug: "research" }),
    getWorkspaces: () => ({}),
  };

  test("each look-up", () => {
    expect(Object.keys(schema.functions).sort()).toEqual(Object.keys(ARGS).map((name) => `openrouter:index:${name}`));
  });

  test.each(Object.entries(ARGS))("the arguments and the result of %s", async (name, args) => {
    const { inputs, outputs } = schema.functions[`openrouter:index:${name}`] as (typeof schema.functions)[string];
    expectObject(await lookUp(name, args()), outputs);
    const unknown = lookUp(name, { ...args(), other: 1 });
    await expect(unknown).rejects.toThrow(/"other"/);
    for (const [argument, { type }] of Object.entries(inputs?.properties ?? {})) {
      const wrong = type === "boolean" ? "yes" : type === "number" ? "7" : 7;
      await expect(lookUp(name, { [argument]: wrong })).rejects.toThrow(`${name}: ${argument}: must be`);
    }
  });
});

test.each([
  ["getKey", { name: "ci" }, "hash", "ci"],
  ["getKey", { name: "old" }, "hash", "old"],
  ["getGuardrail", { name: "safe" }, "id", "safe"],
  ["getWorkspace", { slug: "research" }, "id", "research"],
  ["getWorkspace", { name: "Research" }, "id", "research"],
] as const)("%s finds the only object with %j, in any workspace", async (name, args, id, expected) => {
  expect(await lookUp(name, args)).toMatchObject({ [id]: ids[expected] });
});

test.each(["getKey", "getGuardrail"] as const)("%s reads one object by its id, and no list", async (name) => {
  const [argument, id] = name === "getKey" ? ["hash", ids.ci] : ["id", ids.safe];
  expect(await lookUp(name, { [argument]: id })).toMatchObject({ [argument]: id });
  expect(calls()).toEqual([`GET ${name === "getKey" ? "/keys" : "/guardrails"}/${id}`]);
});

test.each([
  ["getKey", {}, "look up an inference key: it needs name or hash, and has neither. Pass one."],
  ["getKey", { name: "ci", hash: "ab".repeat(32) }, "it needs name or hash, and has both"],
  ["getKey", { name: null, hash: "ab".repeat(32) }, `with the hash "${"ab".repeat(32)}": this account has none`],
  ["getKey", { name: "lost" }, 'look up an inference key with the name "lost": this account has none. Check the name.'],
  ["getKey", { name: "" }, "getKey: name: must not be empty"],
  ["getGuardrail", { id: LOST }, `look up a guardrail with the id "${LOST}": this account has none`],
  ["getGuardrail", { id: "safe" }, "getGuardrail: id: must be a UUID"],
  ["getGuardrails", { workspaceId: "default" }, "workspaceId: must be a UUID"],
  ["getKeys", { workspaceId: "default" }, "workspaceId: must be a UUID"],
  ["getWorkspace", { slug: "lost" }, 'look up a workspace with the slug "lost": this account has none'],
  ["getUsage", { days: 0 }, "days: must be at least 1"],
  ["getUsage", { days: 31 }, "days: must be at most 30"],
  ["getUsage", { days: 1.5 }, "days: must be a whole number"],
  ["getTeam", {}, "getTeam: this release does not know the function. Upgrade pulumi-openrouter."],
  ["toString", {}, "this release does not know the function"],
])("%s fails with %j", async (name, args, message) => {
  await expect(lookUp(name, args)).rejects.toThrow(message);
});

test.each([
  ["getKey", "name"],
  ["getKey", "hash"],
  ["getUsage", "keyHash"],
])("%s rejects a key as %s, and does not repeat it", async (name, argument) => {
  const { secret } = simulator.dashboard.createKey({ name: "leaked" });
  const { message } = (await lookUp(name, { [argument]: secret }).catch((error: unknown) => error)) as Error;
  expect(message).toMatch(/not (a|the) key/);
  expect(message).not.toContain(secret);
  expect(calls()).toEqual([]);
});

test("lists the ids of all objects with the name", async () => {
  await expect(lookUp("getGuardrail", { name: "twin" })).rejects.toThrow(
    /with the name "twin": this account has 2: [\w-]{36}, [\w-]{36}\. Pass one of these instead/,
  );
  await expect(lookUp("getGuardrail", { name: "twin" })).rejects.toThrow(ids.twin);
});

test("lists all workspaces, or one", async () => {
  expect(named(await lookUp("getKeys", {}), "keys")).toEqual(expect.arrayContaining(["ci", "old"]));
  expect(named(await lookUp("getKeys", { workspaceId: ids.research }), "keys")).toEqual(["old"]);
  expect(named(await lookUp("getGuardrails", { workspaceId: ids.research }), "guardrails")).toContain("twin");
  const { workspaces } = (await lookUp("getWorkspaces", {})) as { workspaces: { id: string }[] };
  expect(workspaces.at(-1)?.id).toBe(ids.research);
});

test("reads a list once for all look-ups, and again after a failure", async () => {
  await lookUp("getKeys", {});
  const once = calls();
  expect(once.filter((call) => call === "GET /workspaces")).toHaveLength(1);
  simulator.clearRequests();
  lookUp = newLookUp();
  await Promise.all(["ci", "old"].map((name) => lookUp("getKey", { name })));
  await lookUp("getKeys", { workspaceId: ids.research });
  expect(calls()).toEqual(once);

  simulator.clearRequests();
  await Promise.all(["claude", "gpt"].map((search) => lookUp("getModels", { search })));
  expect(calls()).toEqual(["GET /models"]);

  simulator.faults.add({ path: "/guardrails", effect: "status", status: 403, times: 1 });
  await expect(lookUp("getGuardrails", { workspaceId: ids.research })).rejects.toThrow();
  await lookUp("getGuardrails", { workspaceId: ids.research });
});

test("adds up complete days, of the account or of one key, without errors of binary fractions", async () => {
  expect(await lookUp("getUsage", { keyHash: ids.ci })).toEqual({ spent: 4.3, byokSpent: 0, requests: 3 });
  expect(await lookUp("getUsage", { keyHash: ids.ci, days: 2 })).toEqual({ spent: 0.3, byokSpent: 0, requests: 2 });
  expect(await lookUp("getUsage", { days: 1 })).toEqual({ spent: 8.1, byokSpent: 3, requests: 3 });
});

test("subtracts used credits from bought ones", async () => {
  const { bought, used, left } = (await lookUp("getCredits", {})) as Record<"bought" | "used" | "left", number>;
  expect({ used, sum: used + left }).toEqual({ used: 1112.3, sum: bought });
});

test("prices models for a million tokens, and omits a price that depends on the request", async () => {
  const { models } = (await lookUp("getModels", { search: "claude-opus-4.1" })) as { models: object[] };
  expect(models).toEqual([
    {
      id: "anthropic/claude-opus-4.1",
      canonicalSlug: "anthropic/claude-4.1-opus-20250805",
      name: "Anthropic: Claude Opus 4.1",
      contextLength: 200_000,
      inputPrice: 15,
      outputPrice: 75,
    },
  ]);
  const { models: routers } = (await lookUp("getModels", { search: "openrouter/auto" })) as { models: object[] };
  expect(routers).toEqual([expect.not.objectContaining({ inputPrice: expect.anything() })]);
  const { models: all } = (await lookUp("getModels", {})) as { models: object[] };
  const { models: private_ } = (await lookUp("getModels", { zdr: true })) as { models: object[] };
  expect(private_.length).toBeGreaterThan(0);
  expect(private_.length).toBeLessThan(all.length);
});

test("removes keys and escape sequences from names", async () => {
  simulator.dashboard.createKey({ name: `pasted sk-or-v1-${"ab".repeat(32)}\u001b[31m` });
  expect(named(await lookUp("getKeys", {}), "keys")).toContain("pasted [secret]");
});

test("keeps its arguments in one line of the message, and the management key out of it", async () => {
  const { message } = (await lookUp("getKey", { name: "a\n::error::b" }).catch((error: unknown) => error)) as Error;
  expect(message).toContain('"a ::error::b"');
  await expect(lookUp("getWorkspace", { name: simulator.managementKey })).rejects.toThrow('the name "[secret]"');
});

test("lists the default workspace of an account that lists no workspaces", async () => {
  simulator.faults.add({ path: "/workspaces", effect: "shape", body: { data: [], total_count: 0 } });
  expect(named(await lookUp("getKeys", {}), "keys")).toContain("ci");
});
