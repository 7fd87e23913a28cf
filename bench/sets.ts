/** The cost of a set of assignments, and of a change to one of its keys. */
import { callsText } from "./matrix";
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, type Cost, openBenchStack, total } from "./stack";
import { median } from "./statistics";

/** Calls to change one key of a set. Creating a key also lists the workspaces and the existing keys. */
const MAX_CALLS_ONE_KEY = 2;
const MAX_CALLS_NEW_KEY = 4;

type Changes = Record<"newKey" | "unassign" | "assign", Cost>;

export async function setsSection(engine: BenchOptions["engine"], keys: number, turns: number): Promise<Section> {
  const latency = 50;
  const creates: Record<"keys" | "sets", Cost>[] = [];
  const create = (kind: "keys" | "sets") => withBench({ kind, keys, latency, engine }, up);
  for (let turn = 0; turn < turns; turn++) creates.push({ keys: await create("keys"), sets: await create("sets") });
  const changes = {
    sets: await withBench({ kind: "sets", keys, latency, engine }, (bench) => changesOf(bench, keys)),
    pairs: await withBench({ kind: "pairs", keys, latency, engine }, (bench) => changesOf(bench, keys)),
  };
  const ratio = median(creates.map((turn) => turn.sets.seconds / turn.keys.seconds));
  const seconds = (kind: "keys" | "sets") => median(creates.map((turn) => turn[kind].seconds)).toFixed(2);
  const rows = Object.entries({
    newKey: "a new key, assigned",
    assign: "a key assigned",
    unassign: "a key unassigned",
  });
  const callsOf = (change: keyof Changes) => total(changes.sets[change]);
  return {
    title: `A set of ${keys} keys`,
    text: `With ${latency} ms latency, creating ${keys} keys and a guardrail takes ${seconds("keys")} s, and ${seconds("sets")} s with a set that assigns
all of them (medians of ${turns} turns). Calls of an \`up\` that changes one of the keys, with a set and with pairs:`,
    tables: [
      {
        head: ["change", "calls, set", "calls, pairs"],
        rows: rows.map(([change, title]) => [
          title,
          ...[changes.sets, changes.pairs].map((each) => callsText(each[change as keyof Changes].calls)),
        ]),
      },
    ],
    targets: [
      atMost("time relative to the same keys without assignments", 1.3, ratio, (value) => value.toFixed(2)),
      atMost("calls to assign one more key", MAX_CALLS_ONE_KEY, callsOf("assign")),
      atMost("calls to unassign a key", MAX_CALLS_ONE_KEY, callsOf("unassign")),
      atMost("calls to create one more key and assign it", MAX_CALLS_NEW_KEY, callsOf("newKey")),
    ],
  };
}

const up = (bench: BenchStack) => bench.cost(() => bench.stack.up());

async function changesOf(bench: BenchStack, keys: number): Promise<Changes> {
  await up(bench);
  const change = (KEYS: number, ASSIGNED: number) =>
    bench.cost(() => bench.stack.up({ env: { KEYS: String(KEYS), ASSIGNED: String(ASSIGNED) } }));
  return {
    newKey: await change(keys + 1, keys + 1),
    unassign: await change(keys + 1, keys),
    assign: await change(keys + 1, keys + 1),
  };
}

async function withBench<Found>(options: BenchOptions, work: (bench: BenchStack) => Promise<Found>): Promise<Found> {
  const bench = await openBenchStack(options);
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}
