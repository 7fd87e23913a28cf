/** `pulumi-openrouter balance`: the credits of the account, and an alert before they are used up. */
import type { Command } from "commander";
import { type Credits, readCredits } from "../../provider/api/credits";
import { openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { formatUsd, rounded } from "../shared/money";
import { number } from "../shared/parameters";
import { table } from "../shared/table";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";

interface BalanceOptions {
  alertBelow?: number;
  json?: boolean;
}

export function balanceCommand(terminal: Terminal): Command {
  return newCommand("balance", terminal)
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
  const account = openAccount(terminal);
  const amounts = amountsOf(await readCredits(account.start("read", "the credits")));
  if (json) terminal.json("balance", amounts);
  else terminal.out(balanceTable(amounts));
  if (alertBelow === undefined || amounts.left >= alertBelow) return;
  terminal.err(
    `${formatUsd(amounts.left)} of credits is left, less than ${formatUsd(alertBelow)}. ` +
      "Buy more at https://openrouter.ai/settings/credits.",
  );
  terminal.exitCode(EXIT.finding);
}

interface Amounts {
  bought: number;
  used: number;
  left: number;
}

function amountsOf({ totalCredits, totalUsage }: Credits): Amounts {
  return { bought: totalCredits, used: totalUsage, left: rounded(totalCredits - totalUsage) };
}

function balanceTable({ bought, used, left }: Amounts): string {
  const columns = ["BOUGHT", "USED", "LEFT"].map((title) => ({ title }));
  return table(columns, [[bought, used, left].map((amount) => formatUsd(amount))]);
}
