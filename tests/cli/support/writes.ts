/** A server that may write, next to the stack `budgets/prod`. */
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Simulator } from "../../../testing/simulator/index";
import { credentials } from "./account";
import { type Assistant, connect } from "./assistant";
import { type Entry, stackExport } from "./states";

export interface Writer extends Assistant {
  keyDir: string;
  stateFile: string;
  /** Replaces the state, as an `up` would. */
  setState(entries: readonly Entry[], pending?: readonly Entry[]): void;
  files(): string[];
  /** A dry run, and the write with its token. */
  write(tool: string, args: Record<string, unknown>): ReturnType<Assistant["use"]>;
}

export async function connectWriter(simulator: Simulator, entries: readonly Entry[] = []): Promise<Writer> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-writes-"));
  const stateFile = join(folder, "state.json");
  const keyDir = mkdtempSync(join(tmpdir(), "pulumi-openrouter-keys-"));
  const setState: Writer["setState"] = (all, pending) => writeFileSync(stateFile, stackExport(all, pending));
  setState(entries);
  const options = { state: [stateFile], allowWrites: true, keyDir };
  const assistant = await connect({ env: credentials(simulator) }, options);
  return {
    ...assistant,
    ...{ keyDir, stateFile, setState },
    files: () => readdirSync(keyDir),
    write: async (tool, args) => {
      const { token } = await assistant.use(tool, args);
      return assistant.use(tool, { ...args, dryRun: false, token });
    },
  };
}

/** Requests that may change something. */
export function writesTo(simulator: Simulator): string[] {
  const writes = simulator.requests.filter(({ method, path }) => method !== "GET" && path !== "/analytics/query");
  return writes.map(({ method, path }) => `${method} ${path}`);
}
