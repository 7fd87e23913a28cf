/** The rules of `budget propose`: the limit that a key needs, the limits in a file, and the diff. */
import { unifiedDiff } from "../../cli/budget/diff";
import { entriesIn, withLimits } from "../../cli/budget/entries";
import { propose } from "../../cli/budget/propose";

const days = (count: number, usd: number) => Array<number>(count).fill(usd);

describe("proposes the 95th percentile of days times the days of the interval, with head room", () => {
  test.each([
    // Of 30 days, 95% are 29: the highest one doesn't count.
    ["daily", [...days(29, 2), 50], 0, { p95: 2, days: 30, daysPerInterval: 1, exact: 2, usd: 2 }],
    ["daily", [...days(28, 2), 7, 50], 0, { p95: 7, usd: 7 }],
    ["weekly", days(30, 2), 20, { p95: 2, daysPerInterval: 7, exact: 16.8, usd: 17 }],
    ["monthly", days(30, 2), 20, { daysPerInterval: 31, exact: 74.4, usd: 75 }],
    ["monthly", days(30, 0.0001), 0, { exact: 0.0031, usd: 0.01 }],
    ["monthly", days(30, 123.456), 0, { exact: 3827.136, usd: 3900 }],
    ["daily", days(30, 4.31), 0, { exact: 4.31, usd: 4.4 }],
    ["daily", days(30, 0.3), 0, { exact: 0.3, usd: 0.3 }],
    // Before its first use a key was not needed.
    ["daily", [...days(20, 0), ...days(10, 3)], 0, { p95: 3, days: 10 }],
    ["daily", [3, ...days(20, 0), ...days(9, 3)], 0, { p95: 3, days: 30 }],
  ])("%s %j + %d%%", (reset, amounts, headroom, expected) => {
    expect(propose(amounts, reset, headroom)).toMatchObject(expected);
  });

  test.each([
    [days(30, 0), "daily", "not used on the last 30 days"],
    [[...days(24, 0), ...days(6, 5)], "daily", "used on 6 of the last 30 days; a proposal needs 7"],
    [days(30, 5), null, "its limit does not reset, so days don't show what it needs"],
    [days(30, 5), "yearly", "its limit does not reset, so days don't show what it needs"],
  ])("not of %j, %s", (amounts, reset, why) => {
    expect(propose(amounts, reset, 20)).toEqual({ why });
  });

  test("of seven days with spending", () => {
    expect(propose([...days(23, 0), ...days(7, 5)], "daily", 0)).toMatchObject({ usd: 5 });
  });
});

describe("finds limits", () => {
  const found = (text: string) =>
    entriesIn(text, "f.yaml").map(({ name, project, line, limit, reset, problem }) => ({
      ...{ name, line, limit, ...(project && { project }), ...(reset !== undefined && { reset }) },
      ...(problem && { problem }),
    }));

  test.each([
    ["people:\n  - { name: ada, limit: 5, reset: weekly }\n", [{ name: "ada", line: 2, limit: 5, reset: "weekly" }]],
    ["- name: ada\n  limit: 5.50\n  limitReset: daily\n", [{ name: "ada", line: 2, limit: 5.5, reset: "daily" }]],
    ["backend:\n  limit: 5\nother: 3\n", [{ name: "backend", line: 2, limit: 5 }]],
    ["backend:\n  limit: 5\n  reset: null\n", [{ name: "backend", line: 2, limit: 5, reset: null }]],
    ['config:\n  app:backendLimit: "10"\n', [{ name: "backend", project: "app", line: 2, limit: 10 }]],
    ["config:\n  app:my-key-limit: 10\n", [{ name: "my-key", project: "app", line: 2, limit: 10 }]],
    ["config:\n  app:ci: { limit: 3 }\n", [{ name: "ci", project: "app", line: 2, limit: 3 }]],
    [
      "config:\n  app:ciLimit:\n    secure: abc\n",
      [{ name: "ci", project: "app", line: 3, limit: undefined, problem: "it is encrypted" }],
    ],
    ["a: { limit: none }\n", [{ name: "a", line: 1, limit: undefined, problem: "it is not a number" }]],
    ["a: { limit: -1 }\n", [{ name: "a", line: 1, limit: undefined, problem: "it is not a number" }]],
    [
      "a: { limit: &x 5 }\nb: { limit: *x }\n",
      [
        { name: "a", line: 1, limit: undefined, problem: "it has an anchor, so that other limits may share it" },
        { name: "b", line: 2, limit: undefined, problem: "it is an alias; change the limit that it refers to" },
      ],
    ],
    [
      "a: &x { limit: 5 }\nb: *x\n",
      [{ name: "a", line: 1, limit: undefined, problem: "it has an anchor, so that other limits may share it" }],
    ],
  ])("in %j", (text, entries) => {
    expect(found(text)).toEqual(entries);
  });

  test.each([
    ["require: [limit]\nmax-total: 100\n", "f.yaml has no limit of a key. Supported are maps"],
    ["config:\n  environments:dailyBudget: 2\n", "f.yaml has no limit of a key."],
    ["- limit: 5\n", "f.yaml has no limit of a key."],
    ["", "f.yaml has no limit of a key."],
    ["a: [1\nb: 2", "f.yaml:2 is not YAML: "],
  ])("none in %j", (text, message) => {
    expect(() => entriesIn(text, "f.yaml")).toThrow(message);
  });
});

test("writes only the numbers, with their quotes, and leaves comments, spaces and quotes", () => {
  const text = `# Budgets\nconfig:\n  a:xLimit:   "10"   # why\n  a:yLimit: '7'\n  a:z: {  limit:  5,b: 'q' }`;
  const entries = entriesIn(text, "f");
  const limits = entries.map((entry, index) => ({ entry, usd: 100 + index }));
  expect(withLimits(text, limits)).toBe(
    `# Budgets\nconfig:\n  a:xLimit:   "100"   # why\n  a:yLimit: '101'\n  a:z: {  limit:  102,b: 'q' }`,
  );
});

describe("the diff", () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);
  const text = (lines: readonly string[]) => `${lines.join("\n")}\n`;
  const changedAt = (count: number, ...at: number[]) =>
    numbered(count).map((line, i) => (at.includes(i + 1) ? "x" : line));
  const headers = (...at: number[]) =>
    unifiedDiff("f", text(numbered(30)), text(changedAt(30, ...at))).match(/^@@.*@@$/gm);

  test("is empty without a change", () => {
    expect(unifiedDiff("f", "a\n", "a\n")).toBe("");
  });

  test("has one hunk for changes whose contexts touch, and two otherwise", () => {
    expect(headers(5, 12)).toEqual(["@@ -2,14 +2,14 @@"]);
    expect(headers(5, 13)).toEqual(["@@ -2,7 +2,7 @@", "@@ -10,7 +10,7 @@"]);
    expect(headers(1)).toEqual(["@@ -1,4 +1,4 @@"]);
    expect(headers(30)).toEqual(["@@ -27,4 +27,4 @@"]);
  });

  test("marks a missing line break at the end", () => {
    expect(unifiedDiff("f", "a: 1", "a: 2")).toBe(
      "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a: 1\n\\ No newline at end of file\n+a: 2\n\\ No newline at end of file",
    );
  });
});
