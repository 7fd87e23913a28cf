/** Limits and budgets that change: by their amount, or from once to every month. */
import type { Found } from "./callouts";
import type { KeyRow } from "./compare";
import { atMost, type Budget, Hidden, isFigure } from "./exposure";
import { exposureInWords } from "./money";
import { compose, type Sentence } from "./sentence";
import { budgetInWords } from "./settings";
import type { Guardrail } from "./stack";
import { falls, kindOfChange, rises } from "./totals";

export function isHidden({ amount, reset }: Budget): boolean {
  return amount instanceof Hidden || reset instanceof Hidden;
}

export function budgetChange(before: Budget, after: Budget): Sentence {
  return compose`${budgetInWords(before)} → ${budgetInWords(after)}`;
}

/** What can be spent once and what comes again every month can't be compared by their amounts. */
export function periods({ exposure }: KeyRow): Found[] {
  const change = compose`${exposureInWords(exposure.before)} → ${exposureInWords(exposure.after)}`;
  const kind = kindOfChange(exposure);
  if (kind === "becomeRecurring") return [["recurring", compose`the limit becomes recurring, ${change}.`]];
  return kind === "becomeOnce" ? [["once", compose`the limit no longer resets, ${change}.`]] : [];
}

export function raise({ before, after, exposure }: KeyRow, factor: number): Found[] {
  if (!before || !after || !rises(exposure)) return [];
  return isRaised(before.budget, after.budget, factor)
    ? [["raised", compose`limit raised, ${budgetChange(before.budget, after.budget)}.`]]
    : [];
}

function isRaised(before: Budget, after: Budget, factor: number): boolean {
  const pair = { before: atMost(before), after: atMost(after) };
  if (!isFigure(pair.before) || !isFigure(pair.after) || !rises(pair)) return false;
  return pair.after.cents > pair.before.cents * factor;
}

/** Of a guardrail. */
export function budgetCallouts({ budget: from }: Guardrail, { budget: to }: Guardrail, factor: number): Found[] {
  const pair = { before: atMost(from), after: atMost(to) };
  if (isHidden(to)) return [["lower", compose`budget changed, and may be lower: ${budgetChange(from, to)}.`]];
  if (falls(pair)) return [["lower", compose`budget lowered, ${budgetChange(from, to)}.`]];
  if (from.amount !== undefined && to.amount === undefined) {
    return [["raised", compose`no budget any more (it was ${budgetInWords(from)}).`]];
  }
  return isRaised(from, to, factor) ? [["raised", compose`budget raised, ${budgetChange(from, to)}.`]] : [];
}
