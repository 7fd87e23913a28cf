/** `pulumi-openrouter review`: what a change does to budgets, in money, for the person who approves it. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import { redact } from "../provider/text";
import { readNamed } from "./files";
import { exportStack, previewStack } from "./pulumi";
import { callouts } from "./review/callouts";
import { compare, type Review } from "./review/compare";
import { type Gates, judge, PROHIBITIONS, REQUIREMENTS, type Verdict } from "./review/gates";
import {
  amount,
  factor,
  GATES_FILE,
  type GatesFile,
  prohibitions,
  readGatesFile,
  requirements,
} from "./review/gatesFile";
import { html } from "./review/html";
import { reviewJson } from "./review/json";
import { markdown } from "./review/markdown";
import { type Preview, parsePreview } from "./review/preview";
import { render } from "./review/sentence";
import { text } from "./review/text";
import { gateInWords, pageOf } from "./review/view";
import { type Resource, readDeployment, stackOf } from "./state";
import { processTerminal, reporting, type Terminal, UsageError, usageExits } from "./terminal";

const FORMATS = ["markdown", "text", "html", "json"] as const;
type Format = (typeof FORMATS)[number];

interface ReviewOptions extends Gates {
  stack?: string;
  cwd?: string;
  state?: string;
  format: Format;
  factor?: number;
  config?: string;
}

const BAD_INPUT = 1;
const GATE_FAILED = 2;
const FACTOR = 2;

export function reviewCommand(terminal: Terminal = processTerminal(), now: () => number = Date.now): Command {
  return usageExits(new Command("review"), terminal, BAD_INPUT)
    .description(
      "Says in money what a Pulumi preview would change: which key may spend how much more, and what else to look at.",
    )
    .argument("[preview]", "file made by `pulumi preview --json`; - is standard input")
    .option("--stack <name>", "run the preview and the export of this stack with `pulumi`, instead of reading files")
    .option("--cwd <dir>", `directory of the Pulumi project, for --stack and ${GATES_FILE}`)
    .option(
      "--state <file>",
      "file made by `pulumi stack export`: the keys that don't change, for totals over the stack",
    )
    .addOption(new Option("--format <format>", "form of the report").choices(FORMATS).default("markdown"))
    .option(
      "--factor <number>",
      `name limits that are raised to more than this many times (default: ${FACTOR})`,
      number(factor),
    )
    .option("--max-increase <usd>", "refuse if keys may spend more than this on top, a month", number(amount))
    .option("--max-total <usd>", "refuse if keys may spend more than this a month", number(amount))
    .option(
      "--require <list>",
      "refuse if a key that is made or changed lacks any of these",
      listOf(requirements, REQUIREMENTS),
    )
    .option("--forbid <list>", "refuse if any of these happens", listOf(prohibitions, PROHIBITIONS))
    .option("--config <file>", `gates from this file (default: ${GATES_FILE} of the directory, if there is one)`)
    .addHelpText("after", HELP)
    .action((file: string | undefined, options: ReviewOptions) =>
      reporting(terminal, BAD_INPUT, () => review(terminal, file, options, now()), BAD_INPUT),
    );
}

const HELP = `
--require takes, separated by commas:
${choices(REQUIREMENTS)}

--forbid takes, separated by commas:
${choices(PROHIBITIONS)}

${GATES_FILE} has the same by the same names (max-increase, max-total, require, forbid, factor); an option takes
the place of what the file says.

Exit code: 0; 1 if the input can't be read or a gate needs the state; 2 if a gate refuses the change.

Examples:
  pulumi-openrouter review --stack prod --cwd infra --max-increase 100 --forbid unlimited,zdr-off
  pulumi preview --json | pulumi-openrouter review - --format text
  pulumi-openrouter review preview.json --state state.json --format html > review.html`;

function choices(of: Readonly<Record<string, string>>): string {
  return Object.entries(of)
    .map(([name, meaning]) => `  ${name.padEnd(10)} ${meaning}`)
    .join("\n");
}

async function review(terminal: Terminal, file: string | undefined, options: ReviewOptions, now: number) {
  const gates = readGatesFile(options.config, options.cwd ?? ".");
  const { preview, state } = await readInput(terminal, file, options);
  const result = compare(preview, state, now);
  const found = callouts(result, options.factor ?? gates.factor ?? FACTOR);
  const verdicts = judge(chosen(options, gates), result, found);
  terminal.out(redact(draw(options.format, result, found, verdicts, terminal.colors)));
  refuse(terminal, verdicts);
}

function draw(
  format: Format,
  result: Review,
  found: ReturnType<typeof callouts>,
  verdicts: Verdict[],
  colors: boolean,
) {
  if (format === "json") return JSON.stringify(reviewJson(result, found, verdicts), null, 2);
  const page = pageOf(result, found, verdicts);
  if (format === "html") return html(page);
  return format === "text" ? text(page, colors) : markdown(page);
}

async function readInput(
  terminal: Terminal,
  file: string | undefined,
  { stack, cwd, state }: ReviewOptions,
): Promise<{ preview: Preview; state: Resource[] | undefined }> {
  if ((file === undefined) === (stack === undefined)) {
    throw new UsageError("give either the file of a `pulumi preview --json`, or --stack with the name of a stack");
  }
  if (file === "-" && state === "-") throw new UsageError("only one of preview and state can be on standard input");
  const choice = stack === undefined ? undefined : { stack, ...(cwd !== undefined && { cwd }) };
  const previewed = choice
    ? { text: await previewStack(choice, terminal.env), source: `the preview of stack ${stack}` }
    : await readNamed(terminal, file as string);
  const preview = parsePreview(previewed.text, previewed.source);
  if (state !== undefined) return { preview, state: resourcesOf(await readNamed(terminal, state), preview) };
  if (!choice) return { preview, state: undefined };
  const exported = { text: await exportStack(choice, terminal.env), source: `the export of stack ${stack}` };
  return { preview, state: resourcesOf(exported, preview) };
}

function resourcesOf({ text, source }: { text: string; source: string }, preview: Preview): Resource[] {
  const resources = readDeployment(text, source).resources ?? [];
  const [first] = resources;
  if (first && preview.stack !== undefined && stackOf(first.urn) !== preview.stack) {
    throw new UsageError(`${source} is of the stack ${stackOf(first.urn)}, and the preview of ${preview.stack}`);
  }
  return resources;
}

function chosen(options: Gates, file: GatesFile): Gates {
  return {
    maxIncrease: options.maxIncrease ?? file.maxIncrease,
    maxTotal: options.maxTotal ?? file.maxTotal,
    require: options.require ?? file.require,
    forbid: options.forbid ?? file.forbid,
  };
}

/** One line for each gate that doesn't pass. */
function refuse(terminal: Terminal, verdicts: readonly Verdict[]): void {
  const open = verdicts.filter(({ result }) => result !== "passed");
  for (const verdict of open) terminal.err(redact(`Gate ${render(gateInWords(verdict), (name) => `"${name}"`)}`));
  if (open.length > 0) terminal.exitCode(open.some(({ result }) => result === "failed") ? GATE_FAILED : BAD_INPUT);
}

function number(schema: z.ZodType<number>) {
  return (given: string): number => {
    const result = schema.safeParse(given.trim() === "" ? Number.NaN : Number(given));
    if (!result.success) throw new InvalidArgumentError(result.error.issues[0]?.message ?? "");
    return result.data;
  };
}

function listOf<Item extends string>(schema: z.ZodType<Item[]>, of: Readonly<Record<Item, string>>) {
  return (given: string, before: Item[] = []): Item[] => {
    const result = schema.safeParse(given);
    if (!result.success) throw new InvalidArgumentError(`It takes ${Object.keys(of).join(", ")}.`);
    return [...before, ...result.data];
  };
}
