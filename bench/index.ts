/** `npm run bench`: measures, prints tables, and writes them to `docs/benchmarks.md`, with a chart next to it. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { hasPulumi } from "pulumi-openrouter/testing";
import { chart } from "./chart";
import { runCourse } from "./course";
import { foreignKeysSection } from "./foreignKeys";
import { inProcessSection } from "./inProcess";
import { loadSection } from "./load";
import { describeMachine, machineText } from "./machine";
import { type Case, COMPARED, callsText, matrixSection, runMatrix } from "./matrix";
import { overview, PEER_KEYS, peersIn } from "./overview";
import { forPage, forTerminal, type Section, summary } from "./report";
import { scalingSection } from "./scaling";
import { setsSection } from "./sets";
import { type BenchOptions, type Kind, ROOT } from "./stack";

interface Options {
  n: number[];
  latency?: number[];
  runs: number;
  engine: BenchOptions["engine"];
  quick?: boolean;
  json?: boolean;
  page?: string;
}

/** A course of more keys is run once: it takes minutes, and its start no longer counts. */
const MOST_KEYS_FOR_RUNS = 100;

/** Above so many keys, latency changes little, and above so many, plain resources take too long. */
const [MOST_KEYS_FOR_LATENCIES, MOST_KEYS_FOR_PLAIN] = [30, 1000];
const LATENCY = 50;

/** How much of everything else. */
const FULL = { managed: [5, 50], inAccount: 5000, pairs: 15, set: { keys: PEER_KEYS, turns: 3 } };
const QUICK = { managed: [5], inAccount: 1000, pairs: 3, set: { keys: 10, turns: 1 } };
const SIZES = [1, 3, 10, 30, 100, PEER_KEYS, 1000, 3000];

const program = new Command("npm run bench --")
  .description("Measures the provider next to the usual way to write it and to resources that call nothing.")
  .addOption(new Option("--n <numbers>", "numbers of keys").argParser(list(counting)).default(SIZES, SIZES.join(",")))
  .addOption(
    new Option(
      "--latency <ms>",
      `response times of the API (default: 0,${LATENCY},200, above ${MOST_KEYS_FOR_LATENCIES} keys ${LATENCY})`,
    ).argParser(list(wholeNumber)),
  )
  .option(
    "--runs <number>",
    `runs of each course of up to ${MOST_KEYS_FOR_RUNS} keys; larger ones run once`,
    counting,
    5,
  )
  .addOption(new Option("--engine <name>", "what runs the program").choices(["local", "pulumi"]).default("local"))
  .option("--quick", "a little of everything in two minutes, to see that it works; writes no page")
  .option("--json", "print all measurements as JSON instead of tables")
  .option("--page <file>", "where to write the page (default: docs/benchmarks.md, and nowhere with --quick)")
  .action(async (given: Options) => {
    if (given.engine === "pulumi" && !hasPulumi()) {
      throw new Error("There is no pulumi on PATH. Install Pulumi's CLI, or omit --engine.");
    }
    const options = given.quick ? { ...given, n: [10], latency: [0], runs: 1 } : given;
    const machine = describeMachine(options.engine);
    const { cases, sections } = await measure(options);
    const all = [summary(sections), ...sections];
    const page = given.page ?? (given.quick ? undefined : path.join(ROOT, "docs", "benchmarks.md"));
    if (page) await writePage(page, machineText(machine), cases, all);
    const tables = [machineText(machine), ...all.map(forTerminal)].join("\n\n");
    const data = { machine, sections: all.map(({ title, targets, data }) => ({ title, targets, data })) };
    process.stdout.write(`${given.json ? JSON.stringify(data, null, 2) : tables}\n`);
  });

async function measure({ n, latency, runs, engine, quick }: Options): Promise<{ cases: Case[]; sections: Section[] }> {
  const extent = quick ? QUICK : FULL;
  const began = performance.now();
  const say = (text: string) => progress(`${Math.round((performance.now() - began) / 1000)} s  ${text}`);
  const run = (kind: Kind, keys: number, latency: number) =>
    runCourse({ kind, keys, latency, engine }, (operation, cost) =>
      say(`${kind}, ${keys} keys, ${latency} ms: ${operation}, ${cost.seconds.toFixed(1)} s, ${callsText(cost.calls)}`),
    );

  say("check and diff");
  const inProcess = await inProcessSection();
  say(`the provider process: ${extent.pairs} pairs`);
  const load = await loadSection(engine, extent.pairs);
  say("foreign keys");
  const foreign = await foreignKeysSection(engine, extent.managed, extent.inAccount);
  say("a set");
  const sets = await setsSection(engine, extent.set.keys, extent.set.turns);
  const plan = {
    sizes: [...n].sort((a, b) => a - b),
    latencies: (keys: number) => latency ?? (keys > MOST_KEYS_FOR_LATENCIES ? [LATENCY] : [0, LATENCY, 200]),
    kinds: (keys: number) => COMPARED.filter((kind) => kind !== "plain" || keys <= MOST_KEYS_FOR_PLAIN),
    turns: (keys: number) => (keys > MOST_KEYS_FOR_RUNS ? 1 : runs),
  };
  const cases = await runMatrix(plan, run);
  const scaling = scalingSection(cases.filter((each) => each.latency === (latency?.[0] ?? LATENCY)));
  return { cases, sections: [matrixSection(cases), sets, scaling, foreign, load, inProcess] };
}

/** The chart stands next to the page, and needs the number of keys for which other programs were counted. */
async function writePage(page: string, machine: string, cases: readonly Case[], sections: Section[]): Promise<void> {
  const image = `${path.basename(page, ".md")}.svg`;
  const peers = peersIn(await readFile(path.join(ROOT, "docs", "peers.md"), "utf8"));
  const shown = cases.find(({ keys }) => keys === PEER_KEYS);
  if (shown) await writeFile(path.join(path.dirname(page), image), chart(overview(shown, peers)));
  await writeFile(page, pageOf(machine, shown && image, sections));
  progress(`written to ${page}`);
}

function pageOf(machine: string, image: string | undefined, sections: readonly Section[]): string {
  const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
  const lead = `![API calls and seconds of each operation with ${PEER_KEYS} keys](${image})

Bars are to scale within each column. [peers.md](peers.md) has the other programs, with the date and the method of their
counts.

`;
  const head = `# Benchmarks

${image ? lead : ""}${machine}

\`\`\`sh
${command}
\`\`\`

measures all of this again and writes this page. The API is the simulator of this package, on the same
machine; what counts are ratios within a run and numbers of calls, not seconds.`;
  return `${[head, ...sections.map(forPage)].join("\n\n")}\n`;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(text);
}

function counting(text: string): number {
  if (wholeNumber(text) === 0) throw new InvalidArgumentError("It has to be 1 or more.");
  return Number(text);
}

/** Values with commas between them. */
function list(each: (text: string) => number): (text: string) => number[] {
  return (text) => text.split(",").map(each);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
