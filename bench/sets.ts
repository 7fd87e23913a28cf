/** What a set of assignments adds to its keys, and what it takes to change one member of it. */
import { callsText } from "./matrix";
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, type Cost, openBenchStack, total } from "./stack";
import { median } from "./statistics";

/** Calls to change one member of a set. A new key is created, too, after a look at the workspaces and at older keys. */
const ONE_MEMBER = 2;
const NEW_KEY = 4;

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
  const most = (change: keyof Changes) => total(changes.sets[change]);
  return {
    title: `A set of ${keys} keys`,
    text: `With ${latency} ms latency, creating ${keys} keys and a guardrail takes ${seconds("keys")} s, and ${seconds("sets")} s with a set that assigns
all of them (medians of ${turns} turns). Calls of an \`up\` that changes one key of them, with a set and with pairs:`,
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
      atMost("time to that of the same keys without assignments", 1.3, ratio, (value) => value.toFixed(2)),
      atMost("calls to assign one more key", ONE_MEMBER, most("assign")),
      atMost("calls to unassign a key", ONE_MEMBER, most("unassign")),
      atMost("calls to create one more key and assign it", NEW_KEY, most("newKey")),
    ],
    data: { creates, changes },
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
