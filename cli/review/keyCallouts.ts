/** What to check about a key. */
import type { Finding } from "./calloutKinds";
import type { Review } from "./compare";
import type { AssignmentEnd, Guardrail, Key } from "./contents";
import { falls, isHiddenBudget, isRaised, isZero, kindOfChange, maximumOf, rises } from "./exposure";
import { arrowText, budgetChangeText, budgetText } from "./exposureText";
import { protectionFindings } from "./guardrailCallouts";
import type { KeyRow } from "./keyChanges";
import { compose, join, literal, quoted, type Sentence } from "./sentence";
import { changesAny } from "./settings";
import { type BeforeAfter, Hidden, type MaybeHidden, mapBoth, type Properties } from "./values";

export function keyFindings(row: KeyRow, review: Review, factor: number): Finding[] {
  const { change, key } = row;
  if (change === "affected") return [];
  if (change === "deleted") return [["delete", literal("deleted; clients lose access at once.")]];
  if (change === "released") {
    return [["release", literal("removed from the stack, but keeps working (retainOnDelete).")]];
  }
  const found: Finding[] = [];
  if (change === "replaced") found.push(["replace", replacement(row)]);
  if (key.before && key.after) {
    const both = { before: key.before, after: key.after };
    found.push(...outages(row, both), ...limitChanges(row, both, factor));
  }
  found.push(...moves(row, review));
  if (key.after && key.after.budget.amount === undefined) found.push(["no-limit", withoutLimit(row, review)]);
  if (key.after && key.after.expiresAt === undefined) found.push(["no-expiry", literal("no expiry date.")]);
  return found;
}

function replacement({ consumers }: KeyRow): Sentence {
  const clients =
    consumers.length > 0
      ? compose`In this stack, ${join(consumers)} gets the new secret; update all other clients.`
      : literal("No other resource in this preview uses it; update clients that read it from a stack output.");
  return compose`replaced; the old secret stops working. ${clients}`;
}

/** What may cut off clients of a key that stays. */
function outages(row: KeyRow, { before, after }: BeforeAfter<Key>): Finding[] {
  const found: Finding[] = [];
  if (changesAny(row, "disabled") && after.disabled !== undefined) {
    const hidden = after.disabled instanceof Hidden ? after.disabled.why : undefined;
    found.push(["disable", literal(hidden ? `may be disabled (${hidden}).` : "disabled; requests with it fail.")]);
  }
  if (changesAny(row, "expiresAt") && after.expiresAt !== undefined) {
    const [from, to] = [before.expiresAt, after.expiresAt];
    const isKnown = typeof to === "string" && !(from instanceof Hidden);
    const how = isKnown ? "expires earlier" : "may expire earlier";
    const isLater = isKnown && from !== undefined && Date.parse(to) >= Date.parse(from);
    if (!isLater) found.push(["expire", compose`${literal(how)} (${expiryText(from)} → ${expiryText(to)}).`]);
  }
  const message = after.disabled === true ? undefined : lowerLimit(row, { before, after });
  return message ? [...found, ["lower", message]] : found;
}

function expiryText(timestamp: MaybeHidden<string> | undefined): Sentence {
  if (timestamp instanceof Hidden) return literal(timestamp.why);
  return timestamp === undefined ? literal("never") : quoted(timestamp);
}

function lowerLimit(row: KeyRow, key: BeforeAfter<Key>): Sentence | undefined {
  const budgets = mapBoth(key, ({ budget }) => budget);
  const isLimit = changesAny(row, "limit", "limitReset");
  if (isLimit && isHiddenBudget(budgets.after)) return compose`limit may be lower (${budgetChangeText(budgets)}).`;
  if (!falls(row.exposure)) return undefined;
  if (isLimit && falls(mapBoth(budgets, maximumOf))) return compose`limit lowered (${budgetChangeText(budgets)}).`;
  return row.moved ? literal(`may spend less (at most ${arrowText(row.exposure)}).`) : undefined;
}

function limitChanges(row: KeyRow, key: BeforeAfter<Key>, factor: number): Finding[] {
  const budgets = mapBoth(key, ({ budget }) => budget);
  const kind = kindOfChange(row.exposure);
  if (kind === "becomeRecurring")
    return [["recurring", literal(`limit becomes recurring (${arrowText(row.exposure)}).`)]];
  if (kind === "becomeOnce") return [["once", literal(`limit no longer resets (${arrowText(row.exposure)}).`)]];
  if (!rises(row.exposure) || !isRaised(budgets, factor)) return [];
  return [["raised", compose`limit raised (${budgetChangeText(budgets)}).`]];
}

/** What limits the spending of a key without a limit. */
function withoutLimit({ key, link, exposure, cappedBy }: KeyRow, { scope, contents }: Review): Sentence {
  const former = key.before?.budget;
  const was = former?.amount === undefined ? literal("no limit") : compose`no limit (was ${budgetText(former)})`;
  const guardrail = link.after?.guardrail;
  if (isZero(exposure.after)) return compose`${was}, but it can't spend now (disabled, expired or a budget of $0).`;
  if (!guardrail) {
    return scope === "stack"
      ? compose`${was}, and no guardrail limits its spending.`
      : compose`${was}; whether a guardrail limits its spending is not in this preview.`;
  }
  if (cappedBy.after) {
    return compose`${was}; guardrail ${cappedBy.after.label} caps it at ${budgetText(cappedBy.after.budget)}.`;
  }
  return contents.after.guardrails.has(guardrail.identity)
    ? compose`${was}, and guardrail ${guardrail.label} has no budget either.`
    : compose`${was}; the budget of guardrail ${guardrail.label} is not known.`;
}

/** A different guardrail, and what it no longer allows or protects; a different workspace. */
function moves({ key, link, moved, unread, change, settings }: KeyRow, { contents }: Review): Finding[] {
  const { before: from, after: to } = mapBoth(link, (each) => each?.guardrail);
  const found: Finding[] = [];
  if (moved && from && (key.after || !key.before)) {
    const message = to
      ? compose`moves from guardrail ${from.label} to ${to.label}.`
      : compose`removed from guardrail ${from.label}.`;
    found.push(["moved", message]);
  }
  if (!key.before || !key.after) return found;
  if (change !== "replaced" && changesAny({ settings }, "workspaceId")) {
    const [old, next] = [key.before, key.after].map(({ properties }) => workspaceText(properties.workspaceId));
    found.push(["moved", compose`moves from ${old ?? []} to ${next ?? []} and keeps its secret.`]);
  }
  const before = propertiesOf(from, contents.before.guardrails);
  const after = propertiesOf(to, contents.after.guardrails);
  if (!moved || unread || !before || !after) return found;
  const stricter = protectionFindings({ before, after }).filter(([kind]) => kind !== "widened");
  return [...found, ...stricter.map(([kind, message]): Finding => [kind, compose`after the move, ${message}`])];
}

function workspaceText(id: unknown): Sentence {
  if (id instanceof Hidden) return literal(`a workspace that is ${id.why}`);
  return typeof id === "string" ? compose`workspace ${id}` : literal("the default workspace");
}

/** No guardrail restricts nothing. Undefined: its settings are not known. */
function propertiesOf(
  end: AssignmentEnd | undefined,
  guardrails: ReadonlyMap<string, Guardrail>,
): Properties | undefined {
  return end ? guardrails.get(end.identity)?.properties : {};
}
