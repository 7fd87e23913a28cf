/** An account in a file, so that a simulator has it again after a restart. Of keys the file holds hashes only. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Account } from "./account";
import type { Simulator } from "./simulator";

const FORMAT = { tool: "pulumi-openrouter simulator", version: 1 };

/** Fields of rows that are dates; JSON has them as strings. */
const DATES = new Set(["created_at", "updated_at", "expires_at", "at"]);

/** Puts what the file has into the account. False if there is no such file. @throws Error that names the file */
export function load(file: string, { account }: Pick<Simulator, "account">): boolean {
  if (!existsSync(file)) return false;
  const stored = parse(file);
  const { managementKeys, accessTokens, stale } = account;
  // The key of this start is accepted besides those of earlier ones.
  const earlier = stored.managementKeys.filter(({ hash }) => managementKeys.every((own) => own.hash !== hash));
  Object.assign(account, stored, { managementKeys: [...earlier, ...managementKeys], accessTokens, stale });
  return true;
}

/** Only its owner can read it, and it is whole: it gets its name once it is written. */
export function save(file: string, { account }: Pick<Simulator, "account">): void {
  const { stale, accessTokens, ...stored } = account;
  const unfinished = `${file}.${process.pid}.new`;
  writeFileSync(unfinished, `${JSON.stringify({ ...FORMAT, account: stored }, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** Saves the account now, before each response, and after each change through the dashboard. */
export function keepIn(file: string, simulator: Simulator): void {
  save(file, simulator);
  const { onRequest, dashboard } = simulator;
  simulator.onRequest = async (point, request) => {
    if (point === "after commit" && request.method !== "GET") save(file, simulator);
    await onRequest?.(point, request);
  };
  for (const [name, action] of Object.entries(dashboard)) {
    const kept = (...args: unknown[]) => {
      const result = (action as (...args: unknown[]) => unknown)(...args);
      save(file, simulator);
      return result;
    };
    Object.assign(dashboard, { [name]: kept });
  }
}

function parse(file: string): Account {
  const content: unknown = parseJson(file);
  const { tool, version, account } = (content ?? {}) as { tool?: unknown; version?: unknown; account?: unknown };
  if (tool !== FORMAT.tool || version !== FORMAT.version || typeof account !== "object" || account === null) {
    throw new Error(`${file} is not the state of a simulator; name another file`);
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
