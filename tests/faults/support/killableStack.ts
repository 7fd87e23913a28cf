/** A stack whose engine runs in a process of its own, so that engine, program and provider process can each be killed. */
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

/** Takes options and operation from the environment. What becomes of it stands in the state. */
const RUN = `
  const { openLocalStack } = require(${JSON.stringify(ENGINE)});
  const { options, operation } = JSON.parse(process.env.RUN);
  openLocalStack(options).then((stack) => stack[operation]());
`;

type Operation = "up" | "destroy";

export interface Ran {
  ok: boolean;
  output: string;
  /** Logical name to id, of our own resources. */
  ids: Record<string, string>;
  /** Logical name to key. */
  secrets: Record<string, unknown>;
}

export interface KillableStack {
  simulator: Simulator;
  directory: string;
  run(operation: Operation, declaration?: Declaration, config?: Record<string, string>): Promise<Ran>;
  /** Runs the engine in a process of its own, to its end. */
  runApart(operation: Operation, declaration: Declaration): Promise<void>;
  /** Sends SIGKILL and waits until it is dead. */
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
      return ranOf({
        ok,
        output,
        deployment: await stack.exportState(),
        secrets: await stack.outputs({ showSecrets: true }),
      });
    },
    runApart: async (operation, declaration) => {
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

/** A process that nobody has waited for is a zombie: dead, and yet there. */
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

function ranOf({ ok, output, secrets, deployment: { deployment } }: Finished): Ran {
  const own = (deployment.resources ?? []).filter(({ type }) => String(type).includes("openrouter:"));
  const ids = Object.fromEntries(own.map(({ urn, id }) => [String(urn).split("::").at(-1), String(id)]));
  return { ok, output, ids, secrets };
}
