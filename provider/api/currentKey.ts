/** The key in use: `/key`. Its kind, its organization and workspace, and the budgets that bind it. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullable, nullableBoolean, nullableNumber, nullableString } from "./shapes";

/** One of the budgets that every request with the key must pass. */
const budget = z.object({
  /** The layer: `key_limit`, `api_key`, `workspace`, … */
  scope: z.string(),
  /** USD. */
  limitUsd: nullableNumber,
  spendUsd: nullableNumber,
  /** USD; at 0 or less, requests are rejected. */
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
  /** Null for a management key of all workspaces, and for a key of a deleted workspace. */
  workspaceId: nullableString,
  /** USD; null means no limit. */
  limit: nullableNumber,
  limitReset: nullableString,
  limitRemaining: nullableNumber,
  includeByokInLimit: nullableBoolean.transform((value) => value ?? false),
  /** Null for a key that never expires. */
  expiresAt: nullableString,
  /** USD of credits: in total, and since the last midnight UTC, Monday and first of the month. */
  usage: nullableNumber,
  usageDaily: nullableNumber,
  usageWeekly: nullableNumber,
  usageMonthly: nullableNumber,
  /** In the order in which the API checks them. Null from a server that doesn't return budgets. */
  budgets: nullable(z.array(budget)),
  /** The budget that rejects requests first. */
  effectiveBudget: nullable(budget),
});
export type CurrentKey = z.output<typeof currentKey>;

/** Works with any kind of key. */
export function readCurrentKey(api: Api): Promise<CurrentKey> {
  return api.request({ method: "GET", path: ["key"], result: data(currentKey) });
}
