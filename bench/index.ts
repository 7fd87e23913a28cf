/** `npm run bench`: measures, prints tables, and writes them to `docs/benchmarks.md` with a chart. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { hasPulumi } from "pulumi-openrouter/testing";
import { type Case, runMatrix } from "./cases";
import { chart } from "./chart";
import { runCourse } from "./course";
import { foreignKeysSection } from "./foreignKeys";
import { inProcessSection } from "./inProcess";
import { loadSection } from "./load";
import { describeMachine } from "./machine";
import { COMPARED, callsText, matrixSection } from "./matrix";
import { overview, PEER_KEYS, peersIn } from "./overview";
import { forPage, forTerminal, type Section, summary } from "./report";
import { scalingSection } from "./scaling";
import { setsSection } from "./sets";
import { type BenchOptions, type Kind, ROOT } from "./stack";
import { startSection } from "./start";

interface Options {
  n: number[];
  latency?: number[];
  runs: number;
  engine: BenchOptions["engine"];
  quick?: boolean;
  page?: string;
}

/** Larger stacks run once: they take minutes, and the start-up time matters less. */
const MAX_KEYS_FOR_RUNS = 100;

/** Larger stacks are measured with one latency: it changes little. */
const MAX_KEYS_FOR_LATENCIES = 30;
/** Larger stacks are not measured with plain resources, which take too long. */
const MAX_KEYS_FOR_PLAIN = 1000;
const LATENCY = 50;

/** The extent of the other sections. */
const FULL = { managed: [5, 50], inAccount: 5000, pairs: 15, set: { keys: PEER_KEYS, turns: 3 } };
const QUICK = { managed: [5], inAccount: 1000, pairs: 3, set: { keys: 10, turns: 1 } };
const SIZES = [1, 3, 10, 30, 100, PEER_KEYS, 1000, 3000];

const program = new Command("npm run bench --")
  .description("Compares this package with plain dynamic resources and with resources that make no calls.")
  .addOption(new Option("--n <numbers>", "numbers of keys").argParser(list(positive)).default(SIZES, SIZES.join(",")))
  .addOption(
    new Option(
      "--latency <ms>",
      `response times of the API (default: 0,${LATENCY},200, above ${MAX_KEYS_FOR_LATENCIES} keys ${LATENCY})`,
    ).argParser(list(wholeNumber)),
  )
  .option("--runs <number>", `runs of each stack of up to ${MAX_KEYS_FOR_RUNS} keys; larger ones run once`, positive, 5)
  .addOption(
    new Option("--engine <name>", "engine that runs the program").choices(["local", "pulumi"]).default("local"),
  )
  .option("--quick", "measure a little of everything in two minutes; writes no page")
  .option("--page <file>", "where to write the page (default: docs/benchmarks.md, none with --quick)")
  .action(async (given: Options) => {
    if (given.engine === "pulumi" && !hasPulumi()) {
      throw new Error("--engine: no pulumi on PATH. Install Pulumi's CLI, or omit the option.");
    }
    const options = given.quick ? { ...given, n: [10], latency: [0], runs: 1 } : given;
    const machine = describeMachine(options.engine);
    const { cases, sections } = await measure(options);
    const all = [summary(sections), ...sections];
    const page = given.page ?? (given.quick ? undefined : path.join(ROOT, "docs", "benchmarks.md"));
    if (page) await writePage(page, machine, cases, all);
    process.stdout.write(`${[machine, ...all.map(forTerminal)].join("\n\n")}\n`);
  });

async function measure({ n, latency, runs, engine, quick }: Options): Promise<{ cases: Case[]; sections: Section[] }> {
  const extent = quick ? QUICK : FULL;
  const began = performance.now();
  const report = (what: string) => progress(`${Math.round((performance.now() - began) / 1000)} s  ${what}`);
  const run = (kind: Kind, keys: number, latency: number) =>
    runCourse({ kind, keys, latency, engine }, (operation, cost) =>
      report(
        `${kind}, ${keys} keys, ${latency} ms: ${operation}, ${cost.seconds.toFixed(1)} s, ${callsText(cost.calls)}`,
      ),
    );

  report("check and diff");
  const inProcess = await inProcessSection();
  report(`the provider process: ${extent.pairs} pairs`);
  const load = await loadSection(engine, extent.pairs);
  report("the start of the provider");
  const start = await startSection(extent.pairs);
  report("foreign keys");
  const foreign = await foreignKeysSection(engine, extent.managed, extent.inAccount);
  report("a set");
  const sets = await setsSection(engine, extent.set.keys, extent.set.turns);
  const plan = {
    sizes: [...n].sort((a, b) => a - b),
    latencies: (keys: number) => latency ?? (keys > MAX_KEYS_FOR_LATENCIES ? [LATENCY] : [0, LATENCY, 200]),
    kinds: (keys: number) => COMPARED.filter((kind) => kind !== "plain" || keys <= MAX_KEYS_FOR_PLAIN),
    turns: (keys: number) => (keys > MAX_KEYS_FOR_RUNS ? 1 : runs),
  };
  const cases = await runMatrix(plan, run);
  const scaling = scalingSection(cases.filter((each) => each.latency === (latency?.[0] ?? LATENCY)));
  return { cases, sections: [matrixSection(cases), sets, scaling, foreign, load, start, inProcess] };
}

/** The chart is in a file next to the page. It requires the number of keys of docs/peers.md. */
async function writePage(page: string, machine: string, cases: readonly Case[], sections: Section[]): Promise<void> {
  const image = `${path.basename(page, ".md")}.svg`;
  const peers = peersIn(await readFile(path.join(ROOT, "docs", "peers.md"), "utf8"));
  const charted = cases.find(({ keys }) => keys === PEER_KEYS);
  if (charted) await writeFile(path.join(path.dirname(page), image), chart(overview(charted, peers)));
  await writeFile(page, pageOf(machine, charted && image, sections));
  progress(`wrote ${page}`);
}

function pageOf(machine: string, image: string | undefined, sections: readonly Section[]): string {
  const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
  const lead = `![API calls and seconds of each operation with ${PEER_KEYS} keys](${image})

Bars are to scale within each column. [peers.md](peers.md) has the date and the method of the other programs' counts.

`;
  const head = `# Benchmarks

${image ? lead : ""}${machine}

\`\`\`sh
${command}
\`\`\`

measures all of this again and writes this page. The API is the simulator of this package, on the same machine. Compare ratios
within a run and numbers of calls, not seconds.`;
  return `${[head, ...sections.map(forPage)].join("\n\n")}\n`;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}

function positive(value: string): number {
  if (wholeNumber(value) === 0) throw new InvalidArgumentError("It must be 1 or more.");
  return Number(value);
}

/** Comma-separated values. */
function list(parse: (value: string) => number): (values: string) => number[] {
  return (values) => values.split(",").map(parse);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
