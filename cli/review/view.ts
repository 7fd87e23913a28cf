/** The report as a page: what it says, in which order. Each output form draws the same page. */
import { pluralize } from "../shared/counts";
import { type Callout, grouped } from "./callouts";
import type { LabelledPair, Review } from "./compare";
import { overall, type Verdict } from "./gates";
import { countsLine, headline } from "./headline";
import { compose, joined, own, type Sentence } from "./sentence";
import { setLine } from "./setLines";
import { guardrailTable, keyTable, memberTable, type Table } from "./tables";

export interface Page {
  /** The verdict of the gates is in it. */
  title: Sentence;
  /** The gates that refuse, or can't be decided. */
  refusals: readonly Sentence[];
  headline: Sentence;
  counts: Sentence;
  callouts: readonly Sentence[];
  /** Sets of assignments that change, in one line each. */
  sets: readonly Sentence[];
  tables: readonly Table[];
  bars: readonly LabelledPair[];
  /** The gates that pass, in one line; empty without any. */
  passed: Sentence;
  notes: readonly Sentence[];
}

export function pageOf(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): Page {
  const open = verdicts.filter(({ result }) => result !== "passed");
  return {
    title: title(review, verdicts),
    refusals: open.map(gateInWords),
    headline: headline(review),
    counts: countsLine(review),
    callouts: grouped(callouts),
    sets: review.sets.map((row) => setLine(row, review)),
    tables: [keyTable(review), guardrailTable(review), memberTable(review)].filter(({ rows }) => rows.length > 0),
    bars: review.exposures,
    passed: passedLine(verdicts),
    notes: [...counting(review), ...review.warnings.map((warning) => compose`Pulumi warns: ${warning}`)],
  };
}

function title({ stack }: Review, verdicts: readonly Verdict[]): Sentence {
  const whose = compose`udget review of ${stack ?? "a stack without resources"}`;
  const verdict = verdictInWords(verdicts);
  return verdict === undefined ? compose`B${whose}` : compose`${own(verdict)}: b${whose}`;
}

function verdictInWords(verdicts: readonly Verdict[]): string | undefined {
  const result = overall(verdicts);
  if (result === undefined) return undefined;
  const [count, all] = [verdicts.filter((each) => each.result === result).length, verdicts.length];
  const gates = count === all ? pluralize(all, "gate") : `${count} of ${pluralize(all, "gate")}`;
  if (result === "passed") return `Passed ${gates}`;
  return result === "refused" ? `Refused by ${gates}` : `Can't be decided by ${gates}`;
}

const RESULTS = { passed: "passed", refused: "refused", undecided: "can't be decided" } as const;

export function gateInWords({ gate, result, reason }: Verdict): Sentence {
  return compose`${gate}: ${own(RESULTS[result])}, ${reason}`;
}

function passedLine(verdicts: readonly Verdict[]): Sentence {
  const passed = verdicts.filter(({ result }) => result === "passed");
  return passed.length > 0 ? compose`Passed: ${joined(passed.map(({ gate }) => compose`${gate}`))}.` : [];
}

function counting({ scope }: Review): Sentence[] {
  return [
    own(
      "A figure is the most that a key may spend in a calendar month: a daily limit × 31, a weekly one × 6 (a month " +
        "touches up to six weeks), a monthly one × 1. A limit without reset can be spent once, and is never added to " +
        "what comes every month. It is the lower of the key's own limit and the budget of its guardrail, rounded up to " +
        "the cent. Disabled and expired keys count as $0.",
    ),
    own("A guardrail's budget counts per key and per member and is never shared, so members are listed separately."),
    ...(scope === "changes"
      ? [own("Without the state, a guardrail that doesn't change is not known: then a key's own limit is shown.")]
      : []),
  ];
}
