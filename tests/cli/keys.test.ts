/** `keys` as it is used, on a simulated account. */
import { keysCommand } from "../../cli/keys/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function keys(...args: string[]) {
  return run(keysCommand, args, { env: credentials(simulator()) });
}

/** A key that has used so much. */
function makeKey(name: string, used: number, settings: Record<string, unknown> = {}) {
  const { key } = simulator().dashboard.createKey({ name, ...settings });
  simulator().dashboard.useKey(key.hash, used);
  return key;
}

async function listed(...args: string[]) {
  const { data } = JSON.parse((await keys("list", "--json", ...args)).out);
  return data.keys as Record<string, unknown>[];
}

test("every key is listed, the nearest to its limit first and those without one last", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  makeKey("free to spend", 90);
  makeKey("off", 1, { limit: 1, disabled: true });
  makeKey("half", 5, { limit: 10 });
  makeKey("elsewhere", 6, { limit: 10, workspace_id: id });
  expect((await listed()).map(({ name, percent }) => [name, percent])).toEqual([
    ["off", 100],
    ["elsewhere", 60],
    ["half", 50],
    ["free to spend", null],
  ]);
});

test("the table has budget, bar, expiry and guardrail, and the workspace where there are several", async () => {
  const key = makeKey("ci", 21.5, { limit: 25, limit_reset: "monthly", expires_at: new Date("2099-01-01") });
  const { id } = simulator().dashboard.createGuardrail({ name: "budgets/prod/strict" });
  simulator().dashboard.assign(id, { keys: [key.hash] });
  const short = key.hash.slice(0, 8);
  expect((await keys()).out).toBe(
    [
      "NAME  KEY       USED    OF LIMIT   LEFT   BUDGET     EXPIRES     GUARDRAIL",
      `ci    ${short}  $21.50  ████░ 86%  $3.50  $25/month  2099-01-01  strict`,
      "",
    ].join("\n"),
  );
  simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  expect((await keys()).out).toMatch(/GUARDRAIL {2}WORKSPACE\n.* strict {5}Default\n$/);
});

test("what was used before the last reset is not counted, and all of it where there is no reset", async () => {
  for (const limit_reset of ["daily", null]) {
    const { key } = simulator().dashboard.createKey({ name: `${limit_reset}`, limit: 10, limit_reset });
    simulator().dashboard.useKey(key.hash, 4, { at: daysAgo(2) });
  }
  expect((await listed()).map(({ name, used, left }) => [name, used, left])).toEqual([
    ["null", 4, 6],
    ["daily", 0, 10],
  ]);
});

test("the last place of the bar is filled only when nothing is left, and a limit of 0 has no bar", async () => {
  makeKey("nearly", 9.99, { limit: 10 });
  makeKey("none", 0, { limit: 0 });
  const { out } = await keys();
  expect(out).toMatch(/none +[0-9a-f]{8} +\$0 +\$0 +\$0 /);
  expect(out).toMatch(/nearly .* ████░ 99% +\$0.01 /);
});

test("--over lists the keys that have used so much, says how many and ends with 1", async () => {
  makeKey("eighty", 8, { limit: 10 });
  makeKey("less", 7.9, { limit: 10 });
  const { out, err, code } = await keys("--over", "80");
  expect({ err, code }).toEqual({ err: "1 key has used 80 % or more of the limit.\n", code: 1 });
  expect(out).toContain("eighty");
  expect(out).not.toContain("less");
});

test("--over ends with 0 if there is none: no alert for keys that are off, expired or without a limit", async () => {
  makeKey("off", 10, { limit: 10, disabled: true });
  makeKey("expired", 10, { limit: 10, expires_at: daysAgo(1) });
  makeKey("unlimited", 1000);
  expect(await keys("--over", "80")).toEqual({
    out: "No key has used 80 % or more of its limit.\n",
    err: "",
    code: 0,
  });
  expect(await listed("--over", "80")).toEqual([]);
});

test.each(["list --over many", "list --over", "nobody", "show"])("`keys %s` is refused with 2", async (args) => {
  expect(await keys(...args.split(" "))).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});

test("one key is shown by its name or the beginning of its hash", async () => {
  const { hash } = makeKey("ci", 2, { limit: 8, limit_reset: "daily" });
  for (const wanted of ["ci", hash.slice(0, 10), hash]) {
    const { out, code } = await keys("show", wanted);
    expect(code).toBe(0);
    for (const part of [hash, '"ci"', "$8/day", "$2, █░░░░ 25%", "$6", "$2 today", '"Default"'])
      expect(out).toContain(part);
  }
  expect(JSON.parse((await keys("show", "ci", "--json")).out).data).toMatchObject({
    ...{ hash, used: 2, left: 6, percent: 25 },
  });
});

test("a key of a deleted workspace is in no list, and is shown by its whole hash", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = makeKey("left", 1, { workspace_id: id });
  simulator().dashboard.deleteWorkspace(id);
  expect(await listed()).toEqual([]);
  expect((await keys("show", hash)).out).toContain(`"${id}"`);
});

test("a name that several keys have shows none: the candidates are on standard error", async () => {
  const [a, b] = [makeKey("ci", 0), makeKey("ci", 0)];
  const { out, err, code } = await keys("show", "ci");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  const [said, ...candidates] = err.trim().split("\n");
  expect(said).toBe('"ci" is the name of 2 keys; pass a longer prefix of the hash:');
  expect(candidates.map((line) => line.trim().slice(0, 16)).sort()).toEqual(
    [a, b].map(({ hash }) => hash.slice(0, 16)).sort(),
  );
});

test("a beginning of several hashes shows none, and no name is taken for a hash of another key", async () => {
  const made = Array.from({ length: 17 }, (_, index) => makeKey(`key ${index}`, 0));
  const first = (hash: string) => hash.slice(0, 1);
  const doubled = made.find(({ hash }) => made.some((each) => each.hash !== hash && first(each.hash) === first(hash)));
  const prefix = first(doubled?.hash as string);
  expect(await keys("show", prefix)).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining("a hash prefix of"),
  });
  const named = makeKey(prefix, 0);
  expect((await keys("show", prefix)).out).toContain(named.hash);
});

test("a key in place of its name is refused and not repeated, and a stranger's is not found", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "ci" });
  expect(await keys("show", secret)).toEqual({
    out: "",
    err: "that is an API key; pass its name or a hash prefix\n",
    code: 2,
  });
  expect(await keys("show", "nobody")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringMatching(/^no key .*"nobody"/),
  });
});

test("the table fits a screen of 100 columns whatever the names are, and neither steers the terminal nor shows a key", async () => {
  const secret = `sk-or-v1-${"7".repeat(64)}`;
  for (const name of ["x".repeat(150), "\u001b[31mred", "a\nb", secret, `${"y".repeat(30)}${secret}`]) {
    const { id } = simulator().dashboard.addWorkspace({ name, slug: "s" });
    const settings = { limit: 123456.78, limit_reset: "monthly", disabled: true, workspace_id: id };
    const key = makeKey(name, 123456, { ...settings, expires_at: new Date("2099-01-01") });
    const guardrail = simulator().dashboard.createGuardrail({ name, workspace_id: id });
    simulator().dashboard.assign(guardrail.id, { keys: [key.hash] });
  }
  const { out } = await run(keysCommand, [], { env: credentials(simulator()), width: 100 });
  expect(out.trim().split("\n")).toHaveLength(6);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  for (const text of ["\u001b", "a\nb", "7".repeat(7)]) expect(out).not.toContain(text);
  expect((await keys("list", "--json")).out).not.toContain("7".repeat(7));
});

test("nothing is changed", async () => {
  makeKey("ci", 1);
  await keys();
  await keys("show", "ci");
  expect([...new Set(simulator().requests.map(({ method }) => method))]).toEqual(["GET"]);
});
