/** docs/comparison.md has every feature of the compared tools, and names tests that exist. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const page = readFileSync(join(root, "docs/comparison.md"), "utf8");

/** The features of each tool, numbered. */
const TOOLS = { A: 27, R: 12, U: 4, T: 6, C: 6, P: 5 };
const IDS = Object.entries(TOOLS).flatMap(([tool, count]) =>
  Array.from({ length: count }, (_, index) => `${tool}${index + 1}`),
);

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| | "));

/** File and name of each test in a row. */
const testsOf = (line: string) =>
  [...line.matchAll(/`(tests\/[\w/]+\.test\.ts)` "([^"]+)"/g)].map(([, file, name]) => [file, name]);

test("has each feature once, in its own row, in order", () => {
  const ids = rows.map((row) => cellsOf(row)[0] ?? "").filter((id) => /^[A-Z]\d/.test(id));
  expect(ids).toEqual(IDS);
});

test("says what no other tool has", () => {
  const section = page.split("## None of them has")[1]?.split("\n## ")[0] ?? "";
  expect(section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| | "))).toHaveLength(9);
});

test.each(rows.map((row) => [cellsOf(row)[0] ?? "", row]))(
  "%s names what does it here, and tests that exist",
  (_, row) => {
    const tests = testsOf(row);
    expect(tests).not.toEqual([]);
    expect(cellsOf(row).at(-2)).not.toBe("");
    const missing = tests.filter(
      ([file, name]) => !readFileSync(join(root, String(file)), "utf8").includes(`"${name}"`),
    );
    expect(missing).toEqual([]);
  },
);

test("shows the calls that manage BYOK keys", () => {
  const section = page.split("## BYOK")[1] ?? "";
  expect(section).toContain("$api/byok");
  expect(section).toContain("-X DELETE");
});
