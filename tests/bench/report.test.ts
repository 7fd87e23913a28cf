import { atMost, forPage, type Section, summary } from "../../bench/report";

const section = (...targets: Section["targets"]): Section => ({
  title: "Calls",
  text: "Of everything.",
  tables: [{ head: ["N", "calls"], rows: [["10", "11"]] }],
  targets,
  data: undefined,
});
const met = atMost("calls to create", 17, 17);
const missed = atMost("calls to refresh", 6, 21);

test("a target holds up to its limit, and not above it", () => {
  expect(met).toMatchObject({ target: "≤ 17", measured: "17", holds: true });
  expect(missed).toMatchObject({ target: "≤ 6", measured: "21", holds: false });
});

test("a section of the page has its tables and says which of its targets hold", () => {
  expect(forPage(section(met, missed)).split("\n")).toEqual([
    "## Calls",
    "",
    "Of everything.",
    "",
    "| N | calls |",
    "| --- | --- |",
    "| 10 | 11 |",
    "",
    "| what | target | measured | holds |",
    "| --- | --- | --- | --- |",
    "| calls to create | ≤ 17 | 17 | yes |",
    "| calls to refresh | ≤ 6 | 21 | no |",
  ]);
});

test("the summary counts all targets and names those that do not hold", () => {
  expect(summary([section(met), section(met, missed)])).toMatchObject({
    text: "1 of 3 targets do not hold:",
    targets: [missed],
  });
  expect(summary([section(met)])).toMatchObject({ text: "All 1 targets hold.", targets: [] });
});
