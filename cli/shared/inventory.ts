/** All keys and guardrails of an account, in every workspace, and which key has which guardrail. Reads only. */
import { listAssignments } from "../../provider/api/assignments";
import { type Guardrail, listGuardrails, readGuardrail } from "../../provider/api/guardrails";
import { type Key, listKeys, readKey } from "../../provider/api/keys";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces, oldestFirst, type Workspace } from "../../provider/api/workspaces";
import { AuthenticationError } from "../../provider/errors";
import { ignoreNotFound } from "../../provider/reconcile/lifecycle";
import type { Account } from "./account";
import { groupBy } from "./groups";
import type { Terminal } from "./terminal";

export interface Inventory {
  /** Ids. */
  workspaces: string[];
  /** By id. */
  workspaceNames: ReadonlyMap<string, string>;
  /** Id of the oldest workspace. */
  oldestWorkspace: string | undefined;
  keys: Key[];
  guardrails: Guardrail[];
  /** The guardrail of each key that has one, by hash. */
  guardrailOf: ReadonlyMap<string, Guardrail>;
  /** What this management key may not read (403), in words. */
  unreadable: readonly string[];
}

/** Objects known from elsewhere. Lists leave out what is in a deleted workspace or older than workspaces. */
export interface KnownIds {
  keys: readonly string[];
  guardrails: readonly string[];
}

/** Calls in flight at a time: an account may have hundreds of guardrails, and the API limits the rate. */
const AT_A_TIME = 8;

/** @throws Error when the management key may read no workspace at all */
export async function readInventory(account: Account, known: KnownIds): Promise<Inventory> {
  const workspaces = await readWorkspaces(account);
  const ids = workspaces.map(({ id }) => id);
  const refusals = newRefusals();
  const [keys, guardrails] = await Promise.all([
    readKeys(account, ids, known.keys, refusals),
    readGuardrails(account, ids, known, refusals),
  ]);
  const [oldest] = oldestFirst(workspaces);
  return {
    workspaces: ids,
    workspaceNames: new Map(workspaces.map(({ id, name }) => [id, name ?? id])),
    oldestWorkspace: oldest?.id,
    keys,
    guardrails,
    guardrailOf: await readGuardrailOf(account, guardrails, refusals),
    unreadable: refusals.found.map(({ message }) => message),
  };
}

/** Names what could not be read. False if nothing was left out. */
export function reportUnreadable(terminal: Terminal, { unreadable }: Pick<Inventory, "unreadable">): boolean {
  for (const message of unreadable) terminal.err(`Not everything could be read: ${message}`);
  return unreadable.length > 0;
}

/** Every key of the account, of all workspaces and disabled ones too. */
export async function readAllKeys(account: Account): Promise<Pick<Inventory, "keys" | "unreadable">> {
  const workspaces = await readWorkspaces(account);
  const refusals = newRefusals();
  const ids = workspaces.map(({ id }) => id);
  const keys = await readKeys(account, ids, [], refusals);
  return { keys, unreadable: refusals.found.map(({ message }) => message) };
}

/** A management key may be scoped: 403 for one workspace says nothing about the others. */
interface Refusals {
  readonly found: AuthenticationError[];
  /** Undefined if it may not be read. */
  unlessRefused<Result>(request: Promise<Result>): Promise<Result | undefined>;
}

function newRefusals(): Refusals {
  const found: AuthenticationError[] = [];
  const unlessRefused = async <Result>(request: Promise<Result>) => {
    try {
      return await request;
    } catch (error) {
      if (!(error instanceof AuthenticationError) || error.status !== 403) throw error;
      found.push(error);
      return undefined;
    }
  };
  return { found, unlessRefused };
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

/** @throws AuthenticationError when that is the answer for each of the workspaces */
async function listAll<Row>(
  workspaces: readonly string[],
  refusals: Refusals,
  list: (workspace: string | undefined) => Promise<Row[]>,
): Promise<Row[]> {
  const lists = await mapConcurrently(orDefault(workspaces), (workspace) => refusals.unlessRefused(list(workspace)));
  const [refusal] = refusals.found;
  if (refusal && lists.every((rows) => rows === undefined)) throw refusal;
  return lists.flatMap((rows) => rows ?? []);
}

async function readKeys(
  account: Account,
  workspaces: readonly string[],
  known: readonly string[],
  refusals: Refusals,
): Promise<Key[]> {
  const listed = await listAll(workspaces, refusals, (workspace) =>
    allOf(listKeys(account.start("read", `the keys of ${within(workspace)}`), workspace)),
  );
  const keys = new Map(listed.map((key) => [key.hash, key]));
  const unlisted = known.filter((hash) => !keys.has(hash));
  for (const key of await mapConcurrently(unlisted, (hash) =>
    refusals.unlessRefused(ignoreNotFound(readKey(account.start("read", `inference key ${hash}`), hash))),
  )) {
    if (key) keys.set(key.hash, key);
  }
  return [...keys.values()];
}

async function readGuardrails(
  account: Account,
  workspaces: readonly string[],
  known: Pick<KnownIds, "guardrails">,
  refusals: Refusals,
): Promise<Guardrail[]> {
  const listed = await listAll(workspaces, refusals, (workspace) =>
    allOf(listGuardrails(account.start("read", `the guardrails of ${within(workspace)}`), workspace)),
  );
  const guardrails = new Map(listed.map((guardrail) => [guardrail.id, guardrail]));
  const unlisted = known.guardrails.filter((id) => !guardrails.has(id));
  for (const guardrail of await mapConcurrently(unlisted, (id) =>
    refusals.unlessRefused(ignoreNotFound(readGuardrail(account.start("read", `guardrail ${id}`), id))),
  )) {
    if (guardrail) guardrails.set(guardrail.id, guardrail);
  }
  return [...guardrails.values()];
}

/** The guardrail of each of the keys that have one. */
async function readGuardrailOf(
  account: Account,
  guardrails: readonly Guardrail[],
  refusals: Refusals,
): Promise<Map<string, Guardrail>> {
  const pairs = await mapConcurrently(guardrails, async (guardrail) => {
    const hashes = await refusals.unlessRefused(readAssigned(account, guardrail.id, "keys"));
    return (hashes ?? []).map((hash): [string, Guardrail] => [hash, guardrail]);
  });
  return new Map(pairs.flat());
}

/** The hashes of the keys that each guardrail is assigned to, by its id. */
export function assignedKeys({ guardrailOf }: Pick<Inventory, "guardrailOf">): Map<string, string[]> {
  const groups = groupBy(guardrailOf, ([, { id }]) => id);
  return new Map([...groups].map(([id, pairs]) => [id, pairs.map(([hash]) => hash)]));
}

/** Hashes of keys or ids of members that a guardrail is assigned to; none of one that was deleted meanwhile. */
export async function readAssigned(account: Account, id: string, kind: "keys" | "members"): Promise<string[]> {
  const api = account.start("read", `the assigned ${kind} of guardrail ${id}`);
  const rows = await ignoreNotFound(allOf(listAssignments(api, id, kind)));
  return (rows ?? []).map(({ assignee }) => assignee);
}

/** The members of guardrails, by the id of the guardrail, as far as they may be read. */
export async function readMembers(
  account: Account,
  ids: readonly string[],
): Promise<{ of: Map<string, string[]>; unreadable: string[] }> {
  const refusals = newRefusals();
  const read = await mapConcurrently(ids, async (id) => {
    const members = await refusals.unlessRefused(readAssigned(account, id, "members"));
    return members ? [[id, members] as const] : [];
  });
  return { of: new Map(read.flat()), unreadable: refusals.found.map(({ message }) => message) };
}

/** The guardrail of one key. */
export async function findGuardrailOf(account: Account, key: Key): Promise<Guardrail | undefined> {
  const refusals = newRefusals();
  const { guardrails } = key.workspaceId
    ? { guardrails: await readGuardrails(account, [key.workspaceId], { guardrails: [] }, refusals) }
    : await readInventory(account, { keys: [], guardrails: [] });
  return (await readGuardrailOf(account, guardrails, refusals)).get(key.hash);
}

/** Results in the order of the items, with a few in flight at a time. */
export async function mapConcurrently<Item, Result>(
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
