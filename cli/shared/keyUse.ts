/** How near a key is to its limit. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import type { Inventory } from "./inventory";
import { rounded, roundedOrNull } from "./money";

interface BudgetUse {
  /** USD since the last reset, or ever without a reset. Null if the API doesn't return it. */
  used: number | null;
  /** USD until the next reset. Null without a limit. */
  left: number | null;
  /** Of the limit; may exceed 100. Null without a limit, and for a limit of 0, which blocks the key on purpose. */
  percent: number | null;
}

export interface ListedKey extends BudgetUse {
  key: Key;
  /** Null if the API refused to return it. */
  guardrail: Guardrail | undefined | null;
  /** Its name, or the id of a deleted workspace. */
  workspace: string | undefined;
}

export function listed(key: Key, { guardrailOf, isGuardrailOfComplete, workspaceNames }: Inventory): ListedKey {
  const workspace = key.workspaceId === null ? undefined : (workspaceNames.get(key.workspaceId) ?? key.workspaceId);
  const guardrail = guardrailOf.get(key.hash) ?? (isGuardrailOfComplete ? undefined : null);
  return { key, guardrail, workspace, ...budgetUse(key) };
}

/** The workspace of a key in JSON. */
export function workspaceData({ workspaceId }: Key, name: string | undefined): { id: string; name: string } | null {
  return workspaceId === null ? null : { id: workspaceId, name: name ?? workspaceId };
}

export function budgetUse({ limit, limitRemaining, usage }: Key): BudgetUse {
  if (limit === null) return { used: roundedOrNull(usage), left: null, percent: null };
  if (limitRemaining === null) return { used: null, left: null, percent: null };
  const used = rounded(limit - limitRemaining);
  return { used, left: rounded(limitRemaining), percent: limit > 0 ? rounded((used / limit) * 100) : null };
}

/** Keys without a limit come last. Equal ones are sorted by name, in any locale. */
export function nearestLimitFirst(a: ListedKey, b: ListedKey): number {
  const byPercent = (b.percent ?? -1) - (a.percent ?? -1);
  return byPercent || (a.key.name < b.key.name ? -1 : a.key.name > b.key.name ? 1 : 0);
}

export function isExpired(expiresAt: Key["expiresAt"], now: Date): boolean {
  return expiresAt != null && Date.parse(expiresAt) <= now.getTime();
}
