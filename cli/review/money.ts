/** Exposures in words. What a figure means, at most a month or once, is always next to it. */
import { formatUsd } from "../shared/money";
import { type Exposure, type Figure, Hidden, type Pair } from "./exposure";
import { differenceOf, type Kind, kindOfChange } from "./totals";

const PER = { month: "a month", once: "once" } as const;

/** `$25 a month`, `$300 once`, `$0`. */
export function figureInWords({ cents, per }: Figure): string {
  return cents === 0 ? "$0" : `${dollars(cents)} ${PER[per]}`;
}

export function dollars(cents: number): string {
  return formatUsd(cents / 100);
}

/** @param unlimited What it is called where nothing bounds it. */
export function exposureInWords(exposure: Exposure, unlimited = "unlimited"): string {
  if (exposure === "unlimited") return unlimited;
  return exposure instanceof Hidden ? exposure.why : figureInWords(exposure);
}

const FACTS: Readonly<Record<Exclude<Kind, "month" | "once">, string>> = {
  becomeUnlimited: "becomes unlimited",
  becomeLimited: "becomes limited",
  stayUnlimited: "stays unlimited",
  becomeRecurring: "becomes recurring",
  becomeOnce: "no longer recurs",
  unknownBefore: "not known",
  unknownAfter: "not known",
};

/** `+$75 a month`, `-$25 once`, `$0`, or in words where there is no difference in money. */
export function changeInWords(pair: Pair): string {
  const kind = kindOfChange(pair);
  if (kind !== "month" && kind !== "once") return FACTS[kind];
  const difference = differenceOf(pair) as Figure;
  return `${signed(difference.cents)}${difference.cents === 0 ? "" : ` ${PER[kind]}`}`;
}

function signed(cents: number): string {
  return cents > 0 ? `+${dollars(cents)}` : dollars(cents);
}

/** `at most $30 → $50 a month (+$20)`, and in words where there is no difference in money. */
export function pairInWords(pair: Pair): string {
  const kind = kindOfChange(pair);
  if (kind !== "month" && kind !== "once") {
    return `${exposureInWords(pair.before)} → ${exposureInWords(pair.after)} (${FACTS[kind]})`;
  }
  const [before, after] = [pair.before as Figure, pair.after as Figure];
  if (before.cents === after.cents) return `at most ${figureInWords(after)}, unchanged`;
  const change = signed(after.cents - before.cents);
  return `at most ${dollars(before.cents)} → ${dollars(after.cents)} ${PER[kind]} (${change})`;
}
