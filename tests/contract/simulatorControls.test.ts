/** What a test controls in the simulator: clock, log, latency, hook. */
import { startSimulator } from "../../testing/simulator/index";
import { startApi } from "./support/api";
import { rawClient } from "./support/rawClient";

test("creates the same account from the same seed", async () => {
  const { simulator } = await startApi();
  const again = await startSimulator({ now: new Date("2026-03-18T12:00:00Z"), seed: "api" });
  expect([again.managementKey, again.account]).toEqual([simulator.managementKey, simulator.account]);
  const random = await startSimulator();
  expect(random.managementKey).not.toBe(simulator.managementKey);
  await Promise.all([again.close(), random.close()]);
});

test("formats timestamps of the clock with the precision of the switch", async () => {
  const { simulator, dataOf } = await startApi();
  simulator.clock.set(new Date("2026-03-18T12:00:00.25Z"));
  const forms = [];
  for (const form of ["seconds", "milliseconds", "microseconds"] as const) {
    simulator.switches.timestamps = form;
    const { created_at, expires_at } = await dataOf("POST /keys", {
      name: "ci",
      expires_at: "2030-01-01T00:00:00.5Z",
    });
    forms.push(created_at, expires_at);
  }
  expect(forms).toEqual([
    "2026-03-18T12:00:00Z",
    "2030-01-01T00:00:00.500Z",
    "2026-03-18T12:00:00.250Z",
    "2030-01-01T00:00:00.500Z",
    "2026-03-18T12:00:00.250000+00:00",
    "2030-01-01T00:00:00.500000+00:00",
  ]);
});

test("runs with the system clock unless it is set", async () => {
  const running = await startSimulator();
  const before = Date.now();
  running.clock.advance(3_600_000);
  expect(running.clock.now().getTime() - before).toBeGreaterThanOrEqual(3_600_000);
  await running.close();
});

test("logs requests in order, with the caller and the status", async () => {
  const { newKey, ask, simulator } = await startApi();
  await newKey();
  await ask("GET /keys?offset=1", { key: null });
  expect(simulator.requests).toMatchObject([
    {
      method: "POST",
      path: "/keys",
      body: { name: "ci" },
      status: 201,
      authorization: "management",
      account: "first",
    },
    { method: "GET", path: "/keys", query: { offset: "1" }, status: 401, authorization: "none", account: undefined },
  ]);
  simulator.dashboard.createKey({ name: "unseen" });
  simulator.clearRequests();
  expect(simulator.requests).toEqual([]);
});

test("logs no secret, wherever the request has it", async () => {
  const { simulator, ask } = await startApi();
  const { managementKey } = simulator;
  const partners = "a-partner-key-that-is-long-enough-to-be-taken";
  await ask("POST /keys", { body: { name: managementKey, external: { user: "u", api_key: partners } } });
  await ask(`GET /keys/${managementKey}?workspace_id=${managementKey}`);
  await ask(`GET /keys/sk-or-v1-${"b".repeat(64)}`);
  await ask("POST /keys", { body: `{"name":"${managementKey}` });
  const custom = await startSimulator({ managementKey: "any form of key".replaceAll(" ", "-") });
  await rawClient(custom).ask("POST /keys", { body: { name: "any-form-of-key" } });
  const log = JSON.stringify([simulator.requests, custom.requests]);
  for (const secret of [managementKey, partners, "b".repeat(64), "any-form-of-key"]) expect(log).not.toContain(secret);
  // The names were sent: the same search finds them where they are kept.
  expect(JSON.stringify(simulator.account.keys)).toContain(managementKey);
  expect(log).toContain("[secret]");
  await custom.close();
});

test("delays each response by the latency, and counts calls in flight", async () => {
  const { simulator, ask } = await startApi();
  simulator.latency = 30;
  const start = performance.now();
  await Promise.all(Array.from({ length: 5 }, () => ask("GET /keys")));
  expect(performance.now() - start).toBeGreaterThan(28);
  expect(simulator.maxInFlight).toBe(5);
});

test("calls the hook before and after a commit and when the call is done", async () => {
  const { simulator, newKey } = await startApi();
  const seen: unknown[] = [];
  simulator.onRequest = (point, { method }) => {
    seen.push([point, method, simulator.account.keys.length]);
  };
  await newKey();
  await new Promise(setImmediate);
  expect(seen).toEqual([
    ["before commit", "POST", 0],
    ["after commit", "POST", 1],
    ["done", "POST", 1],
  ]);
});

test("closes at once, even with calls in flight", async () => {
  const held = await startSimulator();
  const hold = held.faults.hold({});
  const call = rawClient(held).ask("GET /keys");
  await hold.arrived;
  await Promise.all([expect(call).rejects.toThrow(), held.close()]);
});
