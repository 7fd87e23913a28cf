/** What reading and writing cost at the least, by the rules of the API: the targets are multiples of these numbers. */

/** Operations that the engine runs at a time. */
export const PARALLEL = 8;

/** Rows in a page of a list. */
const PAGE = 100;

interface Holdings {
  /** Keys of the stack, each with an assignment to the stack's one guardrail. */
  managed: number;
  /** All keys of the account. */
  inAccount: number;
}

/** Calls of a refresh by the two pure strategies. An assignment can only be read in a list, by either of them. */
export function refreshStrategies({ managed, inAccount }: Holdings): { oneEach: number; pages: number } {
  const others = pages(managed) + 1;
  return { oneEach: managed + others, pages: pages(inAccount) + others };
}

/** At most twice what the cheaper strategy takes. */
export function refreshTarget(holdings: Holdings): number {
  const { oneEach, pages } = refreshStrategies(holdings);
  return 2 * Math.min(oneEach, pages);
}

/** A call for each key, and assignments gathered as far as the engine asks for them at the same time. */
export function writeTarget(keys: number): number {
  return keys + Math.ceil(keys / PARALLEL) + 5;
}

function pages(rows: number): number {
  return Math.ceil(rows / PAGE);
}
