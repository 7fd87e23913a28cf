/** The report for programs, as docs/review.md describes it. Fields may be added. */
import { kindIn } from "../../formats/typeTokens";
import { parseUrn, stackOf } from "../../formats/urn";
import { type Callout, calloutText } from "./calloutKinds";
import type { Review } from "./compare";
import type { Link } from "./contents";
import { differenceOf, type Exposure, type ExposureChange, kindOfChange, sumOf } from "./exposure";
import { overall, type Verdict } from "./gates";
import type { GuardrailRow, Maximum, MemberRow } from "./guardrailChanges";
import type { KeyRow } from "./keyChanges";
import { plain, type Sentence } from "./sentence";
import type { AssigneeChange, SetRow } from "./setChanges";
import { setLine } from "./setText";
import type { SettingChange } from "./settings";
import type { KeyUse } from "./usage";
import { type BeforeAfter, Hidden, mapBoth } from "./values";

export function reviewJson(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]) {
  const { stack, scope, unknownValues, keys, guardrails, members, sets, exposures, warnings, usage } = review;
  return {
    verdict: overall(verdicts) ?? null,
    stack: stack ?? null,
    scope,
    totals: totalsJson(review),
    unknownValues,
    usage: usage ? { from: usage.from, to: usage.to } : null,
    callouts: callouts.map((each) => ({ kind: each.kind, urn: each.identity, text: plain(calloutText(each)) })),
    keys: keys.map((row) => keyJson(row, review)),
    guardrails: guardrails.map(guardrailJson),
    members: members.map((row) => memberJson(row, stack)),
    assignmentSets: sets.map((row) => setJson(row, review)),
    exposures: exposures.map(({ label, ...change }) => ({ key: plain(label), ...changeJson(change) })),
    gates: verdicts.map(({ gate, result, reason }) => ({ gate, result, reason: plain(reason) })),
    warnings,
  };
}

/** Sums of figures, and the names of the keys that are in no sum. */
function totalsJson({ totals }: Review): object {
  const sumJson = (per: "month" | "once") => {
    const { keys, before, after } = sumOf(totals, per);
    const difference = (after.cents - before.cents) / 100;
    return { keys, before: before.cents / 100, after: after.cents / 100, difference };
  };
  const { month, once, ...others } = totals;
  const names = Object.entries(others).map(([kind, rows]) => [kind, rows.map(({ label }) => plain(label))]);
  return { month: sumJson("month"), once: sumJson("once"), ...Object.fromEntries(names) };
}

function keyJson(row: KeyRow, { stack, usage }: Review): object {
  return {
    key: plain(row.label),
    urn: row.identity,
    hash: row.id ?? null,
    change: row.change,
    settings: row.settings.map(settingJson),
    guardrail: guardrailNames(row.link),
    assignedBy: assignedBy(row.link, stack),
    atMost: changeJson(row.exposure),
    spent: spentJson(row.id === undefined ? undefined : usage?.of.get(row.id)),
    cappedBy: mapBoth(row.cappedBy, (guardrail) => nameJson(guardrail?.label)),
    consumers: row.consumers.map(plain),
  };
}

/** USD. Null if it was not read, or the account has no such key. */
function spentJson(use: KeyUse | undefined): object | null {
  if (!use) return null;
  const { spent, busiest } = use;
  return { days30: spent, busiestDay: busiest("daily"), busiestWeek: busiest("weekly"), ever: busiest(null) };
}

function guardrailJson(row: GuardrailRow): object {
  return {
    guardrail: plain(row.label),
    urn: row.identity,
    id: row.id ?? null,
    change: row.change,
    settings: row.settings.map(settingJson),
    atMostEach: mapBoth(row.maximum, maximumJson),
    keys: row.keys,
    members: row.members,
  };
}

function memberJson({ identity, label, link, maximum }: MemberRow, stack: Review["stack"]): object {
  return {
    member: plain(label),
    urn: identity,
    guardrail: guardrailNames(link),
    assignedBy: assignedBy(link, stack),
    atMost: mapBoth(maximum, maximumJson),
  };
}

function guardrailNames(link: BeforeAfter<Link | undefined>): object {
  return mapBoth(link, (each) => nameJson(each?.guardrail.label));
}

/** The single assignment or set of this stack that declares it; null if there is none. */
function assignedBy(link: BeforeAfter<Link | undefined>, stack: Review["stack"]): object {
  return mapBoth(link, (each) => {
    if (!each?.declaredBy || stackOf(each.declaredBy) !== stack) return null;
    const { type, name } = parseUrn(each.declaredBy);
    return { kind: kindIn(type) ?? type, name, urn: each.declaredBy };
  });
}

function setJson(row: SetRow, review: Review): object {
  return {
    set: plain(row.label),
    urn: row.identity,
    change: row.change,
    guardrail: mapBoth(row.guardrail, (end) => nameJson(end?.label)),
    exclusive: mapBoth(row.isExclusive, (value) => value ?? null),
    keys: assigneesJson(row.keys),
    members: assigneesJson(row.members),
    text: plain(setLine(row, review)),
  };
}

/** How many the set lists, and the names of those that it gains and loses. Null: not managed, or not known. */
function assigneesJson({ listed, from, to, unguarded, ...named }: AssigneeChange): object {
  const counts = mapBoth(listed, (list) =>
    !list || list.unresolved === "some" ? null : list.items.length + list.unresolved,
  );
  const names = Object.entries(named).map(([how, links]) => [how, links.map(({ label }) => plain(label))]);
  const unresolved = listed.after?.unresolved ?? 0;
  return { ...counts, unresolved, ...Object.fromEntries(names), from: from.length, to: to.length };
}

function settingJson({ title, before, after }: SettingChange): object {
  return { setting: title, ...mapBoth({ before, after }, nameJson) };
}

function nameJson(sentence: Sentence | undefined): string | null {
  return sentence ? plain(sentence) : null;
}

function changeJson(change: ExposureChange): object {
  const difference = differenceOf(change);
  return {
    ...mapBoth(change, exposureJson),
    difference: difference ? exposureJson(difference) : null,
    kind: kindOfChange(change),
  };
}

function exposureJson(exposure: Exposure): object | string {
  if (exposure === "unlimited") return exposure;
  return exposure instanceof Hidden ? exposure.why : { usd: exposure.cents / 100, per: exposure.per };
}

function maximumJson(maximum: Maximum): object | string | null {
  if (maximum === undefined) return null;
  return maximum === "unlimited" ? "no budget" : exposureJson(maximum);
}
