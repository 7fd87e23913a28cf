/** The three kinds of resource side by side, for each number of keys and each latency. */
import { type Course, OPERATIONS, type Operation } from "./course";
import { atMost, type Section, type Table, type Target } from "./report";
import { type Cost, KINDS, type Kind, total } from "./stack";
import { median } from "./statistics";
import { refreshTarget, writeTarget } from "./strategies";

export interface Plan {
  sizes: readonly number[];
  latencies: readonly number[];
  runs: (keys: number) => number;
}

/** The courses of one number of keys and one latency, turn by turn. */
export interface Case {
  keys: number;
  latency: number;
  turns: Record<Kind, Course>[];
}

/**
 * The kinds take turns, so that whatever else the machine does meets all of them. What calls nothing knows no latency,
 * so one course of it counts for all.
 */
export async function runMatrix(
  { sizes, latencies, runs }: Plan,
  run: (kind: Kind, keys: number, latency: number) => Promise<Course>,
): Promise<Case[]> {
  const cases: Case[] = sizes.flatMap((keys) => latencies.map((latency) => ({ keys, latency, turns: [] })));
  for (let turn = 0; turn < Math.max(...sizes.map(runs)); turn++) {
    for (const keys of sizes.filter((size) => turn < runs(size))) {
      const empty = await run("empty", keys, 0);
      for (const { latency, turns } of cases.filter((each) => each.keys === keys)) {
        const courses: Partial<Record<Kind, Course>> = {};
        // Whoever is first may find a colder machine.
        const order = turn % 2 === 0 ? (["ours", "plain"] as const) : (["plain", "ours"] as const);
        for (const kind of order) courses[kind] = await run(kind, keys, latency);
        turns.push({ ...courses, empty } as Record<Kind, Course>);
      }
    }
  }
  return cases;
}

export function matrixSection(cases: readonly Case[]): Section {
  return {
    title: "Side by side",
    text: TEXT,
    tables: [times(cases), calls(cases), memory(cases)],
    targets: [...new Set(cases.map(({ keys }) => keys))].flatMap((keys) =>
      targetsOf(
        keys,
        cases.filter((each) => each.keys === keys),
      ),
    ),
    data: cases,
  };
}

const TEXT = `A guardrail, N keys, and N assignments of the keys to it: made, left alone, refreshed, one limit changed, destroyed.

- **ours**: this package.
- **plain**: the same as \`pulumi.dynamic.Resource\` with one call for each operation, as programs commonly have it
  (\`bench/programs/plain.js\`).
- **empty**: resources that call nothing: the cost of the engine and of the program.

The kinds take turns. Times are medians in seconds, with the shortest and the longest in brackets; ratios are medians of
the ratios within a turn. Large stacks have one turn, without brackets. What calls nothing knows no latency, so its time
is the same for all.`;

function times(cases: readonly Case[]): Table {
  const rows = cases.flatMap((each) =>
    OPERATIONS.map((operation) => {
      const seconds = (kind: Kind) => each.turns.map((turn) => turn[kind].costs[operation].seconds);
      const ratio = (kind: Kind) =>
        median(each.turns.map((turn) => turn.ours.costs[operation].seconds / turn[kind].costs[operation].seconds));
      return [
        ...place(each, operation),
        ...KINDS.map((kind) => withSpread(seconds(kind))),
        ratio("plain").toFixed(2),
        ratio("empty").toFixed(2),
      ];
    }),
  );
  return { head: ["N", "ms", "operation", "ours", "plain", "empty", "ours / plain", "ours / empty"], rows };
}

function calls(cases: readonly Case[]): Table {
  const rows = cases.flatMap((each) =>
    OPERATIONS.map((operation) => {
      const costs = each.turns.map((turn) => turn.ours.costs[operation]);
      const plain = each.turns.map((turn) => turn.plain.costs[operation]);
      return [...place(each, operation), most(costs), most(plain), inFlight(costs), inFlight(plain)];
    }),
  );
  return { head: ["N", "ms", "operation", "calls, ours", "calls, plain", "most in flight, ours", "plain"], rows };
}

function memory(cases: readonly Case[]): Table {
  const rows = cases.flatMap((each) => {
    const bytes = KINDS.map((kind) => Math.round(bytesPerKey(each, kind)).toString());
    const peaks = (operation: Operation) =>
      KINDS.map((kind) => median(each.turns.map((turn) => turn[kind].costs[operation].memoryMb)).toFixed(0)).join(
        " / ",
      );
    return [[String(each.keys), String(each.latency), ...OPERATIONS.map(peaks), bytes.join(" / ")]];
  });
  const head = ["N", "ms", ...OPERATIONS.map((operation) => `MB, ${operation}`), "bytes of state per key"];
  return { head, rows };
}

/** Of all turns at all latencies the one that took most calls counts. */
function targetsOf(keys: number, cases: readonly Case[]): Target[] {
  const turns = cases.flatMap((each) => each.turns);
  const worst = (operation: Operation) => Math.max(...turns.map(({ ours }) => total(ours.costs[operation])));
  const ratio = Math.max(...cases.map((each) => bytesPerKey(each, "ours") / bytesPerKey(each, "empty")));
  return [
    atMost(`calls to create ${keys} keys`, writeTarget(keys), worst("create")),
    atMost(`calls of an \`up\` without changes, ${keys} keys`, 0, worst("no-op")),
    atMost(`calls to refresh ${keys} keys`, refreshTarget({ managed: keys, inAccount: keys }), worst("refresh")),
    atMost(`calls to change one of ${keys} limits`, 1, worst("one change")),
    atMost(`calls to destroy ${keys} keys`, writeTarget(keys), worst("destroy")),
    atMost(`state of a key to that of a resource without outputs, ${keys} keys`, 1.75, ratio, twoPlaces),
  ];
}

function bytesPerKey({ turns }: Case, kind: Kind): number {
  return median(turns.map((turn) => turn[kind].bytesPerKey));
}

function place({ keys, latency }: Case, operation: Operation): string[] {
  return [String(keys), String(latency), operation];
}

function withSpread(seconds: readonly number[]): string {
  const middle = median(seconds).toFixed(2);
  if (seconds.length === 1) return middle;
  return `${middle} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`;
}

/** The calls of the turn that took most of them: `GET 3, POST 21`. */
function most(costs: readonly Cost[]): string {
  const [worst] = [...costs].sort((a, b) => total(b) - total(a));
  return callsText(worst?.calls ?? {});
}

export function callsText(calls: Record<string, number>): string {
  const methods = Object.entries(calls).sort(([a], [b]) => a.localeCompare(b));
  return methods.map(([method, count]) => `${method} ${count}`).join(", ") || "no calls";
}

function inFlight(costs: readonly Cost[]): string {
  return String(Math.max(...costs.map(({ mostInFlight }) => mostInFlight)));
}

function twoPlaces(value: number): string {
  return value.toFixed(2);
}
