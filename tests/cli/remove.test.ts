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

test("deletes the key with a name or with a unique prefix of its hash", async () => {
  for (const wanted of ["name", "prefix"]) {
    const { key } = simulator().dashboard.createKey({ name: "left" });
    const { out, code } = await remove(["key", wanted === "name" ? "left" : key.hash.slice(0, 8), "--yes"]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`Deleted key "left" (${key.hash}).`) });
    expect(simulator().account.keys).toEqual([]);
  }
});

test("deletes nothing when a name or prefix means no key or several, or is too short", async () => {
  const { key } = simulator().dashboard.createKey({ name: "left" });
  simulator().dashboard.createKey({ name: key.hash.slice(0, 8) });
  for (const name of ["twin", "twin"]) simulator().dashboard.createKey({ name });
  const { id } = simulator().dashboard.createGuardrail({ name: "g" });
  for (const wanted of ["unknown", "twin", "lef", key.hash.slice(0, 7), key.hash.slice(0, 8), id]) {
    const { out, code } = await remove(["key", wanted, "--yes"]);
    expect({ wanted, code, out }).toEqual({ wanted, code: 2, out: "" });
  }
  expect(deletes()).toEqual([]);
});

test("requires the full hash when not all keys can be listed", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { key } = simulator().dashboard.createKey({ name: "left" });
  simulator().faults.add({
    path: "/keys",
    where: ({ query }) => query.workspace_id === id,
    effect: "status",
    status: 403,
    times: Number.POSITIVE_INFINITY,
  });
  const { err, code } = await remove(["key", "left", "--yes"]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^pass the full hash, because not all keys/) });
  expect(deletes()).toEqual([]);
  expect((await remove(["key", key.hash, "--yes"])).code).toBe(0);
});

test("sends no request for the id of a different kind or a missing argument", async () => {
  const { key } = simulator().dashboard.createKey({ name: "left" });
  const wrong = [["key"], ["guardrail"], ["guardrail", key.hash]];
  for (const args of wrong) expect(await remove([...args, "--yes"])).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});

test("deletes a guardrail by full name and by a unique prefix of its id", async () => {
  for (const wanted of ["name", "prefix"]) {
    const { id } = simulator().dashboard.createGuardrail({ name: "team/strict" });
    const { out, code } = await remove(["guardrail", wanted === "name" ? "team/strict" : id.slice(0, 9), "--yes"]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`Deleted guardrail "team/strict" (${id}).`),
    });
    expect(simulator().account.guardrails).toEqual([]);
  }
});

test("deletes no guardrail when a name or prefix means none or several, or is too short", async () => {
  const { dashboard } = simulator();
  const { id } = dashboard.createGuardrail({ name: "team/strict" });
  dashboard.createGuardrail({ name: id.slice(0, 8) });
  for (const name of ["twin", "twin"]) dashboard.createGuardrail({ name });
  for (const wanted of ["unknown", "..", "twin", "strict", id.slice(0, 7), id.slice(0, 8), `${id.slice(0, 8)}x`]) {
    const { out, code } = await remove(["guardrail", wanted, "--yes"]);
    expect({ wanted, code, out }).toEqual({ wanted, code: 2, out: "" });
  }
  expect(deletes()).toEqual([]);
});

test("requires the full id when not all guardrails can be listed", async () => {
  const { dashboard, faults } = simulator();
  const { id } = dashboard.addWorkspace({ name: "Other", slug: "other" });
  dashboard.createGuardrail({ name: "strict" });
  faults.add({
    path: "/guardrails",
    where: ({ query }) => query.workspace_id === id,
    effect: "status",
    status: 403,
    times: Number.POSITIVE_INFINITY,
  });
  const { err, code } = await remove(["guardrail", "strict", "--yes"]);
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(/^pass the full id, because not all guardrails/),
  });
  expect(deletes()).toEqual([]);
});

test("neither sends nor prints an API key that is passed instead of its hash", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "left" });
  const { out, err, code } = await remove(["key", secret, "--yes"]);
  expect(code).toBe(2);
  expect(err).toContain("that is an API key; pass its name, or its hash");
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
