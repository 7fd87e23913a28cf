/** The machine and the versions of a run. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { cpus, totalmem, type } from "node:os";
import { type BenchOptions, PROGRAMS, ROOT } from "./stack";

export function describeMachine(engine: BenchOptions["engine"]): string {
  const { version } = createRequire(`${PROGRAMS}/index.js`)("@pulumi/pulumi/package.json");
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const engineName =
    engine === "pulumi" ? `pulumi ${outputOf("pulumi", "version")}` : "the local engine of this package";
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, commit ${commit()}. ${processor}, ${cpus().length} cores, ${memory}, ${type()} ${process.arch}; Node ${process.version}, @pulumi/pulumi ${version}, ${engineName}.`;
}

function commit(): string {
  try {
    const changes = outputOf("git", "status", "--porcelain", "--", "provider", "sdk", "bench");
    return outputOf("git", "rev-parse", "--short", "HEAD") + (changes ? " with changes" : "");
  } catch {
    // An installed package is not a clone, and git may be missing.
    return "unknown";
  }
}

function outputOf(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
