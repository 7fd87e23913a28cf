import { atMost, forPage, type Section, summary } from "../../bench/report";

const section = (...targets: Section["targets"]): Section => ({
  title: "Calls",
  text: "All operations.",
  tables: [{ head: ["N", "calls"], rows: [["10", "11"]] }],
  targets,
});
const met = atMost("calls to create", 17, 17);
const missed = atMost("calls to refresh", 6, 21);

test("meets a target up to its limit", () => {
  expect(met).toMatchObject({ target: "≤ 17", measured: "17", isMet: true });
  expect(missed).toMatchObject({ target: "≤ 6", measured: "21", isMet: false });
});

test("formats a section with its tables and targets", () => {
  expect(forPage(section(met, missed)).split("\n")).toEqual([
    "## Calls",
    "",
    "All operations.",
    "",
    "| N | calls |",
    "| --- | --- |",
    "| 10 | 11 |",
    "",
    "| what | target | measured | met |",
    "| --- | --- | --- | --- |",
    "| calls to create | ≤ 17 | 17 | yes |",
    "| calls to refresh | ≤ 6 | 21 | no |",
  ]);
});

test("counts all targets in the summary and lists missed ones", () => {
  expect(summary([section(met), section(met, missed)])).toMatchObject({
    text: "1 of 3 targets are missed:",
    targets: [missed],
  });
  expect(summary([section(met)])).toMatchObject({ text: "All 1 targets are met.", targets: [] });
});
