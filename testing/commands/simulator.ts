/** `pulumi-openrouter simulator`: the management API on this machine, to try things out without an account. */
import { type Command, InvalidArgumentError } from "commander";
import { newCommand, type Terminal } from "../../cli/shared/terminal";
import { Secret } from "../../provider/secret";
import { clean } from "../../provider/text";
import type { LoggedRequest, Simulator, Switches } from "../simulator/index";
import { keepIn, load, parseSwitch, SWITCH_VALUES, seed, startSimulator } from "../simulator/index";

/** Where the `dashboard` command looks for it. */
export const SIMULATOR_PORT = 4141;

export interface SimulateOptions {
  port: number;
  latency: number;
  switch?: Partial<Switches>;
  log?: boolean;
  /** File that keeps the account. */
  state?: string;
  /** Management key; a random one unless given. */
  key?: string;
  demo?: boolean;
}

export function simulateCommand(terminal: Terminal): Command {
  return newCommand("simulator", terminal)
    .description("Serves OpenRouter's management API on loopback, in memory or in a file, until it is stopped.")
    .option("--port <number>", "port on 127.0.0.1; 0 for any free one", wholeNumber, SIMULATOR_PORT)
    .option("--latency <ms>", "how long each response takes", wholeNumber, 0)
    .option("--switch <name=value>", "change how it behaves where the API is uncertain; may be repeated", addSwitch)
    .option("--log", "print each request")
    .option("--state <file>", "keep the account in this file, across restarts")
    .option("--key <key>", "management key to accept, instead of a random one", managementKey)
    .option("--demo", "start with keys, guardrails, workspaces, members and 30 days of activity")
    .addHelpText("after", `${HELP}\n\nSwitches, the default first:\n${listOfSwitches()}`)
    .action(async (options: SimulateOptions) => {
      const simulator = await simulate(options, terminal);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
    });
}

const HELP = `
With --state, keys and the management key work as before after a restart; --demo
fills the file when it is new. Only you can read the file, and it has no key in
plain text.

Exit code: 0, 2 if it could not start.

Example, to try the commands:
  pulumi-openrouter simulator --demo --state demo.json`;

/** Starts it and prints what a person needs to use it. */
export async function simulate(options: SimulateOptions, terminal: Terminal): Promise<Simulator> {
  const simulator = await startSimulator({
    port: options.port,
    latency: options.latency,
    control: true,
    ...(options.switch && { switches: options.switch }),
    ...(options.key && { managementKey: options.key }),
    ...(options.log && {
      onRequest: (point, request) => {
        if (point === "over") terminal.out(logLine(request));
      },
    }),
  });
  try {
    fill(simulator, options);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  const key = new Secret(simulator.managementKey);
  terminal.reveal(`The management API is at ${simulator.url}, and this is a management key for it: `, key);
  terminal.out(`\nexport OPENROUTER_BASE_URL=${simulator.url}`);
  terminal.reveal("export OPENROUTER_MANAGEMENT_KEY=", key);
  terminal.out("");
  return simulator;
}

/** With --demo as well, a file that is there already wins. */
function fill(simulator: Simulator, { state, demo }: SimulateOptions): void {
  const isKept = state !== undefined && load(state, simulator);
  if (demo && !isKept) seed(simulator);
  if (state !== undefined) keepIn(state, simulator);
}

function managementKey(text: string): string {
  if (/^[\w.-]{8,}$/.test(text)) return text;
  throw new InvalidArgumentError("It must have at least 8 letters, digits, dots, hyphens or underscores.");
}

function logLine({ at, method, path, query, body, status }: LoggedRequest): string {
  const search = new URLSearchParams(query).toString();
  const sent = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  return clean(`${at.toISOString()} ${status ?? "dropped"} ${method} ${path}${search && `?${search}`}${sent}`);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

function addSwitch(text: string, before: Partial<Switches> = {}): Partial<Switches> {
  try {
    return { ...before, ...parseSwitch(text) };
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function listOfSwitches(): string {
  return Object.entries(SWITCH_VALUES)
    .map(([name, values]) => `  ${name}=${values.join(" | ")}`)
    .join("\n");
}
