/** `remove` as it is used, on a simulated account. */
import { removeCommand } from "../../cli/remove/command";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { type Place, run } from "./support/terminal";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

function remove(args: readonly string[], place: Place = {}) {
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  return run(removeCommand, args, { env, ...place });
}

function deletes(): string[] {
  return simulator.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
}

test("a key is shown, asked for and then deleted, and no other", async () => {
  const { key } = simulator.dashboard.createKey({ name: "left", limit: 25, limit_reset: "monthly" });
  const { key: other } = simulator.dashboard.createKey({ name: "left" });
  const { id } = simulator.dashboard.createGuardrail({ name: "strict" });
  simulator.dashboard.assign(id, { keys: [key.hash] });
  simulator.dashboard.useKey(key.hash, 1.5);
  const { out, code } = await remove(["key", key.hash], { answer: "y" });
  expect(code).toBe(0);
  for (const part of ['key        "left"', key.hash, "created    20", "$1.50", "$25/month", `"strict" (${id})`]) {
    expect(out.split("Delete this key?")[0]).toContain(part);
  }
  expect(out).toContain(`Deleted key "left" (${key.hash}).`);
  expect(simulator.account.keys).toEqual([other]);
});

test("a guardrail is shown with whom it is assigned to, and deleted", async () => {
  const { id } = simulator.dashboard.createGuardrail({ name: "strict", limit_usd: 5, reset_interval: "daily" });
  const { key } = simulator.dashboard.createKey({ name: "ci" });
  simulator.dashboard.assign(id, { keys: [key.hash] });
  const { out, code } = await remove(["guardrail", id, "--yes"]);
  expect(code).toBe(0);
  expect(out).toContain("$5/day each");
  expect(out).toContain("to 1 key and 0 members");
  expect(out).not.toContain("Delete this");
  expect(deletes()).toEqual([`/guardrails/${id}`]);
});

test.each(["n", "", "yep", "delete"])("the answer %j removes nothing", async (answer) => {
  const { key } = simulator.dashboard.createKey({ name: "left" });
  expect(await remove(["key", key.hash], { answer })).toMatchObject({ code: 1, err: "Nothing was removed.\n" });
  expect(deletes()).toEqual([]);
});

test("without a terminal and without --yes nothing is asked of the API either", async () => {
  const { key } = simulator.dashboard.createKey({ name: "left" });
  const { err, code } = await remove(["key", key.hash]);
  expect(code).toBe(2);
  expect(err).toContain("add --yes");
  expect(simulator.requests).toEqual([]);
});

test("the beginning of a hash, a name, another kind's id and nothing at all are refused", async () => {
  const { key } = simulator.dashboard.createKey({ name: "left" });
  const { id } = simulator.dashboard.createGuardrail({ name: "g" });
  const wrong = [
    ["key", key.hash.slice(0, 12)],
    ["key", "left"],
    ["key", id],
    ["key"],
    ["guardrail", key.hash],
    ["guardrail", ".."],
  ];
  for (const args of wrong) expect(await remove([...args, "--yes"])).toMatchObject({ code: 2, out: "" });
  expect(simulator.requests).toEqual([]);
});

test("a key in place of its hash goes neither to the API nor to the screen", async () => {
  const { secret } = simulator.dashboard.createKey({ name: "left" });
  const { out, err, code } = await remove(["key", secret, "--yes"]);
  expect(code).toBe(2);
  expect(err).toContain("pass its hash");
  expect(out + err).not.toContain(secret);
  expect(simulator.requests).toEqual([]);
});

test("what is not there, or in another account, is said not to be in this one", async () => {
  const { key } = simulator.addAccount().dashboard.createKey({ name: "theirs" });
  const missing = await remove(["key", key.hash, "--yes"]);
  expect(missing).toMatchObject({
    code: 2,
    err: `there is no inference key ${key.hash} in this account, or it is already deleted\n`,
  });
  const id = "00000000-0000-4000-8000-000000000000";
  expect((await remove(["guardrail", id, "--yes"])).err).toContain(`there is no guardrail ${id} in this account`);
});

test("what the API refuses to delete is its own words in one line", async () => {
  const [workspace] = simulator.account.workspaces;
  const id = workspace?.default_guardrail_id ?? "";
  simulator.dashboard.createGuardrail({ id, name: `Workspace ${workspace?.id} Default` });
  const { err, code } = await remove(["guardrail", id, "--yes"]);
  expect(code).toBe(2);
  expect(err).toMatch(/^delete guardrail [^\n]+default guardrail[^\n]+\n$/);
});
