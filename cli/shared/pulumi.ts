/** The one place that builds command lines for Pulumi's own CLI. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "./terminal";

export interface StackChoice {
  stack: string;
  /** Directory of the Pulumi project; the current one unless given. */
  cwd?: string;
}

/** The largest state is tens of megabytes. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** `pulumi stack export`, without `--show-secrets`: no command here needs a secret. */
export function exportArguments({ stack, cwd }: StackChoice): string[] {
  return ["stack", "export", "--stack", stack, ...(cwd === undefined ? [] : ["--cwd", cwd])];
}

/** The state of a stack as text. @throws UsageError if there is no `pulumi`, or it fails. */
export async function exportStack(choice: StackChoice, environment: NodeJS.ProcessEnv): Promise<string> {
  return run(exportArguments(choice), environment);
}

/** `pulumi preview --json`. */
export function previewArguments({ stack, cwd }: StackChoice): string[] {
  return ["preview", "--json", "--non-interactive", "--stack", stack, ...(cwd === undefined ? [] : ["--cwd", cwd])];
}

/**
 * What `up` would do, as text. A preview that fails is text as well: it says there what the errors are.
 *
 * @throws UsageError if there is no `pulumi`, or it fails before it has begun.
 */
export async function previewStack(choice: StackChoice, environment: NodeJS.ProcessEnv): Promise<string> {
  // With this variable it prints events, line by line, and not the preview as a whole.
  return run(previewArguments(choice), { ...environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false" }, true);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv, saysErrors = false): Promise<string> {
  const running = promisify(execFile)("pulumi", args, { env, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true });
  // It must not ask anything of a person who can't see the question.
  running.child.stdin?.end();
  try {
    return (await running).stdout;
  } catch (error) {
    const { stdout } = error as { stdout?: unknown };
    if (saysErrors && typeof stdout === "string" && stdout.trim()) return stdout;
    throw new UsageError(failure(args, error));
  }
}

function failure(args: readonly string[], error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === "ENOENT") {
    const instead = args[0] === "preview" ? "pulumi preview --json" : "pulumi stack export";
    return `there is no \`pulumi\` on the PATH to run; give the file of a \`${instead}\` instead`;
  }
  const lines = typeof stderr === "string" ? stderr.split("\n").map((line) => line.trim()) : [];
  const said = lines.find((line) => line.startsWith("error:")) ?? lines.find(Boolean) ?? `exit code ${code}`;
  return `\`pulumi ${args.join(" ")}\` failed: ${said.replace(/^error:\s*/, "")}`;
}
