/** `review --usage`: what the keys of a change spent, from a simulated account. */

import { credentials, eachTestOnASimulator } from "./support/account";
import { assigned, guardrail, key, type Program } from "./support/previews";
import { change, expiring, monthly, review, runReview } from "./support/reviews";
import type { Place } from "./support/terminal";

const simulator = eachTestOnASimulator();
/** A Wednesday. The month and the week have just begun. */
const TODAY = Date.parse("2026-12-02T12:00:00Z");
const daysAgo = (days: number) => new Date(TODAY - days * 86_400_000);
beforeEach(() => simulator().clock.set(daysAgo(0)));

const inPlace = (): Place => ({ env: credentials(simulator()) });

/** A key of the account with the hash that the state of the test has. */
function createKey(name: string, settings: object = {}) {
  const { key } = simulator().dashboard.createKey({ name: `budgets/prod/${name}` });
  return Object.assign(key, { hash: `id-of-${name}`, created_at: daysAgo(60), ...settings });
}

/** Spends on days before today, the last one first. */
function spend(name: string, amounts: readonly number[], details: object = {}) {
  for (const [index, usd] of amounts.entries()) {
    simulator().dashboard.useKey(`id-of-${name}`, usd, { at: daysAgo(index + 1), ...details });
  }
}

const usage = (before: Program, after: Program, ...args: string[]) =>
  runReview([...change(before, after), "--usage", ...args], inPlace());

/** The call-outs of both kinds. */
async function calloutsOf(before: Program, after: Program): Promise<string[]> {
  const { out, err } = await usage(before, after, "--format", "json");
  expect(err).toBe("");
  const { callouts } = JSON.parse(out).data as { callouts: { kind: string; text: string }[] };
  return callouts.filter(({ kind }) => /use|unneeded/.test(kind)).map(({ kind, text }) => `${kind}: ${text}`);
}

const limited = (limit: number, limitReset?: string) => ({ a: expiring({ limit, ...(limitReset && { limitReset }) }) });

describe("calls out a cut below what the key spent", () => {
  test.each<[string, number[], Program, Program, string]>([
    [
      "a daily limit and the busiest day",
      [1, 7, 2],
      limited(20, "daily"),
      limited(5, "daily"),
      "it spent $7 on the busiest of the last 30 days, and the limit becomes $5 a day.",
    ],
    [
      "a monthly limit and 30 days",
      Array(30).fill(1),
      limited(50, "monthly"),
      limited(25, "monthly"),
      "it spent $30 in the last 30 days, and the limit becomes $25 a month.",
    ],
    [
      "a weekly limit and the busiest week, from Monday",
      // From Tuesday back: the first two are of this week, the next seven of the last one.
      [1, 1, 2, 2, 2, 2, 2, 2, 2, 9],
      limited(50, "weekly"),
      limited(13, "weekly"),
      "it spent $14 in the busiest week of the last 30 days, and the limit becomes $13 a week.",
    ],
    [
      "an interval that is shorter, for the same maximum a month",
      [1, 7, 2],
      limited(31, "monthly"),
      limited(1, "daily"),
      "it spent $7 on the busiest of the last 30 days, and the limit becomes $1 a day.",
    ],
    [
      "a new limit of a key without one",
      [3],
      { a: expiring({}) },
      limited(2, "daily"),
      "it spent $3 on the busiest of the last 30 days, and the limit becomes $2 a day.",
    ],
  ])("%s", async (_, amounts, before, after, text) => {
    createKey("a");
    spend("a", amounts);
    expect(await calloutsOf(before, after)).toEqual([`below-use: Key a: cut below its use: ${text}`]);
  });

  test("at once, when more is spent in the current interval than the new limit", async () => {
    createKey("a");
    simulator().dashboard.useKey("id-of-a", 15);
    expect(await calloutsOf(limited(25, "monthly"), limited(10, "monthly"))).toEqual([
      "below-use: Key a: cut off at once: it spent $15 since the first of the month, and the limit becomes $10 a month.",
    ]);
    expect(await calloutsOf(limited(25), limited(10))).toEqual([
      "below-use: Key a: cut off at once: it spent $15 so far, and the limit becomes $10 once.",
    ]);
  });

  test("by the budget of its guardrail", async () => {
    createKey("a");
    spend("a", [7]);
    const program = (usd: number): Program => ({
      a: expiring(monthly(500)),
      g: guardrail({ limitUsd: usd, resetInterval: "daily" }),
      link: assigned("g", "a"),
    });
    expect(await calloutsOf(program(8), program(6))).toEqual([
      "below-use: Key a: cut below its use: it spent $7 on the busiest of the last 30 days, and the budget of guardrail g becomes $6 a day.",
    ]);
    expect(await calloutsOf(program(9), program(8))).toEqual([]);
  });

  test("but not one to the same amount, a raise, a disabled key, or an unchanged limit", async () => {
    createKey("a");
    spend("a", [7]);
    const renamed = { a: expiring({ limit: 5, limitReset: "daily", name: "other" }) };
    const disabled = { a: expiring({ limit: 5, limitReset: "daily", disabled: true }) };
    expect(await calloutsOf(limited(9, "daily"), limited(7, "daily"))).toEqual([]);
    expect(await calloutsOf(limited(4, "daily"), limited(6, "daily"))).toEqual([]);
    expect(await calloutsOf(limited(5, "daily"), renamed)).toEqual([]);
    expect(await calloutsOf(limited(9, "daily"), disabled)).toEqual([]);
  });

  test("not at once for a replaced key, which starts with nothing spent", async () => {
    createKey("a");
    simulator().dashboard.useKey("id-of-a", 15);
    const rotated = (limit: number, rotation: number) => ({
      a: key({ ...monthly(limit), expiresAt: "2099-01-01T00:00:00Z" }, { rotation }),
    });
    expect(await calloutsOf(rotated(25, 1), rotated(10, 2))).toEqual([]);
  });
});

describe("calls out a raise without need", () => {
  test("when less than half of the former limit was used", async () => {
    createKey("a");
    spend("a", [1, 4.9]);
    expect(await calloutsOf(limited(10, "daily"), limited(20, "daily"))).toEqual([
      "unneeded: Key a: raised without need: it spent $4.90 on the busiest of the last 30 days, and $10 a day was allowed.",
    ]);
    spend("a", [4]);
    expect(await calloutsOf(limited(10, "daily"), limited(20, "daily"))).toEqual([]);
  });

  test("when the limit is removed, or the budget of the guardrail that caps it is raised", async () => {
    createKey("a");
    const program = (usd: number): Program => ({
      a: expiring({}),
      g: guardrail({ limitUsd: usd, resetInterval: "daily" }),
      link: assigned("g", "a"),
    });
    expect(await calloutsOf(limited(10, "daily"), { a: expiring({}) })).toHaveLength(1);
    expect(await calloutsOf(program(2), program(9))).toEqual([
      "unneeded: Key a: raised without need: it spent $0 on the busiest of the last 30 days, and $2 a day was allowed.",
    ]);
  });

  test("not for a key that is younger than seven days, that is enabled, or whose limit was 0", async () => {
    createKey("young", { created_at: daysAgo(5) });
    createKey("a");
    const young = (limit: number) => ({ young: expiring(monthly(limit)) });
    expect(await calloutsOf(young(10), young(20))).toEqual([]);
    expect(await calloutsOf({ a: expiring({ ...monthly(9), disabled: true }) }, { a: expiring(monthly(9)) })).toEqual(
      [],
    );
    expect(await calloutsOf(limited(0, "daily"), limited(5, "daily"))).toEqual([]);
  });
});

describe("counts BYOK only if the limit counts it", () => {
  test.each([
    [true, 1],
    [false, 0],
  ])("%s", async (include_byok_in_limit, callouts) => {
    createKey("a", { include_byok_in_limit });
    spend("a", [0], { byok_usage: 9 });
    expect(await calloutsOf(limited(20, "daily"), limited(8, "daily"))).toHaveLength(callouts);
  });
});

describe("shows what each key spent", () => {
  const before: Program = { a: expiring(monthly(5)), gone: key(monthly(1)), lost: expiring(monthly(1)) };
  const after: Program = { a: expiring(monthly(6)), lost: expiring(monthly(2)), fresh: expiring(monthly(3)) };

  beforeEach(() => {
    createKey("a");
    createKey("gone");
    createKey("unrelated");
    spend("a", [1, 2.5]);
    spend("gone", [4]);
    spend("unrelated", [99]);
  });

  test("as a column of Markdown, of new keys and of keys that the account lacks too", async () => {
    const { out } = await usage(before, after);
    const cells = (name: string) =>
      out
        .split("\n")
        .find((line) => line.startsWith(`| \`${name}\``))
        ?.split(" | ")
        .at(-1);
    expect(out).toContain("| Key | Change | Maximum before | Maximum after | Difference | Spent in 30 days |");
    expect(["a", "gone", "lost", "fresh"].map(cells)).toEqual(["$3.50 |", "$4 |", "not known |", "new key |"]);
    expect(out).toMatch(/Spent is what counted toward the key's limit on the UTC days 2026-11-02 to 2026-12-01\./);
  });

  test("in text and HTML", async () => {
    expect((await usage(before, after, "--format", "text")).out).toContain("\n      spent in 30 days: $3.50\n");
    const { out } = await usage(before, after, "--format", "html");
    expect(out).toContain('<td data-column="Spent in 30 days" class="amounts"><div>$3.50</div></td>');
  });

  test("in JSON, which is null for a new key", async () => {
    const { data } = JSON.parse((await usage(before, after, "--format", "json")).out);
    const spent = Object.fromEntries(data.keys.map((each: { key: string; spent: object }) => [each.key, each.spent]));
    expect(spent).toMatchObject({ a: { days30: 3.5, busiestDay: 2.5, ever: 3.5 }, lost: null, fresh: null });
    expect(data.usage).toEqual({ from: "2026-11-02", to: "2026-12-01" });
  });

  test("only with --usage, without which the account is not read", async () => {
    const { out } = await runReview(change(before, after), inPlace());
    expect(out).not.toMatch(/Spent/);
    expect(simulator().requests).toEqual([]);
  });
});

describe("reads the account", () => {
  const calls = () => simulator().requests.map(({ method, path }) => `${method} ${path}`);

  test("in four calls for any number of changed keys", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `k${index}`);
    for (const name of names) createKey(name);
    const program = (limit: number) => Object.fromEntries(names.map((name) => [name, expiring(monthly(limit))]));
    await usage(program(1), program(2));
    expect(calls()).toEqual(["GET /workspaces", "GET /keys", "GET /keys", "POST /analytics/query"]);
  });

  test("with one call for each changed key when the analytics are refused", async () => {
    for (const name of ["a", "b", "c"]) createKey(name);
    spend("a", [7]);
    simulator().faults.add({ path: "/analytics/query", effect: "status", status: 403 });
    expect(await calloutsOf(limited(9, "daily"), limited(6, "daily"))).toHaveLength(1);
    expect(calls().slice(3)).toEqual(["POST /analytics/query", "GET /activity"]);
  });

  test("with one call for a key whose name is not unique, so that the other one's spending does not count", async () => {
    createKey("a");
    createKey("twin", { name: "budgets/prod/a" });
    spend("twin", [50]);
    spend("a", [7]);
    createKey("unique");
    const both = (limit: number) => ({ ...limited(limit, "daily"), unique: expiring({ limit, limitReset: "daily" }) });
    expect(await calloutsOf(both(90), both(8))).toEqual([]);
    expect(calls().slice(3)).toEqual(["POST /analytics/query", "GET /activity"]);
    expect(await calloutsOf(both(90), both(6))).toEqual([
      expect.stringContaining("Key a: cut below its use: it spent $7"),
    ]);
  });

  test("and prints the review without the spending when that fails, with exit code 2", async () => {
    const { out, err, code } = await runReview([...change(limited(5), limited(4)), "--usage"], {
      env: { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" },
    });
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining("limit lowered ($5 once → $4 once)") });
    expect(err).toMatch(
      /^Not everything could be read: the spending of the keys, with the credentials of the environment: read the list/,
    );
    expect((await review(limited(5), limited(4), "--usage")).err).toContain("no OpenRouter management key");
  });
});

describe("--forbid", () => {
  const [before, after] = [limited(9, "daily"), limited(6, "daily")];

  test.each([
    ["below-use", before, after],
    ["unneeded", limited(20, "daily"), limited(30, "daily")],
  ])("%s fails for the call-out and passes without it", async (gate, from, to) => {
    createKey("a");
    spend("a", [7]);
    expect((await usage(from, to, "--forbid", gate)).code).toBe(1);
    expect((await usage(from, from, "--forbid", gate)).code).toBe(0);
  });

  test("can't be evaluated without --usage, or when the key can't be read", async () => {
    createKey("a");
    const without = await review(before, after, "--forbid", "below-use");
    expect(without).toMatchObject({
      code: 2,
      err: expect.stringContaining("it needs the spending of the keys; pass --usage"),
    });
    const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
    simulator().dashboard.updateKey("id-of-a", { workspace_id: id });
    simulator().faults.add({
      path: "/keys",
      where: ({ query }) => query.workspace_id === id,
      effect: "status",
      status: 403,
      times: Number.POSITIVE_INFINITY,
    });
    expect(await usage(before, after, "--forbid", "below-use")).toMatchObject({
      code: 2,
      err: expect.stringContaining("could not be evaluated: "),
    });
  });
});
