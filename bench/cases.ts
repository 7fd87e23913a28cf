/** The measured courses of all kinds of resource, and figures of them. */
import type { Course, Operation } from "./course";
import type { Cost, Kind } from "./stack";
import { median } from "./statistics";

/** What to measure for each number of keys. */
export interface Plan {
  sizes: readonly number[];
  latencies(keys: number): readonly number[];
  kinds(keys: number): readonly Kind[];
  turns(keys: number): number;
}

/** The courses of one number of keys and one latency, turn by turn. */
export interface Case {
  keys: number;
  latency: number;
  turns: Partial<Record<Kind, Course>>[];
}

/**
 * The kinds take turns, so that other load on the machine affects all of them. Latency has no effect on empty resources, so
 * one course of them is used for all latencies.
 */
export async function runMatrix(
  plan: Plan,
  run: (kind: Kind, keys: number, latency: number) => Promise<Course>,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const keys of plan.sizes) {
    const callers = plan.kinds(keys).filter((kind) => kind !== "empty");
    const ofSize: Case[] = plan.latencies(keys).map((latency) => ({ keys, latency, turns: [] }));
    for (let turn = 0; turn < plan.turns(keys); turn++) {
      const empty = await run("empty", keys, 0);
      for (const { latency, turns } of ofSize) {
        const courses: Case["turns"][number] = { empty };
        // The first one may run on a colder machine, so the order alternates.
        const order = turn % 2 === 0 ? callers : [...callers].reverse();
        for (const kind of order) courses[kind] = await run(kind, keys, latency);
        turns.push(courses);
      }
    }
    cases.push(...ofSize);
  }
  return cases;
}

/** All cases of one number of keys. */
export interface Size {
  keys: number;
  cases: readonly Case[];
}

export function costs({ turns }: Case, kind: Kind, operation: Operation): Cost[] {
  return turns.flatMap((turn) => turn[kind]?.costs[operation] ?? []);
}

/** The median over the turns of the time of `kind` relative to `base`. Undefined if one of them was not run. */
export function ratio(
  { turns }: Case,
  operation: Operation,
  kind: Kind,
  base: Kind,
  freeSeconds = 0,
): number | undefined {
  const ratios = turns.flatMap((turn) => {
    const [ours, theirs] = [turn[kind]?.costs[operation].seconds, turn[base]?.costs[operation].seconds];
    return ours === undefined || theirs === undefined ? [] : [(ours - freeSeconds) / theirs];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

export const bytesPerKey = (course: Course) => course.bytesPerKey;

/** The median over all courses of a size. Undefined if the kind was not run. */
export function middle({ cases }: Size, kind: Kind, value: (course: Course) => number): number | undefined {
  const values = cases.flatMap(({ turns }) => turns.flatMap((turn) => turn[kind] ?? [])).map(value);
  return values.length === 0 ? undefined : median(values);
}
