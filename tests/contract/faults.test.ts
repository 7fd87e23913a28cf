/** The effect of each fault on a plain HTTP client. */
import { type Fault, type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
let client: ReturnType<typeof rawClient>;

beforeEach(async () => {
  simulator = await startSimulator();
  client = rawClient(simulator);
});
afterEach(() => simulator.close());

const createKey = () => client.send("POST /keys", { body: { name: "ci" }, redirect: "manual" });
const keyCount = () => simulator.account.keys.length;
const addFault = (fault: Fault) => simulator.faults.add({ method: "POST", path: "/keys", ...fault });

test.each([
  ["before commit", 0],
  ["after commit", 1],
] as const)("drops a connection %s", async (when, keys) => {
  addFault({ effect: "drop", when });
  await expect(createKey()).rejects.toMatchObject({ cause: { code: "UND_ERR_SOCKET" } });
  expect(keyCount()).toBe(keys);
  expect(simulator.requests[0]?.status).toBeUndefined();
});

test.each([
  ["before commit", 0],
  ["after commit", 1],
] as const)("returns 503 %s", async (when, keys) => {
  addFault({ effect: "status", status: 503, when });
  const response = await createKey();
  expect([response.status, await response.json()]).toEqual([
    503,
    { error: { message: "Service unavailable", code: 503 } },
  ]);
  expect(keyCount()).toBe(keys);
});

test("returns 429 with Retry-After in seconds or as a date", async () => {
  addFault({ effect: "status", status: 429, retryAfter: 2 });
  addFault({ effect: "status", status: 429, retryAfter: new Date("2030-01-01T00:00:00Z") });
  expect((await createKey()).headers.get("retry-after")).toBe("2");
  expect((await createKey()).headers.get("retry-after")).toBe("Tue, 01 Jan 2030 00:00:00 GMT");
  expect((await createKey()).status).toBe(201);
});

test.each([200, 502])("returns HTML with status %d", async (status) => {
  addFault({ effect: "html", status });
  const response = await createKey();
  expect([response.status, response.headers.get("content-type")]).toEqual([status, "text/html; charset=utf-8"]);
  expect(await response.text()).toContain("<html>");
  expect(keyCount()).toBe(0);
});

test("returns an oversized response", async () => {
  addFault({ effect: "oversized", bytes: 5_000_000 });
  const text = await (await createKey()).text();
  expect(text.length).toBeGreaterThan(5_000_000);
  expect(() => JSON.parse(text)).toThrow();
});

test("stops an oversized response when the client disconnects", async () => {
  addFault({ effect: "oversized", bytes: Number.POSITIVE_INFINITY });
  const response = await createKey();
  await response.body?.cancel();
  await simulator.close();
  simulator = await startSimulator();
});

test("redirects to a different origin", async () => {
  const elsewhere = await startSimulator();
  addFault({ effect: "redirect", location: `${elsewhere.url}/keys` });
  const response = await createKey();
  expect([response.status, response.headers.get("location")]).toEqual([307, `${elsewhere.url}/keys`]);
  expect([keyCount(), elsewhere.requests.length]).toEqual([0, 0]);
  await elsewhere.close();
});

test("ends a response before its announced length", async () => {
  addFault({ effect: "truncated" });
  const response = await createKey();
  expect(response.status).toBe(201);
  await expect(response.text()).rejects.toThrow("terminated");
  expect(keyCount()).toBe(1);
});

test("returns half of the JSON with the matching length", async () => {
  addFault({ effect: "truncated", declared: "half" });
  const text = await (await createKey()).text();
  expect(text).toMatch(/^\{"data":\{"hash":/);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test("resets a connection in the middle of the body", async () => {
  addFault({ effect: "reset" });
  const response = await createKey();
  expect(response.status).toBe(201);
  await expect(response.text()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(keyCount()).toBe(1);
});

test("returns a different body, given or computed from the response", async () => {
  addFault({ effect: "shape", body: { data: [] } });
  expect(await (await createKey()).json()).toEqual({ data: [] });
  addFault({ effect: "shape", body: ({ data }: { data: object }) => data });
  expect(await (await createKey()).json()).toHaveProperty("hash");
});

test.each(["response", "body"] as const)("delays the %s", async (part) => {
  addFault({ effect: "slow", ms: 60, part });
  const start = performance.now();
  const response = await createKey();
  const headersAfter = performance.now() - start;
  await response.json();
  expect(performance.now() - start).toBeGreaterThan(55);
  expect(headersAfter > 55).toBe(part === "response");
});

test("commits a slow call after the client has disconnected", async () => {
  addFault({ effect: "slow", ms: 50, when: "before commit" });
  const gone = fetch(`${simulator.url}/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${simulator.managementKey}` },
    body: '{"name":"ci"}',
    signal: AbortSignal.timeout(20),
  });
  await expect(gone).rejects.toThrow();
  expect(keyCount()).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(keyCount()).toBe(1);
});

test("strikes the n-th matching calls only", async () => {
  simulator.faults.add({ method: "GET", path: "/keys/:hash", nth: 2, times: 2, effect: "status", status: 500 });
  const statuses = [];
  for (const call of ["GET /keys/a", "GET /keys", "DELETE /keys/a", "GET /keys/b", "GET /keys/c", "GET /keys/d"]) {
    statuses.push((await client.ask(call)).status);
  }
  expect(statuses).toEqual([404, 200, 404, 500, 500, 404]);
  expect(simulator.faults.fired.map(({ request }) => request.path)).toEqual(["/keys/b", "/keys/c"]);
});

test("strikes calls selected by their body", async () => {
  addFault({ effect: "status", status: 500, where: ({ body }) => (body as { name: string }).name === "second" });
  const statuses = [];
  for (const name of ["first", "second", "second"]) {
    statuses.push((await client.ask("POST /keys", { body: { name } })).status);
  }
  expect(statuses).toEqual([201, 500, 201]);
});

test("strikes no call after clear", async () => {
  addFault({ effect: "drop", times: Number.POSITIVE_INFINITY });
  simulator.faults.clear();
  expect((await createKey()).status).toBe(201);
});

test.each([
  ["before commit", 0],
  ["after commit", 1],
] as const)("holds a call %s until it is released", async (when, keys) => {
  const hold = simulator.faults.hold({ method: "POST", path: "/keys" }, when);
  const creation = createKey();
  expect(await hold.arrived).toMatchObject({ method: "POST", path: "/keys", status: undefined });
  expect(keyCount()).toBe(keys);
  simulator.dashboard.createKey({ name: "concurrent" });
  hold.release();
  expect((await creation).status).toBe(201);
  expect(keyCount()).toBe(2);
});
