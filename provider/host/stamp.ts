/**
 * `__origin` in the state of every object: the version of the state and the account of the object.
 *
 * ```json
 * { "version": 1, "account": "0df9e665-d932-5740-b2c7-b52af166bc11" }
 * ```
 */
import type { AccountRef } from "../reconcile/account";
import { PUBLIC_BASE_URL } from "../settings";

/** The version of the format of a state. */
export const STATE_VERSION = 1;

export interface Stamp {
  version: number;
  /** Undefined if a later version writes it in a different format. */
  account: AccountRef | undefined;
  /** A step of the create or update failed, so the inputs in the state may differ from the outputs. */
  unfinished: boolean;
}

/** Usual values are omitted, because they would be in every state. */
export function formatStamp({ workspace, organization, server }: AccountRef, unfinished: boolean): object {
  return {
    version: STATE_VERSION,
    account: workspace,
    ...(organization ? { organization } : {}),
    ...(server === PUBLIC_BASE_URL ? {} : { server }),
    ...(unfinished ? { unfinished } : {}),
  };
}

/** Undefined if this package did not write it. */
export function parseStamp(value: unknown): Stamp | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, account, organization, server = PUBLIC_BASE_URL, unfinished } = value as Record<string, unknown>;
  if (typeof version !== "number") return undefined;
  const known = typeof account === "string" && typeof server === "string";
  const named = typeof organization === "string" ? { organization } : {};
  return {
    version,
    account: known ? { workspace: account, ...named, server } : undefined,
    unfinished: unfinished === true,
  };
}
