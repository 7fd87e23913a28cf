/** Inference keys: `/keys`. The hash is a key's identity; the key itself is shown once, in the answer to its creation. */
import * as z from "zod";
import { ApiError } from "../errors";
import { Secret } from "../secret";
import type { Api } from "./call";
import { pagesUntilEmpty } from "./pages";
import { data, deleted, nullableBoolean, nullableNumber, nullableString } from "./shapes";

const key = z.object({
  hash: z.string().min(1),
  name: z.string(),
  label: nullableString,
  disabled: nullableBoolean.transform((value) => value ?? false),
  /** USD; null is no limit. */
  limit: nullableNumber,
  limitReset: nullableString,
  /** USD; what is left of the limit until it resets. */
  limitRemaining: nullableNumber,
  includeByokInLimit: nullableBoolean.transform((value) => value ?? false),
  /** USD of credits, ever; then since the last midnight UTC, Monday and first of the month. */
  usage: nullableNumber,
  usageDaily: nullableNumber,
  usageWeekly: nullableNumber,
  usageMonthly: nullableNumber,
  /** USD that providers charged to keys of the account's own. */
  byokUsage: nullableNumber,
  byokUsageDaily: nullableNumber,
  byokUsageWeekly: nullableNumber,
  byokUsageMonthly: nullableNumber,
  createdAt: nullableString,
  /** Null if no use was recorded. */
  lastUsedAt: nullableString,
  /** The only field that may be missing; then nothing is said of it. */
  expiresAt: z.string().nullish(),
  creatorUserId: nullableString,
  externalUser: nullableString,
  workspaceId: nullableString,
});
export type Key = z.output<typeof key>;

/** What PATCH takes. A field left out is kept, null clears it. */
export interface KeyChange {
  name?: string;
  limit?: number | null;
  limitReset?: string | null;
  includeByokInLimit?: boolean;
  disabled?: boolean;
  /** Moves the key, which keeps its value. */
  workspaceId?: string;
}

/** What POST takes: not `disabled`, which PATCH sets afterwards; and what can't be changed later. */
export interface NewKey extends Omit<KeyChange, "disabled" | "name"> {
  name: string;
  expiresAt?: string;
  creatorUserId?: string;
  external?: { user: string };
}

// The key stands beside `data`, not in it.
const createdKey = z
  .object({ data: key, key: z.string().min(1) })
  .transform((answer) => ({ key: answer.data, secret: new Secret(answer.key) }));
export type CreatedKey = z.output<typeof createdKey>;

/** Not repeated when its answer is lost: the first key would be live and nobody could see it. */
export function createKey(api: Api, body: NewKey): Promise<CreatedKey> {
  return api.request({ method: "POST", path: ["keys"], body, result: createdKey, isRetryable: false });
}

/** @throws NotFoundError */
export function readKey(api: Api, hash: string): Promise<Key> {
  return api.request({ method: "GET", path: ["keys", hash], result: data(key) });
}

/** @throws NotFoundError */
export function updateKey(api: Api, hash: string, body: KeyChange): Promise<Key> {
  return api.request({ method: "PATCH", path: ["keys", hash], body, result: data(key) });
}

/** @throws NotFoundError */
export function deleteKey(api: Api, hash: string): Promise<void> {
  return api.request({ method: "DELETE", path: ["keys", hash], result: deleted });
}

const keyPage = data(z.array(key));

/** Servers that refuse `include_expired`; they are older than the parameter, and show expired keys without it. */
const showExpiredUnasked = new Set<string>();

/**
 * One page of up to 100 keys of a workspace, newest first, disabled and expired ones too. Without a workspace: the default
 * one.
 */
export async function listKeysPage(api: Api, workspaceId: string | undefined, offset: number): Promise<Key[]> {
  const ask = (more: { includeExpired?: "true" }) => {
    const query = { includeDisabled: "true", ...more, workspaceId, offset: offset || undefined };
    return api.request({ method: "GET", path: ["keys"], query, result: keyPage });
  };
  if (showExpiredUnasked.has(api.baseUrl)) return ask({});
  try {
    return await ask({ includeExpired: "true" });
  } catch (error) {
    if (!refusesIncludeExpired(error)) throw error;
    showExpiredUnasked.add(api.baseUrl);
    return ask({});
  }
}

function refusesIncludeExpired(error: unknown): boolean {
  return error instanceof ApiError && error.status === 400 && error.apiMessage.includes("include_expired");
}

/** All keys of a workspace, newest first, disabled and expired ones too. Without a workspace: those of the default one. */
export function listKeys(api: Api, workspaceId?: string): AsyncGenerator<Key> {
  return pagesUntilEmpty(
    api.operation,
    ({ hash }) => hash,
    (offset) => listKeysPage(api, workspaceId, offset),
  );
}
