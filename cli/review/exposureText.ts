/** Exposures and budgets as the report shows them. A figure always has its unit: `a month` or `once`. */
import { formatUsd, INTERVALS } from "../shared/money";
import {
  type Budget,
  type ChangeKind,
  differenceOf,
  type Exposure,
  type ExposureChange,
  type Figure,
  kindOfChange,
} from "./exposure";
import { compose, literal, quoted, type Sentence } from "./sentence";
import { type BeforeAfter, Hidden, type MaybeHidden } from "./values";

const UNITS = { month: "a month", once: "once" } as const;

export function dollars(cents: number): string {
  return formatUsd(cents / 100);
}

/** `$25 a month`, `$300 once`, `$0`, `secret`. @param unlimited What to call an exposure without a maximum. */
export function exposureText(exposure: Exposure, unlimited = "unlimited"): string {
  if (exposure === "unlimited") return unlimited;
  if (exposure instanceof Hidden) return exposure.why;
  return exposure.cents === 0 ? "$0" : `${dollars(exposure.cents)} ${UNITS[exposure.per]}`;
}

const WITHOUT_DIFFERENCE: Readonly<Record<Exclude<ChangeKind, "month" | "once">, string>> = {
  becomeUnlimited: "becomes unlimited",
  becomeLimited: "becomes limited",
  stayUnlimited: "stays unlimited",
  becomeRecurring: "becomes recurring",
  becomeOnce: "no longer resets",
  unknownBefore: "not known",
  unknownAfter: "not known",
};

/** `+$75 a month`, `-$25 once`, `$0`, `becomes unlimited`. */
export function differenceText(change: ExposureChange): string {
  const kind = kindOfChange(change);
  if (kind !== "month" && kind !== "once") return WITHOUT_DIFFERENCE[kind];
  const difference = exposureText(differenceOf(change) as Figure);
  return difference.startsWith("-") || difference === "$0" ? difference : `+${difference}`;
}

/** `$300 once → $250 a month`. */
export function arrowText({ before, after }: ExposureChange): string {
  return `${exposureText(before)} → ${exposureText(after)}`;
}

/** `at most $30 → $50 a month (+$20)`, `$30 a month → unlimited (becomes unlimited)`. */
export function changeText(change: ExposureChange): string {
  const difference = differenceOf(change);
  if (!difference) return `${arrowText(change)} (${differenceText(change)})`;
  const [before, after] = [change.before as Figure, change.after as Figure];
  if (difference.cents === 0) return `at most ${exposureText(after)}, unchanged`;
  const sign = difference.cents > 0 ? "+" : "";
  const amounts = `${dollars(before.cents)} → ${dollars(after.cents)} ${UNITS[difference.per]}`;
  return `at most ${amounts} (${sign}${dollars(difference.cents)})`;
}

/** `$25 a month`, `$25 once`, `none`. */
export function budgetText({ amount, reset }: Budget): Sentence {
  if (amount === undefined) return literal("none");
  return amount instanceof Hidden
    ? compose`${literal(amount.why)} (${intervalText(reset)})`
    : compose`${literal(formatUsd(amount))} ${intervalText(reset)}`;
}

export function budgetChangeText({ before, after }: BeforeAfter<Budget>): Sentence {
  return compose`${budgetText(before)} → ${budgetText(after)}`;
}

function intervalText(reset: MaybeHidden<string> | undefined): Sentence {
  if (reset === undefined) return literal("once");
  if (reset instanceof Hidden) return literal(`per interval (${reset.why})`);
  const known = INTERVALS[reset];
  return known ? literal(known) : quoted(reset);
}
