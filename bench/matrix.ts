/** The kinds of resource side by side, for each number of keys and each latency. */
import { bytesPerKey, type Case, costs, middle, ratio, type Size } from "./cases";
import { type Course, OPERATIONS, type Operation } from "./course";
import { atMost, type Section, type Table, type Target } from "./report";
import { type Cost, total } from "./stack";
import { median } from "./statistics";
import { pairTargets, setTargets } from "./strategies";

/** In the order of the tables. */
export const COMPARED = ["sets", "pairs", "native", "plain", "empty"] as const;

/** Up to this number of keys, this package should be no slower than plain resources. */
const MAX_KEYS_FOR_TIME_TARGET = 30;
const MAX_TIME_RATIO = 1.05;

export function matrixSection(cases: readonly Case[]): Section {
  const sizes = [...new Set(cases.map(({ keys }) => keys))];
  const bySize = sizes.map((keys) => ({ keys, cases: cases.filter((each) => each.keys === keys) }));
  return {
    title: "Side by side",
    text: TEXT,
    tables: [times(cases), calls(bySize), memory(bySize)],
    targets: bySize.flatMap((size) => [
      ...callTargets(size),
      ...timeTargets(size),
      ...nativeTargets(size),
      ...stateTargets(size),
    ]),
  };
}

const TEXT = `A guardrail and N keys assigned to it: created, unchanged, refreshed, one limit changed, destroyed.

- **sets**: this package, with one \`GuardrailAssignments\` for all keys.
- **pairs**: this package, with one \`GuardrailKeyAssignment\` for each key.
- **native**: the same as pairs, with the native provider (\`pulumi-openrouter/native\`).
- **plain**: the same with \`pulumi.dynamic.Resource\` and one call per operation, as programs commonly write it
  (\`bench/programs/plain.js\`).
- **empty**: resources that make no calls: the cost of the engine and the program.

The kinds take turns. Times are medians in seconds, with the shortest and the longest in parentheses. Ratios are medians of the
ratios within a turn. Large stacks have one turn, without parentheses. Latency has no effect on empty resources, so they are
measured once for all latencies.`;

const RATIOS = [
  ["sets", "plain"],
  ["pairs", "plain"],
  ["native", "pairs"],
] as const;

function times(cases: readonly Case[]): Table {
  const rows = cases.flatMap((each) =>
    OPERATIONS.map((operation) => [
      String(each.keys),
      String(each.latency),
      operation,
      ...COMPARED.map((kind) => withSpread(costs(each, kind, operation).map(({ seconds }) => seconds))),
      ...RATIOS.map(([kind, base]) => ratio(each, operation, kind, base)?.toFixed(2) ?? "–"),
    ]),
  );
  return { head: ["N", "ms", "operation", ...COMPARED, ...RATIOS.map((pair) => pair.join(" / "))], rows };
}

const CALLERS = ["sets", "pairs", "native", "plain"] as const;

function calls(sizes: readonly Size[]): Table {
  const rows = sizes.flatMap(({ keys, cases }) =>
    OPERATIONS.map((operation) => [
      String(keys),
      operation,
      ...CALLERS.map((kind) => maxCalls(cases.flatMap((each) => costs(each, kind, operation)))),
    ]),
  );
  return { head: ["N", "operation", ...CALLERS.map((kind) => `calls, ${kind}`)], rows };
}

function memory(sizes: readonly Size[]): Table {
  const peak = (course: Course) => Math.max(...OPERATIONS.map((operation) => course.costs[operation].memoryMb));
  const keyKinds = ["pairs", "native", "plain", "empty"] as const;
  const rows = sizes.map((size) => [
    String(size.keys),
    ...COMPARED.map((kind) => middle(size, kind, peak)?.toFixed(0) ?? "–"),
    ...keyKinds.map((kind) => middle(size, kind, bytesPerKey)?.toFixed(0) ?? "–"),
  ]);
  const megabytes = COMPARED.map((kind) => `MB, ${kind}`);
  return { head: ["N", ...megabytes, ...keyKinds.map((kind) => `bytes of state per key, ${kind}`)], rows };
}

/** By the turn with the most calls, at any latency. */
function callTargets({ keys, cases }: Size): Target[] {
  return (["sets", "pairs", "native"] as const).flatMap((kind) => {
    const worst = (operation: Operation) => {
      return Math.max(...cases.flatMap((each) => costs(each, kind, operation).map(total)));
    };
    if (cases.every(({ turns }) => turns.every((turn) => turn[kind] === undefined))) return [];
    const { create, refresh, destroy } = kind === "sets" ? setTargets(keys) : pairTargets(keys);
    return [
      atMost(`${kind}: calls to create ${keys} keys`, create, worst("create")),
      atMost(`${kind}: calls of an \`up\` without changes, ${keys} keys`, 0, worst("no-op")),
      atMost(`${kind}: calls to refresh ${keys} keys`, refresh, worst("refresh")),
      atMost(`${kind}: calls to change one of ${keys} limits`, 1, worst("one change")),
      atMost(`${kind}: calls to destroy ${keys} keys`, destroy, worst("destroy")),
    ];
  });
}

/** By the slowest operation of a small stack. A create may take one round trip more than a plain one. */
function timeTargets({ keys, cases }: Size): Target[] {
  if (keys > MAX_KEYS_FOR_TIME_TARGET) return [];
  return (["sets", "pairs"] as const).flatMap((kind) => {
    const measured = cases.flatMap((each) =>
      OPERATIONS.flatMap((operation) => {
        const spent = ratio(each, operation, kind, "plain", operation === "create" ? each.latency / 1000 : 0);
        return spent === undefined ? [] : [{ spent, what: `${operation} at ${each.latency} ms` }];
      }),
    );
    const [worst] = measured.sort((a, b) => b.spent - a.spent);
    if (worst === undefined) return [];
    const what = `${kind}: time relative to plain, ${keys} keys, slowest operation (${worst.what})`;
    return [atMost(what, MAX_TIME_RATIO, worst.spent, twoPlaces)];
  });
}

/** Most runs change nothing: the native provider should take as long as the dynamic one. */
function nativeTargets({ keys, cases }: Size): Target[] {
  return (["no-op", "refresh"] as const).flatMap((operation) => {
    const ratios = cases.flatMap((each) => ratio(each, operation, "native", "pairs") ?? []);
    if (ratios.length === 0) return [];
    const what = `native: time of ${operation} relative to pairs, ${keys} keys`;
    return [atMost(what, MAX_TIME_RATIO, Math.max(...ratios), twoPlaces)];
  });
}

function stateTargets(size: Size): Target[] {
  const [ours, empty] = [middle(size, "pairs", bytesPerKey), middle(size, "empty", bytesPerKey)];
  if (ours === undefined || empty === undefined) return [];
  const what = `state of a key relative to a resource without outputs, ${size.keys} keys`;
  return [atMost(what, 1.75, ours / empty, twoPlaces)];
}

function withSpread(seconds: readonly number[]): string {
  if (seconds.length === 0) return "–";
  const middle = median(seconds).toFixed(2);
  if (seconds.length === 1) return middle;
  return `${middle} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`;
}

/** The calls of the turn with the most calls: `GET 3, POST 21`. */
function maxCalls(costs: readonly Cost[]): string {
  const [worst] = [...costs].sort((a, b) => total(b) - total(a));
  return worst === undefined ? "–" : callsText(worst.calls);
}

export function callsText(calls: Record<string, number>): string {
  const methods = Object.entries(calls).sort(([a], [b]) => a.localeCompare(b));
  return methods.map(([method, count]) => `${method} ${count}`).join(", ") || "no calls";
}

function twoPlaces(value: number): string {
  return value.toFixed(2);
}
