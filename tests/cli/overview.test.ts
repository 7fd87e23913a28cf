/** `overview` on a simulated account with $100 of credits. */
import { overviewCommand } from "../../cli/overview/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const overview = (args: readonly string[] = [], place: Place = {}) =>
  run(overviewCommand, args, { env: credentials(simulator()), ...place });
const dataOf = async () => JSON.parse((await overview(["--json"])).out).data;
const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;

function use(hash: string, usd: number, daysBefore: number, details: object = {}): void {
  simulator().dashboard.useKey(hash, usd, { at: daysAgo(daysBefore), ...details });
}

function refuse(path: string): void {
  simulator().faults.add({ path, effect: "status", status: 403, message: "Not in your plan" });
}

test("shows how long the credits last at the pace of the last completed days, without today", async () => {
  const { hash } = createKey("ci");
  use(hash, 14, 7);
  use(hash, 14, 1);
  use(hash, 24, 0);
  const { out, err, code } = await overview();
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(out).toContain("credits     $48 left of $100\n");
  expect(out).toContain("pace        $4 a day on the last 7 completed days; lasts 12 days at this pace\n");
  expect(await dataOf()).toMatchObject({
    balance: { bought: 100, used: 52, left: 48 },
    pace: { perDay: 4, completedDays: 7, daysLeft: 12 },
  });
});

test.each([
  ["nothing was spent on the last 7 completed days", []],
  ["$6 a day on the last completed day; lasts 15 days at this pace", [6]],
  ["$60 a day on the last completed day; lasts less than a day at this pace", [60]],
  ["$60 a day on the last 2 completed days; lasts 0 days at this pace", [60, 60]],
  ["$0.02 a day on the last completed day; lasts more than a year at this pace", [0.02]],
])("shows the pace as: %s", async (text, spent) => {
  const { hash } = createKey("ci");
  for (const [index, usd] of spent.entries()) use(hash, usd, index + 1);
  expect((await overview()).out).toContain(`pace        ${text}\n`);
});

test("shows today's spending by model, the most expensive first, and BYOK apart", async () => {
  const { hash } = createKey("ci");
  use(hash, 1, 0, { model_permaslug: "a/cheap", requests: 30 });
  use(hash, 2, 0, { model_permaslug: "b/dear", byok_usage: 0.5 });
  use(hash, 9, 1, { model_permaslug: "c/yesterday" });
  const { out } = await overview();
  expect(out).toMatch(/^today +\$3 and \$0.50 BYOK so far \(\d{4}-\d\d-\d\d, UTC\)$/m);
  expect(out).toMatch(/^MODEL TODAY +CREDITS +BYOK +REQUESTS\nb\/dear +\$2 +\$0.50 +1\na\/cheap +\$1 +\$0 +30$/m);
  expect(out).not.toContain("c/yesterday");
});

test("shows the keys that are near their limit or expiry, and counts the others", async () => {
  use(createKey("full", { limit: 10 }).hash, 8, 0);
  use(createKey("half", { limit: 10 }).hash, 7.9, 0);
  createKey("soon", { expires_at: daysAgo(-29) });
  createKey("later", { expires_at: daysAgo(-31) });
  createKey("gone", { expires_at: daysAgo(1), limit: 1 });
  use(createKey("off", { limit: 10, disabled: true }).hash, 10, 0);
  const { out } = await overview();
  expect(out).toContain("keys        6 (4 active, 1 disabled, 1 expired); 2 near limit or expiry\n");
  expect(out).toMatch(/^full +[0-9a-f]{8} +80% +\$2 +\$10 once +none$/m);
  expect(out).toMatch(/^soon +[0-9a-f]{8} +none +\d{4}-\d\d-\d\d$/m);
  expect(out).not.toMatch(/^(half|later|gone|off) /m);
  const { keys } = await dataOf();
  expect(keys).toMatchObject({ total: 6, disabled: 1, expired: 1 });
  expect(keys.active.map((key: Record<string, unknown>) => [key.name, key.nearLimit, key.nearExpiry])).toEqual([
    ["full", true, false],
    ["half", false, false],
    ["later", false, false],
    ["soon", false, true],
  ]);
});

test("shows guardrails with budget and number of keys, and that a default guardrail applies to all", async () => {
  const { dashboard, account } = simulator();
  const { id } = dashboard.createGuardrail({ name: "shop/strict", limit_usd: 20, reset_interval: "daily" });
  dashboard.assign(id, { keys: [createKey("ci").hash, createKey("web").hash] });
  const name = `Workspace ${account.default_workspace_id} Default`;
  dashboard.createGuardrail({ id: account.workspaces[0]?.default_guardrail_id, name });
  const { out } = await overview();
  expect(out).toContain("guardrails  2, assigned to 2 keys\n");
  expect(out).toMatch(/^strict +\$20 a day +2$/m);
  expect(out).toMatch(/^Workspace .* Default +none +all of the workspace$/m);
});

test.each([
  ["/credits", /^credits +can't be read\npace +can't be read\ntoday +\$3/],
  ["/activity", /^credits +\$97 left of \$100\npace +can't be read\ntoday +\$3/],
  ["/analytics/query", /\ntoday +\$3 so far \(.*\); by model, it can't be read\n/],
])("shows the rest and exits with 2 when the API refuses %s", async (path, text) => {
  use(createKey("ci").hash, 3, 0);
  refuse(path);
  const { out, err, code } = await overview();
  expect({ out, err, code }).toEqual({
    ...{ out: expect.stringMatching(text), code: 2 },
    err: expect.stringMatching(/^Not everything could be read: read the [^\n]*403: Not in your plan[^\n]*\n$/),
  });
});

test("names what was refused in the JSON, which has null for it", async () => {
  refuse("/analytics/query");
  expect(await dataOf()).toMatchObject({
    ...{ balance: { left: 100 }, pace: { daysLeft: null }, today: { models: null } },
    unreadable: [expect.stringContaining("read the spending of today by model")],
  });
});

test("shows the number of keys of a guardrail as unknown when the API refuses to list them", async () => {
  const { dashboard } = simulator();
  const { id } = dashboard.createGuardrail({ name: "strict", limit_usd: 20, reset_interval: "daily" });
  refuse(`/guardrails/${id}/assignments/keys`);
  const { out, code } = await overview();
  expect(out).toMatch(/strict +\$20 a day +unknown\n/);
  expect(code).toBe(2);
  refuse(`/guardrails/${id}/assignments/keys`);
  expect((await dataOf()).guardrails).toEqual([
    expect.objectContaining({ id, isWorkspaceDefault: false, assignedKeys: null }),
  ]);
});

test("fits a screen of 80 columns and 24 lines, and has every row in a pipe", async () => {
  for (let number = 0; number < 9; number++) {
    const { hash } = createKey(`budgets/production/a-service-with-a-long-name-${number}`, { limit: 1 });
    use(hash, 1234.56, 0, {
      model_permaslug: `vendor/a-model-with-a-name-that-is-long-${number}`,
      byok_usage: 1234.56,
    });
    simulator().dashboard.createGuardrail({ name: `guardrails/production/with-a-long-name-${number}` });
  }
  const lines = (await overview([], { width: 80 })).out.trimEnd().split("\n");
  expect(lines.length).toBeLessThan(24);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.filter((line) => line === "(6 more)")).toHaveLength(3);
  expect((await overview()).out.match(/-long(-name)?-\d/g)).toHaveLength(27);
});

test("makes 18 calls for 1,000 keys in a workspace with two guardrails", async () => {
  const { dashboard } = simulator();
  const hashes = Array.from({ length: 1_000 }, (_, number) => createKey(`key ${number}`).hash);
  for (const name of ["a", "b"])
    dashboard.assign(dashboard.createGuardrail({ name }).id, { keys: hashes.splice(0, 90) });
  expect((await overview()).code).toBe(0);
  expect(simulator().requests).toHaveLength(18);
});

test("exits with 2 when the key is rejected", async () => {
  const env = { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
  const { out, err, code } = await overview([], { env });
  expect({ out, err, code }).toEqual({
    out: "",
    err: expect.stringMatching(/^read the list of workspaces: .*401/),
    code: 2,
  });
});

test("does not call days that cost nothing a pace, even when no credits are left", async () => {
  const { dashboard } = simulator();
  dashboard.useKey(dashboard.createKey({ name: "ci" }).key.hash, 150);
  const { out } = await run(overviewCommand, [], { env: credentials(simulator()) });
  expect(out).toMatch(/^pace +nothing was spent on the last 7 completed days$/m);
});
