/** `pulumi-openrouter simulator`: the management API on loopback, to try things out without an account. */
import { type Command, InvalidArgumentError } from "commander";
import { newCommand, type Terminal } from "../../cli/shared/terminal";
import { Secret } from "../../provider/secret";
import { clean } from "../../provider/text";
import { type LoggedRequest, type Simulator, type Switches, startSimulator } from "../simulator/index";
import { loadAccount, persistAccount } from "../simulator/persistence";
import { seedDemoAccount } from "../simulator/seed";
import { parseSwitch, SWITCH_VALUES } from "../simulator/switches";

/** The default port of the simulator and of the `dashboard` command. */
export const SIMULATOR_PORT = 4141;

export interface SimulateOptions {
  port: number;
  latency: number;
  switch?: Partial<Switches>;
  log?: boolean;
  /** File that stores the account. */
  state?: string;
  /** Management key. Default: a random one. */
  key?: string;
  demo?: boolean;
}

export function simulateCommand(terminal: Terminal): Command {
  return newCommand("simulator", terminal)
    .summary("serve the OpenRouter API on loopback, for tests")
    .description("Serves OpenRouter's management API on loopback until stopped, in memory or with a state file.")
    .option("--port <number>", "port on 127.0.0.1; 0 for any free one", wholeNumber, SIMULATOR_PORT)
    .option("--latency <ms>", "how long each response takes", wholeNumber, 0)
    .option("--switch <name=value>", "set a behavior that the API's documentation leaves open; repeatable", addSwitch)
    .option("--log", "print each request")
    .option("--state <file>", "store the account in this file, across restarts")
    .option("--key <key>", "management key to accept, instead of a random one", managementKey)
    .option("--demo", "start with keys, guardrails, workspaces, members and 30 days of activity")
    .addHelpText("after", `${HELP}\n\nSwitches, the default first:\n${listOfSwitches()}`)
    .action(async (options: SimulateOptions) => {
      const simulator = await simulate(options, terminal);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
    });
}

const HELP = `
With --state, keys and the management key stay valid after a restart. --demo
fills only a new file. The file is readable only by you, and has no key in
plain text.

Exit code: 0, 2 if it could not start.

Example, to try the commands:
  pulumi-openrouter simulator --demo --state demo.json`;

/** Starts the simulator and prints how to connect to it. */
export async function simulate(options: SimulateOptions, terminal: Terminal): Promise<Simulator> {
  const simulator = await startSimulator({
    port: options.port,
    latency: options.latency,
    control: true,
    ...(options.switch && { switches: options.switch }),
    ...(options.key && { managementKey: options.key }),
    ...(options.log && {
      onRequest: (point, request) => {
        if (point === "done") terminal.out(logLine(request));
      },
    }),
  });
  try {
    fillAccount(simulator, options);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  const key = new Secret(simulator.managementKey);
  terminal.reveal(`Serving the management API at ${simulator.url} with the management key `, key);
  terminal.out(`\nexport OPENROUTER_BASE_URL=${simulator.url}`);
  terminal.reveal("export OPENROUTER_MANAGEMENT_KEY=", key);
  terminal.out("");
  return simulator;
}

/** An existing file takes precedence over --demo. */
function fillAccount(simulator: Simulator, { state, demo }: SimulateOptions): void {
  const isLoaded = state !== undefined && loadAccount(state, simulator);
  if (demo && !isLoaded) seedDemoAccount(simulator);
  if (state !== undefined) persistAccount(state, simulator);
}

function managementKey(value: string): string {
  if (/^[\w.-]{8,}$/.test(value)) return value;
  throw new InvalidArgumentError("It must have at least 8 letters, digits, dots, hyphens or underscores.");
}

function logLine({ at, method, path, query, body, status }: LoggedRequest): string {
  const search = new URLSearchParams(query).toString();
  const sent = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  return clean(`${at.toISOString()} ${status ?? "dropped"} ${method} ${path}${search && `?${search}`}${sent}`);
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}

function addSwitch(setting: string, earlier: Partial<Switches> = {}): Partial<Switches> {
  try {
    return { ...earlier, ...parseSwitch(setting) };
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function listOfSwitches(): string {
  return Object.entries(SWITCH_VALUES)
    .map(([name, values]: [string, readonly unknown[]]) => `  ${name}=${values.join(" | ")}`)
    .join("\n");
}
