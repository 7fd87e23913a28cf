/** `pulumi-openrouter balance`: the credits of the account, and an alert before they run out. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { formatUsd } from "../shared/money";
import { number } from "../shared/parameters";
import { table } from "../shared/table";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { readBalance } from "./read";

interface BalanceOptions {
  alertBelow?: number;
  json?: boolean;
}

export function balanceCommand(terminal: Terminal): Command {
  return newCommand("balance", terminal)
    .summary("show credits, and alert when few are left")
    .description("Shows the credits of the account in USD: bought, used and left.")
    .option("--alert-below <usd>", "exit with 1 if less than this is left", number)
    .option("--json", "print the amounts as JSON")
    .addHelpText("after", HELP)
    .action((options: BalanceOptions) => balance(terminal, options));
}

const HELP = `${CREDENTIALS_HELP}

Exit code: 0, 1 if less is left than --alert-below, 2 if it could not be read.

Example, for cron:
  pulumi-openrouter balance --alert-below 20 >/dev/null`;

async function balance(terminal: Terminal, { alertBelow, json }: BalanceOptions): Promise<void> {
  const data = await readBalance(openAccount(terminal));
  const { bought, used, left } = data;
  if (json) terminal.json("balance", data);
  else terminal.out(table(["BOUGHT", "USED", "LEFT"], [[formatUsd(bought), formatUsd(used), formatUsd(left)]]));
  if (alertBelow === undefined || left >= alertBelow) return;
  terminal.err(
    `${formatUsd(left)} of credits left, which is below ${formatUsd(alertBelow)}. ` +
      "Buy more at https://openrouter.ai/settings/credits.",
  );
  terminal.exitCode(EXIT.finding);
}
