/** Reads keys with limit, spending and guardrail. The data of `keys` and `keys show`, and of the assistants' tools. */
import type { Key } from "../../provider/api/keys";
import { isKeyHash } from "../../provider/ids";
import type { Account } from "../shared/account";
import { readInventory } from "../shared/inventory";
import { chooseKey } from "../shared/keyChoice";
import { type Conditions, meetsAll } from "../shared/keyConditions";
import { type ListedKey, listed, nearestLimitFirst, workspaceData } from "../shared/keyUse";
import { roundedOrNull } from "../shared/money";

/** Fields keep their names; new ones may be added. Amounts are USD. */
export interface KeyData
  extends Pick<
      Key,
      "hash" | "name" | "disabled" | "limit" | "limitReset" | "includeByokInLimit" | "createdAt" | "lastUsedAt"
    >,
    Pick<ListedKey, "used" | "left" | "percent"> {
  spent: Spent;
  spentByok: Spent;
  /** Undefined if the server doesn't say. */
  expiresAt?: string | null | undefined;
  /** `limitUsd` is for each key and member. */
  guardrail: { id: string; name: string; limitUsd: number | null; resetInterval: string | null } | null;
  workspace: { id: string; name: string } | null;
}

type Spent = Record<"today" | "week" | "month" | "ever", number | null>;

export interface FoundKeys {
  data: { keys: KeyData[] };
  /** The same keys with all that the tables print. */
  keys: ListedKey[];
  /** How many keys there are besides the conditions. */
  total: number;
  /** Whether the account has several workspaces. */
  severalWorkspaces: boolean;
  unreadable: readonly string[];
}

/** The keys that meet all conditions, those nearest to their limit first. */
export async function readKeys(account: Account, conditions: Conditions, now: Date): Promise<FoundKeys> {
  const inventory = await readInventory(account);
  const all = inventory.keys.map((key) => listed(key, inventory)).sort(nearestLimitFirst);
  const keys = all.filter((each) => isUnfiltered(conditions) || meetsAll(each, conditions, now));
  return {
    data: { keys: keys.map(keyData) },
    keys,
    total: all.length,
    severalWorkspaces: inventory.workspaces.length > 1,
    unreadable: inventory.unreadable,
  };
}

/** Without conditions, disabled and expired keys count too. */
function isUnfiltered(conditions: Conditions): boolean {
  return Object.values(conditions).every((condition) => condition === undefined);
}

/** @param wanted Name, hash or prefix of the hash. @throws UsageError if no key or several keys match */
export async function readOneKey(
  account: Account,
  wanted: string,
): Promise<{ data: KeyData; key: ListedKey; unreadable: readonly string[] }> {
  // Lists omit keys of a deleted workspace, but the hash finds them.
  const known = isKeyHash(wanted) ? [wanted] : [];
  const inventory = await readInventory(account, { keys: known });
  const key = listed(chooseKey(inventory.keys, wanted), inventory);
  // A list that has nothing to do with this key is not missing.
  return { data: keyData(key), key, unreadable: key.guardrail === null ? inventory.unreadable : [] };
}

function keyData({ key, guardrail, workspace, used, left, percent }: ListedKey): KeyData {
  const { hash, name, disabled, limit, limitReset, includeByokInLimit, createdAt, expiresAt } = key;
  return {
    ...{ hash, name, disabled, limit, limitReset, includeByokInLimit, used, left, percent },
    spent: spentOf(key.usageDaily, key.usageWeekly, key.usageMonthly, key.usage),
    spentByok: spentOf(key.byokUsageDaily, key.byokUsageWeekly, key.byokUsageMonthly, key.byokUsage),
    ...{ createdAt, lastUsedAt: key.lastUsedAt, expiresAt },
    guardrail: guardrail
      ? { id: guardrail.id, name: guardrail.name, limitUsd: guardrail.limitUsd, resetInterval: guardrail.resetInterval }
      : null,
    workspace: workspaceData(key, workspace),
  };
}

function spentOf(...amounts: [number | null, number | null, number | null, number | null]): Spent {
  const [today, week, month, ever] = amounts.map(roundedOrNull) as typeof amounts;
  return { today, week, month, ever };
}
