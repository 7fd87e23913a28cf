/** A stack whose engine can run in its own process, so that engine, program and provider process can each be killed. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalStack } from "../../../testing/engine/localStack";
import type { Deployment } from "../../../testing/engine/stack";
import { type Simulator, startSimulator } from "../../../testing/simulator/index";
import type { Declaration } from "./inProcessStack";

export type Victim = "program" | "provider" | "engine";

const ENGINE = join(__dirname, "../../../dist/testing/engine");

/** Takes options and operation from the environment. */
const RUN = `
  const { openLocalStack } = require(${JSON.stringify(ENGINE)});
  const { options, operation } = JSON.parse(process.env.RUN);
  openLocalStack(options).then((stack) => stack[operation]());
`;

type Operation = "up" | "destroy";

export interface RunResult {
  ok: boolean;
  output: string;
  /** Ids of the resources of this package, by name. */
  ids: Record<string, string>;
  /** Values of the keys, by name. */
  secrets: Record<string, unknown>;
}

export interface KillableStack {
  simulator: Simulator;
  directory: string;
  run(operation: Operation, declaration?: Declaration, config?: Record<string, string>): Promise<RunResult>;
  /** Runs the engine in its own process until it exits. */
  runInOwnProcess(operation: Operation, declaration: Declaration): Promise<void>;
  /** Sends SIGKILL and waits for the end of the process. */
  kill(victim: Victim): Promise<void>;
  close(): Promise<void>;
}

export async function openKillableStack(): Promise<KillableStack> {
  const simulator = await startSimulator();
  const directory = mkdtempSync(join(tmpdir(), "killed-"));
  const declared = join(directory, "declared.json");
  const declare = (declaration: Declaration) => writeFileSync(declared, JSON.stringify(declaration));
  const pids: Partial<Record<Victim, number>> = {};
  const options = (config: Record<string, string> = {}) => ({
    projectDir: join(__dirname, "../../engine/programs/declared"),
    stack: "test",
    stateDir: directory,
    passphrase: "test",
    parallel: 32,
    config,
    env: {
      DECLARED: declared,
      OPENROUTER_BASE_URL: simulator.url,
      OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
      PIDS: directory,
      NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "recordPid.cjs"))}`,
    },
  });

  return {
    simulator,
    directory,
    run: async (operation, declaration, config) => {
      if (declaration) declare(declaration);
      const stack = await openLocalStack(options(config));
      const { ok, output } = await stack[operation]();
      return resultOf({
        ok,
        output,
        deployment: await stack.exportState(),
        secrets: await stack.outputs({ showSecrets: true }),
      });
    },
    runInOwnProcess: async (operation, declaration) => {
      declare(declaration);
      const env = { ...process.env, RUN: JSON.stringify({ options: options(), operation }) };
      const child = spawn(process.execPath, ["-e", RUN], { env, stdio: "inherit" });
      pids.engine = child.pid as number;
      await new Promise((resolve) => child.once("exit", resolve));
    },
    kill: async (victim) => {
      const pid = victim === "engine" ? pids.engine : Number(readFileSync(join(directory, victim), "utf8"));
      if (!pid) throw new Error(`there is no ${victim}`);
      process.kill(pid, "SIGKILL");
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    close: async () => {
      await simulator.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A zombie, whose parent has not waited for it, does not count. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(statusOf(pid));
  } catch {
    return false;
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

interface Finished {
  ok: boolean;
  output: string;
  secrets: Record<string, unknown>;
  deployment: Deployment;
}

function resultOf({ ok, output, secrets, deployment: { deployment } }: Finished): RunResult {
  const own = (deployment.resources ?? []).filter(({ type }) => String(type).includes("openrouter:"));
  const ids = Object.fromEntries(own.map(({ urn, id }) => [String(urn).split("::").at(-1), String(id)]));
  return { ok, output, ids, secrets };
}
