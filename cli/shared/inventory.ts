/** All keys and guardrails of an account, in every workspace, and which key has which guardrail. Only reads. */
import {
  type AssigneeKind,
  type Assignment,
  listAllAssignments,
  listAssignments,
} from "../../provider/api/assignments";
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces, oldestFirst, type Workspace } from "../../provider/api/workspaces";
import { ApiError } from "../../provider/errors";
import type { Collection, Named } from "../../provider/reconcile/collection";
import { ignoreNotFound } from "../../provider/reconcile/lifecycle";
import { guardrails as guardrailCollection } from "../../provider/resources/guardrail";
import { keys as keyCollection } from "../../provider/resources/inferenceKey";
import type { Account } from "./account";
import { groupBy } from "./groups";
import { mapConcurrently } from "./mapConcurrently";
import { Refusals } from "./refusals";
import { EXIT, type Terminal } from "./terminal";

export interface Inventory {
  /** Ids. */
  workspaces: string[];
  /** By id. */
  workspaceNames: ReadonlyMap<string, string>;
  /** Id. */
  oldestWorkspace: string | undefined;
  keys: Key[];
  guardrails: Guardrail[];
  /** The guardrail of each key that has one, by hash. */
  guardrailOf: ReadonlyMap<string, Guardrail>;
  /** Whether a key that is not in `guardrailOf` has no guardrail. False if a list of guardrails or of their keys is refused. */
  isGuardrailOfComplete: boolean;
  /** Messages about each list or object that this management key is not allowed to read (403). */
  unreadable: readonly string[];
}

/** Ids of objects to read in any case. Lists omit objects of a deleted workspace, or from before workspaces existed. */
export interface KnownIds {
  keys?: readonly string[];
  guardrails?: readonly string[];
}

/** @throws AuthenticationError if the management key is not allowed to read any workspace */
export async function readInventory(account: Account, known: KnownIds = {}): Promise<Inventory> {
  const [refusals, ofGuardrails] = [new Refusals(), new Refusals()];
  const lists = await readLists(account, refusals, known, ofGuardrails);
  const guardrailOf = await readGuardrailOf(account, lists.guardrails, ofGuardrails);
  const isGuardrailOfComplete = ofGuardrails.messages.length === 0;
  return { ...lists, guardrailOf, isGuardrailOfComplete, unreadable: [...refusals.messages, ...ofGuardrails.messages] };
}

/** Without assignments, which take a call per guardrail at least. */
export async function readBudgets(account: Account): Promise<Omit<Inventory, "guardrailOf" | "isGuardrailOfComplete">> {
  const refusals = new Refusals();
  const lists = await readLists(account, refusals);
  return { ...lists, unreadable: refusals.messages };
}

async function readLists(
  account: Account,
  refusals: Refusals,
  known: KnownIds = {},
  ofGuardrails = refusals,
): Promise<Omit<Inventory, "guardrailOf" | "isGuardrailOfComplete" | "unreadable">> {
  const workspaces = await readWorkspaces(account);
  const ids = workspaces.map(({ id }) => id);
  const [keys, guardrails] = await Promise.all([
    readObjects(keyCollection, account, ids, refusals, known.keys),
    readObjects(guardrailCollection, account, ids, ofGuardrails, known.guardrails),
  ]);
  return {
    workspaces: ids,
    workspaceNames: namesOf(workspaces),
    oldestWorkspace: oldestFirst(workspaces)[0]?.id,
    keys,
    guardrails,
  };
}

/** Every key of the account, in all workspaces, including disabled ones. */
export async function readAllKeys(account: Account): Promise<Pick<Inventory, "keys" | "unreadable">> {
  const workspaces = await readWorkspaces(account);
  const refusals = new Refusals();
  const ids = workspaces.map(({ id }) => id);
  return { keys: await readObjects(keyCollection, account, ids, refusals), unreadable: refusals.messages };
}

/** Every guardrail of the account, in all workspaces. @param known Ids to read in any case: a list may omit them */
export async function readAllGuardrails(
  account: Account,
  known: readonly string[] = [],
): Promise<Pick<Inventory, "guardrails" | "workspaceNames" | "unreadable">> {
  const workspaces = await readWorkspaces(account);
  const refusals = new Refusals();
  const ids = workspaces.map(({ id }) => id);
  const guardrails = await readObjects(guardrailCollection, account, ids, refusals, known);
  return { guardrails, workspaceNames: namesOf(workspaces), unreadable: refusals.messages };
}

/**
 * Which keys or members have which guardrail: from the list of the whole account, or from the lists of these guardrails
 * where the API refuses that one. `refused` has the ids of guardrails whose list is refused too.
 */
export async function readAllAssignments(
  account: Account,
  guardrails: readonly Pick<Guardrail, "id">[],
  kind: AssigneeKind,
): Promise<{ rows: Assignment[]; refused: ReadonlySet<string>; unreadable: readonly string[] }> {
  try {
    return {
      rows: await allOf(listAllAssignments(account.start("read", `the assigned ${kind}`), kind)),
      refused: new Set(),
      unreadable: [],
    };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 401) throw error;
  }
  const refusals = new Refusals();
  const rows = await mapConcurrently(guardrails, ({ id }) =>
    refusals.unlessRefused(readAssignmentsOf(account, id, kind)),
  );
  return {
    rows: rows.flatMap((each) => each ?? []),
    refused: new Set(guardrails.filter((_, index) => rows[index] === undefined).map(({ id }) => id)),
    unreadable: refusals.messages,
  };
}

export async function findGuardrailOf(account: Account, { hash, workspaceId }: Key): Promise<Guardrail | undefined> {
  if (!workspaceId) return (await readInventory(account)).guardrailOf.get(hash);
  const refusals = new Refusals();
  const guardrails = await readObjects(guardrailCollection, account, [workspaceId], refusals);
  return (await readGuardrailOf(account, guardrails, refusals)).get(hash);
}

/** The hashes of the keys that have a guardrail, by the id of the guardrail. */
export function assignedKeys({ guardrailOf }: Pick<Inventory, "guardrailOf">): Map<string, string[]> {
  const groups = groupBy(guardrailOf, ([, { id }]) => id);
  return new Map([...groups].map(([id, pairs]) => [id, pairs.map(([hash]) => hash)]));
}

/** Hashes of keys or ids of members that have a guardrail. Empty if the guardrail was deleted meanwhile. */
export async function readAssigned(account: Account, id: string, kind: "keys" | "members"): Promise<string[]> {
  return (await readAssignmentsOf(account, id, kind)).map(({ assignee }) => assignee);
}

/** Empty if the guardrail was deleted meanwhile. */
export async function readAssignmentsOf(account: Account, id: string, kind: AssigneeKind): Promise<Assignment[]> {
  const api = account.start("read", `the assigned ${kind} of guardrail ${id}`);
  const rows = await ignoreNotFound(allOf(listAssignments(api, id, kind)));
  return (rows ?? []).map((row) => ({ ...row, guardrailId: id }));
}

/** The members of guardrails, by the id of the guardrail. A guardrail that the key is not allowed to read is not in the map. */
export async function readMembers(
  account: Account,
  ids: readonly string[],
): Promise<{ of: Map<string, string[]>; unreadable: string[] }> {
  const refusals = new Refusals();
  const read = await mapConcurrently(ids, async (id) => {
    const members = await refusals.unlessRefused(readAssigned(account, id, "members"));
    return members ? [[id, members] as const] : [];
  });
  return { of: new Map(read.flat()), unreadable: refusals.messages };
}

/** Prints what could not be read, which fails the command. */
export function reportUnreadable(terminal: Terminal, { unreadable }: Pick<Inventory, "unreadable">): void {
  for (const message of unreadable) terminal.err(`Not everything could be read: ${message}`);
  if (unreadable.length > 0) terminal.exitCode(EXIT.failure);
}

/** Each workspace has a default guardrail, which can't be renamed or deleted. */
export function isWorkspaceDefault({ name, workspaceId }: Pick<Guardrail, "name" | "workspaceId">): boolean {
  return workspaceId !== null && name === `Workspace ${workspaceId} Default`;
}

function readWorkspaces(account: Account): Promise<Workspace[]> {
  return allOf(listWorkspaces(account.start("read", "the list of workspaces")));
}

function namesOf(workspaces: readonly Workspace[]): Map<string, string> {
  return new Map(workspaces.map(({ id, name }) => [id, name ?? id]));
}

/** @throws AuthenticationError if every list is refused */
async function readObjects<Live extends Named>(
  { name, noun, idOf, list, read }: Collection<Live>,
  account: Account,
  workspaces: readonly string[],
  refusals: Refusals,
  known: readonly string[] = [],
): Promise<Live[]> {
  // Without an id the API lists the default workspace, the only one of an account that lists no workspaces.
  const places = workspaces.length > 0 ? workspaces : [undefined];
  const lists = await mapConcurrently(places, (workspace) => {
    const place = workspace === undefined ? "the default workspace" : `workspace ${workspace}`;
    return refusals.unlessRefused(list(account.start("read", `the ${name} of ${place}`), workspace));
  });
  const [refusal] = refusals.errors;
  if (refusal && lists.every((objects) => objects === undefined)) throw refusal;
  const objects = new Map(lists.flatMap((each) => each ?? []).map((object) => [idOf(object), object]));
  const unlisted = known.filter((id) => !objects.has(id));
  const others = await mapConcurrently(unlisted, (id) =>
    refusals.unlessRefused(ignoreNotFound(read(account.start("read", `${noun} ${id}`), id))),
  );
  return [...objects.values(), ...others.filter((object) => object !== undefined)];
}

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
