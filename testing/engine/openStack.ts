import { accessSync, constants } from "node:fs";
import path from "node:path";
import { openLocalStack } from "./localStack";
import { openPulumiStack } from "./pulumiStack";
import type { Stack, StackOptions } from "./stack";

/**
 * Opens a stack on the local engine, or on Pulumi's own CLI if the environment variable `PULUMI_ENGINE` is `pulumi`.
 * `engine: "auto"` uses the CLI if `pulumi` is on PATH.
 */
export function openStack(options: StackOptions & { engine?: "local" | "pulumi" | "auto" }): Promise<Stack> {
  const { engine = process.env.PULUMI_ENGINE, ...rest } = options;
  const usesCli = engine === "pulumi" || (engine === "auto" && hasPulumi());
  return usesCli ? openPulumiStack(rest) : openLocalStack(rest);
}

/** True if Pulumi's own CLI is on PATH. */
export function hasPulumi(): boolean {
  const names = process.platform === "win32" ? ["pulumi.exe", "pulumi.cmd"] : ["pulumi"];
  const directories = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return directories.some((directory) => names.some((name) => isExecutable(path.join(directory, name))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Missing or not executable.
    return false;
  }
}
