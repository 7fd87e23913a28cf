/** The report as a page: its content and order, for every output but JSON; and how much of it fits into a comment. */
import { pluralize } from "../shared/counts";
import { MAX_ROWS } from "../shared/html";
import { type Callout, groupedTexts } from "./calloutKinds";
import type { KeyExposure, Review } from "./compare";
import { overall, type Verdict } from "./gates";
import { countsLine, headline } from "./headline";
import { compose, join, literal, type Sentence } from "./sentence";
import { setLine } from "./setText";
import { type Table, tablesOf } from "./tables";

export interface Page {
  /** Includes the verdict of the gates. */
  title: Sentence;
  /** The gates that did not pass. */
  problems: readonly Sentence[];
  headline: Sentence;
  counts: Sentence;
  callouts: readonly Sentence[];
  /** One line for each set of assignments that changes. */
  sets: readonly Sentence[];
  tables: readonly Table[];
  bars: readonly KeyExposure[];
  /** The gates that passed, in one line; empty without any. */
  passed: Sentence;
  notes: readonly Sentence[];
}

export const TITLES = { callouts: "Check these first", sets: "Assignments", notes: "How this is counted" } as const;

export function pageOf(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): Page {
  const passed = verdicts.filter(({ result }) => result === "passed").map(({ gate }) => compose`${gate}`);
  return {
    title: title(review, verdicts),
    problems: verdicts.filter(({ result }) => result !== "passed").map(verdictText),
    headline: headline(review),
    counts: countsLine(review),
    callouts: groupedTexts(callouts),
    sets: review.sets.map((row) => setLine(row, review)),
    tables: tablesOf(review),
    bars: review.exposures,
    passed: passed.length > 0 ? compose`Passed: ${join(passed)}.` : [],
    notes: [...notes(review), ...review.warnings.map((warning) => compose`Pulumi warning: ${warning}`)],
  };
}

const RESULTS = { passed: "passed", failed: "failed", undecided: "could not be evaluated" } as const;

function title({ stack }: Review, verdicts: readonly Verdict[]): Sentence {
  const review = compose`Budget review of ${stack ?? "a stack without resources"}`;
  const result = overall(verdicts);
  if (result === undefined) return review;
  const [count, all] = [verdicts.filter((each) => each.result === result).length, verdicts.length];
  const gates = count === all ? pluralize(all, "gate") : `${count} of ${pluralize(all, "gate")}`;
  return compose`${review}: ${literal(`${gates} ${RESULTS[result]}`)}`;
}

export function verdictText({ gate, result, reason }: Verdict): Sentence {
  return compose`${gate} ${literal(RESULTS[result])}: ${reason}`;
}

function notes({ scope, usage }: Review): Sentence[] {
  return [
    literal(
      "Each figure is the most that a key may spend in a calendar month: a daily limit × 31, a weekly limit × 6 (a " +
        "month can overlap six weeks), a monthly limit × 1. A limit without a reset can be spent once and is never " +
        "added to monthly figures. The lower of the key's limit and its guardrail's budget counts, rounded up to the " +
        "cent. Disabled and expired keys count as $0.",
    ),
    literal("A guardrail's budget applies to each key and each member separately, so members have a separate table."),
    ...(usage
      ? [
          literal(
            `Spent is what counted toward the key's limit on the UTC days ${usage.from} to ${usage.to}. A daily limit is ` +
              "compared with the busiest of these days, a weekly limit with the busiest week in them, a monthly limit with " +
              "all 30 days, and a limit without a reset with everything that the key ever spent.",
          ),
        ]
      : []),
    ...(scope === "changes"
      ? [literal("Without the state, unchanged guardrails are not known, so a key's own limit is shown.")]
      : []),
  ];
}

/** A GitHub comment takes 65,536 characters, and a workflow may add some. */
const MAX_BYTES = 60_000;

/** The verdict, the headline and the counts are always shown, and as many rows as fit. */
export function fitToComment(page: Page, draw: (page: Page) => string, maxRows = Number.POSITIVE_INFINITY): string {
  for (const max of [maxRows, 200, 50, MAX_ROWS, 5, 0].filter((each) => each <= maxRows)) {
    const drawn = draw(truncate(page, max));
    if (Buffer.byteLength(drawn) <= MAX_BYTES) return drawn;
  }
  // Only very long names get here.
  const bytes = Buffer.from(draw(truncate({ ...page, notes: [] }, 0)));
  const fitting = bytes.subarray(0, MAX_BYTES - 10).toString("utf8");
  return fitting.replace(/\ufffd+$/, "…");
}

function truncate(page: Page, max: number): Page {
  const first = (sentences: readonly Sentence[], max: number) => {
    const more = sentences.length - max;
    return more > 0 ? [...sentences.slice(0, max), literal(`${more} more; --format json shows all`)] : sentences;
  };
  return {
    ...page,
    callouts: first(page.callouts, max),
    sets: first(page.sets, max),
    tables: page.tables.map((table) => ({
      ...table,
      rows: table.rows.slice(0, max),
      omitted: Math.max(0, table.rows.length - max),
    })),
    notes: first(page.notes, Math.max(max, MAX_ROWS)),
  };
}
