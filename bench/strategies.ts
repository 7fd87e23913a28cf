/** The minimum number of calls by the rules of the API. The targets are multiples of these numbers. */

/** Rows in a page of a list. */
const PAGE = 100;

interface Holdings {
  /** Keys of the stack, all assigned to its one guardrail. */
  managed: number;
  /** All keys of the account. */
  inAccount: number;
}

/** Calls of a refresh with the two pure strategies. Both must list the assignments. */
export function refreshStrategies({ managed, inAccount }: Holdings): { oneEach: number; pages: number } {
  const others = pages(managed) + 1;
  return { oneEach: managed + others, pages: pages(inAccount) + others };
}

/** At most twice the calls of the cheaper strategy. */
export function refreshTarget(holdings: Holdings): number {
  const { oneEach, pages } = refreshStrategies(holdings);
  return 2 * Math.min(oneEach, pages);
}

/** Maximum calls of each operation with pairs: one call for each key, and one for each pair. */
export function pairTargets(keys: number): Record<"create" | "refresh" | "destroy", number> {
  const writes = 2 * keys + 5;
  return { create: writes, refresh: refreshTarget({ managed: keys, inAccount: keys }), destroy: writes };
}

/**
 * The same with one set: a call for each key, bulk calls for the assignments, and none to remove them. A refresh lists keys and
 * assignments, and reads one key individually for each page of keys.
 */
export function setTargets(keys: number): Record<"create" | "refresh" | "destroy", number> {
  return { create: keys + pages(keys) + 7, refresh: 3 * pages(keys) + 1, destroy: keys + 3 };
}

function pages(rows: number): number {
  return Math.ceil(rows / PAGE);
}
