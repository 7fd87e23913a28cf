import {
  isObject,
  isSecret,
  mapSecrets,
  mapValues,
  plain,
  secret,
  UNKNOWN,
  type Value,
  type Values,
} from "../../formats/values";

/**
 * A dynamic provider returns plain values, so secrets are marked by name, as in Pulumi's engine: a property is secret if it is
 * in `like`, an array if `like` has a secret anywhere in it.
 */
export function markSecrets(values: Values, like: Values): Values {
  const marked = { ...values };
  for (const [key, value] of Object.entries(values)) {
    const model = like[key];
    if (model === undefined || isSecret(value)) continue;
    if (isSecret(model) || (Array.isArray(model) && !isDeepEqual(model, plain(model)))) marked[key] = secret(value);
    else if (isObject(model) && isObject(value)) marked[key] = markSecrets(value, model);
  }
  return marked;
}

export function markNames(values: Values, names: string[]): Values {
  const marked = { ...values };
  for (const name of names) {
    const value = marked[name];
    if (value !== undefined && !isSecret(value)) marked[name] = secret(value);
  }
  return marked;
}

export function isDeepEqual(a: Value | undefined, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isDeepEqual(item, b[index]));
  }
  if (isObject(a) && isObject(b)) return changedKeys(a, b).length === 0;
  return a === b;
}

export function changedKeys(olds: Values, news: Values): string[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  return keys.filter((key) => !isDeepEqual(olds[key], news[key]));
}

/** Unwraps the secrets of an import file, which have their JSON in `plaintext`. */
export function fromPlaintext(values: Values): Values {
  const open = (wrapped: Values) => {
    return typeof wrapped.plaintext === "string" ? secret(JSON.parse(wrapped.plaintext)) : wrapped;
  };
  return mapValues(values, (value) => mapSecrets(value, open));
}

/** For people: replaces secrets and unknowns with `[secret]` and `[unknown]`. */
export function masked(values: Values): Values {
  const hide = (value: Value): Value => {
    if (isSecret(value)) return "[secret]";
    if (Array.isArray(value)) return value.map(hide);
    if (isObject(value)) return mapValues(value, hide);
    return value === UNKNOWN ? "[unknown]" : value;
  };
  return mapValues(values, hide);
}

/** All strings in the secrets of a value. */
export function secretStrings(value: Value): string[] {
  if (isSecret(value)) return stringsIn(plain(value));
  if (Array.isArray(value)) return value.flatMap(secretStrings);
  return isObject(value) ? Object.values(value).flatMap(secretStrings) : [];
}

function stringsIn(value: Value): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
