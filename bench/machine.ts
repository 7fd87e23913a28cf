/** Where and on what a run was made. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { cpus, totalmem, type } from "node:os";
import type { BenchOptions } from "./stack";
import { PROGRAMS, ROOT } from "./stack";

export interface Machine {
  processor: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  sdk: string;
  engine: string;
  commit: string;
  day: string;
}

export function describeMachine(engine: BenchOptions["engine"]): Machine {
  const { version } = createRequire(`${PROGRAMS}/index.js`)("@pulumi/pulumi/package.json");
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${process.arch}`,
    node: process.version,
    sdk: `@pulumi/pulumi ${version}`,
    engine: engine === "pulumi" ? `pulumi ${said("pulumi", "version")}` : "the local engine of this package",
    commit: commit(),
    day: new Date().toISOString().slice(0, 10),
  };
}

export function machineText({ processor, cores, memoryGb, system, node, sdk, engine, commit, day }: Machine): string {
  return `${day}, commit ${commit}. ${processor}, ${cores} cores, ${memoryGb} GB, ${system}; Node ${node}, ${sdk}, ${engine}.`;
}

function commit(): string {
  try {
    const changes = said("git", "status", "--porcelain", "--", "provider", "sdk", "bench");
    return said("git", "rev-parse", "--short", "HEAD") + (changes ? " with changes" : "");
  } catch {
    // A package is no clone, and a machine may have no git.
    return "unknown";
  }
}

function said(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
