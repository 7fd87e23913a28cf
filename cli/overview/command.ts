/** `pulumi-openrouter overview`: what needs attention in the account, on one screen. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { newCommand, type Terminal } from "../shared/terminal";
import { readOverview } from "./read";
import { overviewText } from "./report";

export function overviewCommand(terminal: Terminal): Command {
  return newCommand("overview", terminal)
    .summary("show credits, today's spending, keys and guardrails on one screen")
    .description(
      "Shows credits and how long they last, today's spending by model, keys near their limit or expiry, and guardrails.",
    )
    .option("--json", "print everything as JSON, with all active keys")
    .addHelpText("after", HELP)
    .action(({ json }: { json?: boolean }) => overview(terminal, json));
}

const HELP = `
The pace is the mean of the credits spent on the last 7 completed UTC days, or
on those since the first spending if that is less than a week ago. Today is not
in it. Today's credits are the sum of the keys' counters, and those of a model
also have what was spent with deleted keys or on the website.

A key is near its limit when 80% is used, and near its expiry 30 days before.
On a terminal, each table has at most 4 lines; in a pipe, it has all.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.`;

async function overview(terminal: Terminal, json = false): Promise<void> {
  const found = await readOverview(openAccount(terminal));
  if (json) terminal.json("overview", found);
  else terminal.out(overviewText(found, terminal.width));
  reportUnreadable(terminal, found);
}
