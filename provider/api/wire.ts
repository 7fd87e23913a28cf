/** Converts names between the API's snake_case and camelCase, at every depth. Values stay unchanged. */

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function toWire(value: unknown): unknown {
  return mapNames(value, snakeCase);
}

export function fromWire(value: unknown): unknown {
  return mapNames(value, (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}

/** Its names are not the API's: parameters of a saved request, with schemas in them. */
const VERBATIM = "config";

function mapNames(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapNames(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), name === VERBATIM ? item : mapNames(item, rename)]),
  );
}
