/** `pulumi-openrouter metrics`: limits, spending, balance and budgets for Prometheus. */
import type { Command } from "commander";
import { messageOf, OpenRouterError } from "../../provider/errors";
import { isLoopback } from "../../provider/loopback";
import { type Account, openAccount } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { wholeNumber } from "../shared/parameters";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";
import { atMostEvery } from "./atMostEvery";
import { exposition } from "./exposition";
import { DOWN, familiesOf } from "./families";
import { readMetrics } from "./read";
import { type MetricsServer, serveMetrics } from "./server";

/** Above the ports of other exporters. */
const DEFAULT_PORT = 19464;

const LOOPBACK = "127.0.0.1";

const READ_EVERY_MS = 60_000;

interface MetricsOptions {
  listen?: number | true;
  host?: string;
  allowHost?: string[];
}

export function metricsCommand(terminal: Terminal): Command {
  return newCommand("metrics", terminal)
    .summary("print or serve metrics for Prometheus")
    .description("Prints limits, spending and expiry of keys, the balance, and budgets of guardrails for Prometheus.")
    .option(`--listen [port]`, `serve them until stopped; default port: ${DEFAULT_PORT}`, wholeNumber(0, 65_535))
    .option("--host <address>", `address to listen on; default: ${LOOPBACK}`)
    .option("--allow-host <name>", "name in requests to this server; may be repeated", (name, all: string[] = []) => [
      ...all,
      name,
    ])
    .addHelpText("after", HELP)
    .action(async (options: MetricsOptions) => {
      if (options.listen === undefined) return printMetrics(terminal, options);
      const server = await listen(terminal, options);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
    });
}

const HELP = `
The server reads the account at most once a minute, however often it is scraped.
If that fails, openrouter_up is 0 and there is no other metric; standard error
has the reason. Requests must have an IP address, localhost or a name of
--allow-host in their Host header. There is no authentication.
${CREDENTIALS_HELP}

Exit code: 0, 2 if the account could not be read, or the port is in use.

Example:
  pulumi-openrouter metrics --listen`;

async function printMetrics(terminal: Terminal, { host, allowHost }: MetricsOptions): Promise<void> {
  if (host !== undefined || allowHost) throw new UsageError("--host and --allow-host need --listen");
  const { text, isComplete } = await metricsText(terminal, accountOrDown(terminal));
  terminal.out(text);
  if (!isComplete) terminal.exitCode(EXIT.failure);
}

/** A collector that replaces its file with the output needs `openrouter_up 0` without credentials too. */
function accountOrDown(terminal: Terminal): Account {
  try {
    return openAccount(terminal);
  } catch (error) {
    terminal.out(exposition(DOWN));
    throw error;
  }
}

/** Starts the server. */
export async function listen(
  terminal: Terminal,
  { listen: port, host = LOOPBACK, allowHost: allowedHosts = [] }: MetricsOptions,
  now = () => performance.now(),
): Promise<MetricsServer> {
  const account = openAccount(terminal);
  const read = atMostEvery(READ_EVERY_MS, () => metricsText(terminal, account), now);
  const options = { port: port === true || port === undefined ? DEFAULT_PORT : port, host, allowedHosts };
  const server = await serveMetrics(options, async () => (await read()).text);
  terminal.out(`Serving metrics at ${server.url}`);
  if (!isLoopback(new URL(server.url))) {
    terminal.err("Other machines can read names and spending of all keys: there is no authentication.");
  }
  return server;
}

async function metricsText(terminal: Terminal, account: Account): Promise<{ text: string; isComplete: boolean }> {
  try {
    const metrics = await readMetrics(account);
    for (const message of metrics.unreadable) terminal.err(`Not everything could be read: ${message}`);
    return { text: exposition(familiesOf(metrics)), isComplete: metrics.unreadable.length === 0 };
  } catch (error) {
    terminal.err(error instanceof OpenRouterError ? messageOf(error) : `unexpected error: ${messageOf(error)}`);
    return { text: exposition(DOWN), isComplete: false };
  }
}
