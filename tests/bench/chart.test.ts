import { readFileSync } from "node:fs";
import path from "node:path";
import type { Case } from "../../bench/cases";
import { chart } from "../../bench/chart";
import { overview, peersIn } from "../../bench/overview";

const PEERS = readFileSync(path.join(__dirname, "../../docs/peers.md"), "utf8");
const panel = (...values: (number | undefined)[]) => ({
  title: "Calls & <more>",
  columns: ["create"],
  rows: values.map((value, index) => ({ name: `row ${index}`, values: [value], isOurs: index === 0 })),
  format: String,
});

/** The widths of the bars, without the card behind them. */
const bars = (svg: string) =>
  [...svg.matchAll(/class="bar[^"]*"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

test("draws bars to scale within a column, with their value or a dash", () => {
  const svg = chart([panel(25, 100, 0, undefined)]);
  const [quarter = 0, full = 0, ...none] = bars(svg);
  expect(full).toBeGreaterThan(0);
  expect(quarter).toBeCloseTo(full / 4);
  expect(none).toEqual([0, 0]);
  expect([...svg.matchAll(/>([^<]+)<\/text>/g)].map(([, content]) => content)).toEqual(
    expect.arrayContaining(["25", "100", "0", "–", "row 0", "create"]),
  );
});

test("draws a standalone image: no script, link or font, and escaped text", () => {
  const svg = chart([panel(1)]);
  expect(svg).not.toMatch(/<script|href|url\(|@import|@font-face/);
  expect(svg).not.toContain("<more>");
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("shows the peers of docs/peers.md that create the same objects", () => {
  const peers = peersIn(PEERS);
  expect(peers).toContainEqual(
    expect.objectContaining({ name: "alchemy 2.0.0-beta.79", calls: [306, 0, 304, 2, 301] }),
  );
  const measured: Case = { keys: 300, latency: 50, turns: [{}] };
  const [calls, seconds] = overview(measured, peers);
  const names = calls?.rows.map(({ name }) => name) ?? [];
  expect(names.slice(3)).toEqual([
    "OpenRouterTeam/terraform-provider-openrouter",
    "alchemy 2.0.0-beta.79",
    "kljensen/openrouter-keymaster",
  ]);
  expect(seconds?.rows).toHaveLength(4);
});

test("rejects a row of docs/peers.md without a number for an operation", () => {
  expect(() => peersIn("| program | besides |\n| --- | --- |\n| x | y | measured | 1 | 2 | 3 | 4 | many |")).toThrow(
    /peers.md/,
  );
});
