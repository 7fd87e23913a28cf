/** Property values as the engine and providers exchange them: JSON, with marks for secret and unknown values. */

export type Value = null | boolean | number | string | Value[] | Values;
export interface Values {
  [key: string]: Value;
}

/** Replaces a value that a preview can't know, whatever its type. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The property that marks an object as special, and its value for a secret. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Whether the value or any value in it is unknown. */
export function hasUnknown(value: unknown): boolean {
  return isUnknown(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasUnknown));
}

export function secret(value: Value): Values {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

export function isSecret(value: unknown): value is Values {
  return isObject(value) && value[SIGNATURE] === SECRET_SIGNATURE;
}

export function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rebuilds a value with every secret in it replaced, outermost first. */
export function mapSecrets(value: Value, replace: (secret: Values) => Value): Value {
  if (isSecret(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (isObject(value)) return mapValues(value, (item) => mapSecrets(item, replace));
  return value;
}

export function mapValues(values: Values, map: (value: Value) => Value): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

/** The value without marks of secrets, at any depth. */
export function plain(value: Value): Value {
  return mapSecrets(value, (wrapped) => plain(wrapped.value ?? null));
}

export function plainValues(values: Values): Values {
  return mapValues(values, plain);
}
