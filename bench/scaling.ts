/** How calls and times grow with the number of keys. */
import { type Course, OPERATIONS } from "./course";
import type { Case } from "./matrix";
import type { Section } from "./report";
import { type Kind, total } from "./stack";
import { exponent } from "./statistics";

const KINDS = ["sets", "pairs", "empty"] as const;

/** Of cases of one latency, in ascending order of their sizes. */
export function scalingSection(cases: readonly Case[]): Section {
  const fitted = (kind: Kind, value: (course: Course) => number, largest = cases.length) => {
    const courses = cases.flatMap(({ turns: [first] }) => first?.[kind] ?? []).slice(-largest);
    return exponent(courses.map((course) => [course.keys, value(course)]))?.toFixed(2) ?? "–";
  };
  const rows = OPERATIONS.map((operation) => [
    operation,
    ...(["sets", "pairs"] as const).map((kind) => fitted(kind, ({ costs }) => total(costs[operation]))),
    ...KINDS.map((kind) => fitted(kind, ({ costs }) => costs[operation].seconds, 2)),
  ]);
  const sizes = cases.map(({ keys }) => keys).join(", ");
  return {
    title: "Scaling",
    text: `Exponents over ${sizes} keys: calls or seconds grow with N to that power; 1 is growth in proportion. That of calls is of
the power law that fits best, that of time of the two largest sizes, where the start of the processes counts least. Empty
resources show the growth of the engine and the program.`,
    tables: [{ head: ["operation", "calls, sets", "calls, pairs", ...KINDS.map((kind) => `time, ${kind}`)], rows }],
    targets: [],
    data: rows,
  };
}
