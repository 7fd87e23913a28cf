/** The report for programs. docs/review.md describes it; fields may be added, and `version` tells when one changes. */
import type { Callout } from "./callouts";
import type { GuardrailRow, KeyRow, MemberRow, Review } from "./compare";
import { type Exposure, Hidden } from "./exposure";
import type { Verdict } from "./gates";
import { plain, type Sentence } from "./sentence";
import type { SettingChange } from "./settings";
import type { End } from "./stack";

export function reviewJson(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): object {
  const { stack, scope, totals, unknownValues, keys, guardrails, members, exposures, warnings } = review;
  return {
    version: 1,
    stack: stack ?? null,
    scope,
    totals: {
      before: { ...totals.before, usd: usd(totals.before.usd) },
      after: { ...totals.after, usd: usd(totals.after.usd) },
      difference: { ...totals.difference, usd: usd(totals.difference.usd) },
    },
    unknownValues,
    callouts: callouts.map(({ kind, identity, text }) => ({ kind, urn: identity, text: plain(text) })),
    keys: keys.map(keyJson),
    guardrails: guardrails.map(guardrailJson),
    members: members.map(memberJson),
    exposures: exposures.map(({ label, before, after }) => ({ key: plain(label), ...pair({ before, after }) })),
    gates: verdicts.map(({ gate, result, reason }) => ({ gate, result, reason: plain(reason) })),
    warnings,
  };
}

function keyJson({ identity, label, id, fate, settings, exposure, consumers, ...row }: KeyRow): object {
  return {
    key: plain(label),
    urn: identity,
    hash: id ?? null,
    change: fate,
    settings: settings.map(settingJson),
    guardrail: { before: endJson(row.guardrailBefore), after: endJson(row.guardrailAfter) },
    monthly: pair(exposure),
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
    monthlyEach: pair(budget),
    keys,
    members,
  };
}

function memberJson({ identity, user, guardrailBefore, guardrailAfter, budget }: MemberRow): object {
  return {
    member: plain(user),
    urn: identity,
    guardrail: { before: endJson(guardrailBefore), after: endJson(guardrailAfter) },
    monthly: pair(budget),
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

function pair({ before, after }: { before: Exposure | undefined; after: Exposure | undefined }): object {
  return { before: exposureJson(before), after: exposureJson(after) };
}

/** A number in USD, or `unlimited`, or why there is none. */
function exposureJson(exposure: Exposure | undefined): number | string | null {
  if (exposure === undefined) return null;
  if (exposure instanceof Hidden) return exposure.why;
  return exposure === Number.POSITIVE_INFINITY ? "unlimited" : usd(exposure);
}

/** As precise as limits are; sevenths would go on for ever. */
function usd(amount: number): number {
  return Number(amount.toFixed(6));
}
