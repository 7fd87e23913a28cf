/** A stack of the program in `programs/` with its own account, and the cost of its operations. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStack, type Result, type Simulator, type Stack, startSimulator } from "pulumi-openrouter/testing";

export const ROOT = path.dirname(createRequire(__filename).resolve("pulumi-openrouter/package.json"));
export const PROGRAMS = path.join(ROOT, "bench", "programs");
export const PASSPHRASE = "bench";

/**
 * This package with one set, with a pair for each key, and without assignments; with a pair for each key and the native provider;
 * `pulumi.dynamic.Resource` as commonly used; and resources that make no calls. Each is the file of the classes and how the program assigns keys.
 */
const PROGRAM_OF = {
  sets: ["ours", "set"],
  pairs: ["ours", "pairs"],
  native: ["native", "pairs"],
  keys: ["ours", "none"],
  plain: ["plain", "pairs"],
  empty: ["empty", "pairs"],
} as const;
export type Kind = keyof typeof PROGRAM_OF;

export interface BenchOptions {
  kind: Kind;
  keys: number;
  /** Milliseconds that each response of the API takes. */
  latency?: number;
  engine: "local" | "pulumi";
}

/** The cost of one operation. */
export interface Cost {
  seconds: number;
  /** Number of API calls by method. */
  calls: Record<string, number>;
  /** Peak of resident memory of the provider process. */
  memoryMb: number;
}

export interface BenchStack {
  simulator: Simulator;
  stack: Stack;
  stateDir: string;
  env: Record<string, string>;
  /** Runs an operation. Throws if it fails. */
  cost(work: () => Promise<Pick<Result, "ok" | "output">>): Promise<Cost>;
  close(): Promise<void>;
}

export async function openBenchStack({ kind, keys, latency = 0, engine }: BenchOptions): Promise<BenchStack> {
  const simulator = await startSimulator({ latency });
  const folder = await mkdtemp(path.join(tmpdir(), "pulumi-openrouter-bench-"));
  const [stateDir, memory] = [path.join(folder, "state"), path.join(folder, "memory")];
  await mkdir(stateDir);
  const [resources, assign] = PROGRAM_OF[kind];
  const env = {
    RESOURCES: resources,
    ASSIGN: assign,
    KEYS: String(keys),
    FIRST_LIMIT: "25",
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
    MEMORY_OF_PROVIDER: memory,
    NODE_OPTIONS: `--require ${JSON.stringify(path.join(PROGRAMS, "recordMemory.cjs"))}`,
  };
  const location = { engine, projectDir: PROGRAMS, stack: "dev", stateDir, passphrase: PASSPHRASE };
  const stack = await openStack({ ...location, env });
  return {
    simulator,
    stack,
    stateDir,
    env,
    async cost(work) {
      simulator.clearRequests();
      await rm(memory, { force: true });
      const began = performance.now();
      const { ok, output } = await work();
      const seconds = (performance.now() - began) / 1000;
      if (!ok) throw new Error(`bench: an operation failed (${kind}, ${keys} keys):\n${output}`);
      const calls = byMethod(simulator.requests.map(({ method }) => method));
      return { seconds, calls, memoryMb: await peakIn(memory) };
    },
    async close() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function total({ calls }: Cost): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function byMethod(methods: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const method of methods) counts[method] = (counts[method] ?? 0) + 1;
  return counts;
}

/** The maximum of the values that provider processes wrote, converted from kB to MB. */
async function peakIn(file: string): Promise<number> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return Math.max(...lines.map(Number)) / 1024;
}
