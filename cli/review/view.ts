/** The report as a page: what it says, in which order. Each output form draws the same page. */
import { counted } from "../table";
import type { Callout } from "./callouts";
import type { Fate, GuardrailRow, KeyRow, MemberRow, Review } from "./compare";
import { type Exposure, type Pair, type Total, total } from "./exposure";
import type { Verdict } from "./gates";
import { joined, own, type Sentence, say } from "./sentence";
import { dollars, exposureInWords, type SettingChange, signed } from "./settings";
import type { End } from "./stack";

/** Lines below each other. */
export type Cell = readonly Sentence[];

export interface Table {
  title: string;
  /** What there is to know before it is read. */
  note?: Sentence;
  columns: readonly string[];
  rows: readonly Cell[][];
}

export interface Page {
  title: Sentence;
  headline: Sentence;
  callouts: readonly Sentence[];
  tables: readonly Table[];
  bars: readonly ({ label: Sentence } & Pair)[];
  gates: readonly Sentence[];
  notes: readonly Sentence[];
}

export function pageOf(review: Review, callouts: readonly Callout[], verdicts: readonly Verdict[]): Page {
  const tables = [keyTable(review), totalTable(review), guardrailTable(review), memberTable(review)];
  return {
    title: say`Budget review of ${review.stack ?? "a stack without resources"}`,
    headline: headline(review),
    callouts: calloutLines(review, callouts),
    tables: tables.filter(({ rows }) => rows.length > 0),
    bars: review.exposures,
    gates: verdicts.map(gateInWords),
    notes: [...counting(review), ...review.warnings.map((warning) => say`Pulumi warns: ${warning}`)],
  };
}

/** The keys that never expire are often many, and there is nothing else to say of each. */
function calloutLines({ keys }: Review, callouts: readonly Callout[]): Sentence[] {
  const undying = new Set(callouts.filter(({ kind }) => kind === "no-expiry").map(({ identity }) => identity));
  const labels = keys.filter(({ identity }) => undying.has(identity)).map(({ label }) => label);
  const isGathered = ({ kind, identity }: Callout) => kind === "no-expiry" && identity !== [...undying][0];
  return callouts
    .filter((callout) => !isGathered(callout))
    .map(({ kind, text }) =>
      kind === "no-expiry" && labels.length > 1 ? say`Keys ${someOf(labels)} never expire.` : text,
    );
}

function headline(review: Review): Sentence {
  const { keys, guardrails, members, totals, scope, exposures } = review;
  if (keys.length + guardrails.length + members.length === 0) {
    return own("No key, guardrail or assignment changes.");
  }
  const whose =
    scope === "stack" ? `all ${counted(exposures.length, "key")}` : counted(exposures.length, "changed key");
  const only = scope === "stack" ? "" : " Changed resources only: the state of the stack was not given.";
  const unknown =
    review.unknownValues === 0 ? "" : ` ${counted(review.unknownValues, "value")} will be known after apply.`;
  const sums = `${totalInWords(totals.before)} → ${totalInWords(totals.after)}`;
  return own(`Monthly exposure of ${whose}: ${sums} (${differenceInWords(review)}).${only}${unknown}`);
}

function differenceInWords({ totals: { difference }, exposures }: Review): string {
  const without = exposures.filter((each) => !hasFigures(each)).length;
  const others =
    without === 0 ? "" : `, without ${counted(without, "key")} that lack${without === 1 ? "s" : ""} a figure`;
  return `${signed(difference.usd)}${others}`;
}

function hasFigures({ before, after }: Pair): boolean {
  return Number.isFinite(before) && Number.isFinite(after);
}

function totalInWords({ usd, unlimited, unknown }: Total): string {
  const others = [
    ...(unlimited > 0 ? [`${unlimited} unlimited`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  return [...(usd > 0 || others.length === 0 ? [dollars(usd)] : []), ...others].join(" + ");
}

const FATES: Readonly<Record<Fate, string>> = {
  new: "new",
  changed: "changed",
  replaced: "replaced, with a new secret",
  deleted: "deleted",
  released: "leaves the stack",
  affected: "unchanged itself",
};

const KEY_COLUMNS = ["Key", "Change", "Monthly before", "Monthly after", "Difference"];

function keyTable({ keys }: Review): Table {
  const rows = keys.map((row) => [[row.label], keyLines(row), ...pairCells(row.exposure)]);
  return { title: "Keys", columns: KEY_COLUMNS, rows };
}

function keyLines(row: KeyRow): Cell {
  const { guardrailBefore, guardrailAfter, moved, fate, settings } = row;
  const isThrough = fate === "affected" && guardrailAfter;
  const through = isThrough ? [say`its guardrail ${guardrailAfter.label} changes`] : [];
  const guardrail = moved && fate !== "deleted" ? [guardrailLine(guardrailBefore, guardrailAfter, fate === "new")] : [];
  const kept = fate === "new" && settings.every(({ setting }) => setting !== "limit") ? [own("limit: none")] : [];
  const adopted =
    fate === "new" && row.after?.properties.adopt !== undefined ? [own("takes over a key that exists")] : [];
  return [
    ...(fate === "changed" ? [] : [own(FATES[fate])]),
    ...adopted,
    ...kept,
    ...settings.map(settingLine),
    ...guardrail,
    ...through,
  ];
}

function guardrailLine(before: End | undefined, after: End | undefined, isNew: boolean): Sentence {
  const [old, made] = [before, after].map((end) => end?.label ?? own("none"));
  return isNew ? say`guardrail: ${made ?? []}` : say`guardrail: ${old ?? []} → ${made ?? []}`;
}

function settingLine({ setting, before, after, added, removed }: SettingChange): Sentence {
  if (added && removed) {
    const parts = [
      ...(added.length > 0 ? [say`added ${added}`] : []),
      ...(removed.length > 0 ? [say`removed ${removed}`] : []),
    ];
    return say`${own(setting)}: ${joined(parts, "; ")}`;
  }
  if (before && after) return say`${own(setting)}: ${before} → ${after}`;
  return after ? say`${own(setting)}: ${after}` : say`${own(setting)} was ${before ?? []}`;
}

function pairCells({ before, after }: Pair): Cell[] {
  return [[own(exposureInWords(before))], [own(exposureInWords(after))], [own(changeInWords(before, after))]];
}

function changeInWords(before: Exposure, after: Exposure): string {
  if (typeof before !== "number" || typeof after !== "number") return "not known";
  if (before === after) return "$0";
  if (after === Number.POSITIVE_INFINITY) return "becomes unlimited";
  return before === Number.POSITIVE_INFINITY ? "becomes limited" : signed(after - before);
}

/** Keys without a figure stand by themselves, so that the columns add up. */
function totalTable({ exposures, totals, scope }: Review): Table {
  const others = exposures.filter((each) => !hasFigures(each));
  const title = scope === "stack" ? "Total of all keys of the stack" : "Total of the changed keys only";
  const row = (label: Sentence, pairs: readonly Pair[], difference: string): Cell[] => [
    [label],
    [own(totalInWords(total(pairs.map(({ before }) => before))))],
    [own(totalInWords(total(pairs.map(({ after }) => after))))],
    [own(difference)],
  ];
  const columns = ["", "Monthly before", "Monthly after", "Difference"];
  const sum = signed(totals.difference.usd);
  if (others.length === 0)
    return { title, columns, rows: exposures.length > 0 ? [row(own("Keys"), exposures, sum)] : [] };
  const figures = exposures.filter(hasFigures);
  return {
    title,
    columns,
    rows: [
      row(own(`Keys with a figure before and after (${figures.length})`), figures, sum),
      row(say`Other keys (${others.length}): ${someOf(others.map(({ label }) => label))}`, others, "see each"),
    ],
  };
}

const MOST_NAMES = 10;

function someOf(labels: readonly Sentence[]): Sentence {
  const more = labels.length - MOST_NAMES;
  return say`${joined(labels.slice(0, MOST_NAMES))}${own(more > 0 ? ` and ${more} more` : "")}`;
}

function guardrailTable({ guardrails, scope }: Review): Table {
  const rows = guardrails.map((row) => [[row.label], guardrailLines(row, scope), ...pairCells(row.budget)]);
  const columns = ["Guardrail", "Change", "Monthly before, each", "Monthly after, each", "Difference, each"];
  const note = own(
    "A guardrail's budget counts for each of its keys and members by itself. It is not added to the keys.",
  );
  return { title: "Guardrails", note, columns, rows };
}

function guardrailLines({ fate, settings, keys, members }: GuardrailRow, scope: Review["scope"]): Cell {
  const users = `${counted(keys, "key")}, ${counted(members, "member")}`;
  const assigned = scope === "stack" ? [own(`assigned to ${users}`)] : [];
  return [...(fate === "changed" ? [] : [own(FATES[fate])]), ...settings.map(settingLine), ...assigned];
}

function memberTable({ members }: Review): Table {
  const columns = ["Member", "Guardrail", "Monthly before", "Monthly after"];
  const note = own(
    "What each member may spend through a guardrail. It is not part of any total: it is no budget of a key.",
  );
  return { title: "Members", note, columns, rows: members.map(memberRow) };
}

function memberRow({ user, guardrailBefore, guardrailAfter, budget }: MemberRow): Cell[] {
  const isSame = guardrailBefore?.identity === guardrailAfter?.identity;
  const guardrail =
    isSame && guardrailAfter ? guardrailAfter.label : guardrailLine(guardrailBefore, guardrailAfter, false);
  const cell = (exposure: Exposure | undefined): Cell => [
    own(exposure === undefined ? "none" : exposureInWords(exposure)),
  ];
  return [[user], [guardrail], cell(budget.before), cell(budget.after)];
}

const RESULTS = { passed: "passed", failed: "FAILED", undecided: "can't be decided" } as const;

export function gateInWords({ gate, result, reason }: Verdict): Sentence {
  return result === "passed" ? say`${gate}: passed` : say`${gate}: ${own(RESULTS[result])}, ${reason}`;
}

function counting({ scope }: Review): Sentence[] {
  return [
    own(
      "Monthly exposure is what a key may spend in a month at most: a daily limit × 31, a weekly one × 31/7, a monthly " +
        "one × 1, a limit without reset once. It is the lower of the key's own limit and the budget of its guardrail. " +
        "Disabled and expired keys count as $0.",
    ),
    own("A guardrail's budget counts per key and per member and is never shared, so members are listed apart."),
    ...(scope === "changes"
      ? [own("Without the state, a guardrail that doesn't change is not known: then a key's own limit is shown.")]
      : []),
  ];
}
