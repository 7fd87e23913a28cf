/** The key in use: `/key`. Its kind, its organization and workspace, and its limit. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableBoolean, nullableNumber, nullableString } from "./shapes";

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
});
export type CurrentKey = z.output<typeof currentKey>;

/** Works with any kind of key. */
export function readCurrentKey(api: Api): Promise<CurrentKey> {
  return api.request({ method: "GET", path: ["key"], result: data(currentKey) });
}
