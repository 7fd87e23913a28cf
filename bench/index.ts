/** `npm run bench`: measures, prints tables, and writes them to `docs/benchmarks.md`. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { hasPulumi } from "pulumi-openrouter/testing";
import { commandsSection } from "./commands";
import { type Course, runCourse } from "./course";
import { foreignKeysSection } from "./foreignKeys";
import { inProcessSection } from "./inProcess";
import { loadSection } from "./load";
import { describeMachine, machineText } from "./machine";
import { type Case, callsText, matrixSection, runMatrix } from "./matrix";
import { PEER_KEYS, peersSection } from "./peers";
import { forPage, forTerminal, type Section, summary } from "./report";
import { scalingSection } from "./scaling";
import { type BenchOptions, type Kind, ROOT } from "./stack";

interface Options {
  n: number[];
  latency: number[];
  scaling: number[];
  runs: number;
  engine: BenchOptions["engine"];
  quick?: boolean;
  json?: boolean;
  page?: string;
}

/** A course of more keys is run once: it takes minutes, and its start no longer counts. */
const MOST_KEYS_FOR_RUNS = 100;

/** How much of everything else. */
const FULL = { managed: [5, 50], inAccount: 5000, keys: 100, pairs: 15 };
const QUICK = { managed: [5], inAccount: 1000, keys: 10, pairs: 3 };
const SCALING = [10, 30, 100, PEER_KEYS, 1000, 3000];

const program = new Command("npm run bench --")
  .description("Measures the provider against the usual way to write it and against resources that call nothing.")
  .addOption(
    new Option("--n <numbers>", "numbers of keys").argParser(list(counting)).default([10, 100, 1000], "10,100,1000"),
  )
  .addOption(
    new Option("--latency <ms>", "how long each answer of the API takes")
      .argParser(list(wholeNumber))
      .default([0, 50], "0,50"),
  )
  .addOption(
    new Option("--scaling <numbers>", "numbers of keys of the scaling table; those above three times --n are left out")
      .argParser(list(counting))
      .default(SCALING, SCALING.join(",")),
  )
  .option(
    "--runs <number>",
    `runs of each course of up to ${MOST_KEYS_FOR_RUNS} keys; larger ones run once`,
    counting,
    5,
  )
  .addOption(new Option("--engine <name>", "what runs the program").choices(["local", "pulumi"]).default("local"))
  .option("--quick", "a little of everything in two minutes, to see that it works; writes no page")
  .option("--json", "print all measurements as JSON in place of tables")
  .option("--page <file>", "where to write the page (default: docs/benchmarks.md, and nowhere with --quick)")
  .action(async (given: Options) => {
    if (given.engine === "pulumi" && !hasPulumi()) {
      throw new Error("There is no pulumi on PATH. Install Pulumi's CLI, or leave out --engine.");
    }
    const options = given.quick ? { ...given, n: [10], latency: [0], runs: 1 } : given;
    const machine = describeMachine(options.engine);
    const sections = await measure(options);
    const all = [summary(sections), ...sections];
    const page = given.page ?? (given.quick ? undefined : path.join(ROOT, "docs", "benchmarks.md"));
    if (page) await writeFile(page, pageOf(machineText(machine), all));
    const tables = [machineText(machine), ...all.map(forTerminal)].join("\n\n");
    const data = { machine, sections: all.map(({ title, targets, data }) => ({ title, targets, data })) };
    process.stdout.write(`${given.json ? JSON.stringify(data, null, 2) : tables}\n`);
    if (page) progress(`written to ${page}`);
  });

async function measure({ n, latency, scaling, runs, engine, quick }: Options): Promise<Section[]> {
  const extent = quick ? QUICK : FULL;
  const began = performance.now();
  const say = (text: string) => progress(`${Math.round((performance.now() - began) / 1000)} s  ${text}`);
  const run = (kind: Kind, keys: number, latency: number): Promise<Course> =>
    runCourse({ kind, keys, latency, engine }, (operation, cost) =>
      say(`${kind}, ${keys} keys, ${latency} ms: ${operation}, ${cost.seconds.toFixed(1)} s, ${callsText(cost.calls)}`),
    );

  say("check and diff");
  const inProcess = await inProcessSection();
  say(`the provider process: ${extent.pairs} pairs`);
  const load = await loadSection(engine, extent.pairs);
  say("foreign keys");
  const foreign = await foreignKeysSection(engine, extent.managed, extent.inAccount);
  say("refresh by command");
  const commands = await commandsSection(engine, extent.keys);
  const plan = { sizes: n, latencies: latency, runs: (keys: number) => (keys > MOST_KEYS_FOR_RUNS ? 1 : runs) };
  const cases = await runMatrix(plan, run);

  const { ours, empty } = await scalingCourses(
    cases,
    scaling.filter((keys) => keys <= 3 * Math.max(...n)),
    run,
  );
  const peers = ours.filter(({ keys }) => keys === PEER_KEYS).map(peersSection);
  return [matrixSection(cases), scalingSection(ours, empty), foreign, commands, load, inProcess, ...peers];
}

/** What was run side by side without latency counts here too. */
async function scalingCourses(
  cases: readonly Case[],
  sizes: readonly number[],
  run: (kind: Kind, keys: number, latency: number) => Promise<Course>,
): Promise<Record<"ours" | "empty", Course[]>> {
  const turnOf = (keys: number) => cases.find((each) => each.keys === keys && each.latency === 0)?.turns[0];
  const courses: Record<"ours" | "empty", Course[]> = { ours: [], empty: [] };
  for (const keys of sizes) {
    for (const kind of ["ours", "empty"] as const) {
      courses[kind].push(turnOf(keys)?.[kind] ?? (await run(kind, keys, 0)));
    }
  }
  return courses;
}

function pageOf(machine: string, sections: readonly Section[]): string {
  const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
  const head = `# Benchmarks

${machine}

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
