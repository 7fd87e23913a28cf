/** The key in use: `/key`. What kind of key it is, where it belongs, and what its limit is. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableBoolean, nullableNumber, nullableString } from "./shapes";

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
});
export type CurrentKey = z.output<typeof currentKey>;

/** Any kind of key may ask. */
export function readCurrentKey(api: Api): Promise<CurrentKey> {
  return api.request({ method: "GET", path: ["key"], result: data(currentKey) });
}
