/** What the provider process takes to load and to find nothing to do, against one that is empty. */
import { execFileSync } from "node:child_process";
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, type Cost, openBenchStack, PROGRAMS } from "./stack";
import { median } from "./statistics";

/** With their assignments and the guardrail, about a hundred resources. */
const KEYS = 50;

export async function loadSection(engine: BenchOptions["engine"], pairs: number): Promise<Section> {
  const [ours, empty] = await Promise.all([
    openBenchStack({ kind: "ours", keys: KEYS, engine }),
    openBenchStack({ kind: "empty", keys: KEYS, engine }),
  ]);
  try {
    const measured = await noOps(ours, empty, pairs);
    const ratio = median(measured.map((pair) => pair.ours.seconds / pair.empty.seconds));
    const extra = median(measured.map((pair) => pair.ours.memoryMb - pair.empty.memoryMb));
    const row = (kind: "ours" | "empty") => [
      kind,
      median(measured.map((pair) => pair[kind].seconds)).toFixed(2),
      median(measured.map((pair) => pair[kind].memoryMb)).toFixed(0),
      median(measured.map((pair) => pair[kind].loadMs)).toFixed(0),
    ];
    return {
      title: "The provider process",
      text: `An \`up\` of ${2 * KEYS + 1} resources without changes: medians of ${pairs} pairs, each one of ours and one of resources that call
nothing, in turns; and how long it takes to load the module that the provider process loads.`,
      tables: [{ head: ["resources", "s", "MB resident", "ms to load"], rows: [row("ours"), row("empty")] }],
      targets: [
        atMost("time of an `up` without changes to that of an empty provider", 1.15, ratio, (value) =>
          value.toFixed(3),
        ),
        atMost("memory above an empty provider", 25, extra, (value) => `${value.toFixed(1)} MB`),
      ],
      data: measured,
    };
  } finally {
    await Promise.all([ours.close(), empty.close()]);
  }
}

interface LoadCost extends Cost {
  loadMs: number;
}

async function noOps(ours: BenchStack, empty: BenchStack, pairs: number) {
  const up = (bench: BenchStack) => bench.cost(() => bench.stack.up());
  const ofOurs = async (): Promise<LoadCost> => ({ ...(await up(ours)), loadMs: loadMs("pulumi-openrouter/dynamic") });
  const ofEmpty = async (): Promise<LoadCost> => ({
    ...(await up(empty)),
    loadMs: loadMs("./emptyDynamicProvider.js"),
  });
  await up(ours);
  await up(empty);
  const measured: { ours: LoadCost; empty: LoadCost }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // Whoever is first may find a colder machine.
    if (pair % 2 === 0) measured.push({ ours: await ofOurs(), empty: await ofEmpty() });
    else measured.push({ empty: await ofEmpty(), ours: await ofOurs() });
  }
  return measured;
}

function loadMs(module: string): number {
  const source = `const began = performance.now(); require("${module}"); console.log(performance.now() - began);`;
  return Number(execFileSync(process.execPath, ["--eval", source], { cwd: PROGRAMS, encoding: "utf8" }));
}
