/** How many API calls each operation takes: the targets of docs/benchmarks.md, held by counts. */
import { pairTargets, setTargets } from "../../bench/strategies";
import { type Declaration, type DeclaredStack, type Outcome, openDeclaredStack } from "./support/declaredStack";

interface Wanted {
  /** So many keys, all assigned to the one guardrail, but for this many. */
  keys: number;
  unassigned?: number;
  limitOfFirst?: number;
}

function keysWithGuardrail({ keys, limitOfFirst = 5 }: Wanted): Declaration {
  const declaration: Declaration = { safe: { kind: "Guardrail", args: { limitUsd: 50, resetInterval: "daily" } } };
  for (let index = 0; index < keys; index++) {
    const limit = index === 0 ? limitOfFirst : 5;
    declaration[`key${index}`] = { kind: "InferenceKey", args: { limit, limitReset: "monthly" } };
  }
  return declaration;
}

const assigned = ({ keys, unassigned = 0 }: Wanted) => {
  return Array.from({ length: keys - unassigned }, (_, index) => ({ idOf: `key${index}` }));
};

function withPairs(wanted: Wanted): Declaration {
  const pairs: Declaration = {};
  for (const [index, keyHash] of assigned(wanted).entries()) {
    pairs[`safe${index}`] = { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash } };
  }
  return { ...keysWithGuardrail(wanted), ...pairs };
}

function withSet(wanted: Wanted): Declaration {
  const args = { guardrail: { resource: "safe" }, keyHashes: assigned(wanted) };
  return { ...keysWithGuardrail(wanted), set: { kind: "GuardrailAssignments", args } };
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

const ASSIGN = "POST /guardrails/:id/assignments/keys";
const UNASSIGN = "POST /guardrails/:id/assignments/keys/remove";

describe.each([
  // A set of more than one bulk call.
  { how: "a set", declare: withSet, N: 101, bulkCalls: 2, removals: 0, targets: setTargets(101) },
  { how: "pairs", declare: withPairs, N: 20, bulkCalls: 20, removals: 20, targets: pairTargets(20) },
])("$N keys assigned by $how", ({ declare, N, bulkCalls, removals, targets }) => {
  let s: DeclaredStack;
  beforeAll(async () => {
    s = await openDeclaredStack({ latency: 10 });
  });
  afterAll(() => s.close());

  test("are created in one call each", async () => {
    const created = await s.up(declare({ keys: N }));
    expect(counts(created)).toMatchObject({ "POST /keys": N, "POST /guardrails": 1, [ASSIGN]: bulkCalls });
    expect(created.calls.length).toBeLessThanOrEqual(targets.create);
  });

  test("need no call when nothing has changed", async () => {
    expect((await s.up(declare({ keys: N }))).calls).toEqual([]);
  });

  test("are refreshed in few calls, none of which writes", async () => {
    const { calls } = await s.refresh();
    expect(calls.length).toBeLessThanOrEqual(targets.refresh);
    expect(calls.every(({ method }) => method === "GET")).toBe(true);
  });

  test("need one call with one field when one limit has changed", async () => {
    const { calls } = await s.up(declare({ keys: N, limitOfFirst: 7 }));
    expect(calls.map(({ method, body }) => [method, body])).toEqual([["PATCH", { limit: 7 }]]);
  });

  test("are deleted in one call each", async () => {
    const deleted = await s.destroy();
    expect(counts(deleted)).toMatchObject({ "DELETE /keys/:id": N, "DELETE /guardrails/:id": 1 });
    expect(counts(deleted)[UNASSIGN] ?? 0).toBe(removals);
    expect(deleted.calls.length).toBeLessThanOrEqual(targets.destroy);
    expect(s.simulator.account.keys).toEqual([]);
  });
});

describe("one key more or less in a set", () => {
  let s: DeclaredStack;
  beforeAll(async () => {
    s = await openDeclaredStack();
    await s.up(withSet({ keys: 3 }));
  });
  afterAll(() => s.close());

  test("takes four calls if the key is new: two to see what is there, one to create it, one to assign it", async () => {
    const calls = counts(await s.up(withSet({ keys: 4 })));
    expect(calls).toEqual({ "GET /workspaces": 1, "GET /keys": 1, "POST /keys": 1, [ASSIGN]: 1 });
  });

  test("takes at most two calls if the key exists", async () => {
    expect(counts(await s.up(withSet({ keys: 4, unassigned: 1 })))).toEqual({ [UNASSIGN]: 1 });
    const again = await s.up(withSet({ keys: 4 }));
    expect(counts(again)).toMatchObject({ [ASSIGN]: 1 });
    expect(again.calls.length).toBeLessThanOrEqual(2);
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
