/** Whole courses of the benchmark's program: what is counted, and that what we are compared with does its work. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Course, OPERATIONS, runCourse } from "../../bench/course";
import { matrixSection } from "../../bench/matrix";

const KEYS = 12;
let ours: Course;
let plain: Course;

beforeAll(async () => {
  const run = (kind: "ours" | "plain") => runCourse({ kind, keys: KEYS, latency: 0, engine: "local" }, () => undefined);
  [ours, plain] = await Promise.all([run("ours"), run("plain")]);
});

const callsOf = ({ costs }: Course) => OPERATIONS.map((operation) => costs[operation].calls);

test("the usual way takes one call for each operation on each object", () => {
  expect(callsOf(plain)).toEqual([
    { POST: 2 * KEYS + 1 },
    {},
    { GET: 2 * KEYS + 1 },
    { PATCH: 1 },
    { DELETE: KEYS + 1, POST: KEYS },
  ]);
});

test("we take no more calls than the targets allow", () => {
  const { targets } = matrixSection([{ keys: KEYS, latency: 0, turns: [{ ours, plain, empty: plain }] }]);
  const ofCalls = targets.filter(({ what }) => what.includes("calls"));
  expect(ofCalls).toHaveLength(OPERATIONS.length);
  expect(ofCalls.filter(({ holds }) => !holds)).toEqual([]);
});

test("the provider process tells its memory when it ends", () => {
  for (const operation of OPERATIONS) expect(ours.costs[operation].memoryMb).toBeGreaterThan(10);
});

test("resources that call nothing have a provider's text as long as ours, so that states compare", () => {
  const text = readFileSync(path.join(__dirname, "../../bench/programs/empty.js"), "utf8");
  const specifier = /require\("(\.[^"]+)"\)/.exec(text)?.[1];
  expect(specifier).toHaveLength("pulumi-openrouter/dynamic".length);
});
