/** Reads the one key or guardrail that is to be changed. */
import { type Guardrail, readGuardrail } from "../../provider/api/guardrails";
import { type Key, readKey } from "../../provider/api/keys";
import { NotFoundError } from "../../provider/errors";
import { isKeyHash } from "../../provider/ids";
import type { Account } from "./account";
import { readAllKeys, readAssigned } from "./inventory";
import { chooseKey, rejectApiKey } from "./keyChoice";
import { formatUsd } from "./money";
import { UsageError } from "./terminal";

/** For messages. */
export function keyObject(hash: string): string {
  return `inference key ${hash}`;
}

/** For messages. */
export function guardrailObject(id: string): string {
  return `guardrail ${id}`;
}

/** @throws Error that names the key if it doesn't exist */
export function readExistingKey(account: Account, hash: string): Promise<Key> {
  const object = keyObject(hash);
  return inThisAccount(object, readKey(account.start("read", object), hash));
}

/** @throws Error that names the guardrail if it doesn't exist */
export function readExistingGuardrail(account: Account, id: string): Promise<Guardrail> {
  const object = guardrailObject(id);
  return inThisAccount(object, readGuardrail(account.start("read", object), id));
}

/** Hashes of keys and ids of members, sorted. */
export async function readAssignees(
  account: Account,
  { id, workspaceId }: Guardrail,
): Promise<{ keys: string[]; members: string[] }> {
  const keys = await readAssigned(account, id, "keys");
  // Guardrails that are older than workspaces can't have members.
  const members = workspaceId === null ? [] : await readAssigned(account, id, "members");
  return { keys: keys.sort(), members: members.sort() };
}

/** @throws UsageError unless this means one key */
export async function readChosenKey(account: Account, wanted: string): Promise<Key> {
  const hash = isKeyHash(wanted) ? wanted : await hashOfKey(account, wanted);
  return readExistingKey(account, hash);
}

async function hashOfKey(account: Account, wanted: string): Promise<string> {
  rejectApiKey(wanted);
  const { keys, unreadable } = await readAllKeys(account);
  const [refusal] = unreadable;
  // A key that can't be listed may have the same name or prefix.
  if (refusal !== undefined) throw new UsageError(`pass the full hash, because not all keys can be listed: ${refusal}`);
  return chooseKey(keys, wanted).hash;
}

/** @throws Error that names the object if it doesn't exist */
export async function inThisAccount<Result>(object: string, request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new Error(`there is no ${object} in this account, or it is already deleted`);
  }
}

export function usedText({ usage, byokUsage }: Pick<Key, "usage" | "byokUsage">): string {
  if (usage === null) return "unknown";
  if (usage === 0 && !byokUsage) return "never";
  return `${formatUsd(usage)}${byokUsage ? ` and ${formatUsd(byokUsage)} with your own provider keys` : ""}`;
}
