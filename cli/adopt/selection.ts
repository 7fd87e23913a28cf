/** The objects of an account that a program can adopt, and those that it can't. Only reads. */

import { oldestFirst } from "../../provider/api/workspaces";
import type { Properties } from "../../provider/dynamic/protocol";
import type { Account } from "../shared/account";
import { assignedKeys, type Inventory, isWorkspaceDefault, readInventory } from "../shared/inventory";
import { mapConcurrently } from "../shared/mapConcurrently";
import { type Adoptable, isAdoptable, providersIn, readForAdoption, type Skipped } from "./adoptable";
import { type Filter, predicateOf } from "./filter";
import { readSet } from "./sets";

export interface Selection {
  /** Each kind oldest first, so that a later object does not change the names of the others. */
  guardrails: Adoptable[];
  keys: Adoptable[];
  sets: Adoptable[];
  /** Assignments of one key or member each. */
  pairs: Adoptable[];
  skipped: Skipped[];
  /** How many assignments have only their key or only their guardrail in the program. */
  partialAssignments: number;
  /** Messages about what the management key may not read. */
  unreadable: readonly string[];
}

export async function select(account: Account, environment: NodeJS.ProcessEnv, filter: Filter): Promise<Selection> {
  const matches = await predicateOf(filter, account);
  const inventory = await readInventory(account);
  const { guardrailOf, unreadable } = inventory;
  const providers = providersIn(environment);
  const names = inputsToDeclare(inventory);

  const guardrailRows = oldestFirst(inventory.guardrails.filter(matches).toReversed());
  const guardrailReads = await mapConcurrently(guardrailRows, (row) =>
    readForAdoption(providers, "Guardrail", {
      id: row.id,
      declared: pick(row, names),
      isPermanent: isWorkspaceDefault(row),
    }),
  );
  const keyRows = oldestFirst(inventory.keys.filter(matches).toReversed());
  const keyReads = await mapConcurrently(keyRows, (row) =>
    readForAdoption(providers, "InferenceKey", { id: row.hash, declared: pick(row, names) }),
  );
  const guardrails = guardrailReads.flat().filter(isAdoptable);
  const keys = keyReads.flat().filter(isAdoptable);

  const assigned = assignedKeys(inventory);
  const assignable = guardrails.filter(({ isPermanent }) => !isPermanent);
  const setReads = await mapConcurrently(assignable, ({ id }) =>
    readSet(account, providers, id, assigned.get(id) ?? [], keys),
  );
  const adopted = new Set([...guardrails, ...keys].map(({ id }) => id));
  const partial = [...guardrailOf].filter(([hash, { id }]) => adopted.has(hash) !== adopted.has(id));
  return {
    guardrails,
    keys,
    sets: setReads.flat().filter(isAdoptable),
    pairs: [],
    skipped: [guardrailReads, keyReads, setReads].flat(2).filter((read): read is Skipped => !isAdoptable(read)),
    partialAssignments: partial.length,
    unreadable,
  };
}

/**
 * Inputs that the API sets if the program omits them, and that it set differently here: a rotated key must stay in its
 * workspace and keep its owner and its external user. Several owners mean an organization; other accounts can't declare one.
 */
export function inputsToDeclare({ workspaces, keys }: Inventory): string[] {
  const owners = new Set(keys.flatMap(({ creatorUserId }) => creatorUserId ?? []));
  const chosen = [...(workspaces.length > 1 ? ["workspaceId"] : []), ...(owners.size > 1 ? ["creatorUserId"] : [])];
  return [...chosen, "externalUser"];
}

export function pick(row: object, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => names.includes(name) && value !== null));
}
