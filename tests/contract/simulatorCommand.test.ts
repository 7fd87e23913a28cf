/** The simulator from the command line, and changes made to it from another. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { usageCommand } from "../../cli/usage/command";
import { dashboardCommand } from "../../testing/commands/dashboard";
import { simulate, simulateCommand } from "../../testing/commands/simulator";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { parseSwitch } from "../../testing/simulator/switches";
import { placeFor, type Run, run } from "../cli/support/terminal";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
const { terminal, result: printed } = placeFor();

beforeAll(async () => {
  const options = { port: 0, latency: 0, log: true, switch: { timestamps: "milliseconds" } } as const;
  simulator = await simulate(options, terminal);
});
afterAll(() => simulator.close());

function dashboard(...args: string[]): Promise<Run> {
  return run(dashboardCommand, ["--url", simulator.url, ...args]);
}

test("prints the two export lines", () => {
  const lines = printed.out.split("\n");
  expect(lines).toContain(`export OPENROUTER_BASE_URL=${simulator.url}`);
  expect(lines).toContain(`export OPENROUTER_MANAGEMENT_KEY=${simulator.managementKey}`);
  expect(simulator.switches.timestamps).toBe("milliseconds");
});

test("prints each request without secrets", async () => {
  const { body } = await rawClient(simulator).ask("POST /keys", { body: { name: "logged" } });
  await new Promise(setImmediate);
  const [line = ""] = printed.out.trim().split("\n").slice(-1);
  expect(line).toMatch(/^\S+Z 201 POST \/keys \{"name":"logged"\}$/);
  expect(line).not.toContain(body.key);
});

test("changes keys by name or hash", async () => {
  const { key } = simulator.dashboard.createKey({ name: "ci" });
  await dashboard("set-limit", "ci", "12.5");
  expect(key.limit).toBe(12.5);
  expect((await dashboard("keys")).out).toContain(`${key.hash.slice(0, 12)}  $12.50        ci\n`);
  await dashboard("set-limit", key.hash.slice(0, 10), "none");
  await dashboard("disable", key.hash);
  expect(key).toMatchObject({ limit: null, disabled: true });
  await dashboard("use", "ci", "3");
  expect(simulator.account.uses).toMatchObject([{ key_hash: key.hash, usage: 3 }]);
  await dashboard("delete", "ci");
  expect(simulator.account.keys).not.toContain(key);
});

test("assigns, unassigns and deletes guardrails", async () => {
  const { key } = simulator.dashboard.createKey({ name: "assigned" });
  const { id } = simulator.dashboard.createGuardrail({ name: "production" });
  await dashboard("assign", "production", "assigned");
  expect(simulator.account.keyAssignments).toMatchObject([{ guardrail_id: id, key_hash: key.hash }]);
  expect((await dashboard("guardrails")).out).toBe(`${id}  production: assigned\n`);
  await dashboard("unassign", id, key.hash);
  expect(simulator.account.keyAssignments).toEqual([]);
  await dashboard("delete-guardrail", "production");
  expect(simulator.account.guardrails).toEqual([]);
});

test("rejects a name that is unknown or ambiguous", async () => {
  const nothing = await dashboard("delete", "missing");
  expect(nothing).toEqual({ out: "", err: 'the simulator has no key "missing"\n', code: 2 });
  for (let times = 0; times < 2; times++) simulator.dashboard.createKey({ name: "twice" });
  expect(await dashboard("delete", "twice")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^"twice" matches 2 keys\. .*\n {2}[0-9a-f]{16} {2}twice\n/),
  });
});

test("rejects the URL of the real API", async () => {
  const { err, code } = await run(dashboardCommand, ["--url", "https://openrouter.ai/api/v1", "keys"]);
  expect({ err, code }).toEqual({ code: 2, err: expect.stringContaining("https://openrouter.ai is not a simulator") });
});

test("rejects a control request of a web page, and serves none unless enabled", async () => {
  const { origin } = new URL(simulator.url);
  const before = simulator.account.keys.length;
  const forged = await fetch(`${origin}/__dashboard/createKey`, { method: "POST", body: '[{"name":"forged"}]' });
  expect([forged.status, simulator.account.keys.length]).toEqual([404, before]);
  const without = await startSimulator();
  const answer = await fetch(`${new URL(without.url).origin}/__dashboard`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  await without.close();
});

test("accepts any number for a numeric switch", () => {
  expect(parseSwitch("visibleAfterMs=2500")).toEqual({ visibleAfterMs: 2500 });
  expect(parseSwitch("newKeyUnknownToAssignment=7")).toEqual({ newKeyUnknownToAssignment: 7 });
  expect(() => parseSwitch("visibleAfterMs=soon")).toThrow('must be 0 or 1000 or 9000, not "soon"');
});

test.each([
  [["--switch", "nothing=1"], 'unknown switch "nothing"'],
  [["--switch", "timestamps=hours"], 'switch timestamps: must be seconds or milliseconds or microseconds, not "hours"'],
  [["--port", "http"], "It must be a whole number."],
])("rejects %j", async (args, message) => {
  expect(await run(simulateCommand, args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});

describe("--state", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-simulator-"));
    file = join(folder, "account.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function restarted<Result>(use: (simulator: Simulator) => Promise<Result>, more = {}): Promise<Result> {
    const started = await simulate({ port: 0, latency: 0, state: file, ...more }, placeFor().terminal);
    try {
      return await use(started);
    } finally {
      await started.close();
    }
  }

  test("keeps what the API and the dashboard change, and the management key, in a file for its owner alone", async () => {
    const { before, key } = await restarted(async (first) => {
      const { body } = await rawClient(first).ask("POST /keys", { body: { name: "api", limit: 5 } });
      await run(dashboardCommand, ["--url", first.url, "use", "api", "2"]);
      const expires_at = new Date("2099-01-01T00:00:00Z");
      first.dashboard.createKey({ name: "dashboard", expires_at });
      expect(readFileSync(file, "utf8")).not.toContain(body.key);
      return { before: structuredClone(first.account), key: first.managementKey };
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["account.json"]);
    await restarted(async (second) => {
      expect(second.account.keys).toEqual(before.keys);
      expect(second.account.uses).toEqual(before.uses);
      const { status } = await rawClient({ ...second, managementKey: key }).ask("GET /keys");
      expect(status).toBe(200);
    });
  });

  test("rejects a file of a different format and leaves it unchanged", async () => {
    for (const text of ["{}", "no json"]) {
      writeFileSync(file, text);
      await expect(restarted(async () => undefined)).rejects.toThrow("is not the state of a simulator");
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });

  test("fills a new file with --demo, but not an existing one", async () => {
    const hashes = (started: Simulator) => Promise.resolve(started.account.keys.map(({ hash }) => hash));
    const first = await restarted(hashes, { demo: true });
    expect(first.length).toBeGreaterThan(3);
    expect(await restarted(hashes, { demo: true })).toEqual(first);
  });
});

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((started) => started.close())));

test("accepts the management key of --key, and rejects one with unsafe characters", async () => {
  const started = await simulate({ port: 0, latency: 0, key: "my-fixed-key" }, placeFor().terminal);
  opened.push(started);
  expect((await rawClient({ ...started, managementKey: "my-fixed-key" }).ask("GET /keys")).status).toBe(200);
  for (const wrong of ["short", "with space and more", "$(command)"]) {
    expect((await run(simulateCommand, ["--key", wrong])).code).toBe(2);
  }
});

test("gives each command something to show with --demo", async () => {
  const started = await simulate({ port: 0, latency: 0, demo: true }, placeFor().terminal);
  opened.push(started);
  const env = { OPENROUTER_BASE_URL: started.url, OPENROUTER_MANAGEMENT_KEY: started.managementKey };
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-demo-"));
  const usage = await run(usageCommand, ["--by", "model", "--days", "30", "--json"], { env });
  const { groups, total } = JSON.parse(usage.out).data.range;
  expect(groups).toHaveLength(3);
  expect(total.spent).toBeGreaterThan(50);
  const byDay = JSON.parse((await run(usageCommand, ["--days", "30", "--json"], { env })).out).data.range.groups;
  expect(byDay.filter(({ spent }: { spent: number }) => spent > 0)).toHaveLength(30);
  const adopted = await run(adoptCommand, ["--out", join(folder, "index.ts")], { env });
  expect(adopted).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(join(folder, "index.ts"), "utf8")).toMatch(
    /new openrouter\.GuardrailAssignments\([^)]*keyHashes: [^)]*userIds: /,
  );
});
