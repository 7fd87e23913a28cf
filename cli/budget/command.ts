/** `pulumi-openrouter budget propose`: limits that keys need, as a diff of the file that has them. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { printed } from "../shared/output";
import { readStateOf, type StateChoice } from "../shared/stateChoice";
import { newCommand, type Terminal, UsageError } from "../shared/terminal";
import { readProposals } from "./read";
import { proposalsText } from "./report";

interface ProposeCommandOptions extends StateChoice {
  headroom: number;
  json?: boolean;
}

export function budgetCommand(terminal: Terminal): Command {
  const command = newCommand("budget", terminal)
    .summary("propose limits from the spending of keys")
    .description("Proposes limits of keys from their spending.");
  command
    .command("propose")
    .argument("<file>", "YAML file with the limits: budgets, or Pulumi.<stack>.yaml")
    .description("propose the limits of a file, as a diff; writes nothing")
    .addOption(new Option("--headroom <percent>", "added to the need").argParser(percent).default(20, "20%"))
    .addOption(new Option("--stack <name>", "stack of the keys, to export with `pulumi`").conflicts("state"))
    .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
    .option("--state <file>", "its `pulumi stack export`; - is standard input")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((file: string, options: ProposeCommandOptions) => proposeLimits(terminal, file, options));
  return command;
}

const HELP = `
A limit is the amount that 95% of the last 30 completed UTC days took at most,
for each day of the limit's interval (31 of a month), plus the head room,
rounded up to two digits. Limits of keys with fewer than 7 days of spending, and
limits without a reset, stay.

The file is a list or map of budgets, each with \`limit\` and its name as \`name\`
or as its key, or a stack configuration with \`<project>:<name>Limit\`. Its keys
are found by this name, or as \`<project>/<stack>/<name>\`. With --stack or
--state, they are found by the name of the resource. Comments and formatting
stay.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.

Examples:
  pulumi-openrouter budget propose budgets.yaml | git apply
  pulumi-openrouter budget propose Pulumi.prod.yaml --stack prod --headroom 50%`;

async function proposeLimits(terminal: Terminal, file: string, options: ProposeCommandOptions): Promise<void> {
  const state = await readStateOf(terminal, options);
  const { headroom } = options;
  const { unreadable, ...found } = await readProposals(openAccount(terminal), {
    ...{ file, headroom, state },
    progress: terminal.progress,
  });
  if (options.json) terminal.json("budget propose", found);
  else {
    requirePrintable(found.diff, file);
    terminal.out(proposalsText({ ...found, unreadable }));
  }
  reportUnreadable(terminal, { unreadable });
}

/** A diff that the output changes could not be applied. */
function requirePrintable(diff: string, file: string): void {
  if (printed(diff, [], false) === diff) return;
  throw new UsageError(
    `the diff of ${file} can't be printed: its lines end with CRLF, or contain a credential or a control character. ` +
      "Use --json, and write the proposed limits by hand",
  );
}

function percent(text: string): number {
  const [, number] = /^(\d{1,4}(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("It must be a percentage such as 20%.");
  return Number(number);
}
