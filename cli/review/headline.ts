/** The headline: changes without a difference in dollars, then sums; and how many objects change. */
import { pluralize } from "../shared/counts";
import type { Review } from "./compare";
import { type ChangeKind, sumOf } from "./exposure";
import { arrowText, changeText } from "./exposureText";
import { compose, join, joinFirst, literal, type Sentence, verb } from "./sentence";
import type { Change } from "./snapshots";

export function headline(review: Review): Sentence {
  const { keys, guardrails, members, sets, scope, unknownValues } = review;
  const isSame = keys.length + guardrails.length + members.length === 0;
  if (isSame && sets.length === 0) return literal("No key, guardrail or assignment changes.");
  const sentences = [
    ...(isSame ? [literal(unknownValues === 0 ? "No change in spending." : "No key or guardrail changes.")] : []),
    ...namedKeys(review),
    ...sums(review),
    ...(scope === "stack" ? [] : [literal("Covers changed resources only, because no state was given.")]),
    ...(unknownValues === 0 ? [] : [literal(`Known only after apply: ${pluralize(unknownValues, "value")}.`)]),
  ];
  return join(sentences, " ");
}

const NAMED: readonly (readonly [Exclude<ChangeKind, "month" | "once">, (count: number) => string])[] = [
  ["becomeUnlimited", (count) => `${pluralize(count, "key")} ${verb(count, "become")} unlimited`],
  ["stayUnlimited", (count) => `${pluralize(count, "key")} ${verb(count, "stay")} unlimited`],
  ["becomeLimited", (count) => `${pluralize(count, "key")} ${verb(count, "become")} limited`],
  ["becomeRecurring", (count) => `${pluralize(count, "limit")} ${verb(count, "become")} recurring`],
  ["becomeOnce", (count) => `${pluralize(count, "limit")} no longer ${verb(count, "reset")}`],
  ["unknownBefore", (count) => `${pluralize(count, "key")} had no known maximum before`],
  ["unknownAfter", (count) => `${pluralize(count, "key")} ${count === 1 ? "has" : "have"} no known maximum`],
];

const WITH_FIGURES: readonly ChangeKind[] = ["becomeLimited", "becomeRecurring", "becomeOnce", "unknownBefore"];

const MAX_NAMES = 3;

function namedKeys({ totals }: Review): Sentence[] {
  return NAMED.flatMap(([kind, text]) => {
    const keys = totals[kind];
    if (keys.length === 0) return [];
    const withFigures = WITH_FIGURES.includes(kind);
    const names = keys.map((key) => (withFigures ? compose`${key.label}: ${literal(arrowText(key))}` : key.label));
    return [compose`${literal(text(keys.length))} (${joinFirst(names, MAX_NAMES)}).`];
  });
}

/** Keys without a figure are in no sum, so that before + difference = after. */
function sums({ totals, exposures }: Review): Sentence[] {
  const [month, once] = [sumOf(totals, "month"), sumOf(totals, "once")];
  if (month.keys + once.keys === 0) return [];
  if (once.keys === 0) return [literal(`${summedKeys(month.keys, exposures.length)}: ${changeText(month)}.`)];
  const recurring = `${pluralize(month.keys, "key")} with a recurring limit: ${changeText(month)}.`;
  return [
    ...(month.keys === 0 ? [] : [literal(recurring)]),
    literal(`${pluralize(once.keys, "key")} with a one-time limit: ${changeText(once)}.`),
  ];
}

function summedKeys(count: number, all: number): string {
  if (count < all) return count === 1 ? "The other key" : `The other ${count} keys`;
  return count === 1 ? "1 key" : `All ${count} keys`;
}

export const CHANGES: Readonly<Record<Change, string>> = {
  new: "new",
  adopted: "adopted",
  changed: "changed",
  replaced: "replaced",
  deleted: "deleted",
  released: "removed from the stack",
  affected: "with a changed guardrail",
};

/** `Keys: 1 new, 2 changed, 1 deleted. Guardrails: 1 changed.` */
export function countsLine({ keys, guardrails, members, sets }: Review): Sentence {
  const lines = [
    ...countsOf("Keys", keys),
    ...countsOf("Guardrails", guardrails),
    ...(members.length > 0 ? [`Members: ${members.length} changed.`] : []),
    ...countsOf("Assignment sets", sets),
  ];
  return literal(lines.join(" "));
}

function countsOf(title: string, rows: readonly { change: Change }[]): string[] {
  const counts = Object.entries(CHANGES).flatMap(([change, text]) => {
    const count = rows.filter((row) => row.change === change).length;
    return count > 0 ? [`${count} ${text}`] : [];
  });
  return counts.length > 0 ? [`${title}: ${counts.join(", ")}.`] : [];
}
