/**
 * What a key may spend in a month at most. Pure arithmetic.
 *
 * A key may spend the lower of its own limit and the budget of its guardrail. A guardrail's budget counts for each key
 * and each member by itself, so it is never divided among them.
 */

/** A value that can't be shown, and why. */
export class Hidden {
  constructor(readonly why: "known after apply" | "secret" | "not in this preview") {}

  toJSON(): string {
    return this.why;
  }
}

export type Shown<Value> = Value | Hidden;

/** USD; `Infinity` is unlimited. */
export type Exposure = Shown<number>;

export interface Budget {
  amount?: Shown<number>;
  reset?: Shown<string>;
}

/** As many days as a month can have. A limit without reset can be spent once. */
const TIMES_A_MONTH: Readonly<Record<string, number>> = { daily: 31, weekly: 31 / 7, monthly: 1 };

export function monthly({ amount, reset }: Budget): Exposure {
  if (amount === undefined) return Number.POSITIVE_INFINITY;
  if (amount instanceof Hidden || amount === 0) return amount;
  if (reset instanceof Hidden) return reset;
  // A reset that is not known here is taken for the most frequent one.
  return amount * (reset === undefined ? 1 : (TIMES_A_MONTH[reset] ?? 31));
}

export interface Spender {
  budget: Budget;
  disabled?: Shown<boolean>;
  expiresAt?: Shown<string>;
}

/** @param now Milliseconds since 1970. */
export function keyExposure(key: Spender, guardrail: Budget | undefined, now: number): Exposure {
  if (key.disabled === true || isPast(key.expiresAt, now)) return 0;
  const bounds = lower(monthly(key.budget), guardrail ? monthly(guardrail) : Number.POSITIVE_INFINITY);
  return key.disabled instanceof Hidden && bounds !== 0 ? key.disabled : bounds;
}

export function isPast(instant: Shown<string> | undefined, now: number): boolean {
  return typeof instant === "string" && Date.parse(instant) <= now;
}

function lower(a: Exposure, b: Exposure): Exposure {
  if (a === 0 || b === 0) return 0;
  if (a instanceof Hidden) return a;
  return b instanceof Hidden ? b : Math.min(a, b);
}

/** A sum of exposures, with what can't be added counted by itself. */
export interface Total {
  usd: number;
  unlimited: number;
  unknown: number;
}

export function total(exposures: readonly Exposure[]): Total {
  const numbers = exposures.filter((each) => typeof each === "number");
  return {
    usd: numbers.filter(Number.isFinite).reduce((sum, each) => sum + each, 0),
    unlimited: numbers.filter((each) => each === Number.POSITIVE_INFINITY).length,
    unknown: exposures.length - numbers.length,
  };
}

export interface Difference {
  /** Of those that have a figure before and after. */
  usd: number;
  becomeUnlimited: number;
  becomeLimited: number;
  /** Those of which one figure or both can't be shown. */
  unknown: number;
}

export interface Pair {
  before: Exposure;
  after: Exposure;
}

export function difference(pairs: readonly Pair[]): Difference {
  const known = pairs.flatMap(({ before, after }) =>
    before instanceof Hidden || after instanceof Hidden ? [] : [[before, after] as const],
  );
  return {
    usd: known.filter((pair) => pair.every(Number.isFinite)).reduce((sum, [before, after]) => sum + after - before, 0),
    becomeUnlimited: known.filter(([before, after]) => Number.isFinite(before) && !Number.isFinite(after)).length,
    becomeLimited: known.filter(([before, after]) => !Number.isFinite(before) && Number.isFinite(after)).length,
    unknown: pairs.length - known.length,
  };
}
