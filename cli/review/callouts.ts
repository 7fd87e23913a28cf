/** What a person should look at first: what stops working, what costs more, and what protects less. */

import { groupBy } from "../shared/groups";
import { budgetCallouts, periods, raise } from "./budgetChanges";
import type { KeyRow, Review } from "./compare";
import type { Properties } from "./declared";
import { Hidden, isFigure } from "./exposure";
import type { GuardrailRow } from "./guardrailRows";
import { outages } from "./outages";
import { lostZdr, narrowings, widenings } from "./restrictions";
import { changes, type Row } from "./rows";
import { compose, firstOf, joined, own, plain, quoted, type Sentence } from "./sentence";
import { setFindings } from "./setCallouts";
import { KIND as SET } from "./setLines";
import { budgetInWords } from "./settings";
import type { AssignmentEnd, Guardrail } from "./stack";
import { falls, rises } from "./totals";

export const CALLOUTS = [
  "delete",
  "replace",
  "disable",
  "expire",
  "lower",
  "narrow",
  "emptied",
  "unmanaged",
  "exclusive",
  "release",
  "adopt",
  "recurring",
  "once",
  "no-limit",
  "raised",
  "widened",
  "zdr-off",
  "moved",
  "no-expiry",
] as const;

export interface Callout {
  kind: (typeof CALLOUTS)[number];
  /** URN of the key, guardrail or set. */
  identity: string;
  subject: "Key" | "Guardrail" | typeof SET;
  label: Sentence;
  /** What is said of it, after its name and a colon. */
  says: Sentence;
}

/** @param factor How much higher a limit has to get to be named. */
export function callouts(review: Review, factor: number): Callout[] {
  const all = [
    ...review.keys.flatMap((row) => keyCallouts(row, review, factor)),
    ...review.guardrails.flatMap((row) => guardrailCallouts(row, review, factor)),
    ...review.sets.flatMap((row) => named(row, SET, setFindings(row, review))),
  ];
  return all.sort((a, b) => CALLOUTS.indexOf(a.kind) - CALLOUTS.indexOf(b.kind));
}

/** As one sentence. */
export function calloutText({ subject, label, says }: Callout): Sentence {
  return compose`${own(subject)} ${label}: ${says}`;
}

/** What is said of several is one sentence, with their names. */
export function grouped(all: readonly Callout[]): Sentence[] {
  const groups = groupBy(all, ({ kind, subject, says }) => `${kind} ${subject} ${plain(says)}`);
  return [...groups.values()].map((group) => {
    const [{ subject, says } = { subject: "Key", says: [] }] = group;
    const noun = own(group.length === 1 || subject === SET ? subject : `${subject}s`);
    return compose`${noun} ${firstOf(group.map(({ label }) => label))}: ${says}`;
  });
}

export type Found = readonly [Callout["kind"], Sentence];

function named(
  { identity, label }: Pick<Row, "identity" | "label">,
  subject: Callout["subject"],
  found: readonly Found[],
): Callout[] {
  return found.map(([kind, says]) => ({ kind, identity, subject, label, says }));
}

function keyCallouts(row: KeyRow, review: Review, factor: number): Callout[] {
  const { change, after } = row;
  if (change === "deleted") return named(row, "Key", [["delete", own("deleted; its clients lose access at once.")]]);
  if (change === "released") {
    return named(row, "Key", [["release", own("no longer in the stack, and still working (retainOnDelete).")]]);
  }
  const lacks: Found[] = [
    ...(after && change !== "affected" && !after.budget.amount && after.budget.amount !== 0
      ? [["no-limit", withoutLimit(row, review)] as const]
      : []),
    ...(after && change !== "affected" && after.expiresAt === undefined
      ? [["no-expiry", own("no expiry.")] as const]
      : []),
  ];
  return named(row, "Key", [
    ...(change === "replaced" ? [["replace", replacement(row)] as const] : []),
    ...(change === "adopted" ? [["adopt", adoption(row)] as const] : []),
    ...(change === "affected" ? [] : [...outages(row), ...periods(row), ...moves(row, review)]),
    ...raise(row, factor),
    ...lacks,
  ]);
}

function replacement({ consumers }: KeyRow): Sentence {
  const who =
    consumers.length > 0
      ? compose`In this stack it goes to ${joined(consumers)}; any other client needs the new one.`
      : own("No other resource of this preview takes it: clients that read it from a stack output need the new one.");
  return compose`replaced: it gets a new secret, and the old one stops working. ${who}`;
}

function adoption({ before }: KeyRow | GuardrailRow): Sentence {
  return own(before ? "adopted: it exists outside this stack." : "adopted: its present settings are not known here.");
}

/** What bounds a key that has no limit. */
function withoutLimit(row: KeyRow, review: Review): Sentence {
  const was =
    row.before?.budget.amount === undefined ? own("") : compose` (it was ${budgetInWords(row.before.budget)})`;
  return compose`no limit of its own${was}; ${boundOf(row, review)}`;
}

function boundOf({ exposure, guardrailAfter, held }: KeyRow, { scope, contents }: Review): Sentence {
  if (isFigure(exposure.after) && exposure.after.cents === 0) {
    return own("now it can't spend (disabled, expired or without budget).");
  }
  const nothing = own("nothing bounds what it may spend.");
  if (!guardrailAfter) {
    return scope === "stack" ? nothing : own("whether a guardrail bounds it is not in this preview.");
  }
  if (held.after) return compose`its guardrail ${held.after.label} bounds it: ${budgetInWords(held.after.budget)}.`;
  return contents.after.guardrails.has(guardrailAfter.identity)
    ? compose`its guardrail ${guardrailAfter.label} has no budget either: ${nothing}`
    : compose`the budget of its guardrail ${guardrailAfter.label} is not known here.`;
}

/** Another guardrail, and what it no longer enforces or newly refuses; another workspace. */
function moves(row: KeyRow, { contents }: Review): Found[] {
  const { before, after, guardrailBefore, guardrailAfter, moved, change } = row;
  const found: Found[] = [];
  if (moved && guardrailBefore && (after || !before)) {
    found.push([
      "moved",
      compose`moves from guardrail ${guardrailBefore.label} to ${guardrailAfter?.label ?? own("none")}.`,
    ]);
  }
  if (before && after && change !== "replaced" && changes(row, "workspaceId")) {
    const [from, to] = [before, after].map(({ properties }) => workspace(properties.workspaceId));
    found.push(["moved", compose`moves from workspace ${from ?? []} to ${to ?? []} and keeps its value.`]);
  }
  if (!moved || !before || !after) return found;
  const old = settingsOf(guardrailBefore, contents.before.guardrails);
  const made = settingsOf(guardrailAfter, contents.after.guardrails);
  if (!old || !made) return found;
  const vendors = lostZdr(old, made);
  return [
    ...found,
    ...narrowings(old, made).map((words): Found => ["narrow", compose`by moving, ${words}`]),
    ...vendors.map((words): Found => ["zdr-off", compose`by moving, ${words}`]),
  ];
}

function workspace(id: unknown): Sentence {
  if (id instanceof Hidden) return own(id.why);
  return typeof id === "string" ? quoted(id) : own("default");
}

/** No guardrail restricts nothing. Undefined: what it restricts is not known. */
function settingsOf(
  end: AssignmentEnd | undefined,
  guardrails: ReadonlyMap<string, Guardrail>,
): Properties | undefined {
  return end ? guardrails.get(end.identity)?.properties : {};
}

function guardrailCallouts(row: GuardrailRow, review: Review, factor: number): Callout[] {
  const { before, after, change } = row;
  const adopted: Found[] = change === "adopted" ? [["adopt", adoption(row)]] : [];
  if (!before || !after) return named(row, "Guardrail", adopted);
  const budgets =
    changes(row, "limitUsd", "resetInterval") && isFelt(row, review) ? budgetCallouts(before, after, factor) : [];
  const touched = row.settings.flatMap(({ properties }) => properties);
  const versions = [before.properties, after.properties, touched] as const;
  return named(row, "Guardrail", [
    ...adopted,
    ...budgets,
    ...narrowings(...versions).map((words): Found => ["narrow", words]),
    ...widenings(...versions).map((words): Found => ["widened", words]),
    ...lostZdr(...versions).map((words): Found => ["zdr-off", words]),
  ]);
}

/** Whether somebody may spend more or less by it: not if each of its keys has a lower limit of its own. */
function isFelt({ identity, keys, members }: GuardrailRow, review: Review): boolean {
  if (review.scope === "changes" || members > 0 || keys === 0) return true;
  return review.keys.some(({ guardrailAfter, exposure }) => {
    return guardrailAfter?.identity === identity && (rises(exposure) || falls(exposure));
  });
}
