/**
 * The most that a key may spend, in whole cents so that sums and differences are exact. Pure.
 *
 * A key may spend the lower of its own limit and the budget of its guardrail. A guardrail's budget applies to each key
 * and each member separately, so it is never divided among them.
 */
import { type BeforeAfter, Hidden, type MaybeHidden, mapBoth } from "./values";

/** At most this amount in any calendar month; or `once`, over the whole life of the key. */
export interface Figure {
  cents: number;
  per: "month" | "once";
}

export const NOTHING: Figure = { cents: 0, per: "month" };

export type Exposure = MaybeHidden<Figure | "unlimited">;
export type ExposureChange = BeforeAfter<Exposure>;

export interface Budget {
  amount?: MaybeHidden<number> | undefined;
  reset?: MaybeHidden<string> | undefined;
}

/**
 * How often a budget can be spent in one calendar month (UTC). The longest month has 31 days and can overlap six weeks,
 * which begin on Monday; the first of them may have its whole budget left.
 */
const TIMES_PER_MONTH: Readonly<Record<string, number>> = { daily: 31, weekly: 6, monthly: 1 };

export function maximumOf({ amount, reset }: Budget): Exposure {
  if (amount === undefined) return "unlimited";
  if (amount instanceof Hidden) return amount;
  if (amount === 0) return NOTHING;
  if (reset instanceof Hidden) return reset;
  if (reset === undefined) return { cents: roundUp(amount), per: "once" };
  // An interval that this release doesn't know counts as the most frequent one.
  return { cents: roundUp(amount * (TIMES_PER_MONTH[reset] ?? 31)), per: "month" };
}

/** A maximum is never rounded down. Limits have 6 decimals; further ones are noise of binary arithmetic. */
function roundUp(usd: number): number {
  return Math.ceil(Number((usd * 100).toFixed(4)));
}

export interface KeyLimits {
  budget: Budget;
  disabled?: MaybeHidden<boolean> | undefined;
  expiresAt?: MaybeHidden<string> | undefined;
}

export interface Spending {
  exposure: Exposure;
  /** Whether the guardrail's budget is the lower of the two. */
  isCapped: boolean;
  /** A value that the exposure depends on and that can't be shown: then the exposure may be too high. */
  hidden?: Hidden;
}

/** @param now Milliseconds since 1970. */
export function spendingOf(key: KeyLimits, guardrail: Budget | undefined, now: number): Spending {
  const own = maximumOf(key.budget);
  const cap = guardrail ? maximumOf(guardrail) : "unlimited";
  const isExpired = typeof key.expiresAt === "string" && Date.parse(key.expiresAt) <= now;
  if (key.disabled === true || isExpired || isZero(own)) return { exposure: NOTHING, isCapped: false };
  if (isZero(cap)) return { exposure: NOTHING, isCapped: true };
  const hidden = [own, cap, key.disabled].find((each) => each instanceof Hidden);
  const isCapped = caps(cap, own);
  return { exposure: isCapped ? cap : own, isCapped, ...(hidden && { hidden }) };
}

/** A budget that resets limits how fast a one-time limit is spent, not how much of it. */
function caps(cap: Exposure, own: Exposure): boolean {
  if (cap === "unlimited") return false;
  if (own === "unlimited") return true;
  if (cap instanceof Hidden) return false;
  return own instanceof Hidden || (own.per === "month" && cap.cents < own.cents);
}

export function isFigure(exposure: Exposure | undefined): exposure is Figure {
  return typeof exposure === "object" && !(exposure instanceof Hidden);
}

export function isZero(exposure: Exposure): boolean {
  return isFigure(exposure) && exposure.cents === 0;
}

export function centsOf(exposure: Exposure): number {
  return isFigure(exposure) ? exposure.cents : 0;
}

/** How an exposure changes, in the order of the report. Only the last three are sorted by their figures. */
const CHANGE_KINDS = [
  "becomeUnlimited",
  "unknownAfter",
  "unknownBefore",
  "becomeRecurring",
  "becomeOnce",
  "becomeLimited",
  "stayUnlimited",
  "month",
  "once",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export function kindOfChange({ before, after }: ExposureChange): ChangeKind {
  if (after === "unlimited") return before === "unlimited" ? "stayUnlimited" : "becomeUnlimited";
  if (after instanceof Hidden) return "unknownAfter";
  if (before instanceof Hidden) return "unknownBefore";
  if (before === "unlimited") return "becomeLimited";
  // $0 is the same once and every month.
  if (after.cents === 0) return before.per;
  if (before.cents === 0 || before.per === after.per) return after.per;
  return after.per === "month" ? "becomeRecurring" : "becomeOnce";
}

/** Undefined unless the kind is `month` or `once`: the others have no difference in dollars. */
export function differenceOf(change: ExposureChange): Figure | undefined {
  const kind = kindOfChange(change);
  if (kind !== "month" && kind !== "once") return undefined;
  return { cents: centsOf(change.after) - centsOf(change.before), per: kind };
}

/** Whether a key may spend more. A value that can't be shown may be more. */
export function rises(change: ExposureChange): boolean {
  const kind = kindOfChange(change);
  return kind === "becomeUnlimited" || kind.startsWith("unknown") || (differenceOf(change)?.cents ?? 0) > 0;
}

export function falls(change: ExposureChange): boolean {
  return kindOfChange(change) === "becomeLimited" || (differenceOf(change)?.cents ?? 0) < 0;
}

export function isHiddenBudget({ amount, reset }: Budget): boolean {
  return amount instanceof Hidden || reset instanceof Hidden;
}

/** Whether a limit or budget is raised by more than this factor. */
export function isRaised(budgets: BeforeAfter<Budget>, factor: number): boolean {
  const { before, after } = mapBoth(budgets, maximumOf);
  return isFigure(before) && isFigure(after) && rises({ before, after }) && after.cents > before.cents * factor;
}

/** Only figures of one kind are added: what can be spent every month, or once. */
export type Totals<Row extends ExposureChange> = Readonly<Record<ChangeKind, readonly Row[]>>;

export function totalsOf<Row extends ExposureChange>(rows: readonly Row[]): Totals<Row> {
  const totals = CHANGE_KINDS.map((kind) => [kind, rows.filter((row) => kindOfChange(row) === kind)]);
  return Object.fromEntries(totals);
}

export function sumOf(totals: Totals<ExposureChange>, per: Figure["per"]) {
  const rows = totals[per];
  const sum = (side: "before" | "after") => ({ cents: add(rows.map((row) => centsOf(row[side]))), per });
  return { keys: rows.length, before: sum("before"), after: sum("after") };
}

/**
 * How many cents more may be spent, for a gate: each month, and once. A limit that becomes recurring counts in full,
 * because a former one-time limit doesn't offset it. So does a limit whose former amount is not known.
 */
export function increaseOf(totals: Totals<ExposureChange>): Record<Figure["per"], number> {
  const inFull = [...totals.becomeRecurring, ...totals.unknownBefore].map(({ after }) => after).filter(isFigure);
  const increase = (per: Figure["per"]) => {
    const { before, after } = sumOf(totals, per);
    const added = inFull.filter((figure) => figure.per === per).map(({ cents }) => cents);
    return Math.max(0, after.cents - before.cents + add(added));
  };
  const becomeOnce = totals.becomeOnce.map(({ before, after }) => Math.max(0, centsOf(after) - centsOf(before)));
  return { month: increase("month"), once: increase("once") + add(becomeOnce) };
}

/** The most that can be spent in one calendar month, with all one-time limits. */
export function inOneMonth(rows: readonly ExposureChange[]): number {
  return add(rows.map(({ after }) => centsOf(after)));
}

function add(all: readonly number[]): number {
  return all.reduce((sum, each) => sum + each, 0);
}

const BY_FIGURE = CHANGE_KINDS.indexOf("stayUnlimited");

/** Sorts changes without a difference in dollars first, then by the difference, then by the figure. */
export function byExposure(a: ExposureChange, b: ExposureChange): number {
  const rank = (change: ExposureChange) => Math.min(CHANGE_KINDS.indexOf(kindOfChange(change)), BY_FIGURE);
  const difference = (change: ExposureChange) => Math.abs(differenceOf(change)?.cents ?? 0);
  const figure = ({ before, after }: ExposureChange) => Math.max(centsOf(before), centsOf(after));
  return rank(a) - rank(b) || difference(b) - difference(a) || figure(b) - figure(a);
}
