/** The one place that builds command lines for Pulumi's CLI. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "./terminal";

export interface StackChoice {
  stack: string;
  /** Directory of the Pulumi project. Default: the current directory. */
  cwd?: string | undefined;
}

/** Large states have tens of megabytes. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** The state of a stack as JSON, without `--show-secrets`. @throws UsageError if `pulumi` is missing or fails. */
export function exportStack({ stack, cwd }: StackChoice, environment: NodeJS.ProcessEnv): Promise<string> {
  return run(["stack", "export", "--stack", stack, ...inDirectory(cwd)], environment);
}

/**
 * The preview of a stack as JSON, also of one that fails: then it contains the errors.
 *
 * @throws UsageError if `pulumi` is missing or fails before the preview.
 */
export function previewStack({ stack, cwd }: StackChoice, environment: NodeJS.ProcessEnv): Promise<string> {
  const args = ["preview", "--json", "--non-interactive", "--stack", stack, ...inDirectory(cwd)];
  // "true" prints single events instead of one document.
  return run(args, { ...environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false" });
}

function inDirectory(cwd: string | undefined): string[] {
  return cwd === undefined ? [] : ["--cwd", cwd];
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const running = promisify(execFile)("pulumi", args, { env, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true });
  // Pulumi must not prompt: the user would not see the question.
  running.child.stdin?.end();
  try {
    return (await running).stdout;
  } catch (error) {
    const { stdout } = error as { stdout?: unknown };
    if (args[0] === "preview" && typeof stdout === "string" && stdout.trim()) return stdout;
    throw new UsageError(failure(args, error));
  }
}

function failure(args: readonly string[], error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === "ENOENT") {
    const command = args[0] === "preview" ? "pulumi preview --json" : "pulumi stack export";
    return `\`pulumi\` is not on the PATH. Install it, or pass a file made by \`${command}\``;
  }
  const lines = typeof stderr === "string" ? stderr.split("\n").map((line) => line.trim()) : [];
  const message = lines.find((line) => line.startsWith("error:")) ?? lines.find(Boolean) ?? `exit code ${code}`;
  return `\`pulumi ${args.join(" ")}\` failed: ${message.replace(/^error:\s*/, "")}`;
}
