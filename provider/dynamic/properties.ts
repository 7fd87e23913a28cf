/** Turns properties into what Pulumi's wire and state accept. */
import { isDeepStrictEqual } from "node:util";
import { secret } from "../../formats/values";
import type { AccountRef } from "../reconcile/account";
import { Secret } from "../secret";
import { clean, cleanLines, WHOLE_KEY } from "../text";
import type { Properties } from "./protocol";
import { formatStamp } from "./stamp";

export function toState(outputs: object, account: AccountRef, unfinished = false): Properties {
  return { ...plain(outputs), __origin: formatStamp(account, unfinished) };
}

/**
 * Live properties as they enter the state. Pulumi prints them, so strings from the dashboard are cleaned, and a pasted key
 * is removed. Values that are in the state already stay.
 */
export function forState<Live extends object>(live: Live, olds: object = {}): Live {
  const entries = Object.entries(live).map(([name, value]) => {
    const isKnown = isDeepStrictEqual(value, olds[name as keyof typeof olds]);
    return [name, isKnown ? value : cleanValue(value, name === "name" ? clean : cleanLines)];
  });
  return Object.fromEntries(entries) as Live;
}

function cleanValue(value: unknown, cleaning: (text: string) => string): unknown {
  if (typeof value === "string") return cleaning(value).replace(WHOLE_KEY, "[secret]");
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, cleaning));
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleanValue(item, cleaning)]));
}

export function withoutCode({ __provider, ...properties }: Properties): Properties {
  return properties;
}

/** A copy that Pulumi accepts. It would fail on `undefined`, after the object was created. */
export function plain(properties: object): Properties {
  const present: Properties = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined) present[name] = value instanceof Secret ? secret(value.reveal()) : value;
  }
  return present;
}
