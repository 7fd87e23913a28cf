/** Reads what the conditions need, and nothing else. The data of `alert`. */
import { listActivity } from "../../provider/api/activity";
import { OpenRouterError } from "../../provider/errors";
import { readAudit } from "../audit/read";
import { type BalanceData, readBalance } from "../balance/read";
import { type Account, serverTime } from "../shared/account";
import { type Inventory, readAllKeys } from "../shared/inventory";
import { paceOf } from "../shared/pace";
import type { StackState } from "../shared/state";
import {
  type Alert,
  type AlertCondition,
  balanceAlerts,
  type Conditions,
  keyAlerts,
  paceAlerts,
  spendAlerts,
} from "./conditions";
import { driftAlerts, foreignStacks } from "./drift";

/** Fields keep their names; new ones may be added. */
export interface Alerts {
  alerts: Alert[];
  /** Conditions that may hold besides, because something could not be read. */
  undecided: AlertCondition[];
  /** What could not be read. */
  unreadable: string[];
}

/** @param states Of the stacks whose drift is checked. */
export async function readAlerts(
  account: Account,
  conditions: Conditions,
  states: readonly StackState[],
): Promise<Alerts> {
  const isSet = (name: keyof Conditions) => conditions[name] !== undefined;
  const ofKeys: AlertCondition[] = [...KEY_CONDITIONS.filter(isSet), ...(states.length > 0 ? ["drift" as const] : [])];
  let balance: Promise<BalanceData> | undefined;
  const readLeft = async () => {
    balance ??= readBalance(account);
    return (await balance).left;
  };
  const parts = await Promise.all([
    part((["balance-below"] as const).filter(isSet), async () => complete(balanceAlerts(conditions, await readLeft()))),
    part((["days-left-below"] as const).filter(isSet), async () => {
      const left = await readLeft();
      const activity = await listActivity(account.start("read", "the activity"));
      return complete(paceAlerts(conditions, paceOf(activity, left, serverTime(account))));
    }),
    part(ofKeys, () => readKeyAlerts(account, conditions, states)),
  ]);
  return {
    alerts: withoutRepetitions(parts.flatMap(({ alerts }) => alerts)),
    undecided: parts.flatMap(({ undecided }) => undecided),
    unreadable: [...new Set(parts.flatMap(({ unreadable }) => unreadable))],
  };
}

/** Two stacks may declare the same assignment, and a stack may be passed twice. */
function withoutRepetitions(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}

const KEY_CONDITIONS = ["spend-today-above", "key-over", "key-expires-within", "key-unused-for"] as const;

interface Part {
  alerts: Alert[];
  unreadable: readonly string[];
}

/** Alerts of these conditions. A part that fails doesn't hide the others. */
async function part(conditions: readonly AlertCondition[], read: () => Promise<Part>): Promise<Alerts> {
  if (conditions.length === 0) return { alerts: [], undecided: [], unreadable: [] };
  try {
    const { alerts, unreadable } = await read();
    return { alerts, undecided: unreadable.length > 0 ? [...conditions] : [], unreadable: [...unreadable] };
  } catch (error) {
    if (!(error instanceof OpenRouterError)) throw error;
    return { alerts: [], undecided: [...conditions], unreadable: [error.message] };
  }
}

function complete(alerts: Alert[]): Part {
  return { alerts, unreadable: [] };
}

async function readKeyAlerts(account: Account, conditions: Conditions, states: readonly StackState[]): Promise<Part> {
  const { keys, unreadable, drift } = await readKeysAndDrift(account, states);
  const now = serverTime(account);
  return { alerts: [...spendAlerts(conditions, keys, now), ...keyAlerts(conditions, keys, now), ...drift], unreadable };
}

/** One listing of the keys for both. */
async function readKeysAndDrift(
  account: Account,
  states: readonly StackState[],
): Promise<Pick<Inventory, "keys" | "unreadable"> & { drift: Alert[] }> {
  if (states.length === 0) return { ...(await readAllKeys(account)), drift: [] };
  const { found, inventory } = await readAudit(account, states);
  const unreadable = [...inventory.unreadable, ...foreignStacks(found)];
  return { keys: inventory.keys, unreadable, drift: driftAlerts(found) };
}
