/** All keys and guardrails of an account, in every workspace, and which key has which guardrail. Reads only. */
import { listAssignments } from "../provider/api/assignments";
import { type Guardrail, listGuardrails, readGuardrail } from "../provider/api/guardrails";
import { type Key, listKeys, readKey } from "../provider/api/keys";
import { allOf } from "../provider/api/pages";
import { listWorkspaces, type Workspace } from "../provider/api/workspaces";
import { unlessGone } from "../provider/resources/lifecycle";
import type { Account } from "./account";

export interface Inventory {
  /** Ids. */
  workspaces: string[];
  /** By id. */
  workspaceNames: ReadonlyMap<string, string>;
  keys: Key[];
  guardrails: Guardrail[];
  /** The guardrail of each key that has one, by hash. */
  guardrailOf: ReadonlyMap<string, Guardrail>;
}

/** Objects known from elsewhere. Lists leave out what is in a deleted workspace or older than workspaces. */
export interface KnownIds {
  keys: readonly string[];
  guardrails: readonly string[];
}

/** Calls under way at a time: an account may have hundreds of guardrails, and the API limits the rate. */
const AT_A_TIME = 8;

export async function readInventory(account: Account, known: KnownIds): Promise<Inventory> {
  const workspaces = await readWorkspaces(account);
  const ids = workspaces.map(({ id }) => id);
  const [keys, guardrails] = await Promise.all([
    readKeys(account, ids, known.keys),
    readGuardrails(account, ids, known),
  ]);
  const workspaceNames = new Map(workspaces.map(({ id, name }) => [id, name ?? id]));
  return { workspaces: ids, workspaceNames, keys, guardrails, guardrailOf: await readGuardrailOf(account, guardrails) };
}

/** Every key of the account, of all workspaces and disabled ones too. */
export async function readAllKeys(account: Account): Promise<Key[]> {
  const workspaces = await readWorkspaces(account);
  const ids = workspaces.map(({ id }) => id);
  return readKeys(account, ids, []);
}

function readWorkspaces(account: Account): Promise<Workspace[]> {
  return allOf(listWorkspaces(account.start("read", "the list of workspaces")));
}

/** Without an id the API answers for the default workspace, the only one of an account that lists none. */
function orDefault(workspaces: readonly string[]): (string | undefined)[] {
  return workspaces.length > 0 ? [...workspaces] : [undefined];
}

function within(workspace: string | undefined): string {
  return workspace === undefined ? "the default workspace" : `workspace ${workspace}`;
}

async function readKeys(account: Account, workspaces: readonly string[], known: readonly string[]): Promise<Key[]> {
  const lists = await forEach(orDefault(workspaces), (workspace) =>
    allOf(listKeys(account.start("read", `the keys of ${within(workspace)}`), workspace)),
  );
  const keys = new Map(lists.flat().map((key) => [key.hash, key]));
  const unlisted = known.filter((hash) => !keys.has(hash));
  for (const key of await forEach(unlisted, (hash) =>
    unlessGone(readKey(account.start("read", `inference key ${hash}`), hash)),
  )) {
    if (key) keys.set(key.hash, key);
  }
  return [...keys.values()];
}

async function readGuardrails(
  account: Account,
  workspaces: readonly string[],
  known: Pick<KnownIds, "guardrails">,
): Promise<Guardrail[]> {
  const lists = await forEach(orDefault(workspaces), (workspace) =>
    allOf(listGuardrails(account.start("read", `the guardrails of ${within(workspace)}`), workspace)),
  );
  const guardrails = new Map(lists.flat().map((guardrail) => [guardrail.id, guardrail]));
  const unlisted = known.guardrails.filter((id) => !guardrails.has(id));
  for (const guardrail of await forEach(unlisted, (id) =>
    unlessGone(readGuardrail(account.start("read", `guardrail ${id}`), id)),
  )) {
    if (guardrail) guardrails.set(guardrail.id, guardrail);
  }
  return [...guardrails.values()];
}

/** The guardrail of each of the keys that have one. */
async function readGuardrailOf(account: Account, guardrails: readonly Guardrail[]): Promise<Map<string, Guardrail>> {
  const pairs = await forEach(guardrails, async (guardrail) => {
    const hashes = await readAssigned(account, guardrail.id, "keys");
    return hashes.map((hash): [string, Guardrail] => [hash, guardrail]);
  });
  return new Map(pairs.flat());
}

/** Hashes of keys or ids of members that a guardrail is assigned to; none of one that was deleted meanwhile. */
export async function readAssigned(account: Account, id: string, kind: "keys" | "members"): Promise<string[]> {
  const api = account.start("read", `the assigned ${kind} of guardrail ${id}`);
  const rows = await unlessGone(allOf(listAssignments(api, id, kind)));
  return (rows ?? []).map(({ subject }) => subject);
}

/** The guardrail of one key. */
export async function findGuardrailOf(account: Account, key: Key): Promise<Guardrail | undefined> {
  const { guardrails } = key.workspaceId
    ? { guardrails: await readGuardrails(account, [key.workspaceId], { guardrails: [] }) }
    : await readInventory(account, { keys: [], guardrails: [] });
  return (await readGuardrailOf(account, guardrails)).get(key.hash);
}

/** Results in the order of the items, with a few under way at a time. */
export async function forEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}
