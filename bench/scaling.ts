/** How calls and times grow with the number of keys. */
import { type Course, OPERATIONS, type Operation } from "./course";
import type { Section, Table } from "./report";
import { total } from "./stack";
import { exponent } from "./statistics";

/** Courses of the same sizes, in ascending order. */
export function scalingSection(ours: readonly Course[], empty: readonly Course[]): Section {
  return {
    title: "Scaling",
    text: TEXT,
    tables: [
      tableOf("calls", ours, (course, operation) => String(total(course.costs[operation]))),
      tableOf("seconds, ours", ours, seconds),
      tableOf("seconds, empty", empty, seconds),
      exponents(ours, empty),
    ],
    targets: [],
    data: { ours, empty },
  };
}

const TEXT = `One course of each size, without latency. An exponent says that calls or seconds grow with N to that power; 1 is growth in
proportion. That of calls is of the power law that fits best, that of time of the two largest sizes, where the start of
the processes counts least. The times of resources that call nothing are those of the engine and the program: what grows
as fast with them is not ours.`;

function tableOf(
  what: string,
  courses: readonly Course[],
  cell: (course: Course, operation: Operation) => string,
): Table {
  const rows = courses.map((course) => [
    String(course.keys),
    ...OPERATIONS.map((operation) => cell(course, operation)),
  ]);
  return { head: [`N (${what})`, ...OPERATIONS], rows };
}

function exponents(ours: readonly Course[], empty: readonly Course[]): Table {
  const fitted = (courses: readonly Course[], value: (course: Course) => number) => {
    const found = exponent(courses.map((course) => [course.keys, value(course)]));
    return found === undefined ? "–" : found.toFixed(2);
  };
  const rows = OPERATIONS.map((operation) => [
    operation,
    fitted(ours, ({ costs }) => total(costs[operation])),
    fitted(ours.slice(-2), ({ costs }) => costs[operation].seconds),
    fitted(empty.slice(-2), ({ costs }) => costs[operation].seconds),
  ]);
  return { head: ["operation", "exponent of calls", "of time, ours", "of time, empty"], rows };
}

function seconds({ costs }: Course, operation: Operation): string {
  return costs[operation].seconds.toFixed(1);
}
