/** `pulumi-openrouter review`: the cost impact of a change, for the person who approves it. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import { MAX_ROWS } from "../shared/html";
import { reportUnreadable } from "../shared/inventory";
import { newCommand, type Terminal } from "../shared/terminal";
import type { Callout } from "./calloutKinds";
import type { Review } from "./compare";
import { overall, PROHIBITIONS, REQUIREMENTS, type Verdict } from "./gates";
import { amount, factor, GATES_FILE, prohibitions, requirements } from "./gatesFile";
import { html } from "./html";
import { markdown } from "./markdown";
import { fitToComment, pageOf, verdictText } from "./page";
import { FACTOR, type ReviewChoices, readReview } from "./read";
import { render } from "./sentence";
import { text } from "./text";

const FORMATS = ["markdown", "text", "html", "json"] as const;
type Format = (typeof FORMATS)[number];

interface ReviewOptions extends ReviewChoices {
  format: Format;
}

const FAILED = 1;
const UNDECIDED = 2;

export function reviewCommand(terminal: Terminal, now: () => number = Date.now): Command {
  return newCommand("review", terminal)
    .summary("show the cost impact of a Pulumi preview")
    .description("Shows the cost impact of a Pulumi preview: how much more each key may spend, and what to check.")
    .argument("[preview]", "output of `pulumi preview --json`; - is standard input")
    .option("--stack <name>", "run the preview and the export of this stack with `pulumi` instead of reading files")
    .option("--cwd <dir>", `directory of the Pulumi project, for --stack and ${GATES_FILE}`)
    .option(
      "--state <file>",
      "output of `pulumi stack export`, for unchanged keys; repeat it with other stacks for adoptions",
      (file: string, former: string[] = []) => [...former, file],
    )
    .option("--usage", "show what each key spent on the last 30 days, from the account")
    .addOption(new Option("--format <format>", "format of the report").choices(FORMATS).default("markdown"))
    .option("--factor <number>", `call out limits raised by more than this factor (default: ${FACTOR})`, number(factor))
    .option("--max-increase <usd>", "fail if monthly plus one-time spending may rise by more than this", number(amount))
    .option("--max-total <usd>", "fail if keys may spend more than this in one month", number(amount))
    .option("--require <list>", "fail if a new or changed key lacks any of these", listOf(requirements, REQUIREMENTS))
    .option("--forbid <list>", "fail if any of these happens", listOf(prohibitions, PROHIBITIONS))
    .option("--config <file>", `file with gates (default: ${GATES_FILE} in the directory, if it exists)`)
    .addHelpText("after", HELP)
    .action((file: string | undefined, options: ReviewOptions) => review(terminal, file, options, now()));
}

const HELP = `
--require takes a comma-separated list of:
${choices(REQUIREMENTS)}

--forbid takes a comma-separated list of:
${choices(PROHIBITIONS)}

${GATES_FILE} has the same gates by the same names (max-increase,
max-total, require, forbid, factor). An option overrides the file.

Exit code: 0 if all gates passed; 1 if a gate failed; 2 if the review could not
be created, the spending could not be read, or a gate could not be evaluated
without the state or the spending.

--usage reads the keys and what they spent: one call per 100 keys of a workspace
and one for the spending. If the account may not use analytics, that is one call
for each key in the report. Limits below what a key spent are called out, and
raises of limits of which less than half is used.

Adopted objects are compared with their live settings: from the account if
OPENROUTER_MANAGEMENT_KEY is in the environment, or else from the state of
another stack. Without --usage, nothing else is read from the account.

Examples:
  pulumi-openrouter review --stack prod --cwd infra --max-increase 100
  pulumi preview --json | pulumi-openrouter review - --format text
  pulumi-openrouter review plan.json --state state.json --format html > r.html`;

function choices(meanings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(meanings).map(([name, meaning]) => `  ${name.padEnd(10)} ${meaning}`);
  return lines.join("\n");
}

async function review(terminal: Terminal, file: string | undefined, options: ReviewOptions, now: number) {
  const { data, result, found, verdicts, unread } = await readReview(terminal, file, options, now);
  if (options.format === "json") terminal.json("review", data);
  else terminal.out(draw(options.format, result, found, verdicts, terminal.colors));
  reportUnreadable(terminal, { unreadable: unread });
  reportProblems(terminal, verdicts);
}

function draw(format: Exclude<Format, "json">, result: Review, found: Callout[], verdicts: Verdict[], colors: boolean) {
  const page = pageOf(result, found, verdicts);
  if (format === "html") return html(page);
  if (format === "markdown") return fitToComment(page, markdown);
  return fitToComment(page, (fitting) => text(fitting, colors), MAX_ROWS);
}

/** One line for each gate that did not pass. */
function reportProblems(terminal: Terminal, verdicts: readonly Verdict[]): void {
  const problems = verdicts.filter(({ result }) => result !== "passed");
  for (const verdict of problems) terminal.err(`Gate ${render(verdictText(verdict), (name) => `"${name}"`)}`);
  if (problems.length > 0) terminal.exitCode(overall(problems) === "failed" ? FAILED : UNDECIDED);
}

function number(schema: z.ZodType<number>) {
  return (given: string): number => {
    const result = schema.safeParse(given.trim() === "" ? Number.NaN : Number(given));
    if (!result.success) throw new InvalidArgumentError(result.error.issues[0]?.message ?? "");
    return result.data;
  };
}

function listOf<Item extends string>(schema: z.ZodType<Item[]>, allowed: Readonly<Record<Item, string>>) {
  return (given: string, former: Item[] = []): Item[] => {
    const result = schema.safeParse(given);
    if (!result.success) throw new InvalidArgumentError(`Allowed values are ${Object.keys(allowed).join(", ")}.`);
    return [...former, ...result.data];
  };
}
