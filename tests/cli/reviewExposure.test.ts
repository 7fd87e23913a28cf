/** The arithmetic of a review: figures in cents, sums of figures of one kind, and the increase for a gate. */
import {
  byExposure,
  type Exposure,
  type ExposureChange,
  type Figure,
  increaseOf,
  inOneMonth,
  kindOfChange,
  maximumOf,
  NOTHING,
  spendingOf,
  sumOf,
  totalsOf,
} from "../../cli/review/exposure";
import { changeText, differenceText, exposureText } from "../../cli/review/exposureText";
import { Hidden } from "../../cli/review/values";

const NOW = Date.parse("2026-11-21T00:00:00Z");
const unknown = new Hidden("known after apply");
const month = (usd: number): Figure => ({ cents: usd * 100, per: "month" });
const once = (usd: number): Figure => ({ cents: usd * 100, per: "once" });

describe("maximumOf", () => {
  test.each([
    ["daily", month(310)],
    ["weekly", month(60)],
    ["monthly", month(10)],
    [undefined, once(10)],
    ["hourly", month(310)],
  ])("counts how often $10 can be spent in a calendar month when the reset is %s", (reset, most) => {
    expect(maximumOf({ amount: 10, ...(reset && { reset }) })).toEqual(most);
  });

  test("returns unlimited without a limit, and $0 for a limit of 0 even when the reset is unknown", () => {
    expect(maximumOf({})).toBe("unlimited");
    expect(maximumOf({ amount: 0, reset: unknown })).toBe(NOTHING);
    expect(maximumOf({ amount: 5, reset: unknown })).toBe(unknown);
  });

  test("rounds up to whole cents, without errors of binary arithmetic", () => {
    expect(maximumOf({ amount: 0.000001, reset: "monthly" })).toEqual({ cents: 1, per: "month" });
    expect(maximumOf({ amount: 1.1, reset: "monthly" })).toEqual({ cents: 110, per: "month" });
    expect(maximumOf({ amount: 0.07, reset: "daily" })).toEqual({ cents: 217, per: "month" });
  });

  test("counts six weeks, the most that a calendar month overlaps", () => {
    const weeks = Array.from({ length: 28 * 12 }, (_, at) => {
      const [first, last] = [new Date(Date.UTC(2020, at, 1)), new Date(Date.UTC(2020, at + 1, 0))];
      return Math.ceil((((first.getUTCDay() + 6) % 7) + last.getUTCDate()) / 7);
    });
    expect(Math.max(...weeks) * 10).toBe((maximumOf({ amount: 0.1, reset: "weekly" }) as Figure).cents);
  });
});

describe("spendingOf", () => {
  const spending = (key: Parameters<typeof spendingOf>[0], guardrail?: Parameters<typeof spendingOf>[1]) =>
    spendingOf(key, guardrail, NOW);
  const limit = (amount: number | Hidden, reset?: string) => ({ budget: { amount, ...(reset && { reset }) } });

  test.each([
    ["its own limit", 20, 3, month(20), false],
    ["its guardrail's budget", 200, 3, month(93), true],
  ])("returns the lower of limit and budget: %s", (_which, own, guardrail, exposure, isCapped) => {
    expect(spending(limit(own, "monthly"), { amount: guardrail, reset: "daily" })).toEqual({ exposure, isCapped });
  });

  test("returns the guardrail's budget when the key has no limit, and unlimited without either", () => {
    expect(spending({ budget: {} }, { amount: 3, reset: "monthly" })).toEqual({ exposure: month(3), isCapped: true });
    expect(spending({ budget: {} }, {}).exposure).toBe("unlimited");
    expect(spending({ budget: {} }).exposure).toBe("unlimited");
  });

  test("returns a one-time limit under any budget except 0", () => {
    expect(spending(limit(500), { amount: 100, reset: "monthly" })).toEqual({ exposure: once(500), isCapped: false });
    expect(spending(limit(500), { amount: 0, reset: "monthly" })).toEqual({ exposure: NOTHING, isCapped: true });
  });

  test("returns $0 when the key is disabled or expired", () => {
    const key = limit(5, "monthly");
    expect(spending({ ...key, disabled: true }).exposure).toBe(NOTHING);
    expect(spending({ ...key, expiresAt: "2026-11-21T00:00:00Z" }).exposure).toBe(NOTHING);
    expect(spending({ ...key, expiresAt: "2026-11-21T00:00:01Z" }).exposure).toEqual(month(5));
  });

  test("returns the known one of limit and budget, and names the hidden one", () => {
    const known = { amount: 5, reset: "monthly" };
    const bound = { exposure: month(5), hidden: unknown };
    expect(spending(limit(unknown), known)).toEqual({ ...bound, isCapped: true });
    expect(spending({ budget: known }, { amount: unknown, reset: "daily" })).toEqual({ ...bound, isCapped: false });
    expect(spending({ budget: known, disabled: unknown })).toEqual({ ...bound, isCapped: false });
    expect(spending(limit(unknown)).exposure).toBe(unknown);
    expect(spending({ budget: {} }, { amount: unknown, reset: "daily" }).exposure).toBe(unknown);
    expect(spending(limit(0), { amount: unknown, reset: "daily" })).toEqual({ exposure: NOTHING, isCapped: false });
  });
});

const cases: [string, Exposure, Exposure, string][] = [
  ["month", month(10), month(15), "+$5 a month"],
  ["month", month(20), NOTHING, "-$20 a month"],
  ["month", NOTHING, NOTHING, "$0"],
  ["once", NOTHING, once(7), "+$7 once"],
  ["once", once(7), once(7), "$0"],
  ["becomeRecurring", once(300), month(250), "becomes recurring"],
  ["becomeOnce", month(250), once(300), "no longer resets"],
  ["becomeUnlimited", month(1), "unlimited", "becomes unlimited"],
  ["becomeUnlimited", new Hidden("not known"), "unlimited", "becomes unlimited"],
  ["becomeLimited", "unlimited", once(1), "becomes limited"],
  ["stayUnlimited", "unlimited", "unlimited", "stays unlimited"],
  ["unknownBefore", new Hidden("not known"), month(1), "not known"],
  ["unknownAfter", "unlimited", unknown, "not known"],
];

test.each(cases)("classifies a change as %s: %j → %j is %s", (kind, before, after, words) => {
  expect([kindOfChange({ before, after }), differenceText({ before, after })]).toEqual([kind, words]);
});

const pairs: ExposureChange[] = cases.map(([, before, after]) => ({ before, after }));

test("sums figures of one kind", () => {
  const totals = totalsOf(pairs);
  expect(sumOf(totals, "month")).toEqual({ keys: 3, before: month(30), after: month(15) });
  expect(sumOf(totals, "once")).toEqual({ keys: 2, before: once(7), after: once(14) });
});

test("counts an increase in full when a limit becomes recurring or was not known, and offsets only the same kind", () => {
  expect(increaseOf(totalsOf(pairs))).toEqual({ month: 23_600, once: 5_700 });
  expect(
    increaseOf(
      totalsOf([
        { before: month(90), after: NOTHING },
        { before: NOTHING, after: once(90) },
      ]),
    ),
  ).toEqual({
    month: 0,
    once: 9_000,
  });
});

test("includes one-time limits in one month", () => {
  expect(inOneMonth(pairs)).toBe(1500 + 1400 + 25_000 + 30_000 + 100 + 100);
});

test("sorts changes without a difference first, then by the largest difference", () => {
  const sorted = [...pairs].sort(byExposure).map(kindOfChange);
  expect(sorted.slice(0, 7)).toEqual([
    ...["becomeUnlimited", "becomeUnlimited", "unknownAfter", "unknownBefore", "becomeRecurring", "becomeOnce"],
    "becomeLimited",
  ]);
  expect([...pairs].sort(byExposure).slice(7).map(differenceText).slice(0, 3)).toEqual([
    "-$20 a month",
    "+$7 once",
    "+$5 a month",
  ]);
});

test("shows the unit next to the number", () => {
  expect([month(1234.5), once(25), NOTHING, "unlimited" as const, unknown].map((each) => exposureText(each))).toEqual([
    ...["$1,234.50 a month", "$25 once", "$0", "unlimited", "known after apply"],
  ]);
  expect(changeText({ before: once(5), after: once(5) })).toBe("at most $5 once, unchanged");
  expect(changeText({ before: NOTHING, after: once(5) })).toBe("at most $0 → $5 once (+$5)");
  expect(changeText({ before: month(1234.56), after: month(0.56) })).toBe(
    "at most $1,234.56 → $0.56 a month (-$1,234)",
  );
});
