/** Whole courses of the benchmark's program: the counts, and that the resources compared with ours do their work. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Course, OPERATIONS, runCourse } from "../../bench/course";
import { matrixSection } from "../../bench/matrix";

const KEYS = 12;
const KINDS = ["sets", "pairs", "plain"] as const;
let courses: Record<(typeof KINDS)[number], Course>;

beforeAll(async () => {
  const run = (kind: (typeof KINDS)[number]) =>
    runCourse({ kind, keys: KEYS, latency: 0, engine: "local" }, () => undefined);
  const [sets, pairs, plain] = await Promise.all([run("sets"), run("pairs"), run("plain")]);
  courses = { sets, pairs, plain };
});

const callsOf = ({ costs }: Course) => OPERATIONS.map((operation) => costs[operation].calls);

test("the usual way takes one call for each operation on each object", () => {
  expect(callsOf(courses.plain)).toEqual([
    { POST: 2 * KEYS + 1 },
    {},
    { GET: 2 * KEYS + 1 },
    { PATCH: 1 },
    { DELETE: KEYS + 1, POST: KEYS },
  ]);
});

test("sets and pairs take no more calls than the targets allow", () => {
  const { targets } = matrixSection([{ keys: KEYS, latency: 0, turns: [courses] }]);
  const ofCalls = targets.filter(({ what }) => what.includes("calls"));
  expect(ofCalls).toHaveLength(2 * OPERATIONS.length);
  expect(ofCalls.filter(({ holds }) => !holds)).toEqual([]);
});

test("a set needs no call but those of its keys and its guardrail, and one to assign them", () => {
  const [create, , , , destroy] = callsOf(courses.sets);
  expect(create?.POST).toBe(KEYS + 2);
  expect(destroy).toEqual({ DELETE: KEYS + 1 });
});

test("the provider process tells its memory when it ends", () => {
  for (const operation of OPERATIONS) expect(courses.pairs.costs[operation].memoryMb).toBeGreaterThan(10);
});

test("resources that call nothing have a provider's text as long as ours, so that states compare", () => {
  const text = readFileSync(path.join(__dirname, "../../bench/programs/empty.js"), "utf8");
  const specifier = /require\("(\.[^"]+)"\)/.exec(text)?.[1];
  expect(specifier).toHaveLength("pulumi-openrouter/dynamic".length);
});
