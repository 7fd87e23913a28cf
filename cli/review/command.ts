/** `pulumi-openrouter review`: what a change does to budgets, in money, for the person who approves it. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import type { Resource } from "../../formats/deployment";
import { stackOf } from "../../formats/urn";
import { KEY_VARIABLES } from "../../provider/settings";
import { clean } from "../../provider/text";
import { readNamed } from "../shared/files";
import { exportStack, previewStack } from "../shared/pulumi";
import { readDeployment } from "../shared/state";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";
import { adoptedIds, type Live, liveInAccount, liveInStates } from "./adopted";
import { type Callout, callouts } from "./callouts";
import { compare, type Review } from "./compare";
import { fitToPage } from "./fitted";
import { evaluateGates, type Gates, overall, PROHIBITIONS, REQUIREMENTS, type Verdict } from "./gates";
import { amount, factor, GATES_FILE, type GatesFile, prohibitions, readGatesFile, requirements } from "./gatesFile";
import { html } from "./html";
import { reviewJson } from "./json";
import { markdown } from "./markdown";
import { type Preview, parsePreview } from "./preview";
import { render } from "./sentence";
import { text } from "./text";
import { gateInWords, pageOf } from "./view";

const FORMATS = ["markdown", "text", "html", "json"] as const;
type Format = (typeof FORMATS)[number];

interface ReviewOptions extends Gates {
  stack?: string;
  cwd?: string;
  state?: string[];
  format: Format;
  factor?: number;
  config?: string;
}

const REFUSED = 1;
const NOT_DONE = 2;
const FACTOR = 2;

export function reviewCommand(terminal: Terminal, now: () => number = Date.now): Command {
  return newCommand("review", terminal)
    .description("Shows the cost impact of a Pulumi preview: how much more each key may spend, and what to check.")
    .argument("[preview]", "file made by `pulumi preview --json`; - is standard input")
    .option("--stack <name>", "run the preview and the export of this stack with `pulumi`, instead of reading files")
    .option("--cwd <dir>", `directory of the Pulumi project, for --stack and ${GATES_FILE}`)
    .option(
      "--state <file>",
      "file made by `pulumi stack export`: the keys that don't change; again for other stacks, for what is adopted",
      (file: string, before: string[] = []) => [...before, file],
    )
    .addOption(new Option("--format <format>", "form of the report").choices(FORMATS).default("markdown"))
    .option(
      "--factor <number>",
      `name limits that are raised to more than this many times (default: ${FACTOR})`,
      number(factor),
    )
    .option("--max-increase <usd>", "refuse if keys may spend more than this on top, a month and once", number(amount))
    .option("--max-total <usd>", "refuse if keys may spend more than this in one month", number(amount))
    .option(
      "--require <list>",
      "refuse if a key that is made or changed lacks any of these",
      listOf(requirements, REQUIREMENTS),
    )
    .option("--forbid <list>", "refuse if any of these happens", listOf(prohibitions, PROHIBITIONS))
    .option("--config <file>", `gates from this file (default: ${GATES_FILE} of the directory, if there is one)`)
    .addHelpText("after", HELP)
    .action((file: string | undefined, options: ReviewOptions) => review(terminal, file, options, now()));
}

const HELP = `
--require takes, separated by commas:
${choices(REQUIREMENTS)}

--forbid takes, separated by commas:
${choices(PROHIBITIONS)}

${GATES_FILE} has the same by the same names (max-increase, max-total, require, forbid, factor); an option takes
the place of what the file says.

Exit code: 0 if no gate refuses; 1 if a gate refuses the change; 2 if the review could not be made, or a gate can't be
decided without the state.

What a change adopts is compared with its live settings, from the state of another stack (--state takes several) or,
with OPENROUTER_MANAGEMENT_KEY in the environment, from the account. Nothing else is read from the account.

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
  const { preview, state, others } = await readInput(terminal, file, options);
  const live = await readLive(terminal, preview, [...(state ? [state] : []), ...others]);
  const result = compare(preview, state, now, live);
  const found = callouts(result, options.factor ?? gates.factor ?? FACTOR);
  const verdicts = evaluateGates(chosen(options, gates), result, found);
  if (options.format === "json") terminal.json("review", reviewJson(result, found, verdicts));
  else terminal.out(draw(options.format, result, found, verdicts, terminal.colors));
  refuse(terminal, verdicts);
}

function draw(format: Format, result: Review, found: Callout[], verdicts: Verdict[], colors: boolean): string {
  const page = pageOf(result, found, verdicts);
  if (format === "html") return html(page);
  return fitToPage(page, format === "text" ? (fitting) => text(fitting, colors) : markdown);
}

interface Input {
  preview: Preview;
  /** Of the stack of the preview. */
  state: Resource[] | undefined;
  /** Of other stacks. */
  others: Resource[][];
}

async function readInput(
  terminal: Terminal,
  file: string | undefined,
  { stack, cwd, state = [] }: ReviewOptions,
): Promise<Input> {
  if ((file === undefined) === (stack === undefined)) {
    throw new UsageError("give either the file of a `pulumi preview --json`, or --stack with the name of a stack");
  }
  if ([file, ...state].filter((each) => each === "-").length > 1) {
    throw new UsageError("only one of preview and state can be on standard input");
  }
  const choice = stack === undefined ? undefined : { stack, ...(cwd !== undefined && { cwd }) };
  const previewed = choice
    ? { text: await previewStack(choice, terminal.env), source: `the preview of stack ${stack}` }
    : await readNamed(terminal, file as string);
  const preview = parsePreview(previewed.text, previewed.source);
  const given: State[] = [];
  for (const each of state) given.push(readState(await readNamed(terminal, each)));
  const own = given.find((each) => isOf(each, preview));
  const others = given.filter((each) => each !== own).map(({ resources }) => resources);
  if (own) return { preview, state: own.resources, others };
  if (choice) {
    const exported = { text: await exportStack(choice, terminal.env), source: `the export of stack ${stack}` };
    return { preview, state: readState(exported).resources, others };
  }
  const [wrong] = given;
  if (wrong)
    throw new UsageError(`${wrong.source} is of the stack ${wrong.stack}, and the preview of ${preview.stack}`);
  return { preview, state: undefined, others };
}

interface State {
  source: string;
  /** `<project>/<stack>`; undefined of an empty one. */
  stack: string | undefined;
  resources: Resource[];
}

function readState({ text, source }: { text: string; source: string }): State {
  const resources = readDeployment(text, source).resources ?? [];
  const [first] = resources;
  return { source, stack: first && stackOf(first.urn), resources };
}

function isOf({ stack }: State, preview: Preview): boolean {
  return stack === undefined || preview.stack === undefined || stack === preview.stack;
}

/** The live settings of what the change adopts: from the account if it can be read, or else from the states. */
async function readLive(terminal: Terminal, preview: Preview, states: readonly Resource[][]): Promise<Live> {
  const ids = adoptedIds(preview);
  const inStates = liveInStates(ids, states);
  const hasKey = KEY_VARIABLES.some((name) => terminal.env[name]?.trim());
  if (ids.length === 0 || !hasKey) return inStates;
  try {
    return await liveInAccount(ids, terminal);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    terminal.err(clean(`The live settings of what is adopted can't be read: ${cause}`));
    return inStates;
  }
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
  for (const verdict of open) terminal.err(`Gate ${render(gateInWords(verdict), (name) => `"${name}"`)}`);
  if (open.length > 0) terminal.exitCode(overall(open) === "refused" ? REFUSED : NOT_DONE);
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
