/** Time and memory of the provider process without changes, compared with an empty provider. */
import { execFileSync } from "node:child_process";
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, type Cost, openBenchStack, PROGRAMS } from "./stack";
import { median } from "./statistics";

/** About a hundred resources with their assignments and the guardrail. */
const KEYS = 50;

const KINDS = ["ours", "empty"] as const;
type Kind = (typeof KINDS)[number];

/** The modules that the provider process loads. */
const MODULES: Record<Kind, string> = { ours: "pulumi-openrouter/dynamic", empty: "./emptyDynamicProvider.js" };

interface LoadCost extends Cost {
  loadMs: number;
}

type Pair = Record<Kind, LoadCost>;

export async function loadSection(engine: BenchOptions["engine"], pairs: number): Promise<Section> {
  const [ours, empty] = await Promise.all([
    openBenchStack({ kind: "pairs", keys: KEYS, engine }),
    openBenchStack({ kind: "empty", keys: KEYS, engine }),
  ]);
  try {
    const measured = await noOps({ ours, empty }, pairs);
    const middle = (value: (pair: Pair) => number) => median(measured.map(value));
    const rows = KINDS.map((kind) => [
      kind === "ours" ? "this package" : kind,
      middle((pair) => pair[kind].seconds).toFixed(2),
      middle((pair) => pair[kind].memoryMb).toFixed(0),
      middle((pair) => pair[kind].loadMs).toFixed(0),
    ]);
    const ratio = middle((pair) => pair.ours.seconds / pair.empty.seconds);
    const extra = middle((pair) => pair.ours.memoryMb - pair.empty.memoryMb);
    return {
      title: "The provider process",
      text: `An \`up\` of ${2 * KEYS + 1} resources without changes, and the time to load the provider's module. Medians of ${pairs} pairs of runs, one
of this package and one of resources that make no calls, in alternating order.`,
      tables: [{ head: ["resources", "s", "MB resident", "ms to load"], rows }],
      targets: [
        atMost("`up` without changes: time relative to an empty provider", 1.15, ratio, (value) => value.toFixed(3)),
        atMost("memory in addition to an empty provider", 25, extra, (value) => `${value.toFixed(1)} MB`),
        atMost(
          "time to load the module",
          40,
          middle(({ ours }) => ours.loadMs),
          (value) => `${value.toFixed(0)} ms`,
        ),
      ],
    };
  } finally {
    await Promise.all([ours.close(), empty.close()]);
  }
}

async function noOps(benches: Record<Kind, BenchStack>, pairs: number): Promise<Pair[]> {
  const up = (kind: Kind) => benches[kind].cost(() => benches[kind].stack.up());
  const measure = async (kind: Kind): Promise<LoadCost> => ({ ...(await up(kind)), loadMs: loadMs(MODULES[kind]) });
  for (const kind of KINDS) await up(kind);
  const measured: Pair[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // The first of a pair may run on a colder machine, so the order alternates.
    if (pair % 2 === 0) measured.push({ ours: await measure("ours"), empty: await measure("empty") });
    else measured.push({ empty: await measure("empty"), ours: await measure("ours") });
  }
  return measured;
}

function loadMs(module: string): number {
  const source = `const began = performance.now(); require("${module}"); console.log(performance.now() - began);`;
  return Number(execFileSync(process.execPath, ["--eval", source], { cwd: PROGRAMS, encoding: "utf8" }));
}
