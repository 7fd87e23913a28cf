/** Suggests the name that a misspelled one may mean. */
import { closest, distance } from "fastest-levenshtein";

/** ` (did you mean balance-below?)`, or nothing without a similar name. At most two letters, or a third of them, may differ. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = closest(name, known);
  return known.length > 0 && distance(name, near) <= Math.max(2, name.length / 3) ? ` (did you mean ${near}?)` : "";
}
