/** `pulumi-openrouter whoami`: the key in use, its kind and limits, and the budgets that bind it. */
import type { Command } from "commander";
import { openWithEitherKey } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { newCommand, type Terminal } from "../shared/terminal";
import { readWhoami } from "./read";
import { currentKeyText } from "./report";

interface WhoamiOptions {
  inferenceKey?: boolean;
  json?: boolean;
}

export function whoamiCommand(terminal: Terminal): Command {
  return newCommand("whoami", terminal)
    .summary("show the key in use and the budgets that bind it")
    .description("Shows the key in use: its kind, its limit, and every budget that its requests must pass.")
    .option("--inference-key", "use the key in OPENROUTER_API_KEY instead of the management key")
    .option("--json", "print everything as JSON, with full ids")
    .addHelpText("after", HELP)
    .action((options: WhoamiOptions) => whoami(terminal, options));
}

const HELP = `
Budgets are in the order in which OpenRouter checks them. A request must pass
all of them. The one that "binds" rejects requests first: the first that is
spent, or else the one with the least left. Amounts are USD in the current
interval; intervals begin at midnight UTC, weeks on Monday.
${CREDENTIALS_HELP}
With --inference-key, OPENROUTER_API_KEY comes from the same places.

Exit code: 0, 2 if the key could not be read.

Example, for the user of an application's key:
  pulumi-openrouter whoami --inference-key`;

async function whoami(terminal: Terminal, { inferenceKey, json }: WhoamiOptions): Promise<void> {
  const account = openWithEitherKey(terminal, inferenceKey);
  const data = await readWhoami(account);
  if (json) terminal.json("whoami", data);
  else terminal.out(currentKeyText(data, terminal.width));
}
