/** The formats of ids. Imports nothing: programs load this file. */

/** Id of a key. */
export function isKeyHash(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

/** Id of a guardrail or workspace, in upper or lower case. */
export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
