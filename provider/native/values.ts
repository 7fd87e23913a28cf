/** Property values on their way from and to the engine. */
import { isObject, isSecret, secret, type Value, type Values } from "../../formats/values";
import type { Properties } from "../host/state";
import { Secret } from "../secret";

/** Without marks of secrets. The engine omits them from properties of resources, but not from those of providers. */
export function unmarked(value: Value): Value {
  if (isSecret(value)) return unmarked(value.value ?? null);
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unmarked(item)]));
}

/** With marks of secrets. */
export function onWire(properties: Properties): Values {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Secret ? secret(value.reveal()) : (value as Value)]),
  );
}
