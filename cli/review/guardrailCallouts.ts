/** What to check about a guardrail: its budget, and what it allows and protects. */
import { isDeepStrictEqual } from "node:util";
import type { Finding } from "./calloutKinds";
import type { Review } from "./compare";
import { type Budget, falls, isHiddenBudget, isRaised, maximumOf, rises } from "./exposure";
import { budgetChangeText, budgetText } from "./exposureText";
import type { GuardrailRow } from "./guardrailChanges";
import { compose, joinFirst, literal, quoted, type Sentence } from "./sentence";
import { changesAny, SETTINGS } from "./settings";
import { type BeforeAfter, Hidden, mapBoth, type Properties } from "./values";

export function guardrailFindings(row: GuardrailRow, review: Review, factor: number): Finding[] {
  const { before, after } = row.guardrail;
  if (!before || !after) return [];
  const isBudget = changesAny(row, "limitUsd", "resetInterval") && limitsSpending(row, review);
  const differing = row.settings.flatMap(({ properties }) => properties);
  return [
    ...(isBudget ? budgetFindings({ before: before.budget, after: after.budget }, factor) : []),
    ...protectionFindings({ before: before.properties, after: after.properties }, differing),
  ];
}

/** Not if each of its keys has a lower limit. */
function limitsSpending({ identity, keys, members }: GuardrailRow, review: Review): boolean {
  if (review.scope === "changes" || members > 0 || keys === 0) return true;
  return review.keys.some(({ link, exposure }) => {
    return link.after?.guardrail.identity === identity && (rises(exposure) || falls(exposure));
  });
}

function budgetFindings(budgets: BeforeAfter<Budget>, factor: number): Finding[] {
  const { before, after } = budgets;
  if (isHiddenBudget(after)) return [["lower", compose`budget may be lower (${budgetChangeText(budgets)}).`]];
  if (falls(mapBoth(budgets, maximumOf))) return [["lower", compose`budget lowered (${budgetChangeText(budgets)}).`]];
  if (before.amount !== undefined && after.amount === undefined) {
    return [["raised", compose`budget removed (was ${budgetText(before)}).`]];
  }
  return isRaised(budgets, factor) ? [["raised", compose`budget raised (${budgetChangeText(budgets)}).`]] : [];
}

/** @param differing Properties that Pulumi reports as different: two secrets look alike here. */
export function protectionFindings(guardrail: BeforeAfter<Properties>, differing: readonly string[] = []): Finding[] {
  const vendors = { "zero-retention": [] as string[], "safety-retention": [] as string[] };
  const found: Finding[] = [];
  for (const [name, { title, callout }] of Object.entries(SETTINGS.guardrail)) {
    const values = mapBoth(guardrail, (properties) => properties[name]);
    const isChanged = !isDeepStrictEqual(values.before, values.after) || differing.includes(name);
    if (!callout || !isChanged) continue;
    if ("noun" in callout) found.push(...listFindings(callout.kind, callout.noun, title, values));
    else if (retainsMore(callout.kind, values)) vendors[callout.kind].push(callout.vendor);
  }
  const [off, allowed] = [vendors["zero-retention"].join(", "), vendors["safety-retention"].join(", ")];
  if (off) found.push(["zdr-off", literal(`zero data retention is turned off for ${off}.`)]);
  if (allowed) found.push(["zdr-off", literal(`retention for safety monitoring is allowed for ${allowed}.`)]);
  return found;
}

/** An unset zero-retention switch is off; an unset safety-retention switch allows nothing. A hidden value may be any. */
function retainsMore(kind: "zero-retention" | "safety-retention", { before, after }: BeforeAfter<unknown>): boolean {
  if (kind === "zero-retention") return (before === true || before instanceof Hidden) && after !== true;
  return after !== false && (after !== undefined || before === false);
}

/** No allowlist allows everything, no ignore list ignores nothing. */
function listFindings(
  kind: "allows" | "ignores",
  noun: string,
  title: string,
  values: BeforeAfter<unknown>,
): Finding[] {
  const hidden = [values.after, values.before].find((each) => each instanceof Hidden);
  if (hidden instanceof Hidden) {
    const message = literal(`${title} changed, but can't be shown (${hidden.why}).`);
    return (["narrow", "widened"] as const).map((kind) => [kind, message]);
  }
  const { before, after } = mapBoth(values, (list) => (Array.isArray(list) ? list : undefined));
  const allows = kind === "allows";
  if (allows && !before && after) return [["narrow", compose`only ${items(noun, after)} allowed.`]];
  if (allows && before && !after) {
    return [["widened", compose`all ${literal(noun)}s are allowed (previously only ${names(before)}).`]];
  }
  const participle = literal(allows ? "allowed" : "ignored");
  const [added, removed] = [without(after, before), without(before, after)];
  const [more, less] = allows ? (["widened", "narrow"] as const) : (["narrow", "widened"] as const);
  const found: Finding[] = [];
  if (added.length > 0) found.push([more, compose`${items(noun, added)} now ${participle}.`]);
  if (removed.length > 0) found.push([less, compose`${items(noun, removed)} no longer ${participle}.`]);
  return found;
}

/** An item that can't be shown may be any. */
function without(list: readonly unknown[] = [], other: readonly unknown[] = []): unknown[] {
  return list.filter((item) => typeof item !== "string" || !other.includes(item));
}

/** `model a is`, `models a, b are`. */
function items(noun: string, list: readonly unknown[]): Sentence {
  const [plural, verb] = list.length === 1 ? [noun, "is"] : [`${noun}s`, "are"];
  return compose`${literal(plural)} ${names(list)} ${literal(verb)}`;
}

function names(list: readonly unknown[]): Sentence {
  return joinFirst(list.map((item) => (item instanceof Hidden ? literal(item.why) : quoted(String(item)))));
}
