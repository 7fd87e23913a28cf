/** Sums over keys. Only figures of one kind are added: what comes every month, or what can be spent once. */
import { type Exposure, type Figure, Hidden, isFigure, type Pair } from "./exposure";

/** How an exposure changes. The first two have a difference in money; the others are facts of their own. */
export type Kind =
  | "month"
  | "once"
  | "becomeUnlimited"
  | "becomeLimited"
  | "stayUnlimited"
  | "becomeRecurring"
  | "becomeOnce"
  | "unknownBefore"
  | "unknownAfter";

export function kindOfChange({ before, after }: Pair): Kind {
  if (after === "unlimited") return before === "unlimited" ? "stayUnlimited" : "becomeUnlimited";
  if (after instanceof Hidden) return "unknownAfter";
  if (before instanceof Hidden) return "unknownBefore";
  if (before === "unlimited") return "becomeLimited";
  // Nothing is the same once and every month.
  if (before.cents === 0 || after.cents === 0 || before.per === after.per) return periodOf(before, after);
  return after.per === "month" ? "becomeRecurring" : "becomeOnce";
}

function periodOf(before: Figure, after: Figure): "month" | "once" {
  return after.cents > 0 ? after.per : before.per;
}

/** The difference in cents; undefined where there is none in money. */
export function differenceOf(pair: Pair): Figure | undefined {
  const kind = kindOfChange(pair);
  if (kind !== "month" && kind !== "once") return undefined;
  return { cents: centsOf(pair.after) - centsOf(pair.before), per: kind };
}

/** Whether more may be spent, as far as the two can be compared: what can't be shown may be more. */
export function rises(pair: Pair): boolean {
  const kind = kindOfChange(pair);
  return kind === "becomeUnlimited" || kind.startsWith("unknown") || (differenceOf(pair)?.cents ?? 0) > 0;
}

export function falls(pair: Pair): boolean {
  return kindOfChange(pair) === "becomeLimited" || (differenceOf(pair)?.cents ?? 0) < 0;
}

function centsOf(exposure: Exposure): number {
  return isFigure(exposure) ? exposure.cents : 0;
}

export interface Sum {
  keys: number;
  before: Figure;
  after: Figure;
}

export type Totals<Row extends Pair> = Readonly<Record<Kind, readonly Row[]>>;

export function totalsOf<Row extends Pair>(rows: readonly Row[]): Totals<Row> {
  const totals: Record<Kind, Row[]> = {
    month: [],
    once: [],
    becomeUnlimited: [],
    becomeLimited: [],
    stayUnlimited: [],
    becomeRecurring: [],
    becomeOnce: [],
    unknownBefore: [],
    unknownAfter: [],
  };
  for (const row of rows) totals[kindOfChange(row)].push(row);
  return totals;
}

export function sumOf(totals: Totals<Pair>, per: Figure["per"]): Sum {
  const rows = totals[per];
  const add = (side: "before" | "after") => rows.reduce((cents, row) => cents + centsOf(row[side]), 0);
  return { keys: rows.length, before: { cents: add("before"), per }, after: { cents: add("after"), per } };
}

/**
 * How much more may be spent, for a gate: each month, and once. A limit that becomes recurring counts in full, since
 * what could be spent once does not make up for what comes again; so does what nobody knows the former figure of.
 */
export function rise(totals: Totals<Pair>): Record<Figure["per"], number> {
  const whole = [...totals.becomeRecurring, ...totals.unknownBefore].map(({ after }) => after);
  const more = (per: Figure["per"]) => {
    const { before, after } = sumOf(totals, per);
    const added = whole.filter(isFigure).filter((figure) => figure.per === per);
    return Math.max(0, after.cents - before.cents + added.reduce((sum, { cents }) => sum + cents, 0));
  };
  const atOnce = totals.becomeOnce.map(({ before, after }) => Math.max(0, centsOf(after) - centsOf(before)));
  return { month: more("month"), once: more("once") + atOnce.reduce((sum, each) => sum + each, 0) };
}

/** The most that can be spent in one calendar month: everything that can be spent once in it, too. */
export function inOneMonth(rows: readonly Pair[]): number {
  return rows.reduce((sum, { after }) => sum + centsOf(after), 0);
}

const RANK: readonly Kind[] = [
  "becomeUnlimited",
  "unknownAfter",
  "unknownBefore",
  "becomeRecurring",
  "becomeOnce",
  "becomeLimited",
];

/** Orders by money: what has no difference first, then the largest difference, then the largest figure. */
export function byMoney(a: Pair, b: Pair): number {
  const rank = (pair: Pair) => RANK.indexOf(kindOfChange(pair)) + 1 || RANK.length + 1;
  const size = (pair: Pair) => Math.abs(differenceOf(pair)?.cents ?? 0);
  const height = ({ before, after }: Pair) => Math.max(centsOf(before), centsOf(after));
  return rank(a) - rank(b) || size(b) - size(a) || height(b) - height(a);
}
