/** The report for programs. docs/review.md describes it; fields may be added. */
import { type Callout, calloutText } from "./callouts";
import type { KeyRow, Review } from "./compare";
import { type Exposure, type Figure, Hidden, type Pair } from "./exposure";
import { overall, type Verdict } from "./gates";
import type { GuardrailRow, MemberRow } from "./guardrailRows";
import { plain, type Sentence } from "./sentence";
import type { SettingChange } from "./settings";
import type { End } from "./stack";
import { differenceOf, kindOfChange, type Sum, sumOf } from "./totals";

export function reviewJson(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): object {
  const { stack, scope, unknownValues, keys, guardrails, members, exposures, warnings } = review;
  return {
    verdict: overall(verdicts) ?? null,
    stack: stack ?? null,
    scope,
    totals: totalsJson(review),
    unknownValues,
    callouts: callouts.map((callout) => ({
      kind: callout.kind,
      urn: callout.identity,
      text: plain(calloutText(callout)),
    })),
    keys: keys.map(keyJson),
    guardrails: guardrails.map(guardrailJson),
    members: members.map(memberJson),
    exposures: exposures.map(({ label, ...pair }) => ({ key: plain(label), ...pairJson(pair) })),
    gates: verdicts.map(({ gate, result, reason }) => ({ gate, result, reason: plain(reason) })),
    warnings,
  };
}

/** Sums of figures, and the names of the keys that are in no sum. */
function totalsJson({ totals }: Review): object {
  const { month, once, ...others } = totals;
  const names = Object.entries(others).map(([kind, rows]) => [kind, rows.map(({ label }) => plain(label))]);
  return { month: sumJson(sumOf(totals, "month")), once: sumJson(sumOf(totals, "once")), ...Object.fromEntries(names) };
}

function sumJson({ keys, before, after }: Sum): object {
  return { keys, before: usd(before), after: usd(after), difference: (after.cents - before.cents) / 100 };
}

function keyJson({ identity, label, id, fate, settings, exposure, consumers, held, ...row }: KeyRow): object {
  return {
    key: plain(label),
    urn: identity,
    hash: id ?? null,
    change: fate,
    settings: settings.map(settingJson),
    guardrail: { before: endJson(row.guardrailBefore), after: endJson(row.guardrailAfter) },
    atMost: pairJson(exposure),
    heldBy: {
      before: held.before ? plain(held.before.label) : null,
      after: held.after ? plain(held.after.label) : null,
    },
    consumers: consumers.map(plain),
  };
}

function guardrailJson({ identity, label, id, fate, settings, budget, keys, members }: GuardrailRow): object {
  return {
    guardrail: plain(label),
    urn: identity,
    id: id ?? null,
    change: fate,
    settings: settings.map(settingJson),
    atMostEach: { before: boundJson(budget.before), after: boundJson(budget.after) },
    keys,
    members,
  };
}

function memberJson({ identity, user, guardrailBefore, guardrailAfter, budget }: MemberRow): object {
  return {
    member: plain(user),
    urn: identity,
    guardrail: { before: endJson(guardrailBefore), after: endJson(guardrailAfter) },
    atMost: { before: boundJson(budget.before), after: boundJson(budget.after) },
  };
}

function settingJson({ setting, before, after }: SettingChange): object {
  return { setting, before: sentence(before), after: sentence(after) };
}

function endJson(end: End | undefined): string | null {
  return end ? plain(end.label) : null;
}

function sentence(words: Sentence | undefined): string | null {
  return words ? plain(words) : null;
}

/** `difference` is null where there is none in money; `kind` says what changes instead. */
function pairJson(pair: Pair): object {
  const difference = differenceOf(pair);
  return {
    before: exposureJson(pair.before),
    after: exposureJson(pair.after),
    difference: difference ? exposureJson(difference) : null,
    kind: kindOfChange(pair),
  };
}

/** A figure in USD, or `unlimited`, or why there is none. */
function exposureJson(exposure: Exposure): object | string {
  if (exposure === "unlimited") return exposure;
  return exposure instanceof Hidden ? exposure.why : { usd: usd(exposure), per: exposure.per };
}

/** Null where there is no guardrail. */
function boundJson(bound: Exposure | undefined): object | string | null {
  if (bound === undefined) return null;
  return bound === "unlimited" ? "no budget" : exposureJson(bound);
}

function usd({ cents }: Figure): number {
  return cents / 100;
}
