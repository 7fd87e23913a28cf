/** How many API calls each operation takes: the targets of docs/benchmarks.md, held by counts. */
import { type Declaration, type DeclaredStack, type Outcome, openDeclaredStack } from "./support/declaredStack";

const PARALLELISM = 8;

/** So many keys, each assigned to the one guardrail. */
function keysWithGuardrail(count: number, limitOfFirst = 5): Declaration {
  const declaration: Declaration = { safe: { kind: "Guardrail", args: { limitUsd: 50, resetInterval: "daily" } } };
  for (let index = 0; index < count; index++) {
    const limit = index === 0 ? limitOfFirst : 5;
    const pair = { guardrailId: { idOf: "safe" }, keyHash: { idOf: `key${index}` } };
    declaration[`key${index}`] = { kind: "InferenceKey", args: { limit, limitReset: "monthly" } };
    declaration[`safe${index}`] = { kind: "GuardrailKeyAssignment", args: pair };
  }
  return declaration;
}

function keys(count: number): Declaration {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, { kind: "InferenceKey" }]));
}

/** Calls by method and path, without ids. */
function counts({ calls }: Outcome): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { method, path } of calls) {
    const call = `${method} ${path.replace(/[0-9a-f-]{36,}/g, ":id")}`;
    counted[call] = (counted[call] ?? 0) + 1;
  }
  return counted;
}

const waves = (count: number) => Math.ceil(count / PARALLELISM);

describe("sixty keys of one guardrail", () => {
  const N = 60;
  let s: DeclaredStack;
  beforeAll(async () => {
    s = await openDeclaredStack({ latency: 10 });
  });
  afterAll(() => s.close());

  test("are made in one call each, and assigned as many at a time as the engine has under way", async () => {
    const made = await s.up(keysWithGuardrail(N));
    expect(counts(made)).toMatchObject({ "POST /keys": N, "POST /guardrails": 1 });
    expect(made.calls.length).toBeLessThanOrEqual(N + waves(N) + 5);
  });

  test("need no call when nothing has changed", async () => {
    expect((await s.up(keysWithGuardrail(N))).calls).toEqual([]);
  });

  test("are refreshed in at most twice the pages that show them", async () => {
    const { calls } = await s.refresh();
    expect(calls.length).toBeLessThanOrEqual(2 * 3);
    expect(calls.every(({ method }) => method === "GET")).toBe(true);
  });

  test("need one call with one field when one limit has changed", async () => {
    const { calls } = await s.up(keysWithGuardrail(N, 7));
    expect(calls.map(({ method, body }) => [method, body])).toEqual([["PATCH", { limit: 7 }]]);
  });

  test("are removed in one call each, and their assignments many at a time", async () => {
    const removed = await s.destroy();
    expect(counts(removed)).toMatchObject({ "DELETE /keys/:id": N, "DELETE /guardrails/:id": 1 });
    expect(removed.calls.length).toBeLessThanOrEqual(N + waves(N) + 5);
    expect(s.simulator.account.keys).toEqual([]);
  });
});

describe("five keys in an account of a thousand others", () => {
  let s: DeclaredStack;
  beforeAll(async () => {
    s = await openDeclaredStack();
    await s.up(keys(5));
    for (let index = 0; index < 1_000; index++) s.simulator.dashboard.createKey({ name: `foreign ${index}` });
  });
  afterAll(() => s.close());

  test("are refreshed in at most twice one call each", async () => {
    expect((await s.refresh()).calls.length).toBeLessThanOrEqual(2 * 5);
  });

  test("and an `up` with a refresh sees a drift, heals it and needs no more than one call for that", async () => {
    const [first] = s.simulator.account.keys.filter(({ name }) => name === "declared/test/key3");
    s.simulator.dashboard.updateKey(first?.hash ?? "", { limit: 99 });
    const { calls } = await s.up(keys(5), { refresh: true });
    expect(calls.filter(({ method }) => method !== "GET").map(({ method, body }) => [method, body])).toEqual([
      ["PATCH", { limit: null }],
    ]);
    expect(calls.length).toBeLessThanOrEqual(2 * 5 + 1);
  });
});
