/** `pulumi-openrouter simulator`: the management API on this machine, to try things out without an account. */
import { Command, InvalidArgumentError } from "commander";
import type { LoggedRequest, Simulator, Switches } from "../sdk/testing/simulator";
import { parseSwitch, SWITCH_VALUES, startSimulator } from "../sdk/testing/simulator";

/** Where the `dashboard` command looks for it. */
export const SIMULATOR_PORT = 4141;

export interface SimulateOptions {
  port: number;
  latency: number;
  switch?: Partial<Switches>;
  log?: boolean;
}

export function simulateCommand(): Command {
  return new Command("simulator")
    .description("Serves OpenRouter's management API on this machine, with its state in memory, until it's stopped.")
    .option("--port <number>", "port on 127.0.0.1; 0 for any free one", wholeNumber, SIMULATOR_PORT)
    .option("--latency <ms>", "how long each answer takes", wholeNumber, 0)
    .option("--switch <name=value>", "behave otherwise where the API is uncertain; may be repeated", addSwitch)
    .option("--log", "print each request")
    .addHelpText("after", `\nSwitches, the default first:\n${listOfSwitches()}`)
    .action(async (options: SimulateOptions) => {
      const simulator = await simulate(options, (line) => process.stdout.write(`${line}\n`));
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
    });
}

/** Starts it and prints what a person needs to use it. */
export async function simulate(options: SimulateOptions, print: (line: string) => void): Promise<Simulator> {
  const simulator = await startSimulator({
    port: options.port,
    latency: options.latency,
    control: true,
    ...(options.switch && { switches: options.switch }),
    ...(options.log && {
      onRequest: (point, request) => {
        if (point === "over") print(logLine(request));
      },
    }),
  });
  print(`The management API is at ${simulator.url}, and this is a management key for it: ${simulator.managementKey}`);
  print("");
  print(`export OPENROUTER_BASE_URL=${simulator.url}`);
  print(`export OPENROUTER_MANAGEMENT_KEY=${simulator.managementKey}`);
  print("");
  return simulator;
}

function logLine({ at, method, path, query, body, status }: LoggedRequest): string {
  const search = new URLSearchParams(query).toString();
  const sent = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  return `${at.toISOString()} ${status ?? "dropped"} ${method} ${path}${search && `?${search}`}${sent}`;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
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
