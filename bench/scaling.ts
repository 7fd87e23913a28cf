/** Growth of calls and times with the number of keys. */

import type { Case } from "./cases";
import { type Course, OPERATIONS } from "./course";
import type { Section } from "./report";
import { type Kind, total } from "./stack";
import { exponent } from "./statistics";

const KINDS = ["sets", "pairs", "empty"] as const;

/** For cases of one latency, in ascending order of their sizes. */
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
    text: `Exponents for ${sizes} keys: calls or seconds grow with N to this power; 1 is proportional growth. The exponent of calls is
that of the best-fitting power law. The exponent of time uses the two largest sizes, where the start of the processes matters
least. Empty resources show the growth of the engine and the program.`,
    tables: [{ head: ["operation", "calls, sets", "calls, pairs", ...KINDS.map((kind) => `time, ${kind}`)], rows }],
    targets: [],
  };
}
