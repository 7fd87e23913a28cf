/** Runs of the benchmark's program: the counts of calls, and that the compared resources work. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Course, OPERATIONS, runCourse } from "../../bench/course";
import { matrixSection } from "../../bench/matrix";

const KEYS = 12;
const KINDS = ["sets", "pairs", "native", "plain"] as const;
let courses: Record<(typeof KINDS)[number], Course>;

beforeAll(async () => {
  const run = (kind: (typeof KINDS)[number]) =>
    runCourse({ kind, keys: KEYS, latency: 0, engine: "local" }, () => undefined);
  const [sets, pairs, native, plain] = await Promise.all([run("sets"), run("pairs"), run("native"), run("plain")]);
  courses = { sets, pairs, native, plain };
});

const callsOf = ({ costs }: Course) => OPERATIONS.map((operation) => costs[operation].calls);

test("makes one call for each operation on each object with plain resources", () => {
  expect(callsOf(courses.plain)).toEqual([
    { POST: 2 * KEYS + 1 },
    {},
    { GET: 2 * KEYS + 1 },
    { PATCH: 1 },
    { DELETE: KEYS + 1, POST: KEYS },
  ]);
});

test("meets the targets for calls with sets, pairs and the native provider", () => {
  const { targets } = matrixSection([{ keys: KEYS, latency: 0, turns: [courses] }]);
  const callTargets = targets.filter(({ what }) => what.includes("calls"));
  expect(callTargets).toHaveLength(3 * OPERATIONS.length);
  expect(callTargets.filter(({ isMet }) => !isMet)).toEqual([]);
});

test("needs one call for a set besides those of its keys and guardrail", () => {
  const [create, , , , destroy] = callsOf(courses.sets);
  expect(create?.POST).toBe(KEYS + 2);
  expect(destroy).toEqual({ DELETE: KEYS + 1 });
});

test("makes the same calls with the native provider", () => {
  expect(callsOf(courses.native)).toEqual(callsOf(courses.pairs));
});

test.each(["pairs", "native"] as const)("records the memory of the provider process of %s at its exit", (kind) => {
  for (const operation of OPERATIONS) expect(courses[kind].costs[operation].memoryMb).toBeGreaterThan(10);
});

test("gives empty resources a __provider as long as this package's, so that states are comparable", () => {
  const source = readFileSync(path.join(__dirname, "../../bench/programs/empty.js"), "utf8");
  const specifier = /require\("(\.[^"]+)"\)/.exec(source)?.[1];
  expect(specifier).toHaveLength("pulumi-openrouter/dynamic".length);
});
