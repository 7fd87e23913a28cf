import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isSecret, plain, type Values } from "../../formats/values";
import type { Monitor, MonitorInfo } from "./monitor";
import { dataUrl, stopChild } from "./plugin";
import type { Project } from "./project";
import type { Report } from "./report";
import type { Sdk } from "./sdk";

/** How long a program may run after a step has failed. */
const GRACE_AFTER_FAILURE_MS = 10_000;

/**
 * On Node 20 and 22, `util.inspect(error, { colors: true })` takes about 45 seconds for an error from a package file directly
 * in its scope's directory. The SDK's source maps place all its files there, and the SDK prints errors in color.
 */
const INSPECT_ERRORS_WITHOUT_COLORS = `
import util from "node:util";
const inspect = util.inspect;
util.inspect = Object.assign(
  (value, options, ...rest) =>
    inspect(value, value instanceof Error && options?.colors ? { ...options, colors: false } : options, ...rest),
  inspect,
);`;

/** The environment of every child process: this one without the variables that could change the outcome. */
export function childEnvironment(overrides: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PULUMI|OPENROUTER)_/.test(name));
  return { ...Object.fromEntries(inherited), ...overrides };
}

/** The environment variables that the CLI sets for a provider process. */
export function providerEnvironment(env: NodeJS.ProcessEnv, project: Project, config: Values): NodeJS.ProcessEnv {
  const own = Object.entries(config).filter(([key]) => key.startsWith("pulumi-nodejs:"));
  return {
    PULUMI_PROJECT: project.name,
    PULUMI_NODEJS_PROJECT: project.name,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(own.map(([key, value]) => [key, plain(value)]))),
    PULUMI_RUNTIME_TYPESCRIPT: String(project.typescript),
    ...env,
  };
}

function programEnvironment(env: NodeJS.ProcessEnv, project: Project, config: Values): NodeJS.ProcessEnv {
  const entries = Object.entries(config);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(entries.filter(([, value]) => isSecret(value)).map(([key]) => key)),
    PULUMI_NODEJS_TYPESCRIPT: String(project.typescript),
    // Checking types would take seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...env,
  };
}

export interface ProgramRun {
  sdk: Sdk;
  project: Project;
  info: MonitorInfo;
  monitor: Monitor;
  config: Values;
  env: NodeJS.ProcessEnv;
  report: Report;
  hasFailed(): boolean;
}

/** Runs the program until it exits. Returns whether it succeeded, regardless of its steps. */
export async function runProgram({
  sdk,
  project,
  info,
  monitor,
  config,
  env,
  report,
  hasFailed,
}: ProgramRun): Promise<boolean> {
  const runner = [...project.nodeArgs, "--import", dataUrl(INSPECT_ERRORS_WITHOUT_COLORS), sdk.script("cmd/run")];
  const services = ["--monitor", monitor.address, "--engine", monitor.address];
  const stack = ["--organization", "organization", "--project", info.project, "--stack", info.stack];
  const where = ["--root-directory", project.root, "--pwd", project.directory];
  const how = ["--parallel", String(info.parallel), ...(info.preview ? ["--dry-run"] : [])];
  const child = spawn(process.execPath, [...runner, ...services, ...stack, ...where, ...how, project.entry], {
    cwd: project.directory,
    env: programEnvironment(env, project, config),
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => report.diagnostic("info", line));
  createInterface({ input: child.stderr }).on("line", (line) => report.diagnostic("info", line));

  const watch = setInterval(() => hasFailed() && stopLater(), 250);
  let killer: NodeJS.Timeout | undefined;
  const stopLater = () => {
    clearInterval(watch);
    killer = setTimeout(() => stopChild(child), GRACE_AFTER_FAILURE_MS);
  };
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearInterval(watch);
  clearTimeout(killer);
  if (hasFailed()) return false;
  if (code === 0 && monitor.isComplete()) return true;
  if (!report.hasErrors()) {
    report.diagnostic("error", `The program failed: ${code === null ? "it was killed" : `exit code ${code}`}.`);
  }
  return false;
}
