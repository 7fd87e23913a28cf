/**
 * The most that a key may spend. Pure arithmetic, in whole cents, so that sums and differences are exact.
 *
 * A key may spend the lower of its own limit and the budget of its guardrail. A guardrail's budget counts for each key
 * and each member separately, so it is never divided among them.
 */

/** A value that can't be shown, and why. */
export class Hidden {
  constructor(readonly why: "known after apply" | "secret" | "not in this preview" | "not known") {}

  toJSON(): string {
    return this.why;
  }
}

export type Shown<Value> = Value | Hidden;

/** At most so much in any calendar month; or `once`, over the whole life of the key. */
export interface Figure {
  cents: number;
  per: "month" | "once";
}

export const NOTHING: Figure = { cents: 0, per: "month" };

export type Exposure = Shown<Figure | "unlimited">;

export interface Pair {
  before: Exposure;
  after: Exposure;
}

export interface Budget {
  amount?: Shown<number>;
  reset?: Shown<string>;
}

/**
 * How often a budget can be spent in one calendar month (UTC): the longest has 31 days, and it can touch six weeks that
 * begin on Monday, of which the first may have its whole budget left.
 */
const TIMES_A_MONTH: Readonly<Record<string, number>> = { daily: 31, weekly: 6, monthly: 1 };

export function atMost({ amount, reset }: Budget): Exposure {
  if (amount === undefined) return "unlimited";
  if (amount instanceof Hidden) return amount;
  if (amount === 0) return NOTHING;
  if (reset instanceof Hidden) return reset;
  if (reset === undefined) return { cents: roundedUp(amount), per: "once" };
  // A reset that is not known here counts as the most frequent one.
  return { cents: roundedUp(amount * (TIMES_A_MONTH[reset] ?? 31)), per: "month" };
}

/** A bound is never rounded down. Limits have 6 decimals; what is beyond is noise of binary arithmetic. */
function roundedUp(usd: number): number {
  return Math.ceil(Number((usd * 100).toFixed(4)));
}

export interface Spender {
  budget: Budget;
  disabled?: Shown<boolean>;
  expiresAt?: Shown<string>;
}

export interface Spending {
  exposure: Exposure;
  /** The guardrail's budget is what bounds it. */
  isHeld: boolean;
  /** What the exposure depends on and can't be shown: then the exposure is a bound that may be too high. */
  hidden?: Hidden;
}

/** @param now Milliseconds since 1970. */
export function spendingOf(key: Spender, guardrail: Budget | undefined, now: number): Spending {
  const [own, held] = [atMost(key.budget), guardrail ? atMost(guardrail) : "unlimited"] as const;
  if (key.disabled === true || isPast(key.expiresAt, now) || isNothing(own))
    return { exposure: NOTHING, isHeld: false };
  if (isNothing(held)) return { exposure: NOTHING, isHeld: true };
  const hidden = [own, held, key.disabled].find((each) => each instanceof Hidden);
  const isHeld = holds(own, held);
  return { exposure: isHeld ? held : own, isHeld, ...(hidden && { hidden }) };
}

/** A budget that resets bounds how fast a limit without reset is spent, and not how much. */
function holds(own: Exposure, held: Exposure): boolean {
  if (held === "unlimited") return false;
  if (own === "unlimited") return true;
  if (held instanceof Hidden) return false;
  return own instanceof Hidden || (own.per === "month" && held.cents < own.cents);
}

function isNothing(exposure: Exposure): boolean {
  return isFigure(exposure) && exposure.cents === 0;
}

export function isFigure(exposure: Exposure | undefined): exposure is Figure {
  return typeof exposure === "object" && !(exposure instanceof Hidden);
}

export function isPast(timestamp: Shown<string> | undefined, now: number): boolean {
  return typeof timestamp === "string" && Date.parse(timestamp) <= now;
}
