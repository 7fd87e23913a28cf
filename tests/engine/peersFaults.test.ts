/** Faults that were seen in peers when a call or its answer went wrong: each is a test of that name. */
import type { Fault } from "../../testing/index";
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  touched,
} from "./support/declaredStack";

let s: DeclaredStack;
const NAMES = Array.from({ length: 10 }, (_, index) => `key-404-${index}`);
const declaration: Declaration = {
  ...Object.fromEntries(NAMES.map((name) => [name, { kind: "InferenceKey", args: { limit: 5 } }])),
  safe: { kind: "Guardrail", args: { allowedModels: ["openai/gpt-4.1"] } },
};

function strike(faults: Fault[]): void {
  for (const fault of faults) s.simulator.faults.add(fault);
}
const fired = (fault: Fault) => s.simulator.faults.fired.filter((each) => each.fault === fault).length;
const keyCall = (method: string) => ({ method, path: "/keys/:hash" });

/** A body that lacks what the vendor's own client wants, and has what nobody knows. */
function reshaped(body: unknown): unknown {
  const { data, ...rest } = body as { data: Record<string, unknown> };
  const { external_user, ...known } = data;
  return { ...rest, data: { ...known, of_tomorrow: { a: 1 } } };
}

beforeAll(async () => {
  s = await openDeclaredStack();
});
afterAll(() => s.close());

describe("a create", () => {
  const post = { method: "POST", path: "/keys" };
  const faults: [string, Fault][] = [
    ["that commits and then drops the connection doubles the key", { ...post, effect: "drop", when: "after commit" }],
    ["with a truncated 201 body leaves an orphan", { ...post, effect: "truncated" }],
    ["whose answer is reset leaves an orphan", { ...post, effect: "reset" }],
    ["with a 503 after the commit doubles the key", { ...post, effect: "status", status: 503, when: "after commit" }],
    ["that is told to wait (429, Retry-After) fails", { ...post, effect: "status", status: 429, retryAfter: 1 }],
    ["with 503 twice fails", { ...post, effect: "status", status: 503, times: 2 }],
    ["whose answer lacks a field throws the key away", { ...post, effect: "shape", body: reshaped }],
  ];
  let made: Outcome;
  beforeAll(async () => {
    strike(faults.map(([, fault]) => fault));
    made = await s.up(declaration);
  });

  test.each(faults)("%s", (_title, fault) => {
    expect(fired(fault)).toBe(fault.times ?? 1);
    expect(errorsOf(made)).toBe("");
  });

  test("leaves one key for each that is declared, each in the state with its own secret", async () => {
    const state = await s.resources();
    const live = s.simulator.account.keys.map(({ hash }) => hash).sort();
    expect(live).toEqual(NAMES.map((name) => state[name]?.id).sort());
    const secrets = Object.values(await s.stack.outputs({ showSecrets: true }));
    expect(new Set(secrets).size).toBe(NAMES.length);
    expect(secrets).not.toContain("");
  });

  test("answered with HTML fails without saying what, or leaves an orphan", async () => {
    strike([{ ...post, effect: "html", status: 200, when: "after commit" }]);
    const outcome = await s.up({ ...declaration, late: { kind: "InferenceKey" } });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toMatch(/the answer of the API can't be used \(200, not JSON.*Check the base URL/);
    expect(s.simulator.account.keys).toHaveLength(NAMES.length);
  });
});

describe("a refresh", () => {
  const get = keyCall("GET");
  const list = { method: "GET", path: "/keys" };
  const passing: [string, Fault][] = [
    ["whose connection drops takes a key with 404 in its name for gone", { ...get, effect: "drop" }],
    ["with 429 fails", { ...list, effect: "status", status: 429, retryAfter: 1 }],
    ["with 503 twice fails", { ...list, effect: "status", status: 503, times: 2 }],
  ];
  let before: Record<string, StateResource>;
  let refreshed: Outcome;
  beforeAll(async () => {
    before = await s.resources();
    strike(passing.map(([, fault]) => fault));
    refreshed = await s.refresh();
  });

  test.each(passing)("%s", async (_title, fault) => {
    expect(fired(fault)).toBe(fault.times ?? 1);
    expect(errorsOf(refreshed)).toBe("");
    expect(touched(refreshed)).toEqual([]);
    expect(await s.resources()).toEqual(before);
  });

  test("takes an error for gone whose message has 404 or `not found` in it", async () => {
    const fault = { times: Infinity, effect: "status", status: 400, message: "404 not found: page 404" } as const;
    strike([
      { ...get, ...fault },
      { ...list, ...fault },
    ]);
    const outcome = await s.refresh();
    s.simulator.faults.clear();
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("400: 404 not found");
    expect(await s.resources()).toEqual(before);
  });

  test("answered with HTML fails without saying what, or empties the state", async () => {
    strike([{ method: "GET", path: "/guardrails/:id", times: Infinity, effect: "html", status: 404 }]);
    const outcome = await s.refresh();
    s.simulator.faults.clear();
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toMatch(/the answer of the API can't be used \(404.*Check the base URL/);
    expect(await s.resources()).toEqual(before);
  });
});

describe("a destroy", () => {
  const remove = keyCall("DELETE");
  const faults: [string, Fault][] = [
    ["that commits and then drops the connection fails", { ...remove, effect: "drop", when: "after commit" }],
    ["with 429 fails", { ...remove, effect: "status", status: 429, retryAfter: 1 }],
    ["with 503 twice fails", { ...remove, effect: "status", status: 503, times: 2 }],
  ];
  let destroyed: Outcome;
  beforeAll(async () => {
    const gone = await s.resource(NAMES[0] as string);
    s.simulator.dashboard.deleteKey(String(gone?.id));
    strike(faults.map(([, fault]) => fault));
    destroyed = await s.destroy();
  });

  test.each(faults)("%s", (_title, fault) => {
    expect(fired(fault)).toBe(fault.times ?? 1);
    expect(errorsOf(destroyed)).toBe("");
  });

  test("fails on a 404 for a key that somebody deleted", async () => {
    expect(destroyed.ok).toBe(true);
    expect(s.simulator.account.keys).toEqual([]);
    expect(await s.resources()).toEqual({});
  });
});
