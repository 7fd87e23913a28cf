/** `keys` on a simulated account. */
import { keysCommand } from "../../cli/keys/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function keys(...args: string[]) {
  return run(keysCommand, args, { env: credentials(simulator()) });
}

/** A key with this usage in USD. */
function createKey(name: string, used: number, settings: Record<string, unknown> = {}) {
  const { key } = simulator().dashboard.createKey({ name, ...settings });
  simulator().dashboard.useKey(key.hash, used);
  return key;
}

async function listed(...args: string[]) {
  const { data } = JSON.parse((await keys("list", "--json", ...args)).out);
  return data.keys as Record<string, unknown>[];
}

test("lists all keys, nearest the limit first, and keys without a limit last", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  createKey("free to spend", 90);
  createKey("off", 1, { limit: 1, disabled: true });
  createKey("half", 5, { limit: 10 });
  createKey("elsewhere", 6, { limit: 10, workspace_id: id });
  expect((await listed()).map(({ name, percent }) => [name, percent])).toEqual([
    ["off", 100],
    ["elsewhere", 60],
    ["half", 50],
    ["free to spend", null],
  ]);
});

test("shows budget, bar, expiry and guardrail, and the workspace only if there are several", async () => {
  const key = createKey("ci", 21.5, { limit: 25, limit_reset: "monthly", expires_at: new Date("2099-01-01") });
  const { id } = simulator().dashboard.createGuardrail({ name: "budgets/prod/strict" });
  simulator().dashboard.assign(id, { keys: [key.hash] });
  const short = key.hash.slice(0, 8);
  expect((await keys()).out).toBe(
    [
      "NAME  KEY       USED    OF LIMIT   LEFT   BUDGET       EXPIRES     GUARDRAIL",
      `ci    ${short}  $21.50  ████░ 86%  $3.50  $25 a month  2099-01-01  strict`,
      "",
    ].join("\n"),
  );
  simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  expect((await keys()).out).toMatch(/GUARDRAIL {2}WORKSPACE\n.* strict {5}Default\n$/);
});

test("counts usage since the last reset, or all usage without a reset", async () => {
  for (const limit_reset of ["daily", null]) {
    const { key } = simulator().dashboard.createKey({ name: `${limit_reset}`, limit: 10, limit_reset });
    simulator().dashboard.useKey(key.hash, 4, { at: daysAgo(2) });
  }
  expect((await listed()).map(({ name, used, left }) => [name, used, left])).toEqual([
    ["null", 4, 6],
    ["daily", 0, 10],
  ]);
});

test("fills the last block of the bar only when nothing is left, and shows no bar for a limit of 0", async () => {
  createKey("nearly", 9.99, { limit: 10 });
  createKey("none", 0, { limit: 0 });
  const { out } = await keys();
  expect(out).toMatch(/none +[0-9a-f]{8} +\$0 +\$0 +\$0 /);
  expect(out).toMatch(/nearly .* ████░ 99% +\$0.01 /);
});

test("lists keys at or above --over, prints their number, and exits with 1", async () => {
  createKey("eighty", 8, { limit: 10 });
  createKey("less", 7.9, { limit: 10 });
  const { out, err, code } = await keys("--over", "80");
  expect({ err, code }).toEqual({ err: "1 key has used 80% or more of its limit.\n", code: 1 });
  expect(out).toContain("eighty");
  expect(out).not.toContain("less");
});

test("exits with 0 on --over for keys that are disabled, expired or without a limit", async () => {
  createKey("off", 10, { limit: 10, disabled: true });
  createKey("expired", 10, { limit: 10, expires_at: daysAgo(1) });
  createKey("unlimited", 1000);
  expect(await keys("--over", "80")).toEqual({
    out: "No key has used 80% or more of its limit.\n",
    err: "",
    code: 0,
  });
  expect(await listed("--over", "80")).toEqual([]);
});

test.each(["list --over many", "list --over", "unknown", "show"])("exits with 2 on `keys %s`", async (args) => {
  expect(await keys(...args.split(" "))).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});

test("shows one key by its name or a prefix of its hash", async () => {
  const { hash } = createKey("ci", 2, { limit: 8, limit_reset: "daily" });
  for (const wanted of ["ci", hash.slice(0, 10), hash]) {
    const { out, code } = await keys("show", wanted);
    expect(code).toBe(0);
    for (const part of [hash, '"ci"', "$8 a day", "$2, █░░░░ 25%", "$6", "$2 today", '"Default"'])
      expect(out).toContain(part);
  }
  expect(JSON.parse((await keys("show", "ci", "--json")).out).data).toMatchObject({
    ...{ hash, used: 2, left: 6, percent: 25 },
  });
});

test("shows a key of a deleted workspace, which no list has, by its full hash", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = createKey("left", 1, { workspace_id: id });
  simulator().dashboard.deleteWorkspace(id);
  expect(await listed()).toEqual([]);
  expect((await keys("show", hash)).out).toContain(`"${id}"`);
});

test("lists the candidates on standard error when several keys have the name", async () => {
  const [a, b] = [createKey("ci", 0), createKey("ci", 0)];
  const { out, err, code } = await keys("show", "ci");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  const [message, ...candidates] = err.trim().split("\n");
  expect(message).toBe('"ci" is the name of 2 keys; pass a longer prefix of the hash:');
  expect(candidates.map((line) => line.trim().slice(0, 16)).sort()).toEqual(
    [a, b].map(({ hash }) => hash.slice(0, 16)).sort(),
  );
});

test("rejects a prefix of fewer than 8 digits, even if only one hash begins with it", async () => {
  const { hash } = createKey("ci", 0);
  expect(await keys("show", hash.slice(0, 7))).toMatchObject({
    ...{ code: 2, out: "" },
    err: expect.stringContaining("a hash that begins with it (at least 8 digits)"),
  });
});

test("rejects a prefix of several hashes, and shows the candidates", async () => {
  const { hash } = createKey("one", 0);
  const other = createKey("two", 0);
  const twin = `${hash.slice(0, 12)}${"0".repeat(52)}`;
  simulator().dashboard.updateKey(other.hash, { hash: twin });
  const { out, err, code } = await keys("show", hash.slice(0, 8));
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain(`"${hash.slice(0, 8)}" is a hash prefix of 2 keys; pass a longer prefix of the hash:`);
  expect(err).toContain(`${twin.slice(0, 16)}  `);
});

test("rejects a name that is also a prefix of another key's hash, but not a full hash that is also a name", async () => {
  const { hash } = createKey("ci", 0);
  const impostor = createKey(hash.slice(0, 10), 0);
  const { out, err, code } = await keys("show", hash.slice(0, 10));
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain("is both the name of a key and a hash prefix of another");
  for (const each of [hash, impostor.hash]) expect(err).toContain(each.slice(0, 16));
  createKey(hash, 0);
  expect((await keys("show", hash)).out).toContain('"ci"');
});

test("rejects an API key without printing it, and an unknown name", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "ci" });
  expect(await keys("show", secret)).toEqual({
    out: "",
    err: "that is an API key; pass its name, or its hash, which `pulumi-openrouter keys --json` shows\n",
    code: 2,
  });
  expect(await keys("show", "unknown")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringMatching(/^no key .*"unknown"/),
  });
});

test("fits 100 columns, and prints no control character and no API key, whatever the names are", async () => {
  const secret = `sk-or-v1-${"7".repeat(64)}`;
  for (const name of ["x".repeat(150), "\u001b[31mred", "a\nb", secret, `${"y".repeat(30)}${secret}`]) {
    const { id } = simulator().dashboard.addWorkspace({ name, slug: "s" });
    const settings = { limit: 123456.78, limit_reset: "monthly", disabled: true, workspace_id: id };
    const key = createKey(name, 123456, { ...settings, expires_at: new Date("2099-01-01") });
    const guardrail = simulator().dashboard.createGuardrail({ name, workspace_id: id });
    simulator().dashboard.assign(guardrail.id, { keys: [key.hash] });
  }
  const { out } = await run(keysCommand, [], { env: credentials(simulator()), width: 100 });
  expect(out.trim().split("\n")).toHaveLength(6);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  for (const text of ["\u001b", "a\nb", "7".repeat(7)]) expect(out).not.toContain(text);
  expect((await keys("list", "--json")).out).not.toContain("7".repeat(7));
});

test("changes nothing in the account", async () => {
  createKey("ci", 1);
  await keys();
  await keys("show", "ci");
  expect([...new Set(simulator().requests.map(({ method }) => method))]).toEqual(["GET"]);
});

async function namesOf(...args: string[]) {
  return (await listed(...args)).map(({ name }) => name);
}

test("lists keys that expire within the days of --expires-within, and exits with 1", async () => {
  createKey("soon", 0, { expires_at: daysAgo(-29) });
  createKey("later", 0, { expires_at: daysAgo(-31) });
  createKey("expired", 0, { expires_at: daysAgo(1) });
  createKey("off", 0, { expires_at: daysAgo(-1), disabled: true });
  createKey("never", 0);
  expect(await namesOf("--expires-within", "30d")).toEqual(["soon"]);
  expect(await keys("--expires-within", "30d")).toMatchObject({ err: "1 key expires within 30 days.\n", code: 1 });
  expect(await keys("--expires-within", "1d")).toEqual({ out: "No key expires within 1 day.\n", err: "", code: 0 });
});

test("lists keys that were not used for the days of --unused-for, from their creation if they were never used", async () => {
  const { dashboard, account } = simulator();
  for (const [name, used] of [
    ["used now", 0],
    ["used long ago", 91],
    ["never used, old", undefined],
    ["never used, new", undefined],
  ] as const) {
    const { key } = dashboard.createKey({ name });
    if (used !== undefined) dashboard.useKey(key.hash, 1, { at: daysAgo(used) });
  }
  for (const key of account.keys) if (key.name !== "never used, new") key.created_at = daysAgo(100);
  expect((await namesOf("--unused-for", "90d")).sort()).toEqual(["never used, old", "used long ago"]);
  expect(await keys("--unused-for", "90d")).toMatchObject({ err: "2 keys have been unused for 90 days.\n", code: 1 });
});

test("lists keys below --under, and only those that meet all conditions", async () => {
  createKey("low", 0.9, { limit: 10 });
  createKey("ten", 1, { limit: 10 });
  createKey("half", 5, { limit: 10 });
  createKey("unlimited", 0);
  createKey("blocked", 0, { limit: 0 });
  expect(await namesOf("--under", "10")).toEqual(["low"]);
  const { err, code } = await keys("--over", "10", "--under", "60");
  expect({ err, code }).toEqual({
    err: "2 keys have used 10% or more of their limits and have used less than 60% of their limits.\n",
    code: 1,
  });
});

test.each(["--expires-within 30", "--unused-for soon", "--under -1"])("exits with 2 on `keys %s`", async (args) => {
  expect(await keys(...args.split(" "))).toMatchObject({ code: 2, out: "" });
});

test("makes 15 calls for 1,000 keys in a workspace with two guardrails, also to show one", async () => {
  const { dashboard } = simulator();
  const create = (_: unknown, number: number) => dashboard.createKey({ name: `key ${number}` }).key.hash;
  const hashes = Array.from({ length: 1_000 }, create);
  for (const name of ["a", "b"]) {
    dashboard.assign(dashboard.createGuardrail({ name }).id, { keys: hashes.splice(0, 90) });
  }
  for (const args of [[], ["show", "key 7"]]) {
    simulator().clearRequests();
    expect((await keys(...args)).code).toBe(0);
    expect(simulator().requests).toHaveLength(15);
  }
});

test("keeps the end of each name on 80 columns where there are several workspaces, and omits these instead", async () => {
  simulator().dashboard.addWorkspace({ name: "Research", slug: "research" });
  const settings = { limit: 100, limit_reset: "monthly", expires_at: new Date("2099-01-01") };
  const key = createKey("research/lab/notebooks", 5, { ...settings, disabled: true });
  const { id } = simulator().dashboard.createGuardrail({ name: "research/lab/strict" });
  simulator().dashboard.assign(id, { keys: [key.hash] });
  const { out } = await run(keysCommand, [], { env: credentials(simulator()), width: 80 });
  expect(out).toMatch(/\n…\/notebooks \(off\) {2}/);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

describe("when the API refuses the keys of a guardrail", () => {
  const refuse = () => {
    const { hash } = createKey("ci", 1, { limit: 10 });
    simulator().dashboard.createGuardrail({ name: "strict" });
    const refusal = { effect: "status", status: 403, message: "Not yours", times: Infinity } as const;
    simulator().faults.add({ path: "/guardrails/:id/assignments/keys", ...refusal });
    return hash;
  };

  test("the guardrail of a key is unknown, not none", async () => {
    refuse();
    const { out, err, code } = await keys();
    expect(out).toMatch(/ {2}unknown\n$/);
    expect(err).toMatch(/^Not everything could be read: .*403: Not yours/);
    expect(code).toBe(2);
  });

  test("`keys show` says so and exits with 2", async () => {
    const { out, err, code } = await keys("show", refuse());
    expect(out).toMatch(/^guardrail +unknown$/m);
    expect(err).toMatch(/^Not everything could be read: .*403: Not yours/);
    expect(code).toBe(2);
  });
});
