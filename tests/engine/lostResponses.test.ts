/** Calls that fail and responses that never arrive, in a whole `up`, refresh and destroy. */
import type { Fault, Simulator } from "../../testing/index";
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";

const NAMES = Array.from({ length: 10 }, (_, index) => `key-404-${index}`);
const declaration: Declaration = {
  ...Object.fromEntries(NAMES.map((name) => [name, { kind: "InferenceKey", args: { limit: 5 } }])),
  safe: { kind: "Guardrail", args: { allowedModels: ["openai/gpt-4.1"] } },
};

/** Arms the faults, and returns how often each of them fired and how often it was to fire. */
function arm({ faults }: Simulator, planned: Record<string, Fault>) {
  for (const fault of Object.values(planned)) faults.add(fault);
  const count = (counted: (fault: Fault) => number) =>
    Object.fromEntries(Object.entries(planned).map(([name, fault]) => [name, counted(fault)]));
  return {
    fired: () => count((fault) => faults.fired.filter((each) => each.fault === fault).length),
    expected: count((fault) => fault.times ?? 1),
  };
}

/** A body with an unknown field, and without one that OpenRouter's own client requires. */
function reshaped(body: unknown): unknown {
  const { data, ...rest } = body as { data: Record<string, unknown> };
  const { external_user, ...known } = data;
  return { ...rest, data: { ...known, of_tomorrow: { a: 1 } } };
}

const POST = { method: "POST", path: "/keys" };
const GET = { method: "GET", path: "/keys/:hash" };
const LIST = { method: "GET", path: "/keys" };
const DELETE = { method: "DELETE", path: "/keys/:hash" };

test("creates each key once, with its value, when calls fail and responses are lost", async () => {
  const s = await openDeclaredStack();
  const faults = arm(s.simulator, {
    "dropped after the commit": { ...POST, effect: "drop", when: "after commit" },
    "truncated response": { ...POST, effect: "truncated" },
    "connection reset": { ...POST, effect: "reset" },
    "503 after the commit": { ...POST, effect: "status", status: 503, when: "after commit" },
    "429 with Retry-After": { ...POST, effect: "status", status: 429, retryAfter: 1 },
    "503 twice": { ...POST, effect: "status", status: 503, times: 2 },
    "other fields": { ...POST, effect: "shape", body: reshaped },
  });

  const created = await s.up(declaration);

  expect({ errors: errorsOf(created), fired: faults.fired() }).toEqual({ errors: "", fired: faults.expected });
  const state = await s.resources();
  const live = s.simulator.account.keys.map(({ hash }) => hash);
  expect(live.sort()).toEqual(NAMES.map((name) => state[name]?.id).sort());
  const values = Object.values(await s.stack.outputs({ showSecrets: true }));
  expect(new Set(values).size).toBe(NAMES.length);
  expect(values).not.toContain("");
});

test("fails with the status and leaves no orphan when a create returns HTML", async () => {
  const s = await openDeclaredStack();
  s.simulator.faults.add({ ...POST, effect: "html", status: 200, when: "after commit" });
  const outcome = await s.up({ late: { kind: "InferenceKey" } });
  expectFailure(outcome, /unexpected response \(200, not JSON.*Check the base URL/);
  expect(s.simulator.account.keys).toEqual([]);
});

test("keeps every resource when a refresh meets errors", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(declaration))).toBe("");
  const before = await s.resources();

  // Errors that a retry overcomes. The names of the keys contain 404, which is not a status.
  const faults = arm(s.simulator, {
    "dropped connection": { ...GET, effect: "drop" },
    "429 with Retry-After": { ...LIST, effect: "status", status: 429, retryAfter: 1 },
    "503 twice": { ...LIST, effect: "status", status: 503, times: 2 },
  });
  const refreshed = await s.refresh();
  expect({ ...effectsOf(refreshed), fired: faults.fired() }).toEqual({ ...NO_EFFECTS, fired: faults.expected });
  expect(await s.resources()).toEqual(before);

  // An error whose message contains 404 does not mean that the object is deleted.
  const status400 = { times: Infinity, effect: "status", status: 400, message: "404 not found: page 404" } as const;
  for (const call of [GET, LIST]) s.simulator.faults.add({ ...call, ...status400 });
  expectFailure(await s.refresh(), "400: 404 not found");
  expect(await s.resources()).toEqual(before);
  s.simulator.faults.clear();

  // Neither does an HTML page with status 404, which comes from a server other than the API.
  s.simulator.faults.add({ method: "GET", path: "/guardrails/:id", times: Infinity, effect: "html", status: 404 });
  expectFailure(await s.refresh(), /unexpected response \(404.*Check the base URL/);
  expect(await s.resources()).toEqual(before);
});

test("deletes everything when deletes fail, responses are lost and a key is deleted already", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(declaration))).toBe("");
  s.simulator.dashboard.deleteKey(await s.idOf("key-404-0"));
  const faults = arm(s.simulator, {
    "dropped after the commit": { ...DELETE, effect: "drop", when: "after commit" },
    "429 with Retry-After": { ...DELETE, effect: "status", status: 429, retryAfter: 1 },
    "503 twice": { ...DELETE, effect: "status", status: 503, times: 2 },
  });

  const destroyed = await s.destroy();

  expect({ ok: destroyed.ok, errors: errorsOf(destroyed), fired: faults.fired() }).toEqual({
    ok: true,
    errors: "",
    fired: faults.expected,
  });
  expect({ live: s.simulator.account.keys, state: await s.resources() }).toEqual({ live: [], state: {} });
});
