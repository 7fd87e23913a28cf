/** Counts as every command prints them. */

/** `1,234,567`, whatever the locale. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 key`, `2 keys`. */
export function pluralize(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
