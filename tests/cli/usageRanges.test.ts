/** `usage` of today, of longer ranges and of two groups, on a simulated account. */

import { usageCommand } from "../../cli/usage/command";
import { sparkline } from "../../cli/usage/report";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function usage(args: readonly string[], place: Place = {}) {
  return run(usageCommand, args, { env: credentials(simulator()), ...place });
}

interface Group {
  name: string;
  of: Record<string, string>;
  hash?: string | null;
  spent: number;
}

async function rangeOf(...args: string[]) {
  const { data } = JSON.parse((await usage(["--json", ...args])).out);
  return data.range as {
    from: string;
    to: string;
    source: string;
    missing: string[];
    omitted: number;
    groups: Group[];
  };
}

/** Each group's name and spending. */
async function groupsOf(...args: string[]) {
  return (await rangeOf(...args)).groups.map(({ name, spent }) => [name, spent]);
}

function createKey(name: string, fields: Record<string, unknown> = {}): string {
  return simulator().dashboard.createKey({ name, ...fields }).key.hash;
}

function use(hash: string, usd: number, daysBefore: number, details: Record<string, unknown> = {}): void {
  simulator().dashboard.useKey(hash, usd, { at: daysAgo(daysBefore), ...details });
}

const dayOf = (daysBefore: number) => daysAgo(daysBefore).toISOString().slice(0, 10);
const callsTo = (path: string) => simulator().requests.filter((request) => request.path === path).length;
const refuseAnalytics = () =>
  simulator().faults.add({ path: "/analytics/query", effect: "status", status: 403, message: "Not in your plan" });

test("reads today from the analytics with one call", async () => {
  use(createKey("ci"), 3, 0, { model_permaslug: "openai/gpt-5" });
  expect(await rangeOf("--date", "today", "--by", "model")).toMatchObject({
    ...{ from: dayOf(0), to: dayOf(0), source: "analytics" },
    groups: [{ name: "openai/gpt-5", spent: 3 }],
  });
  expect([callsTo("/analytics/query"), callsTo("/activity")]).toEqual([1, 0]);
  expect((await usage(["--date", "today"])).out).toContain(`Today, ${dayOf(0)}, which is not over yet.`);
});

test("reads one completed day and a range of them from the activity", async () => {
  const hash = createKey("ci");
  for (const day of [1, 2, 3]) use(hash, day, day);
  expect(await groupsOf("--date", dayOf(2))).toEqual([[dayOf(2), 2]]);
  expect(await groupsOf("--from", dayOf(3), "--to", dayOf(2))).toEqual([
    [dayOf(3), 3],
    [dayOf(2), 2],
  ]);
  expect(callsTo("/analytics/query")).toBe(0);
});

test("reads days before the activity, and today, from the analytics", async () => {
  const hash = createKey("ci");
  for (const day of [0, 40, 100]) use(hash, 1, day);
  const { source, groups } = await rangeOf("--from", dayOf(99));
  expect({ source, days: groups.length }).toEqual({ source: "analytics", days: 100 });
  expect(groups.filter((group) => group.spent > 0).map(({ name }) => name)).toEqual([dayOf(40), dayOf(0)]);
});

test("reads a month to its last day, or to today", async () => {
  simulator().clock.set(new Date("2026-11-10T12:00:00Z"));
  const { dashboard } = simulator();
  const hash = createKey("ci");
  for (const at of ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-10"]) {
    dashboard.useKey(hash, 1, { at: new Date(`${at}T11:00:00Z`) });
  }
  expect(await rangeOf("--month", "2026-10", "--by", "key")).toMatchObject({
    ...{ from: "2026-10-01", to: "2026-10-31" },
    groups: [{ name: "ci", spent: 2 }],
  });
  expect(await rangeOf("--month", "2026-11")).toMatchObject({ from: "2026-11-01", to: "2026-11-10" });
});

test("splits a range by provider into queries of 31 days, and adds them up", async () => {
  const hash = createKey("ci");
  for (const day of [1, 50]) use(hash, 2, day, { provider_name: "Azure" });
  expect(await groupsOf("--days", "60", "--by", "provider")).toEqual([["Azure", 4]]);
  expect(callsTo("/analytics/query")).toBe(2);
});

test("groups by two, with one call for all keys", async () => {
  const [ci, web] = [createKey("ci"), createKey("web")];
  use(ci, 1, 1, { model_permaslug: "a/b" });
  use(ci, 2, 1, { model_permaslug: "c/d" });
  use(web, 5, 2, { model_permaslug: "a/b" });
  expect(await groupsOf("--by", "key,model")).toEqual([
    ["web, a/b", 5],
    ["ci, c/d", 2],
    ["ci, a/b", 1],
  ]);
  expect([callsTo("/analytics/query"), callsTo("/activity")]).toEqual([1, 0]);
  expect((await usage(["--by", "day,key"])).out).toMatch(
    new RegExp(`DAY +KEY +CREDITS.*\n${dayOf(2)} +web +\\$5 .*\n${dayOf(1)} +ci +\\$3 `),
  );
});

test("groups by user and by workspace, with names", async () => {
  const { dashboard, account } = simulator();
  const { id } = dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { id: user } = dashboard.addMember({ email: "ada@example.com", first_name: "Ada" });
  use(createKey("ci", { workspace_id: id, creator_user_id: user }), 1, 1);
  use(createKey("web", { creator_user_id: null }), 2, 1);
  expect(account.workspaces).toHaveLength(2);
  expect(await groupsOf("--by", "workspace")).toEqual([
    ["Default", 2],
    ["Other", 1],
  ]);
  expect(await groupsOf("--by", "user")).toEqual([
    ["(other)", 2],
    ["Ada (ada@example.com)", 1],
  ]);
});

test("counts only the keys and the usage of one user with --user", async () => {
  const user = simulator().dashboard.addMember({ email: "ada@example.com" }).id;
  for (const day of [0, 1]) {
    use(createKey(`hers ${day}`, { creator_user_id: user }), 1, day);
    use(createKey(`other ${day}`), 10, day);
  }
  const { data } = JSON.parse((await usage(["--user", user, "--by", "key", "--json"])).out);
  expect(data.today.spent).toBe(1);
  expect(data.range.groups).toMatchObject([{ name: "hers 1", spent: 1 }]);
  expect(await groupsOf("--user", user, "--date", "today")).toEqual([[dayOf(0), 1]]);
});

test("falls back to the activity when the analytics refuse, and names what is missing", async () => {
  const hash = createKey("ci");
  for (const day of [0, 1, 40]) use(hash, 1, day);
  refuseAnalytics();
  const { out, err, code } = await usage(["--from", dayOf(40), "--json"]);
  const { range } = JSON.parse(out).data;
  expect({ code, source: range.source, total: range.total.spent }).toEqual({ code: 2, source: "activity", total: 1 });
  const missing = [`${dayOf(40)} to ${dayOf(31)}`, `today, ${dayOf(0)}`];
  expect(range.missing).toEqual(missing);
  expect(err).toContain("403: Not in your plan");
  expect(err).toContain(`Missing above: ${missing.join("; ")}.\n`);
});

test("gives two groups from the activity, complete, when the analytics refuse", async () => {
  const [ci, gone] = [createKey("ci"), createKey("gone")];
  use(ci, 1, 1);
  use(ci, 2, 2);
  use(gone, 4, 1);
  simulator().dashboard.deleteKey(gone);
  refuseAnalytics();
  const { out, err, code } = await usage(["--by", "day,key", "--json"]);
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(JSON.parse(out).data.range.groups).toMatchObject([
    { name: `${dayOf(2)}, ci`, spent: 2, hash: ci },
    { name: `${dayOf(1)}, ci`, spent: 1, hash: ci },
    { name: `${dayOf(1)}, (other)`, spent: 4, hash: null },
  ]);
});

test.each([
  ["today", ["--date", "today"]],
  ["users", ["--by", "user"]],
])("prints only the counters and exits with 2 when the analytics refuse %s", async (_what, args) => {
  use(createKey("ci"), 3, 0);
  refuseAnalytics();
  const { out, err, code } = await usage(args);
  expect({ code, lines: out.split("\n").length }).toEqual({ code: 2, lines: 4 });
  expect(out).toMatch(/^credits +\$3 /m);
  expect(err).toContain("Not in your plan");
});

test("names the rows that the API left out", async () => {
  use(createKey("ci"), 1, 0);
  simulator().faults.add({
    path: "/analytics/query",
    effect: "shape",
    body: ({ data }: { data: object }) => ({ data: { ...data, metadata: { truncated: true } } }),
  });
  const { err, code } = await usage(["--date", "today"]);
  expect({ err, code }).toMatchObject({ err: expect.stringContaining("Missing above: some rows of"), code: 2 });
});

test("prints the counters of each key, the highest of this month first", async () => {
  const [ci, web] = [createKey("ci"), createKey("web")];
  use(ci, 1, 0, { byok_usage: 0.25 });
  use(web, 2, 0);
  const { data } = JSON.parse((await usage(["--by", "key", "--counters", "--json"])).out);
  expect(data.keys).toMatchObject([
    { name: "web", hash: web, today: { spent: 2, spentByok: 0 } },
    { name: "ci", hash: ci, ever: { spent: 1, spentByok: 0.25 } },
  ]);
  expect((await usage(["--by", "key", "--counters"])).out).toMatch(
    /KEY +TODAY +THIS WEEK +THIS MONTH +EVER +BYOK THIS MONTH\nweb/,
  );
  expect(callsTo("/activity")).toBe(0);
  expect((await usage(["--counters", "--csv", "--top", "1"])).out.split("\n")).toHaveLength(3);
});

test("makes 12 calls for the counters of 1,000 keys, 13 for the account, and 1,013 for the days of each key", async () => {
  for (let count = 0; count < 1_000; count++) createKey(`key ${count}`);
  const callsOf = async (...args: string[]) => {
    simulator().clearRequests();
    await usage(args);
    return simulator().requests.length;
  };
  expect(await callsOf("--by", "key", "--counters")).toBe(12);
  expect(await callsOf("--by", "model")).toBe(13);
  expect(await callsOf("--by", "key,model")).toBe(13);
  expect(await callsOf("--by", "key")).toBe(1_013);
});

test("shows the highest groups with --top, and adds up the rest", async () => {
  const hash = createKey("ci");
  for (const [index, model] of ["a/a", "b/b", "c/c"].entries()) use(hash, index + 1, 1, { model });
  const { out } = await usage(["--by", "model", "--top", "1"]);
  expect(out).toMatch(/\nc\/c +\$3 .*\n\(2 more\) +\$3 .*\ntotal +\$6 .*\n$/);
  expect(await rangeOf("--by", "model", "--top", "1")).toMatchObject({ omitted: 2, groups: [{ name: "c/c" }] });
});

test("prints ungrouped rows, and reasoning tokens where there are some", async () => {
  const hash = createKey("ci");
  use(hash, 1, 1, { model: "a/b", provider_name: "Azure", reasoning_tokens: 1234 });
  const { out } = await usage(["--rows"]);
  expect(out).toMatch(/DAY +MODEL +PROVIDER .*TOKENS OUT +REASONING\n/);
  expect(out).toMatch(new RegExp(`${dayOf(1)} +a/b +Azure +\\$1 .* 1,234\n`));
  use(hash, 1, 0, { model_permaslug: "c/d" });
  expect((await rangeOf("--rows", "--date", "today")).groups).toMatchObject([{ of: { day: dayOf(0), model: "c/d" } }]);
});

test("prints CSV that a spreadsheet does not run as formulas", async () => {
  const hash = createKey('=cmd|" /C calc"!A0, x');
  use(hash, 1.5, 1, { prompt_tokens: 10, completion_tokens: 20, reasoning_tokens: 5 });
  expect((await usage(["--by", "key", "--csv"])).out).toBe(
    "key,hash,spent,spentByok,requests,promptTokens,completionTokens,reasoningTokens\n" +
      `"'=cmd|"" /C calc""!A0, x",${hash},1.5,0,1,10,20,5\n`,
  );
  expect((await usage(["--counters", "--csv"])).out).toMatch(/^key,hash,today,todayByok,week,.*\n"'=cmd.*,1.5,0\n$/);
});

test("draws the days on a terminal only", async () => {
  const hash = createKey("ci");
  use(hash, 1, 3);
  use(hash, 7, 1);
  expect((await usage(["--days", "3", "--by", "model"], { width: 80 })).out).toContain("\nSpent each day  ▂▁█\n");
  expect((await usage(["--days", "3"])).out).not.toContain("Spent each day");
});

test("draws days without spending as the lowest bar", () => {
  expect(sparkline([0, 0])).toBe("▁▁");
});

test("shows the progress on a screen only, and removes it", async () => {
  createKey("ci");
  createKey("web");
  const { err } = await usage(["--by", "key"], { showsProgress: true });
  expect(err.split("\r").at(2)).toBe("activity of 2 of 2 keys\u001b[K");
  expect(err.endsWith("\r\u001b[K")).toBe(true);
  expect((await usage(["--by", "key"])).err).toBe("");
});

test("fits a table of two groups into 80 columns", async () => {
  const details = { model_permaslug: `vendor/${"x".repeat(80)}`, reasoning_tokens: 12345 };
  use(createKey("y".repeat(80)), 1234.5, 1, details);
  const { out } = await usage(["--by", "key,model"], { width: 80 });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  "--date=2026-02-30",
  "--date=2020-01-01",
  "--date=2999-01-01",
  "--month=2026-13",
  "--to=2026-11-01",
  "--from=2026-11-02 --to=2026-11-01",
  "--date=today --days=3",
  "--date=today --month=2026-11",
  "--by=day,model,key",
  "--by=day,day",
  "--csv --json",
])("exits with 2 and prints nothing on standard output for %s", async (args) => {
  const { out, err, code } = await usage(args.split(" "));
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).not.toBe("");
});

describe("--user", () => {
  function addUsers() {
    const { dashboard } = simulator();
    const ada = dashboard.addMember({ email: "ada@shop.example", first_name: "Ada", last_name: "Byron" });
    const grace = dashboard.addMember({ email: "grace@shop.example", first_name: "Grace" });
    for (const [index, { id }] of [ada, grace].entries()) use(createKey("key", { creator_user_id: id }), index + 1, 1);
    return { ada, grace };
  }
  const spentBy = async (user: string): Promise<number> => {
    const { data } = JSON.parse((await usage(["--user", user, "--json"])).out);
    return data.range.total.spent;
  };

  test("accepts an id, and reads no members for it", async () => {
    const { ada } = addUsers();
    expect(await spentBy(ada.id)).toBe(1);
    expect(callsTo("/organization/members")).toBe(0);
  });

  test("is in the heading and in the JSON", async () => {
    const { ada } = addUsers();
    const [text, json] = [await usage(["--user", "Ada Byron"]), await usage(["--user", ada.id, "--json"])];
    expect(text.out).toMatch(/^Usage of the keys of user "Ada Byron" \(user_\w+\)\n\nSPENT /);
    expect(JSON.parse(json.out).data).toMatchObject({ key: null, user: ada.id });
    expect(JSON.parse((await usage(["--json"])).out).data.user).toBeNull();
  });

  test.each(["Ada Byron", "ada@shop.example", "ADA@shop.example"])("finds the member %s", async (user) => {
    addUsers();
    expect(await spentBy(user)).toBe(1);
    expect(await spentBy("Grace")).toBe(2);
  });

  test("exits with 2 when it means no member or several", async () => {
    addUsers();
    simulator().dashboard.addMember({ email: "other@shop.example", first_name: "Grace" });
    expect(await usage(["--user", "Linus"])).toEqual({
      ...{ out: "", code: 2 },
      err: 'no member has the email or name "Linus"; `pulumi-openrouter members` lists them\n',
    });
    const { err, code } = await usage(["--user", "Grace"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^"Grace" is the name of 2 members; pass an id:\n( {2}user_\w+ {2}.*@shop.example\n){2}$/);
  });
});
