/** Inference keys: `/keys`. The hash identifies a key. The key itself is only in the response to its creation. */
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
  /** USD; null means no limit. */
  limit: nullableNumber,
  limitReset: nullableString,
  /** USD until the limit resets. */
  limitRemaining: nullableNumber,
  includeByokInLimit: nullableBoolean.transform((value) => value ?? false),
  /** USD of credits: in total, and since the last midnight UTC, Monday and first of the month. */
  usage: nullableNumber,
  usageDaily: nullableNumber,
  usageWeekly: nullableNumber,
  usageMonthly: nullableNumber,
  /** USD that providers charged to the account's own provider keys. */
  byokUsage: nullableNumber,
  byokUsageDaily: nullableNumber,
  byokUsageWeekly: nullableNumber,
  byokUsageMonthly: nullableNumber,
  createdAt: nullableString,
  /** Null if no usage was recorded. */
  lastUsedAt: nullableString,
  /** Undefined, unlike null, if the response omits it: then the expiry is unknown. */
  expiresAt: z.string().nullish(),
  creatorUserId: nullableString,
  externalUser: nullableString,
  workspaceId: nullableString,
});
export type Key = z.output<typeof key>;

/** Body of PATCH: an omitted field is kept, null clears it. */
export interface KeyChange {
  name?: string;
  limit?: number | null;
  limitReset?: string | null;
  includeByokInLimit?: boolean;
  disabled?: boolean;
  /** Moves the key. It keeps its value. */
  workspaceId?: string;
}

/** Body of POST: without `disabled`, which PATCH sets afterwards, and with immutable fields. */
export interface NewKey extends Omit<KeyChange, "disabled" | "name"> {
  name: string;
  expiresAt?: string;
  creatorUserId?: string;
  external?: { user: string };
}

// The key is next to `data`, not in it.
const createdKey = z
  .object({ data: key, key: z.string().min(1) })
  .transform((response) => ({ key: response.data, secret: new Secret(response.key) }));
export type CreatedKey = z.output<typeof createdKey>;

/** Not retried when its response is lost: the first key would be live, and in no state. */
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

/** Older servers, which reject `include_expired` and always list expired keys. */
const alwaysListExpired = new Set<string>();

/** One page of the keys of a workspace (by default the default one), newest first, with disabled and expired ones. */
export async function listKeysPage(api: Api, workspaceId: string | undefined, offset: number): Promise<Key[]> {
  const list = (more: { includeExpired?: "true" }) => {
    const query = { includeDisabled: "true", ...more, workspaceId, offset: offset || undefined };
    return api.request({ method: "GET", path: ["keys"], query, result: keyPage });
  };
  if (alwaysListExpired.has(api.baseUrl)) return list({});
  try {
    return await list({ includeExpired: "true" });
  } catch (error) {
    if (!rejectsIncludeExpired(error)) throw error;
    alwaysListExpired.add(api.baseUrl);
    return list({});
  }
}

function rejectsIncludeExpired(error: unknown): boolean {
  return error instanceof ApiError && error.status === 400 && error.apiMessage.includes("include_expired");
}

/** All keys of a workspace (by default the default one), newest first, with disabled and expired ones. */
export function listKeys(api: Api, workspaceId?: string): AsyncGenerator<Key> {
  return pagesUntilEmpty(
    api.operation,
    ({ hash }) => hash,
    (offset) => listKeysPage(api, workspaceId, offset),
  );
}
