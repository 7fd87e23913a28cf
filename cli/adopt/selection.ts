/** What of an account is taken over, as the provider itself reads it, and what can't be. Reads only. */

import type { Kind } from "../../formats/typeTokens";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces } from "../../provider/api/workspaces";
import { dynamicProvider } from "../../provider/dynamic/host";
import { newProcess } from "../../provider/dynamic/process";
import type { DynamicProvider, Properties } from "../../provider/dynamic/protocol";
import { STATE_VERSION } from "../../provider/dynamic/stamp";
import type { Lifecycle } from "../../provider/reconcile/lifecycle";
import { lifecycles } from "../../provider/resources";
import { clean, holdsNoKey } from "../../provider/text";
import type { Account } from "../shared/account";
import { assignedKeys, type Inventory, isWorkspaceDefault, readInventory } from "../shared/inventory";
import { mapConcurrently } from "../shared/mapConcurrently";
import { UsageError } from "../shared/terminal";
import { isEmpty, planSet } from "./sets";

export interface Filter {
  /** Id or name. */
  workspace?: string;
  /** Pattern in which `*` stands for any text. */
  name?: string;
}

/** An object of the account, and what a program declares it with. */
export interface Adoptable {
  kind: Kind;
  id: string;
  /** The inputs that say what it is. */
  inputs: Properties;
  /** The outputs that a refresh would write into the state. */
  outputs: Properties;
  /** The API does not delete it. */
  isPermanent: boolean;
}

/** The assignments of a guardrail between it and what is taken over. */
export interface AdoptableSet extends Adoptable {
  /** How many more keys and members have the guardrail. */
  others: number;
}

export interface Skipped {
  kind: Kind;
  id: string;
  name: string;
  reason: string;
}

export interface Selection {
  /** Each kind with the oldest first: what is made later does not change the names of the rest. */
  guardrails: Adoptable[];
  keys: Adoptable[];
  sets: AdoptableSet[];
  skipped: Skipped[];
  /** How many assignments have a side that is not taken. */
  partialAssignments: number;
  /** What the management key may not read, in words. */
  unreadable: readonly string[];
}

export async function select(account: Account, environment: NodeJS.ProcessEnv, filter: Filter): Promise<Selection> {
  const isWanted = await wanted(account, filter);
  const inventory = await readInventory(account);
  const provider = providerOf(environment);
  const take = (kind: Kind, objects: readonly Present[]) =>
    mapConcurrently(objects, (object) => readForAdoption(provider(kind), kind, object));

  const anyway = declaredAnyway(inventory);
  const guardrails = await take(
    "Guardrail",
    oldestFirst(inventory.guardrails.filter(isWanted)).map((row) => ({
      id: row.id,
      declared: chosen(row, anyway),
      isPermanent: isWorkspaceDefault(row),
    })),
  );
  const keys = await take(
    "InferenceKey",
    oldestFirst(inventory.keys.filter(isWanted)).map((row) => ({ id: row.hash, declared: chosen(row, anyway) })),
  );

  const taken = guardrails.filter(isAdoptable);
  const takenKeys = keys.filter(isAdoptable).map(({ id }) => id);
  const assigned = assignedKeys(inventory);
  const plans = await mapConcurrently(
    taken.filter(({ isPermanent }) => !isPermanent),
    ({ id }) => planSet(account, provider("GuardrailMemberAssignment"), id, assigned.get(id) ?? [], takenKeys),
  );
  const sets = await mapConcurrently(
    plans.filter((plan) => !isEmpty(plan)),
    async (plan) =>
      [plan, await readForAdoption(provider("GuardrailAssignments"), "GuardrailAssignments", plan)] as const,
  );
  const all = [...guardrails, ...keys, ...sets.map(([, set]) => set)].filter((each) => each !== undefined);
  return {
    guardrails: taken,
    keys: keys.filter(isAdoptable),
    sets: sets.flatMap(([{ others }, set]) => (isAdoptable(set) ? [{ ...set, others }] : [])),
    skipped: [...all.flatMap((each) => (isAdoptable(each) ? [] : [each])), ...plans.flatMap(({ skipped }) => skipped)],
    partialAssignments:
      plans.reduce((sum, { otherKeys }) => sum + otherKeys, 0) + elsewhere(assigned, taken, takenKeys),
    unreadable: inventory.unreadable,
  };
}

/** How many of the keys have a guardrail that is not taken over. */
function elsewhere(
  assigned: ReadonlyMap<string, string[]>,
  guardrails: readonly Adoptable[],
  keys: readonly string[],
): number {
  const [ids, hashes] = [new Set(guardrails.map(({ id }) => id)), new Set(keys)];
  const others = [...assigned].filter(([id]) => !ids.has(id)).flatMap(([, all]) => all);
  return others.filter((hash) => hashes.has(hash)).length;
}

async function wanted(
  account: Account,
  { workspace, name = "*" }: Filter,
): Promise<(object: { name: string; workspaceId: string | null }) => boolean> {
  const workspaceId = workspace === undefined ? undefined : await workspaceIdOf(account, workspace);
  const literal = name.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const pattern = new RegExp(`^${literal.join(".*")}$`, "s");
  return (object) => pattern.test(object.name) && (workspaceId === undefined || object.workspaceId === workspaceId);
}

async function workspaceIdOf(account: Account, text: string): Promise<string> {
  const workspaces = await allOf(listWorkspaces(account.start("read", "the list of workspaces")));
  const [found, another] = workspaces.filter(({ id, name }) => id === text || name === text);
  if (found && !another) return found.id;
  const list = workspaces.map(({ id, name }) => `${clean(name ?? "a workspace")} (${id})`).join(", ");
  throw new UsageError(
    another
      ? `several workspaces have the name ${clean(text)}; pass the id of one: ${list}`
      : `the account has no workspace ${clean(text)}; it has ${list}`,
  );
}

/** The provider as Pulumi runs it: what it reads is what a refresh would find. */
function providerOf(environment: NodeJS.ProcessEnv): (kind: Kind) => DynamicProvider {
  const process = newProcess(environment);
  return (kind) => dynamicProvider(lifecycles[kind] as unknown as Lifecycle<object, object>, process);
}

/**
 * What the API chooses where a program is silent, and chose otherwise: a rotated key is to be where it was and to belong
 * to whom it did. Keys of several creators are an organization's; other accounts can't name one.
 */
function declaredAnyway({ workspaces, keys }: Inventory): string[] {
  const creators = new Set(keys.flatMap(({ creatorUserId }) => creatorUserId ?? []));
  return [...(workspaces.length > 1 ? ["workspaceId"] : []), ...(creators.size > 1 ? ["creatorUserId"] : [])];
}

/** Of one age they come as they are listed, which is with the newest first. */
function oldestFirst<Row extends { createdAt: string | null }>(rows: readonly Row[]): Row[] {
  const age = ({ createdAt }: Row) => Date.parse(createdAt ?? "") || 0;
  return rows.toReversed().sort((a, b) => age(a) - age(b));
}

/** An object that the account lists. */
interface Present {
  id: string;
  declared?: Properties;
  isPermanent?: boolean;
}

function chosen(row: object, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => names.includes(name) && value !== null));
}

/** Undefined for one that was deleted meanwhile. */
async function readForAdoption(
  provider: DynamicProvider,
  kind: Kind,
  { id, declared = {}, isPermanent = false }: Present,
): Promise<Adoptable | Skipped | undefined> {
  // As a state that knows no more of it than what is declared: so reads share requests as in a refresh.
  const { inputs, props: outputs = {} } = await provider.read(id, {
    ...declared,
    __origin: { version: STATE_VERSION, unfinished: true },
  });
  if (!inputs) return undefined;
  const checked = await provider.check({}, inputs);
  const leftOut = (reason: string): Skipped => ({ kind, id, name: String(inputs.name ?? ""), reason });
  if (!checked.inputs) return leftOut(checked.failures.map(({ reason }) => reason).join("; "));
  if (!holdsNoKey(JSON.stringify(checked.inputs))) {
    return leftOut("it holds what looks like a key, which would be in clear in the program");
  }
  return { kind, id, inputs: checked.inputs, outputs, isPermanent };
}

function isAdoptable(object: Adoptable | Skipped | undefined): object is Adoptable {
  return object !== undefined && "inputs" in object;
}
