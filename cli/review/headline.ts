/** The first sentences of a report: facts that have no difference in money, then sums of what has one. */
import { pluralize } from "../shared/counts";
import type { LabelledPair, Review } from "./compare";
import { exposureInWords, pairInWords } from "./money";
import type { Change, Row } from "./rows";
import { compose, firstOf, joined, own, type Sentence } from "./sentence";
import { type Kind, sumOf } from "./totals";

export function headline(review: Review): Sentence {
  const { keys, guardrails, members, sets, scope, unknownValues } = review;
  const isSame = keys.length + guardrails.length + members.length === 0;
  if (isSame && sets.length === 0) return own("No key, guardrail or assignment changes.");
  const sentences = [
    ...(isSame ? [own(unknownValues === 0 ? "No difference in money." : "No key or guardrail changes.")] : []),
    ...facts(review),
    ...sums(review),
    ...(scope === "stack" ? [] : [own("Changed resources only: the state of the stack was not given.")]),
    ...(unknownValues === 0 ? [] : [own(`${pluralize(unknownValues, "value")} will be known after apply.`)]),
  ];
  return joined(sentences, " ");
}

/** Facts about keys, each with the names. Those about changes of a limit show it. */
const FACTS: readonly (readonly [Exclude<Kind, "month" | "once">, (count: number) => string])[] = [
  ["becomeUnlimited", (count) => `${pluralize(count, "key")} ${verb(count, "become")} unlimited`],
  ["stayUnlimited", (count) => `${pluralize(count, "key")} ${verb(count, "stay")} unlimited`],
  ["becomeLimited", (count) => `${pluralize(count, "key")} ${verb(count, "become")} limited`],
  ["becomeRecurring", (count) => `${pluralize(count, "limit")} ${verb(count, "become")} recurring`],
  ["becomeOnce", (count) => `${pluralize(count, "limit")} no longer ${verb(count, "recur")}`],
  ["unknownBefore", (count) => `${pluralize(count, "key")} may have spent any amount before`],
  ["unknownAfter", (count) => `${pluralize(count, "key")} ${count === 1 ? "has" : "have"} no figure yet`],
];

const WITH_FIGURES: readonly Kind[] = ["becomeLimited", "becomeRecurring", "becomeOnce", "unknownBefore"];

function verb(count: number, plural: string): string {
  return count === 1 ? `${plural}s` : plural;
}

function facts({ totals }: Review): Sentence[] {
  return FACTS.flatMap(([kind, words]) => {
    const rows = totals[kind];
    if (rows.length === 0) return [];
    const names = rows.map((row) => (WITH_FIGURES.includes(kind) ? withFigures(row) : row.label));
    return [compose`${own(words(rows.length))} (${firstOf(names, MAX_NAMES)}).`];
  });
}

const MAX_NAMES = 3;

function withFigures({ label, before, after }: LabelledPair): Sentence {
  return compose`${label}: ${own(`${exposureInWords(before)} → ${exposureInWords(after)}`)}`;
}

/** Keys without a figure are in no sum, so that before + difference = after. */
function sums({ totals, exposures }: Review): Sentence[] {
  const [month, once] = [sumOf(totals, "month"), sumOf(totals, "once")];
  const whole = exposures.length;
  if (once.keys === 0) return month.keys === 0 ? [] : [own(`${theOther(month.keys, whole)}: ${pairInWords(month)}.`)];
  return [
    ...(month.keys === 0 ? [] : [own(`${pluralize(month.keys, "key")} with a reset: ${pairInWords(month)}.`)]),
    own(`${pluralize(once.keys, "key")} without reset: ${pairInWords(once)}.`),
  ];
}

function theOther(count: number, whole: number): string {
  if (count < whole) return `The other ${count}`;
  return count === 1 ? "1 key" : `All ${count} keys`;
}

const CHANGES: readonly (readonly [Change, string])[] = [
  ["new", "new"],
  ["adopted", "adopted"],
  ["changed", "changed"],
  ["replaced", "replaced"],
  ["deleted", "deleted"],
  ["released", "leaving the stack"],
  ["affected", "unchanged under a changed guardrail"],
];

/** `Keys: 1 new, 2 changed, 1 deleted. Guardrails: 1 changed.` */
export function countsLine({ keys, guardrails, members, sets }: Review): Sentence {
  const lines = [
    ...countsOf("Keys", keys),
    ...countsOf("Guardrails", guardrails),
    ...(members.length > 0 ? [`Members: ${members.length} changed.`] : []),
    ...countsOf("Sets of assignments", sets),
  ];
  return own(lines.join(" "));
}

function countsOf(title: string, rows: readonly Pick<Row, "change">[]): string[] {
  const counts = CHANGES.map(([change, words]) => [rows.filter((row) => row.change === change).length, words] as const);
  const said = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return said.length > 0 ? [`${title}: ${said.join(", ")}.`] : [];
}
