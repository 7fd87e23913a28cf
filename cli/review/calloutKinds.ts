/** A call-out: a change that a reviewer should check first, in one sentence. */
import { groupBy } from "../shared/groups";
import { compose, joinFirst, literal, plain, type Sentence } from "./sentence";

/** The most urgent first. */
export const CALLOUT_KINDS = [
  "delete",
  "replace",
  "disable",
  "expire",
  "below-use",
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
  "unneeded",
  "widened",
  "zdr-off",
  "moved",
  "no-expiry",
] as const;

/** A call-out without the resource that it is about. */
export type Finding = readonly [kind: (typeof CALLOUT_KINDS)[number], message: Sentence];

export interface Callout {
  kind: Finding[0];
  /** URN. */
  identity: string;
  noun: "Key" | "Guardrail" | "GuardrailAssignments";
  label: Sentence;
  /** What follows the label and a colon. It fits one resource and several. */
  message: Sentence;
}

export function calloutText({ noun, label, message }: Callout): Sentence {
  return compose`${literal(noun)} ${label}: ${message}`;
}

/** One sentence for all resources with the same message. */
export function groupedTexts(callouts: readonly Callout[]): Sentence[] {
  const groups = groupBy(callouts, ({ kind, noun, message }) => `${kind} ${noun} ${plain(message)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const nouns = group.length === 1 || first.noun.endsWith("s") ? first.noun : `${first.noun}s`;
    return [compose`${literal(nouns)} ${joinFirst(group.map(({ label }) => label))}: ${first.message}`];
  });
}
