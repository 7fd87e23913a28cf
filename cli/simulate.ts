/** `pulumi-openrouter simulator`: the management API on this machine, to try things out without an account. */
import { Command, InvalidArgumentError } from "commander";
import { Secret } from "../provider/secret";
import { clean } from "../provider/text";
import type { LoggedRequest, Simulator, Switches } from "../sdk/testing/simulator";
import { parseSwitch, SWITCH_VALUES, startSimulator } from "../sdk/testing/simulator";
import { processTerminal, reporting, type Terminal, usageExits } from "./terminal";

/** Where the `dashboard` command looks for it. */
export const SIMULATOR_PORT = 4141;

export interface SimulateOptions {
  port: number;
  latency: number;
  switch?: Partial<Switches>;
  log?: boolean;
}

export function simulateCommand(terminal: Terminal = processTerminal()): Command {
  return usageExits(new Command("simulator"), terminal)
    .description("Serves OpenRouter's management API on loopback, with its state in memory, until it is stopped.")
    .option("--port <number>", "port on 127.0.0.1; 0 for any free one", wholeNumber, SIMULATOR_PORT)
    .option("--latency <ms>", "how long each response takes", wholeNumber, 0)
    .option("--switch <name=value>", "change how it behaves where the API is uncertain; may be repeated", addSwitch)
    .option("--log", "print each request")
    .addHelpText("after", `\nSwitches, the default first:\n${listOfSwitches()}`)
    .action((options: SimulateOptions) =>
      reporting(terminal, async () => {
        const simulator = await simulate(options, terminal);
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
      }),
    );
}

/** Starts it and prints what a person needs to use it. */
export async function simulate(options: SimulateOptions, terminal: Terminal): Promise<Simulator> {
  const simulator = await startSimulator({
    port: options.port,
    latency: options.latency,
    control: true,
    ...(options.switch && { switches: options.switch }),
    ...(options.log && {
      onRequest: (point, request) => {
        if (point === "over") terminal.out(logLine(request));
      },
    }),
  });
  const key = new Secret(simulator.managementKey);
  terminal.reveal(`The management API is at ${simulator.url}, and this is a management key for it: `, key);
  terminal.out(`\nexport OPENROUTER_BASE_URL=${simulator.url}`);
  terminal.reveal("export OPENROUTER_MANAGEMENT_KEY=", key);
  terminal.out("");
  return simulator;
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
