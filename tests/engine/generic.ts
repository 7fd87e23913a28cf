import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openLocalStack } from "../../testing/engine/localStack";
import type { OperationOptions, Result, Stack, StackOptions } from "../../testing/engine/stack";

/** A resource of the generic program. */
export interface Entry {
  kind?: "Thing" | "Component" | "Provider";
  name: string;
  props?: Record<string, unknown>;
  secrets?: Record<string, string>;
  refs?: Record<string, string>;
  options?: Record<string, unknown>;
}

/** The begin or the end of an operation of the generic provider. */
export interface ProviderEvent {
  op: string;
  name: string;
  id: string | null;
  at: "begin" | "end";
  account?: string;
}

/** A stack of the generic program. Its provider keeps each object in a file. */
export interface Scenario {
  stack: Stack;
  options: StackOptions;
  up(program: Entry[], options?: OperationOptions): Promise<Result>;
  preview(program: Entry[], options?: OperationOptions): Promise<Result>;
  /** Ids of the existing objects. */
  objects(): string[];
  /** The events of the provider since the last call. */
  newEvents(): ProviderEvent[];
}

export const projectDir = path.join(__dirname, "programs/generic");

export async function openScenario(
  more: Partial<StackOptions> = {},
  open: (options: StackOptions) => Promise<Stack> = openLocalStack,
): Promise<Scenario> {
  const stateDir = mkdtempSync(path.join(tmpdir(), "engine-"));
  const world = path.join(stateDir, "world");
  mkdirSync(world);
  const options = {
    projectDir,
    stack: "dev",
    stateDir,
    passphrase: "test",
    ...more,
    env: { WORLD: world, ...more.env },
  };
  const stack = await open(options);
  const withProgram = (program: Entry[], { env, ...rest }: OperationOptions = {}): OperationOptions => {
    return { ...rest, env: { PROGRAM: JSON.stringify(program), ...env } };
  };
  let seen = 0;
  return {
    stack,
    options,
    up: (program, operation) => stack.up(withProgram(program, operation)),
    preview: (program, operation) => stack.preview(withProgram(program, operation)),
    objects: () => readdirSync(world).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])),
    newEvents: () => {
      const log = readdirSync(world).includes("log") ? readFileSync(path.join(world, "log"), "utf8") : "";
      const events: ProviderEvent[] = log
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const fresh = events.slice(seen);
      seen = events.length;
      return fresh;
    },
  };
}

/** A resource whose object has the same name by default. */
export function thing(name: string, more: Omit<Entry, "name"> = {}): Entry {
  return { name, ...more, props: { name, ...more.props } };
}

/** Names of the resources on which an operation began, in order. */
export function startedIn(events: ProviderEvent[], op?: string): string[] {
  return events.filter((entry) => entry.at === "begin" && (!op || entry.op === op)).map(({ name }) => name);
}

export async function resourceNamed(stack: Stack, name: string): Promise<Record<string, unknown>> {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find(({ urn }) => String(urn).endsWith(`::${name}`));
  if (found === undefined) throw new Error(`${name} is not in the state`);
  return found;
}
