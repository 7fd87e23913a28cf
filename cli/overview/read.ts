/** Reads what needs attention in the account: credits, spending of today, keys near their limit or expiry, guardrails. */
import { listActivity } from "../../provider/api/activity";
import { queryAnalytics } from "../../provider/api/analytics";
import { ApiError } from "../../provider/errors";
import { type BalanceData, readBalance } from "../balance/read";
import { type Account, serverTime } from "../shared/account";
import { DAY_MS, utcDay } from "../shared/dates";
import { assignedKeys, type Inventory, isWorkspaceDefault, readInventory } from "../shared/inventory";
import { meetsAll } from "../shared/keyConditions";
import { isExpired, type ListedKey, listed, nearestLimitFirst, workspaceData } from "../shared/keyUse";
import { rounded } from "../shared/money";
import { type Pace, paceOf } from "../shared/pace";

/** What counts as near a limit or an expiry. */
export const NEAR = { over: 80, expiresWithin: 30 } as const;

/** Amounts are USD. The `data` of the JSON: fields keep their names, new ones may be added. */
export interface Overview {
  /** Null if it can't be read. */
  balance: BalanceData | null;
  /** Null if it can't be read. */
  pace: Pace | null;
  today: Today;
  keys: {
    total: number;
    disabled: number;
    expired: number;
    /** Neither disabled nor expired, nearest their limit first. */
    active: OverviewKey[];
  };
  guardrails: OverviewGuardrail[];
  /** What could not be read, and why. */
  unreadable: string[];
}

interface Today {
  /** In UTC, by the server's clock. */
  date: string;
  /** Credits spent with the existing keys. */
  spent: number;
  spentByok: number;
  /** Of the whole account, the most expensive first. Null if it can't be read. */
  models: ModelSpending[] | null;
}

export interface ModelSpending {
  model: string;
  spent: number;
  spentByok: number;
  requests: number;
}

export interface OverviewKey {
  hash: string;
  name: string;
  limit: number | null;
  limitReset: string | null;
  used: number | null;
  left: number | null;
  /** Of the limit. */
  percent: number | null;
  expiresAt: string | null;
  workspace: { id: string; name: string } | null;
  nearLimit: boolean;
  nearExpiry: boolean;
}

export interface OverviewGuardrail {
  id: string;
  name: string;
  /** For each key and member. */
  limitUsd: number | null;
  resetInterval: string | null;
  /** It applies to all keys of its workspace. */
  isWorkspaceDefault: boolean;
  /** Null for the default guardrail of a workspace, or if the API refuses to list them. */
  assignedKeys: number | null;
}

/** @throws RequestError if the keys can't be read */
export async function readOverview(account: Account): Promise<Overview> {
  const inventory = await readInventory(account);
  const now = serverTime(account);
  const unreadable = [...inventory.unreadable];
  const unlessRefused = <Result>(request: Promise<Result>) =>
    request.catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      unreadable.push(error.message);
      return null;
    });
  const [balance, activity, models] = await Promise.all([
    unlessRefused(readBalance(account)),
    unlessRefused(listActivity(account.start("read", "the activity of the last days"))),
    unlessRefused(readModelsOfDay(account, now)),
  ]);
  return {
    balance,
    pace: balance && activity && paceOf(activity, balance.left, now),
    today: { date: utcDay(now), ...spentToday(inventory), models },
    keys: keysOf(inventory, now),
    guardrails: guardrailsOf(inventory),
    unreadable,
  };
}

/** The activity has only completed days, so this takes the analytics. */
async function readModelsOfDay(account: Account, now: Date): Promise<ModelSpending[]> {
  const start = new Date(utcDay(now));
  const api = account.start("read", "the spending of today by model");
  const { rows } = await queryAnalytics(api, {
    ...{ dimensions: ["model"], byDay: false },
    ...{ start, end: new Date(start.getTime() + DAY_MS) },
  });
  const models = rows.map(({ model, usage, byokUsage, requests }) => ({
    model: model ?? "(other)",
    ...{ spent: rounded(usage), spentByok: rounded(byokUsage), requests },
  }));
  const used = models.filter(({ spent, spentByok, requests }) => spent > 0 || spentByok > 0 || requests > 0);
  return used.sort((a, b) => b.spent + b.spentByok - a.spent - a.spentByok || (a.model < b.model ? -1 : 1));
}

function spentToday({ keys }: Inventory): Pick<Today, "spent" | "spentByok"> {
  const sum = (amounts: (number | null)[]) => rounded(amounts.reduce<number>((total, each) => total + (each ?? 0), 0));
  return {
    spent: sum(keys.map(({ usageDaily }) => usageDaily)),
    spentByok: sum(keys.map(({ byokUsageDaily }) => byokUsageDaily)),
  };
}

function keysOf(inventory: Inventory, now: Date): Overview["keys"] {
  const { keys } = inventory;
  const expired = keys.filter(({ expiresAt, disabled }) => !disabled && isExpired(expiresAt, now));
  const active = keys.filter(({ disabled }) => !disabled).filter((key) => !expired.includes(key));
  return {
    total: keys.length,
    disabled: keys.filter(({ disabled }) => disabled).length,
    expired: expired.length,
    active: active
      .map((key) => listed(key, inventory))
      .sort(nearestLimitFirst)
      .map((each) => keyOf(each, now)),
  };
}

function keyOf(each: ListedKey, now: Date): OverviewKey {
  const { key, workspace, used, left, percent } = each;
  const { hash, name, limit, limitReset, expiresAt } = key;
  return {
    ...{ hash, name, limit, limitReset, used, left, percent },
    ...{ expiresAt: expiresAt ?? null, workspace: workspaceData(key, workspace) },
    nearLimit: meetsAll(each, { over: NEAR.over }, now),
    nearExpiry: meetsAll(each, { expiresWithin: NEAR.expiresWithin }, now),
  };
}

function guardrailsOf(inventory: Inventory): OverviewGuardrail[] {
  const assigned = assignedKeys(inventory);
  return inventory.guardrails.map(({ id, name, workspaceId, limitUsd, resetInterval }) => {
    const isDefault = isWorkspaceDefault({ name, workspaceId });
    const count = assigned.get(id)?.length ?? (inventory.isGuardrailOfComplete ? 0 : null);
    return { id, name, limitUsd, resetInterval, isWorkspaceDefault: isDefault, assignedKeys: isDefault ? null : count };
  });
}
