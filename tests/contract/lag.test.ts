/** Reads that lag behind writes: the switch `visibleAfterMs`. */
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
let ask: ReturnType<typeof rawClient>["ask"];

beforeEach(async () => {
  simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z"), switches: { visibleAfterMs: 1000 } });
  ask = rawClient(simulator).ask;
});
afterEach(() => simulator.close());

const status = async (call: string, body?: unknown) => (await ask(call, body === undefined ? {} : { body })).status;
const listed = async (call: string) => (await ask(call)).body.data as Record<string, unknown>[];
const field = async (call: string, name: string) => ((await ask(call)).body.data as Record<string, unknown>)[name];

async function create(path: "/keys" | "/guardrails", fields: object = {}): Promise<string> {
  const { data } = (await ask(`POST ${path}`, { body: { name: "fresh", ...fields } })).body;
  const { hash, id } = data as { hash?: string; id?: string };
  return (hash ?? id) as string;
}

test.each(["/keys", "/guardrails"] as const)(
  "hides a new object of %s from every call for the time of the switch",
  async (path) => {
    const one = `${path}/${await create(path)}`;
    for (const wait of [0, 999]) {
      simulator.clock.advance(wait);
      expect(await listed(`GET ${path}`)).toEqual([]);
      expect(await status(`GET ${one}`)).toBe(404);
      expect(await status(`PATCH ${one}`, { name: "renamed" })).toBe(404);
      expect(await status(`DELETE ${one}`)).toBe(404);
    }
    simulator.clock.advance(1);
    expect(await listed(`GET ${path}`)).toMatchObject([{ name: "fresh" }]);
    expect(await status(`PATCH ${one}`, { name: "renamed" })).toBe(200);
  },
);

test.each(["/keys", "/guardrails"] as const)(
  "shows an update of %s to reads after the time, and in its own response at once",
  async (path) => {
    const one = `${path}/${await create(path)}`;
    simulator.clock.advance(1000);
    expect((await ask(`PATCH ${one}`, { body: { name: "second" } })).body.data).toMatchObject({ name: "second" });
    simulator.clock.advance(500);
    await ask(`PATCH ${one}`, { body: { name: "third" } });
    const names: unknown[] = [];
    for (const wait of [0, 499, 1, 499, 1]) {
      simulator.clock.advance(wait);
      names.push(await field(`GET ${one}`, "name"));
      expect(await listed(`GET ${path}`)).toMatchObject([{ name: names.at(-1) }]);
    }
    expect(names).toEqual(["fresh", "fresh", "second", "second", "third"]);
  },
);

test.each(["/keys", "/guardrails"] as const)(
  "shows a deleted object of %s to reads for the time, but not to writes",
  async (path) => {
    const one = `${path}/${await create(path)}`;
    simulator.clock.advance(1000);
    expect(await status(`DELETE ${one}`)).toBe(200);
    expect(await status(`DELETE ${one}`)).toBe(404);
    expect(await status(`PATCH ${one}`, { name: "renamed" })).toBe(404);
    expect(await status(`GET ${one}`)).toBe(200);
    expect(await listed(`GET ${path}`)).toHaveLength(1);
    simulator.clock.advance(1000);
    expect(await status(`GET ${one}`)).toBe(404);
    expect(await listed(`GET ${path}`)).toEqual([]);
  },
);

test("never shows a key that is created and deleted in the dashboard", async () => {
  const { hash } = simulator.dashboard.createKey({ name: "seen" }).key;
  simulator.dashboard.deleteKey(hash);
  expect(await status(`GET /keys/${hash}`)).toBe(404);
});

test("skips a new key in an assignment, and returns 404 for a new guardrail", async () => {
  const [guardrail, key] = [await create("/guardrails"), await create("/keys")];
  const assign = (...key_hashes: string[]) =>
    ask(`POST /guardrails/${guardrail}/assignments/keys`, { body: { key_hashes } });
  expect((await assign(key)).status).toBe(404);
  expect(await status(`GET /guardrails/${guardrail}/assignments/keys`)).toBe(404);
  simulator.clock.advance(1000);
  const younger = await create("/keys");
  expect((await assign(key, younger)).body).toEqual({ assigned_count: 1 });
  expect(await listed("GET /guardrails/assignments/keys")).toEqual([]);
  simulator.clock.advance(1000);
  expect(await listed("GET /guardrails/assignments/keys")).toMatchObject([{ key_hash: key }]);
});

test("shows moved and removed assignments in their old place for the time", async () => {
  const { dashboard } = simulator;
  const { hash } = dashboard.createKey({ name: "ci" }).key;
  const [first, second] = ["first", "second"].map((name) => dashboard.createGuardrail({ name }).id);
  dashboard.assign(String(first), { keys: [hash] });
  const where = async () => (await listed("GET /guardrails/assignments/keys")).map(({ guardrail_id }) => guardrail_id);
  await ask(`POST /guardrails/${second}/assignments/keys`, { body: { key_hashes: [hash] } });
  expect(await where()).toEqual([first]);
  simulator.clock.advance(1000);
  expect(await where()).toEqual([second]);
  const removal = { body: { key_hashes: [hash] } };
  expect((await ask(`POST /guardrails/${second}/assignments/keys/remove`, removal)).body).toEqual({
    unassigned_count: 1,
  });
  expect((await ask(`POST /guardrails/${second}/assignments/keys/remove`, removal)).body).toEqual({
    unassigned_count: 0,
  });
  expect(await where()).toEqual([second]);
  simulator.clock.advance(1000);
  expect(await where()).toEqual([]);
});

test("keeps the order of lists with stale rows", async () => {
  const hashes = [];
  for (const name of ["a", "b", "c"]) {
    hashes.push(simulator.dashboard.createKey({ name }).key.hash);
    simulator.clock.advance(1000);
  }
  await ask(`PATCH /keys/${hashes[0]}`, { body: { name: "renamed" } });
  await ask(`DELETE /keys/${hashes[1]}`);
  expect((await listed("GET /keys")).map(({ name }) => name)).toEqual(["c", "b", "a"]);
});

test("shows changes of the dashboard at once, also to new objects", async () => {
  const hash = await create("/keys");
  simulator.dashboard.updateKey(hash, { name: "by hand" });
  expect(await field(`GET /keys/${hash}`, "name")).toBe("by hand");
  await ask(`PATCH /keys/${hash}`, { body: { name: "by program" } });
  simulator.dashboard.createKey({ name: "another" });
  expect(await field(`GET /keys/${hash}`, "name")).toBe("by hand");
  simulator.dashboard.deleteKey(hash);
  expect(await status(`GET /keys/${hash}`)).toBe(404);
});

test("shows writes at once when the switch is 0, and earlier ones after their time", async () => {
  const stale = await create("/keys");
  simulator.switches.visibleAfterMs = 0;
  const hash = await create("/keys");
  expect(await status(`GET /keys/${hash}`)).toBe(200);
  expect(await status(`GET /keys/${stale}`)).toBe(404);
  simulator.clock.advance(1000);
  expect(await status(`GET /keys/${stale}`)).toBe(200);
});

test("keeps reads unchanged after a rejected write", async () => {
  const { hash } = simulator.dashboard.createKey({ name: "ci" }).key;
  expect(await status(`PATCH /keys/${hash}`, { name: "" })).toBe(400);
  expect(simulator.account.stale.keys).toEqual([]);
});

test("sends the time of the simulator's clock in responses", async () => {
  expect((await ask("GET /keys")).headers.get("date")).toBe("Wed, 18 Mar 2026 12:00:00 GMT");
});
