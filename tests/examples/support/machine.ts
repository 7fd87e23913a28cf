/** A machine that runs steps in bash, as GitHub's do, with stand-ins for pulumi, gh and npm, and our own command. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { project } from "./workflows";

/** What a program prints, and its exit code, when it is called with what begins like this. */
export interface Answer {
  to: string;
  stdout?: string;
  code?: number;
}

export interface Call {
  call: string;
  /** Names of the secret variables that it was given. */
  secrets: string[];
  /** Text of the file that it was given as the body of a comment or an issue. */
  body?: string;
}

export interface Machine {
  /** Its working directory. */
  folder: string;
  /** True if the script ended well. */
  bash(script: string, env: Record<string, string>): Promise<boolean>;
  calls(): Call[];
}

const command = resolve(__dirname, "../../../dist/cli/index.js");

/** With what the checkout of the project would bring that the steps read. */
export function startMachine(answers: readonly Answer[]): Machine {
  const machine = mkdtempSync(join(tmpdir(), "pulumi-openrouter-workflow-"));
  const tools = join(machine, "tools");
  const folder = join(machine, "work");
  for (const each of [tools, folder]) mkdirSync(each);
  const tool = (name: string, lines: string) =>
    writeFileSync(join(tools, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  for (const name of ["pulumi", "gh", "npm"]) {
    tool(name, `exec "${process.execPath}" "${join(__dirname, "standIn.cjs")}" ${name} "$@"`);
  }
  tool("npx", `test "$1" = pulumi-openrouter && shift && exec "${process.execPath}" "${command}" "$@"`);
  copyFileSync(join(project, "openrouter-review.yaml"), join(folder, "openrouter-review.yaml"));

  const [callsFile, answersFile] = [join(machine, "calls"), join(machine, "answers")];
  writeFileSync(answersFile, JSON.stringify(answers));
  const own = {
    PATH: [tools, process.env.PATH].join(delimiter),
    STAND_IN_CALLS: callsFile,
    STAND_IN_ANSWERS: answersFile,
    GITHUB_REPOSITORY: "acme/budgets",
  };
  return {
    folder,
    bash: (script, env) => {
      const file = join(machine, "step.sh");
      writeFileSync(file, script);
      const how = ["--noprofile", "--norc", "-eo", "pipefail", file];
      const child = spawn("bash", how, { cwd: folder, env: { ...own, ...env }, stdio: "ignore" });
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
