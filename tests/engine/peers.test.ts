/**
 * Faults that were seen in peers, each a test of that name. Those of one call and its answer are in `peersFaults`. What
 * is a fault of something else than a whole `up` is tested where it belongs:
 *
 * | fault | tests |
 * |---|---|
 * | old value kept when the API returns null; drift is not seen, or is healed by a new key | drift |
 * | key deleted out of band is not seen | drift |
 * | wrong key, inference key | accounts, accountsCredentials |
 * | paths and field names guessed; list asked with a parameter that is not there | contract |
 * | secrets in clear on disk | sentinel, and every file here |
 * | budget described as shared | a text: the doc comments of sdk/guardrail.ts and the README |
 */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  stepsOf,
  touched,
  writes,
} from "./support/declaredStack";

let s: DeclaredStack;
let crowded: string;
let foreign: string;
let created: Outcome;
let before: Record<string, StateResource>;

const row = (name: string) => s.simulator.account.keys.find(({ hash }) => hash === before[name]?.id);

const first = (): Declaration => ({
  limited: { kind: "InferenceKey", args: { limit: 12, limitReset: "monthly" } },
  raised: { kind: "InferenceKey", args: { limit: 10 } },
  off: { kind: "InferenceKey", args: { disabled: true } },
  expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T01:00:00+01:00" } },
  expired: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00Z" } },
  budget: { kind: "Guardrail", args: { limitUsd: 60, resetInterval: "daily" } },
  private: { kind: "Guardrail", args: { enforceZdr: true, allowedModels: ["openai/gpt-4.1"] } },
  twin: { kind: "InferenceKey", args: { name: "of somebody" } },
  crowded: { kind: "Guardrail", args: { name: "crowded", adopt: crowded } },
  last: { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "crowded" }, keyHash: { idOf: "raised" } } },
});

beforeAll(async () => {
  s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  crowded = dashboard.createGuardrail({ name: "crowded" }).id;
  const keys = Array.from({ length: 150 }, (_, index) => dashboard.createKey({ name: `key ${index}` }).key.hash);
  dashboard.assign(crowded, { keys });
  // Their rows stay and are taken out of a page after it was cut: the first page is short, and not the last one.
  for (const hash of keys.slice(3, 6)) dashboard.deleteKey(hash);
  foreign = dashboard.createKey({ name: "of somebody", limit: 1 }).key.hash;
  created = await s.up(first());
  before = await s.resources();
});
afterAll(() => s.close());

test("`disabled: true` ignored at create", () => {
  expect(errorsOf(created)).toBe("");
  expect(row("off")).toMatchObject({ disabled: true });
});

test("names used as identity", () => {
  expect(before.twin?.id).not.toBe(foreign);
  expect(s.simulator.account.keys.filter(({ name }) => name === "of somebody")).toHaveLength(2);
});

test("expiry with an offset deletes the old key and is then refused", () => {
  expect(row("expiring")?.expires_at).toEqual(new Date("2099-01-01T00:00:00Z"));
});

test("usage counters as resource outputs", () => {
  const names = Object.values(before).flatMap(({ outputs }) => Object.keys(outputs));
  expect(names.filter((name) => /usage|remaining|spent/i.test(name))).toEqual([]);
});

test("zero data retention with a short model slug never converges", async () => {
  const again = await s.up();
  expect(touched(again)).toEqual([]);
  expect(again.calls).toEqual([]);
});

test("paging stops on a short page, or after the first", async () => {
  const refreshed = await s.refresh();
  expect(errorsOf(refreshed)).toBe("");
  expect(touched(refreshed)).toEqual([]);
  expect(await s.resource("last")).toBeDefined();
});

describe("after limits were taken out of the program", () => {
  let changed: Outcome;
  const bodies = (name: string) =>
    changed.calls
      .filter(({ method, path }) => method === "PATCH" && path.endsWith(`/${before[name]?.id}`))
      .map(({ body }) => body);
  beforeAll(async () => {
    changed = await s.up({
      ...first(),
      limited: { kind: "InferenceKey" },
      raised: { kind: "InferenceKey", args: { limit: 12 } },
      expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00.000Z" } },
      expired: { kind: "InferenceKey", args: { expiresAt: "2099-02-01T00:00:00Z" } },
      budget: { kind: "Guardrail" },
    });
  });

  test("clearing a field is impossible; clearing a limit sends 0", () => {
    expect(errorsOf(changed)).toBe("");
    expect(bodies("limited")).toEqual([{ limit: null, limit_reset: null }]);
    expect(row("limited")).toMatchObject({ limit: null, limit_reset: null });
  });

  test("clearing a budget sends `limit_usd` null without `reset_interval`", () => {
    expect(bodies("budget")).toEqual([{ limit_usd: null, reset_interval: null }]);
  });

  test("one changed limit replaces the key, or ends in an error", () => {
    expect(bodies("raised")).toEqual([{ limit: 12 }]);
    expect(stepsOf(changed).raised).toEqual(["update"]);
  });

  test("the same instant in another form replaces the key", () => {
    expect(touched(changed)).not.toContain("expiring");
  });

  test("a changed expiry is dropped silently, or deletes the old key first", async () => {
    const now = (await s.resource("expired"))?.id;
    expect(s.simulator.account.keys.find(({ hash }) => hash === now)?.expires_at).toEqual(
      new Date("2099-02-01T00:00:00Z"),
    );
    const calls = writes(changed.calls);
    expect(calls.indexOf("POST /keys")).toBeLessThan(calls.indexOf(`DELETE /keys/${before.expired?.id}`));
  });

  test("assigning an unknown key hash says nothing", async () => {
    const args = { guardrailId: { idOf: "crowded" }, keyHash: "ab".repeat(32) };
    const outcome = await s.up({ ...first(), unknown: { kind: "GuardrailKeyAssignment", args } });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("there is no such key in this account");
    expect(await s.resource("unknown")).toBeUndefined();
  });
});
