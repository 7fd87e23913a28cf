/** The report for programs. docs/review.md describes it; fields may be added. */
import { parseUrn, stackOf } from "../../formats/urn";
import { type AssigneeList, kindOf } from "../shared/assignments";
import { type Callout, calloutText } from "./callouts";
import type { KeyRow, Review } from "./compare";
import { type Exposure, type Figure, Hidden, type Pair } from "./exposure";
import { overall, type Verdict } from "./gates";
import type { GuardrailRow, MemberRow } from "./guardrailRows";
import { plain, type Sentence } from "./sentence";
import { setLine } from "./setLines";
import type { Assigned, AssigneeChange, SetRow } from "./sets";
import type { SettingChange } from "./settings";
import type { AssignmentEnd, Link } from "./stack";
import { differenceOf, kindOfChange, type Sum, sumOf } from "./totals";

export function reviewJson(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): object {
  const { stack, scope, unknownValues, keys, guardrails, members, sets, exposures, warnings } = review;
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
    keys: keys.map((row) => keyJson(row, stack)),
    guardrails: guardrails.map(guardrailJson),
    members: members.map((row) => memberJson(row, stack)),
    assignmentSets: sets.map((row) => setJson(row, review)),
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

function keyJson(
  { identity, label, id, change, settings, exposure, consumers, held, ...row }: KeyRow,
  stack: Review["stack"],
): object {
  return {
    key: plain(label),
    urn: identity,
    hash: id ?? null,
    change,
    settings: settings.map(settingJson),
    guardrail: { before: endJson(row.guardrailBefore), after: endJson(row.guardrailAfter) },
    assignedBy: assignedBy(row.linkBefore, row.linkAfter, stack),
    atMost: pairJson(exposure),
    heldBy: {
      before: held.before ? plain(held.before.label) : null,
      after: held.after ? plain(held.after.label) : null,
    },
    consumers: consumers.map(plain),
  };
}

function guardrailJson({ identity, label, id, change, settings, budget, keys, members }: GuardrailRow): object {
  return {
    guardrail: plain(label),
    urn: identity,
    id: id ?? null,
    change,
    settings: settings.map(settingJson),
    atMostEach: { before: boundJson(budget.before), after: boundJson(budget.after) },
    keys,
    members,
  };
}

function memberJson(
  { identity, user, before, after, guardrailBefore, guardrailAfter, budget }: MemberRow,
  stack: Review["stack"],
): object {
  return {
    member: plain(user),
    urn: identity,
    guardrail: { before: endJson(guardrailBefore), after: endJson(guardrailAfter) },
    assignedBy: assignedBy(before, after, stack),
    atMost: { before: boundJson(budget.before), after: boundJson(budget.after) },
  };
}

/** The pair or set of this stack that declares it; null where none does. */
function assignedBy(before: Link | undefined, after: Link | undefined, stack: Review["stack"]): object {
  const resource = (link: Link | undefined) => {
    if (!link?.declaredBy || stackOf(link.declaredBy) !== stack) return null;
    const { type, name } = parseUrn(link.declaredBy);
    return { kind: kindOf(type) ?? type, name, urn: link.declaredBy };
  };
  return { before: resource(before), after: resource(after) };
}

function setJson(row: SetRow, review: Review): object {
  const { identity, label, change, guardrail, isExclusive, keys, members } = row;
  return {
    set: plain(label),
    urn: identity,
    change,
    guardrail: { before: endJson(guardrail.before), after: endJson(guardrail.after) },
    exclusive: { before: isExclusive.before ?? null, after: isExclusive.after ?? null },
    keys: assigneesJson(keys),
    members: assigneesJson(members),
    text: plain(setLine(row, review)),
  };
}

/** How many the set lists, and who comes and goes. Null: not managed, or not known. */
function assigneesJson({ listed, ...change }: AssigneeChange): object {
  const names = (all: readonly Assigned[]) => all.map(({ label }) => plain(label));
  return {
    before: lengthOf(listed.before),
    after: lengthOf(listed.after),
    unresolved: listed.after?.unresolved ?? 0,
    added: names(change.added),
    removed: names(change.removed),
    deleted: names(change.deleted),
    kept: names(change.kept),
    uncertain: names(change.uncertain),
    from: change.from.length,
    to: change.to.length,
  };
}

function lengthOf(list: AssigneeList | undefined): number | null {
  return !list || list.unresolved === "some" ? null : list.items.length + list.unresolved;
}

function settingJson({ setting, before, after }: SettingChange): object {
  return { setting, before: sentence(before), after: sentence(after) };
}

function endJson(end: AssignmentEnd | undefined): string | null {
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
