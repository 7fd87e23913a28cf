/** Runs steps in bash, like a GitHub runner, with fakes of pulumi, gh and npm, and the real pulumi-openrouter command. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { project } from "./workflows";

/** The output and exit code of a fake for calls that start with a prefix. */
export interface FakeOutput {
  prefix: string;
  stdout?: string;
  code?: number;
}

export interface Call {
  call: string;
  /** Names of the secret variables in its environment. */
  secrets: string[];
  /** Contents of the file that is the body of a comment or an issue. */
  body?: string;
}

export interface Machine {
  /** Its working directory. */
  folder: string;
  /** Its directory for temporary files. */
  temp: string;
  /** Returns whether the script succeeded. @param cwd Default: the working directory. */
  bash(script: string, env: Record<string, string>, cwd?: string): Promise<boolean>;
  /** The job summary. */
  summary(): string;
  calls(): Call[];
}

const command = resolve(__dirname, "../../../dist/cli/index.js");

/** With the files of the checkout that the steps read. */
export function startMachine(outputs: readonly FakeOutput[]): Machine {
  const machine = mkdtempSync(join(tmpdir(), "pulumi-openrouter-workflow-"));
  const tools = join(machine, "tools");
  const folder = join(machine, "work");
  const temp = join(machine, "temp");
  for (const each of [tools, folder, temp]) mkdirSync(each);
  const tool = (name: string, lines: string) =>
    writeFileSync(join(tools, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  for (const name of ["pulumi", "gh", "npm"]) {
    tool(name, `exec "${process.execPath}" "${join(__dirname, "fakeTool.cjs")}" ${name} "$@"`);
  }
  tool("npx", `test "$1" = pulumi-openrouter && shift && exec "${process.execPath}" "${command}" "$@"`);
  tool("pulumi-openrouter", `exec "${process.execPath}" "${command}" "$@"`);
  copyFileSync(join(project, "openrouter-review.yaml"), join(folder, "openrouter-review.yaml"));

  const [callsFile, outputsFile] = [join(machine, "calls"), join(machine, "outputs")];
  const summaryFile = join(machine, "summary");
  writeFileSync(outputsFile, JSON.stringify(outputs));
  const own = {
    PATH: [tools, process.env.PATH].join(delimiter),
    FAKE_TOOL_CALLS: callsFile,
    FAKE_TOOL_OUTPUTS: outputsFile,
    GITHUB_REPOSITORY: "acme/budgets",
    GITHUB_STEP_SUMMARY: summaryFile,
    RUNNER_TEMP: temp,
  };
  return {
    folder,
    temp,
    summary: () => (existsSync(summaryFile) ? readFileSync(summaryFile, "utf8") : ""),
    bash: (script, env, cwd = ".") => {
      const file = join(machine, "step.sh");
      writeFileSync(file, script);
      const args = ["--noprofile", "--norc", "-eo", "pipefail", file];
      const child = spawn("bash", args, { cwd: resolve(folder, cwd), env: { ...own, ...env }, stdio: "ignore" });
      return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve(code === 0));
      });
    },
    calls: () => {
      const lines = existsSync(callsFile) ? readFileSync(callsFile, "utf8").trim().split("\n") : [];
      return lines.map((line) => JSON.parse(line));
    },
  };
}
