/** The simulator from the command line, and changes made to it from another. */
import { dashboardCommand } from "../../cli/dashboard";
import { simulate, simulateCommand } from "../../cli/simulate";
import { parseSwitch, type Simulator, startSimulator } from "../../sdk/testing/simulator";
import { rawClient } from "./rawClient";

let simulator: Simulator;
const printed: string[] = [];

beforeAll(async () => {
  simulator = await simulate({ port: 0, latency: 0, log: true, switch: { timestamps: "milliseconds" } }, (line) =>
    printed.push(line),
  );
});
afterAll(() => simulator.close());

/** What the dashboard command prints. */
async function dashboard(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const command = dashboardCommand((line) => lines.push(line));
  await command.parseAsync(["--url", simulator.url, ...args], { from: "user" });
  return lines;
}

test("it prints the two lines that a person pastes", () => {
  expect(printed).toContain(`export OPENROUTER_BASE_URL=${simulator.url}`);
  expect(printed).toContain(`export OPENROUTER_MANAGEMENT_KEY=${simulator.managementKey}`);
  expect(simulator.switches.timestamps).toBe("milliseconds");
});

test("it prints each request, without secrets", async () => {
  const { body } = await rawClient(simulator).ask("POST /keys", { body: { name: "logged" } });
  await new Promise(setImmediate);
  const [line = ""] = printed.slice(-1);
  expect(line).toMatch(/^\S+Z 201 POST \/keys \{"name":"logged"\}$/);
  expect(line).not.toContain(body.key);
});

test("the dashboard changes keys by name or hash", async () => {
  const { key } = simulator.dashboard.createKey({ name: "ci" });
  await dashboard("set-limit", "ci", "12.5");
  expect(key.limit).toBe(12.5);
  expect(await dashboard("keys")).toContain(`${key.hash.slice(0, 12)}  $12.5         ci`);
  await dashboard("set-limit", key.hash.slice(0, 10), "none");
  await dashboard("disable", key.hash);
  expect(key).toMatchObject({ limit: null, disabled: true });
  await dashboard("use", "ci", "3");
  expect(simulator.account.uses).toMatchObject([{ key_hash: key.hash, usage: 3 }]);
  await dashboard("delete", "ci");
  expect(simulator.account.keys).not.toContain(key);
});

test("the dashboard assigns guardrails and deletes them", async () => {
  const { key } = simulator.dashboard.createKey({ name: "assigned" });
  const { id } = simulator.dashboard.createGuardrail({ name: "production" });
  await dashboard("assign", "production", "assigned");
  expect(simulator.account.keyAssignments).toMatchObject([{ guardrail_id: id, key_hash: key.hash }]);
  expect(await dashboard("guardrails")).toEqual([`${id}  production: assigned`]);
  await dashboard("unassign", id, key.hash);
  expect(simulator.account.keyAssignments).toEqual([]);
  await dashboard("delete-guardrail", "production");
  expect(simulator.account.guardrails).toEqual([]);
});

test("the dashboard refuses a name that nothing or more than one thing has", async () => {
  await expect(dashboard("delete", "nobody")).rejects.toThrow('the simulator has no key "nobody"');
  for (let times = 0; times < 2; times++) simulator.dashboard.createKey({ name: "twice" });
  await expect(dashboard("delete", "twice")).rejects.toThrow('"twice" is 2 keys: ');
});

test("the dashboard never turns to the real API", async () => {
  const command = dashboardCommand().parseAsync(["--url", "https://openrouter.ai/api/v1", "keys"], { from: "user" });
  await expect(command).rejects.toThrow("https://openrouter.ai is no simulator");
});

test("the control endpoint does nothing for a page in a browser, and is off unless asked for", async () => {
  const { origin } = new URL(simulator.url);
  const before = simulator.account.keys.length;
  const forged = await fetch(`${origin}/__dashboard/createKey`, { method: "POST", body: '[{"name":"forged"}]' });
  expect([forged.status, simulator.account.keys.length]).toEqual([404, before]);
  const without = await startSimulator();
  const answer = await fetch(`${new URL(without.url).origin}/__dashboard`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  await without.close();
});

test("switches of a time or a number take any", () => {
  expect(parseSwitch("visibleAfterMs=2500")).toEqual({ visibleAfterMs: 2500 });
  expect(parseSwitch("newKeyUnknownToAssignment=7")).toEqual({ newKeyUnknownToAssignment: 7 });
  expect(() => parseSwitch("visibleAfterMs=soon")).toThrow('takes 0 or 1000 or 9000, not "soon"');
});

test.each([
  [["--switch", "nothing=1"], 'no switch "nothing"'],
  [["--switch", "timestamps=hours"], 'switch timestamps takes seconds or milliseconds or microseconds, not "hours"'],
  [["--port", "http"], "It has to be a whole number."],
])("%j is refused", async (args, message) => {
  let said = "";
  const command = simulateCommand()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => {
        said += text;
      },
    });
  await expect(command.parseAsync(args, { from: "user" })).rejects.toThrow();
  expect(said).toContain(message);
});
