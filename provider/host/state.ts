/** Properties as they enter and leave the state. */
import { isDeepStrictEqual } from "node:util";
import { secret, type Value, type Values } from "../../formats/values";
import type { AccountRef } from "../reconcile/account";
import { Secret } from "../secret";
import { clean, cleanLines, WHOLE_KEY } from "../text";
import { formatStamp } from "./stamp";

/** Properties of an object, by name. On the way to the engine, secret ones are a `Secret`. */
export type Properties = Record<string, unknown>;

/** The outputs of an object, stamped with its account. */
export function toState(outputs: object, account: AccountRef, unfinished = false): Properties {
  return { ...present(outputs), __origin: formatStamp(account, unfinished) };
}

/** A copy without `undefined`, on which the engine would fail, after the object was created. */
export function present(properties: object): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
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

/** With marks of secrets. */
export function onWire(properties: Properties): Values {
  const entries = Object.entries(properties);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Secret ? secret(value.reveal()) : (value as Value)]),
  );
}

/** Without the code of the dynamic provider, which both hosts keep in the state. */
export function withoutCode<Given extends Properties>({ __provider, ...properties }: Given): Omit<Given, "__provider"> {
  return properties;
}
