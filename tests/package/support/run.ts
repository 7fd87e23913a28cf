import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const programs = path.join(__dirname, "../programs");

/** Copies a program of tests/package/programs into the directory of a user's program. */
export function copyProgram(name: string, folder: string, as = name): string {
  fs.copyFileSync(path.join(programs, name), path.join(folder, as));
  return path.join(folder, as);
}

/** What a program registered with Pulumi's mocks. */
export interface Registered {
  type: string;
  name: string;
  id: string;
  inputs: Record<string, unknown>;
}

/** Runs a program with Pulumi's mocks, as a separate process in its directory. */
export function runProgram(folder: string, name: string, node: readonly string[] = []): Registered[] {
  copyProgram("mocks.cjs", folder);
  copyProgram(name, folder);
  return JSON.parse(run(folder, ["--require", "./mocks.cjs", ...node, name])) as Registered[];
}

/** The provider that the provider process loads from a `__provider` string. */
export interface LoadedProvider {
  methods: string[];
  /** Properties that its check rejects in wrong inputs. */
  rejected: string[];
}

export function loadProviders(folder: string, strings: readonly string[]): LoadedProvider[] {
  copyProgram("provider.cjs", folder);
  return JSON.parse(run(folder, ["provider.cjs", ...strings])) as LoadedProvider[];
}

/** The last line of output of a Node process in a folder. Throws its error output on failure. */
export function run(cwd: string, args: readonly string[]): string {
  const { NODE_PATH: _, NODE_OPTIONS: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split("\n").at(-1) ?? "";
}
