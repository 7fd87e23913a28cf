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

/** What the generic provider did. */
export interface Noted {
  op: string;
  name: string;
  id: string | null;
  at: "begin" | "end";
  account?: string;
}

/** A stack of the generic program, and the world in which its provider keeps objects. */
export interface Scenario {
  stack: Stack;
  options: StackOptions;
  up(program: Entry[], options?: OperationOptions): Promise<Result>;
  preview(program: Entry[], options?: OperationOptions): Promise<Result>;
  /** Ids of the objects that are there. */
  objects(): string[];
  /** What the provider did since this was last asked. */
  done(): Noted[];
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
  const withProgram = (program: Entry[], { env, ...rest }: OperationOptions = {}) => {
    return { ...rest, env: { PROGRAM: JSON.stringify(program), ...env } };
  };
  let seen = 0;
  return {
    stack,
    options,
    up: (program, given) => stack.up(withProgram(program, given)),
    preview: (program, given) => stack.preview(withProgram(program, given)),
    objects: () => readdirSync(world).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])),
    done: () => {
      const log = readdirSync(world).includes("log") ? readFileSync(path.join(world, "log"), "utf8") : "";
      const noted: Noted[] = log
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const fresh = noted.slice(seen);
      seen = noted.length;
      return fresh;
    },
  };
}

/** A resource of the program with its physical name. */
export function thing(name: string, more: Omit<Entry, "name"> = {}): Entry {
  return { name, ...more, props: { name, ...more.props } };
}

export function begun(noted: Noted[], op?: string): string[] {
  return noted.filter((entry) => entry.at === "begin" && (!op || entry.op === op)).map(({ name }) => name);
}

export async function resourceNamed(stack: Stack, name: string): Promise<Record<string, unknown>> {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find(({ urn }) => String(urn).endsWith(`::${name}`));
  if (found === undefined) throw new Error(`${name} is not in the state`);
  return found;
}
