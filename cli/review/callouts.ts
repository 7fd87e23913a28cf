/** What a reviewer should check first: what stops working, what costs more, and what protects less. */
import { CALLOUT_KINDS, type Callout, type Finding } from "./calloutKinds";
import type { Review } from "./compare";
import { guardrailFindings } from "./guardrailCallouts";
import { keyFindings } from "./keyCallouts";
import { literal, type Sentence } from "./sentence";
import { setFindings } from "./setText";
import type { Row } from "./settings";
import { usageFindings } from "./usageCallouts";

/** @param factor Limits raised by more than this factor are called out. */
export function callouts(review: Review, factor: number): Callout[] {
  const all = [
    ...review.keys.flatMap((row) =>
      about(row, "Key", [
        ...adoption(row, row.key),
        ...keyFindings(row, review, factor),
        ...usageFindings(row, review),
      ]),
    ),
    ...review.guardrails.flatMap((row) => {
      return about(row, "Guardrail", [...adoption(row, row.guardrail), ...guardrailFindings(row, review, factor)]);
    }),
    ...review.sets.flatMap((row) => about(row, "GuardrailAssignments", setFindings(row, review))),
  ];
  return all.sort((a, b) => CALLOUT_KINDS.indexOf(a.kind) - CALLOUT_KINDS.indexOf(b.kind));
}

function about(
  { identity, label }: { identity: string; label: Sentence },
  noun: Callout["noun"],
  findings: readonly Finding[],
): Callout[] {
  return findings.map(([kind, message]) => ({ kind, identity, noun, label, message }));
}

function adoption({ change }: Row, { before }: { before: unknown }): Finding[] {
  if (change !== "adopted") return [];
  return [["adopt", literal(before ? "adopted; it already exists." : "adopted; its current settings are not known.")]];
}
