/** Stores an account in a file, for a simulator that restarts. The file has only the hashes of keys. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Account } from "./account";
import type { Simulator } from "./simulator";

const FORMAT = { tool: "pulumi-openrouter simulator", version: 1 };

/** Fields of rows that are dates; JSON stores them as strings. */
const DATES = new Set(["created_at", "updated_at", "expires_at", "at"]);

/** Loads the file into the account. Returns false if there is no such file. @throws Error that names the file */
export function loadAccount(file: string, { account }: Pick<Simulator, "account">): boolean {
  if (!existsSync(file)) return false;
  const stored = parse(file);
  const { managementKeys, accessTokens, stale } = account;
  // Earlier management keys stay valid next to the one of this start.
  const earlier = stored.managementKeys.filter(({ hash }) => managementKeys.every((own) => own.hash !== hash));
  Object.assign(account, stored, { managementKeys: [...earlier, ...managementKeys], accessTokens, stale });
  return true;
}

/** Readable by its owner only, and renamed into place when complete. */
function save(file: string, { account }: Pick<Simulator, "account">): void {
  const { stale, accessTokens, ...stored } = account;
  const unfinished = `${file}.${process.pid}.new`;
  writeFileSync(unfinished, `${JSON.stringify({ ...FORMAT, account: stored }, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** Saves the account now, before each response to a write, and after each change through the dashboard. */
export function persistAccount(file: string, simulator: Simulator): void {
  save(file, simulator);
  const { onRequest, dashboard } = simulator;
  simulator.onRequest = async (point, request) => {
    if (point === "after commit" && request.method !== "GET") save(file, simulator);
    await onRequest?.(point, request);
  };
  for (const [name, action] of Object.entries(dashboard)) {
    const savingAction = (...args: unknown[]) => {
      const result = (action as (...args: unknown[]) => unknown)(...args);
      save(file, simulator);
      return result;
    };
    Object.assign(dashboard, { [name]: savingAction });
  }
}

function parse(file: string): Account {
  const content: unknown = parseJson(file);
  const { tool, version, account } = (content ?? {}) as { tool?: unknown; version?: unknown; account?: unknown };
  if (tool !== FORMAT.tool || version !== FORMAT.version || typeof account !== "object" || account === null) {
    throw new Error(`${file} is not the state of a simulator. Pass a different file.`);
  }
  return account as Account;
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"), (name, value: unknown) =>
      DATES.has(name) && typeof value === "string" ? new Date(value) : value,
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
