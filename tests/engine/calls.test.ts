/** How many API calls each operation takes: the targets of docs/benchmarks.md, counted. */
import { pairTargets, setTargets } from "../../bench/strategies";
import { type Declaration, errorsOf, type Outcome, openDeclaredStack } from "./support/declaredStack";

interface Size {
  /** The number of keys, all assigned to one guardrail but for `unassigned`. */
  keys: number;
  unassigned?: number;
  limitOfFirst?: number;
}

function keysWithGuardrail({ keys, limitOfFirst = 5 }: Size): Declaration {
  const declaration: Declaration = { safe: { kind: "Guardrail", args: { limitUsd: 50, resetInterval: "daily" } } };
  for (let index = 0; index < keys; index++) {
    const limit = index === 0 ? limitOfFirst : 5;
    declaration[`key${index}`] = { kind: "InferenceKey", args: { limit, limitReset: "monthly" } };
  }
  return declaration;
}

function assignedKeys({ keys, unassigned = 0 }: Size) {
  return Array.from({ length: keys - unassigned }, (_, index) => ({ idOf: `key${index}` }));
}

function withPairs(size: Size): Declaration {
  const pairs: Declaration = {};
  for (const [index, keyHash] of assignedKeys(size).entries()) {
    pairs[`safe${index}`] = { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash } };
  }
  return { ...keysWithGuardrail(size), ...pairs };
}

function withSet(size: Size): Declaration {
  const args = { guardrail: { resource: "safe" }, keyHashes: assignedKeys(size) };
  return { ...keysWithGuardrail(size), set: { kind: "GuardrailAssignments", args } };
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

function expectAtMost(max: number, { calls }: Outcome, operation: string): void {
  const paths = calls.map(({ method, path }) => `${method} ${path}`);
  expect({ operation, calls: paths, isWithinTarget: calls.length <= max, max }).toMatchObject({ isWithinTarget: true });
}

const writtenBodies = ({ calls }: Outcome) =>
  calls.filter(({ method }) => method !== "GET").map(({ method, body }) => [method, body]);

const ASSIGN = "POST /guardrails/:id/assignments/keys";
const UNASSIGN = "POST /guardrails/:id/assignments/keys/remove";

test.each([
  // More keys than one bulk call takes.
  { how: "a set", declare: withSet, N: 101, bulkCalls: 2, removals: 0, targets: setTargets(101) },
  { how: "pairs", declare: withPairs, N: 20, bulkCalls: 20, removals: 20, targets: pairTargets(20) },
])(
  "stays within the targets of every operation when $N keys are assigned by $how",
  async ({ declare, N, bulkCalls, removals, targets }) => {
    const s = await openDeclaredStack({ latency: 10 });

    const created = await s.up(declare({ keys: N }));
    expect(counts(created)).toMatchObject({ "POST /keys": N, "POST /guardrails": 1, [ASSIGN]: bulkCalls });
    expectAtMost(targets.create, created, "create");

    const unchanged = await s.up(declare({ keys: N }));
    expect({ callsOfAnUnchangedUp: unchanged.calls }).toEqual({ callsOfAnUnchangedUp: [] });

    const refreshed = await s.refresh();
    expectAtMost(targets.refresh, refreshed, "refresh");
    expect({ writesOfARefresh: writtenBodies(refreshed) }).toEqual({ writesOfARefresh: [] });

    const limited = await s.up(declare({ keys: N, limitOfFirst: 7 }));
    expect(limited.calls.map(({ method, body }) => [method, body])).toEqual([["PATCH", { limit: 7 }]]);

    const deleted = await s.destroy();
    expect({ [UNASSIGN]: 0, ...counts(deleted) }).toMatchObject({
      "DELETE /keys/:id": N,
      "DELETE /guardrails/:id": 1,
      [UNASSIGN]: removals,
    });
    expectAtMost(targets.destroy, deleted, "destroy");
    expect(s.simulator.account.keys).toEqual([]);
  },
);

test("takes four calls to add a new key to a set, and at most two to add or remove an existing one", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(withSet({ keys: 3 })))).toBe("");

  // Two reads for the account and its keys, one create, one assignment.
  const added = await s.up(withSet({ keys: 4 }));
  expect(counts(added)).toEqual({ "GET /workspaces": 1, "GET /keys": 1, "POST /keys": 1, [ASSIGN]: 1 });

  const removed = await s.up(withSet({ keys: 4, unassigned: 1 }));
  expect(counts(removed)).toEqual({ [UNASSIGN]: 1 });

  const addedAgain = await s.up(withSet({ keys: 4 }));
  expect(counts(addedAgain)).toMatchObject({ [ASSIGN]: 1 });
  expectAtMost(2, addedAgain, "add an existing key");
});

test("reads five keys in at most ten calls when the account has a thousand others", async () => {
  const s = await openDeclaredStack();
  const names = ["key0", "key1", "key2", "key3", "key4"];
  const declaration: Declaration = Object.fromEntries(names.map((name) => [name, { kind: "InferenceKey" }]));
  expect(errorsOf(await s.up(declaration))).toBe("");
  for (let index = 0; index < 1_000; index++) s.simulator.dashboard.createKey({ name: `foreign ${index}` });

  expectAtMost(10, await s.refresh(), "refresh");

  // One more call corrects drift.
  s.simulator.dashboard.updateKey(await s.idOf("key3"), { limit: 99 });
  const corrected = await s.up(declaration, { refresh: true });
  expect(writtenBodies(corrected)).toEqual([["PATCH", { limit: null }]]);
  expectAtMost(11, corrected, "up with refresh");
});
