/** `remove` on a simulated account. */
import { removeCommand } from "../../cli/remove/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function remove(args: readonly string[], place: Place = {}) {
  return run(removeCommand, args, { env: credentials(simulator()), ...place });
}

function deletes(): string[] {
  return simulator()
    .requests.filter(({ method }) => method === "DELETE")
    .map(({ path }) => path);
}

test("shows a key, asks, and deletes only this key", async () => {
  const { key } = simulator().dashboard.createKey({ name: "left", limit: 25, limit_reset: "monthly" });
  const { key: other } = simulator().dashboard.createKey({ name: "left" });
  const { id } = simulator().dashboard.createGuardrail({ name: "strict" });
  simulator().dashboard.assign(id, { keys: [key.hash] });
  simulator().dashboard.useKey(key.hash, 1.5);
  const { out, code } = await remove(["key", key.hash], { answer: "y" });
  expect(code).toBe(0);
  for (const part of ['key        "left"', key.hash, "created    20", "$1.50", "$25 a month", `"strict" (${id})`]) {
    expect(out.split("Delete it?")[0]).toContain(part);
  }
  expect(out).toContain(`Deleted key "left" (${key.hash}).`);
  expect(simulator().account.keys).toEqual([other]);
});

test("shows a guardrail with the number of its keys and members, and deletes it", async () => {
  const { id } = simulator().dashboard.createGuardrail({ name: "strict", limit_usd: 5, reset_interval: "daily" });
  const { key } = simulator().dashboard.createKey({ name: "ci" });
  simulator().dashboard.assign(id, { keys: [key.hash] });
  const { out, code } = await remove(["guardrail", id, "--yes"]);
  expect(code).toBe(0);
  expect(out).toContain("$5 a day each");
  expect(out).toContain("to 1 key and 0 members");
  expect(out).not.toContain("Delete it");
  expect(deletes()).toEqual([`/guardrails/${id}`]);
});

test.each(["n", "", "yep", "delete"])("deletes nothing when the reply is %j", async (answer) => {
  const { key } = simulator().dashboard.createKey({ name: "left" });
  expect(await remove(["key", key.hash], { answer })).toMatchObject({ code: 1, err: "Nothing was removed.\n" });
  expect(deletes()).toEqual([]);
});

test("sends no request without a terminal and --yes", async () => {
  const { key } = simulator().dashboard.createKey({ name: "left" });
  const { err, code } = await remove(["key", key.hash]);
  expect(code).toBe(2);
  expect(err).toContain("Add --yes");
  expect(simulator().requests).toEqual([]);
});

test("rejects a prefix of a hash, a name, the id of a different kind, and a missing argument", async () => {
  const { key } = simulator().dashboard.createKey({ name: "left" });
  const { id } = simulator().dashboard.createGuardrail({ name: "g" });
  const wrong = [
    ["key", key.hash.slice(0, 12)],
    ["key", "left"],
    ["key", id],
    ["key"],
    ["guardrail", key.hash],
    ["guardrail", ".."],
  ];
  for (const args of wrong) expect(await remove([...args, "--yes"])).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});

test("neither sends nor prints an API key that is passed instead of its hash", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "left" });
  const { out, err, code } = await remove(["key", secret, "--yes"]);
  expect(code).toBe(2);
  expect(err).toContain("pass its hash");
  expect(out + err).not.toContain(secret);
  expect(simulator().requests).toEqual([]);
});

test("says that an object is not in this account, also if it is in a different one", async () => {
  const { key } = simulator().addAccount().dashboard.createKey({ name: "theirs" });
  const missing = await remove(["key", key.hash, "--yes"]);
  expect(missing).toMatchObject({
    code: 2,
    err: `there is no inference key ${key.hash} in this account, or it is already deleted\n`,
  });
  const id = "00000000-0000-4000-8000-000000000000";
  expect((await remove(["guardrail", id, "--yes"])).err).toContain(`there is no guardrail ${id} in this account`);
});

test("prints the message of the API when it refuses a delete", async () => {
  const [workspace] = simulator().account.workspaces;
  const id = workspace?.default_guardrail_id ?? "";
  simulator().dashboard.createGuardrail({ id, name: `Workspace ${workspace?.id} Default` });
  const { err, code } = await remove(["guardrail", id, "--yes"]);
  expect(code).toBe(2);
  expect(err).toMatch(/^delete guardrail [^\n]+default guardrail[^\n]+\n$/);
});
