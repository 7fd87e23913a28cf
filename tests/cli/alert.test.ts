/** `alert`: conditions on a simulated account, and the calls that they need. */
import { alertCommand } from "../../cli/alert/command";
import { type Conditions, keyAlerts, paceAlerts, spendAlerts } from "../../cli/alert/conditions";
import type { Key } from "../../provider/api/keys";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const alert = (...args: string[]) => run(alertCommand, args, { env: credentials(simulator()) });
const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;
const spend = (hash: string, usd: number, days = 0) => simulator().dashboard.useKey(hash, usd, { at: daysAgo(days) });
const inDays = (days: number) => daysAgo(-days);

/** Paths of the requests so far, in the order of the alphabet. */
const calls = () =>
  simulator()
    .requests.map(({ path }) => path.replace(/^.*\/v1/, ""))
    .sort();
const refuse = (path: string, times = Number.POSITIVE_INFINITY) =>
  simulator().faults.add({ path, times, effect: "status", status: 403, message: "Not for this key" });

async function dataOf(...args: string[]) {
  const { out } = await alert(...args, "--json");
  return JSON.parse(out).data;
}

async function textsOf(...args: string[]): Promise<string[]> {
  return (await dataOf(...args)).alerts.map(({ text }: { text: string }) => text);
}

test("refuses to check nothing, without a call", async () => {
  const { err, code } = await alert("--title", "Acme");
  expect(code).toBe(2);
  expect(err).toContain("nothing to check: pass --config, or conditions such as --balance-below 20");
  expect(calls()).toEqual([]);
});

test("alerts below a balance, with exit code 1 and one call", async () => {
  spend(createKey("ci").hash, 80.5);
  const { out, err, code } = await alert("--balance-below", "20");
  expect({ out, err, code }).toEqual({ out: "", err: "$19.50 of credits left, which is below $20.\n", code: 1 });
  expect(calls()).toEqual(["/credits"]);
});

test("does not alert at the balance", async () => {
  spend(createKey("ci").hash, 80.5);
  expect(await alert("--balance-below", "19.5")).toEqual({ out: "No condition holds.\n", err: "", code: 0 });
});

test("alerts when the credits last fewer days, with two calls", async () => {
  const { hash } = createKey("ci");
  for (const days of [1, 2, 3, 4, 5, 6, 7]) spend(hash, 10, days);
  expect(await dataOf("--days-left-below", "4", "--balance-below", "30")).toMatchObject({
    alerts: [
      {
        ...{ condition: "days-left-below", threshold: 4, value: 3, key: null },
        text: "credits last 3 days at $10 a day, which is fewer than 4",
      },
    ],
  });
  expect(calls()).toEqual(["/activity", "/credits"]);
  expect((await alert("--days-left-below", "3")).code).toBe(0);
});

test("does not alert on days left when nothing was spent", async () => {
  expect((await alert("--days-left-below", "9999")).code).toBe(0);
});

test("rounds days down, so that 6.97 does not read as 7", () => {
  const pace = { perDay: 1, completedDays: 7, daysLeft: 6.97 };
  expect(paceAlerts({ "days-left-below": 7 }, pace)).toMatchObject([
    { text: "credits last 6.9 days at $1 a day, which is fewer than 7" },
  ]);
});

test("alerts on each condition of keys, with one listing of the keys", async () => {
  const [near, soon, idle] = ["near", "soon", "idle"].map((name) =>
    createKey(name, { limit: 10, limit_reset: "monthly" }),
  );
  simulator().dashboard.updateKey(soon?.hash ?? "", { expires_at: inDays(5) });
  simulator().dashboard.updateKey(idle?.hash ?? "", { created_at: daysAgo(100) });
  spend(near?.hash ?? "", 8.5);
  const conditions = ["--key-over", "80", "--key-expires-within", "14d", "--key-unused-for", "90d"];
  const day = (date: Date) => date.toISOString().slice(0, 10);
  expect(await textsOf(...conditions, "--spend-today-above", "5")).toEqual([
    "$8.50 of credits spent today (UTC), which is above $5",
    `key "near" (${near?.hash.slice(0, 8)}) has used 85% of its limit of $10 a month`,
    `key "soon" (${soon?.hash.slice(0, 8)}) expires on ${day(inDays(5))} (UTC)`,
    `key "idle" (${idle?.hash.slice(0, 8)}) was created on ${day(daysAgo(100))} and never used`,
  ]);
  expect(calls()).toEqual(["/keys", "/keys", "/workspaces"]);
});

test("makes 12 calls for 1,000 keys", async () => {
  for (let count = 0; count < 1_000; count++) createKey(`key ${count}`);
  await alert("--key-over", "80", "--key-expires-within", "14d", "--spend-today-above", "50");
  expect(calls()).toHaveLength(12);
});

test("ignores disabled and expired keys", async () => {
  for (const settings of [{ disabled: true }, { expires_at: daysAgo(1) }]) {
    const { hash } = createKey("off", { limit: 1, ...settings });
    simulator().dashboard.updateKey(hash, { created_at: daysAgo(200) });
    spend(hash, 1, 100);
  }
  const conditions = ["--key-over", "1", "--key-expires-within", "30d", "--key-unused-for", "90d"];
  expect((await alert(...conditions)).code).toBe(0);
});

test("alerts on spending above the threshold, not at it", () => {
  const now = new Date("2026-11-22T01:00:00Z");
  expect(spendAlerts({ "spend-today-above": 2 }, [{ usageDaily: 2 }], now)).toEqual([]);
  expect(spendAlerts({ "spend-today-above": 2 }, [{ usageDaily: 2.01 }], now)).toHaveLength(1);
});

describe("drift", () => {
  const state = (...args: Parameters<typeof stackExport>) => ["--state", file(stackExport(...args))];

  test("alerts on a missing key and a lost assignment, with the key's other conditions in one listing", async () => {
    const { dashboard } = simulator();
    const ci = createKey("ci", { limit: 10 });
    const strict = dashboard.createGuardrail({ name: "strict" });
    spend(ci.hash, 10);
    const drift = state([
      { kind: "InferenceKey", name: "ci", id: ci.hash },
      { kind: "InferenceKey", name: "gone", id: "e".repeat(64) },
      { kind: "Guardrail", name: "strict", id: strict.id },
      {
        ...{ kind: "GuardrailKeyAssignment", name: "pair", id: `${strict.id}/${ci.hash}` },
        inputs: { guardrailId: strict.id, keyHash: ci.hash },
      },
    ]);
    const short = ci.hash.slice(0, 8);
    expect(await textsOf(...drift, "--key-over", "80")).toEqual([
      `key "ci" (${short}) has used 100% of its limit of $10 once`,
      'key "gone" (eeeeeeee) of budgets/prod is not in the account',
      `key "ci" (${short}) does not have guardrail "strict", which budgets/prod assigns`,
    ]);
    expect(calls().filter((path) => path === "/keys")).toHaveLength(2);
  });

  test("alerts on a key that was assigned outside an exclusive set", async () => {
    const { dashboard } = simulator();
    const strict = dashboard.createGuardrail({ name: "strict" });
    const anna = createKey("anna");
    dashboard.assign(strict.id, { keys: [anna.hash] });
    const drift = state([
      { kind: "Guardrail", name: "strict", id: strict.id },
      { kind: "GuardrailAssignments", name: "all", id: strict.id, inputs: { guardrailId: strict.id, keyHashes: [] } },
    ]);
    expect(await dataOf(...drift)).toMatchObject({
      alerts: [
        {
          ...{ condition: "drift", threshold: null, key: { hash: anna.hash, name: "anna" } },
          text: expect.stringContaining('has guardrail "strict", which budgets/prod does not assign'),
        },
      ],
    });
  });

  test("alerts once when a state is passed twice", async () => {
    const gone = state([{ kind: "InferenceKey", name: "gone", id: "e".repeat(64) }]);
    expect(await textsOf(...gone, ...gone)).toEqual(['key "gone" (eeeeeeee) of budgets/prod is not in the account']);
  });

  test("fails when the stack belongs to a different account, which says nothing about its drift", async () => {
    const outputs = { __origin: { version: 1, account: "00000000-0000-4000-8000-000000000000" } };
    const { out, err, code } = await alert(
      ...state([{ kind: "InferenceKey", name: "ci", id: "e".repeat(64), outputs }]),
    );
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toBe(
      "Not everything could be read: budgets/prod belongs to a different account. Use a management key of that account\n",
    );
  });

  test("does not alert on an unmanaged key, and fails on a file without a state", async () => {
    createKey("unmanaged");
    expect((await alert(...state([]))).code).toBe(0);
    expect(await alert("--state", file("{}"))).toMatchObject({ code: 2, err: expect.stringContaining("stack export") });
  });
});

describe("what can't be read", () => {
  test("exits with 2, and still alerts on what could be read", async () => {
    refuse("/credits");
    spend(createKey("ci").hash, 9);
    const { err, code } = await alert("--balance-below", "20", "--spend-today-above", "5");
    expect(code).toBe(2);
    expect(err).toMatch(/^\$9 of credits spent today[^\n]*\nNot everything could be read: read the credits: .*403/);
    expect(await dataOf("--balance-below", "20", "--days-left-below", "3", "--spend-today-above", "5")).toMatchObject({
      alerts: [{ condition: "spend-today-above" }],
      undecided: ["balance-below", "days-left-below"],
      unreadable: [expect.stringContaining("read the credits")],
    });
  });

  test("alerts on the balance when only the activity is refused", async () => {
    refuse("/activity");
    spend(createKey("ci").hash, 90);
    const data = await dataOf("--balance-below", "20", "--days-left-below", "3");
    expect(data).toMatchObject({ alerts: [{ condition: "balance-below" }], undecided: ["days-left-below"] });
  });

  test("alerts on the keys of the workspaces that it may read", async () => {
    const other = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
    spend(createKey("ci").hash, 9);
    simulator().faults.add({
      ...{ path: "/keys", where: ({ query }) => query.workspace_id === other.id, times: Number.POSITIVE_INFINITY },
      ...{ effect: "status", status: 403 },
    });
    const { err, code } = await alert("--spend-today-above", "5");
    expect(code).toBe(2);
    expect(err).toContain("$9 of credits spent today");
    expect(err).toContain(`Not everything could be read: read the keys of workspace ${other.id}`);
  });

  test("prints no sentence that nothing holds when nothing could be read", async () => {
    refuse("/credits");
    expect(await alert("--balance-below", "20")).toMatchObject({ out: "", code: 2 });
  });
});

describe("the id of an alert", () => {
  const key = (limitReset: string | null): Key =>
    ({ hash: "a".repeat(64), name: "ci", disabled: false, limit: 10, limitRemaining: 0, limitReset }) as Key;
  const idOf = (reset: string | null, now: string) =>
    keyAlerts({ "key-over": 80 }, [key(reset)], new Date(now))[0]
      ?.id.split(" ")
      .slice(3)
      .join();

  test.each([
    ["daily", "2026-11-22T23:59:59Z", "2026-11-22"],
    ["weekly", "2026-11-22T23:59:59Z", "2026-11-16"],
    ["weekly", "2026-11-23T00:00:00Z", "2026-11-23"],
    ["monthly", "2026-11-22T12:00:00Z", "2026-11"],
    [null, "2026-11-22T12:00:00Z", ""],
  ])("has the interval of a %s limit at %s", (reset, now, interval) => {
    expect(idOf(reset, now)).toBe(interval);
  });

  test("has the day of the spending", () => {
    const conditions: Conditions = { "spend-today-above": 1 };
    const [alert] = spendAlerts(
      conditions,
      [{ usageDaily: 2 }, { usageDaily: null }],
      new Date("2026-11-22T01:00:00Z"),
    );
    expect(alert?.id).toBe("spend-today-above 1 2026-11-22");
  });
});

test("prints a key's name without control characters and credentials, and not more than 100 letters of it", async () => {
  const secret = `sk-or-v1-${"7".repeat(64)}`;
  for (const name of [`\u001b[31mred\n::error::x${secret}`, "y".repeat(200)])
    spend(createKey(name, { limit: 1 }).hash, 1);
  const { err } = await alert("--key-over", "80");
  expect(err).toMatch(/^key "red ::error::x\[secret\]" \([0-9a-f]{8}\) has/);
  expect(err).toContain(`"${"y".repeat(100)}…"`);
  expect(err.trimEnd().split("\n")).toHaveLength(2);
});
