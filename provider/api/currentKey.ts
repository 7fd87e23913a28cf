/** The key in use: `/key`. What kind of key it is, where it belongs, and which budgets bind it. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableBoolean, nullableNumber, nullableString } from "./shapes";

/** One of the budgets that every request with the key has to pass. */
const budget = z.object({
  /** Which layer it is: `key_limit`, `api_key`, `workspace`, … */
  scope: z.string(),
  /** USD. */
  limitUsd: nullableNumber,
  spendUsd: nullableNumber,
  /** USD; requests are refused when nothing is left. */
  remainingUsd: nullableNumber,
  /** Null for a budget that never resets. */
  resetInterval: nullableString,
  resetsAt: nullableString,
  includeByok: nullableBoolean.transform((value) => value ?? false),
  guardrailId: nullableString,
  budgetId: nullableString,
});
export type KeyBudget = z.output<typeof budget>;

const currentKey = z.object({
  isManagementKey: nullableBoolean.transform((value) => value ?? false),
  label: nullableString,
  /** Null for a key of a personal account. */
  organizationId: nullableString,
  /** Null for a management key of all workspaces, and for a key whose workspace was deleted. */
  workspaceId: nullableString,
  /** USD; null is no limit. */
  limit: nullableNumber,
  limitReset: nullableString,
  limitRemaining: nullableNumber,
  /** In the order in which they are checked; older servers show none. */
  budgets: z
    .array(budget)
    .nullish()
    .transform((value) => value ?? []),
  /** The one that refuses requests first. */
  effectiveBudget: budget.nullish().transform((value) => value ?? null),
});
export type CurrentKey = z.output<typeof currentKey>;

/** Any kind of key may ask. */
export function readCurrentKey(api: Api): Promise<CurrentKey> {
  return api.request({ method: "GET", path: ["key"], result: data(currentKey) });
}
