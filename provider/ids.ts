/** The forms of ids. Imports nothing: programs load it. */

/** Of a key: 64 hexadecimal digits. */
export function isKeyHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Of a guardrail or workspace; in capitals it means the same. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
