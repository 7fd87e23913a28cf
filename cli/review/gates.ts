/** What CI may refuse a change for. */
import { type Callout, grouped } from "./callouts";
import type { KeyRow, Review } from "./compare";
import type { Figure } from "./exposure";
import { dollars } from "./money";
import { compose, firstOf, joined, own, type Sentence } from "./sentence";
import type { AssignmentEnd, StackContents } from "./stack";
import { inOneMonth, kindOfChange, rise } from "./totals";

export const REQUIREMENTS = {
  limit: "a limit of its own",
  reset: "a reset of its limit",
  expiry: "an expiry",
  guardrail: "a guardrail",
} as const;
export type Requirement = keyof typeof REQUIREMENTS;

/** Each but `unlimited` is the kind of a call-out. */
export const PROHIBITIONS = {
  delete: "a key is deleted",
  replace: "a key is replaced",
  disable: "a key is disabled",
  expire: "a key expires earlier",
  lower: "a key may spend less, or the budget of a guardrail is lowered",
  narrow: "a guardrail allows fewer models, providers or regions, or ignores more; or a key moves to such a one",
  emptied: "a set of assignments is emptied or deleted, so that keys or members lose its guardrail",
  adopt: "a key or guardrail that exists outside the stack is adopted",
  recurring: "a limit that could be spent once comes again every day, week or month",
  unlimited: "a key of the change may spend without limit",
  "zdr-off": "zero data retention is weakened, for a guardrail or by moving a key",
} as const;
export type Prohibition = keyof typeof PROHIBITIONS;

export interface Gates {
  maxIncrease?: number | undefined;
  maxTotal?: number | undefined;
  require?: readonly Requirement[] | undefined;
  forbid?: readonly Prohibition[] | undefined;
}

export interface Verdict {
  /** As it is written on the command line. */
  gate: string;
  result: "passed" | "refused" | "undecided";
  /** Why it refuses or can't be decided. */
  reason: Sentence;
}

/** Of all gates together; undefined without any. */
export function overall(verdicts: readonly Verdict[]): Verdict["result"] | undefined {
  const results = verdicts.map(({ result }) => result);
  return (["refused", "undecided", "passed"] as const).find((result) => results.includes(result));
}

export function evaluateGates(gates: Gates, review: Review, callouts: readonly Callout[]): Verdict[] {
  return [
    ...(gates.maxIncrease === undefined ? [] : [maxIncrease(gates.maxIncrease, review)]),
    ...(gates.maxTotal === undefined ? [] : [maxTotal(gates.maxTotal, review)]),
    ...(gates.require ?? []).map((requirement) => require_(requirement, review)),
    ...(gates.forbid ?? []).map((prohibition) => forbid(prohibition, review, callouts)),
  ];
}

function verdict(gate: string, problems: readonly Sentence[]): Verdict {
  return { gate, result: problems.length > 0 ? "refused" : "passed", reason: joined(problems, "; ") };
}

const MAX_REASONS = 5;

function withoutState(gate: string): Verdict {
  const reason = own("needs the state of the whole stack, which a preview leaves out: give --state or --stack");
  return { gate, result: "undecided", reason };
}

/** What can't be shown may be anything, so it does not pass. */
function maxIncrease(most: number, { scope, totals, keys }: Review): Verdict {
  const gate = `--max-increase ${most}`;
  if (scope === "changes") return withoutState(gate);
  const more = rise(totals);
  // An unmanaged key that is assigned here has no figure, and is no part of the sums.
  const managed = keys.filter(({ before, after }) => before || after);
  return verdict(gate, [
    ...(isMore(more.month + more.once, most) ? [own(`keys may spend ${riseInWords(more)}`)] : []),
    ...about(ofKind(managed, "becomeUnlimited"), "unlimited from now on"),
    ...about(ofKind(managed, "unknownAfter"), "not known before apply"),
  ]);
}

function riseInWords({ month, once }: Record<Figure["per"], number>): string {
  const parts = [
    ...(month > 0 ? [`${dollars(month)} more a month`] : []),
    ...(once > 0 ? [`${dollars(once)} more once`] : []),
  ];
  return parts.join(" and ");
}

/** Compared in cents; only amounts given in fractions of a cent are not whole. */
function isMore(cents: number, usd: number): boolean {
  return cents > Number((usd * 100).toFixed(4));
}

function ofKind(keys: readonly KeyRow[], kind: ReturnType<typeof kindOfChange>): KeyRow[] {
  return keys.filter(({ exposure }) => kindOfChange(exposure) === kind);
}

function maxTotal(most: number, { scope, exposures }: Review): Verdict {
  const gate = `--max-total ${most}`;
  if (scope === "changes") return withoutState(gate);
  const cents = inOneMonth(exposures);
  const unlimited = exposures.filter(({ after }) => after === "unlimited");
  const unknown = exposures.filter((each) => kindOfChange(each) === "unknownAfter");
  return verdict(gate, [
    ...(isMore(cents, most) ? [own(`keys may spend ${dollars(cents)} in one month`)] : []),
    ...about(unlimited, "without limit"),
    ...about(unknown, "not known before apply"),
  ]);
}

function about(keys: readonly { label: Sentence }[], what: string): Sentence[] {
  return keys.length === 0 ? [] : [compose`${own(what)}: ${firstOf(keys.map(({ label }) => label))}`];
}

/** Of the keys that the change creates or changes: what it leaves alone does not hold it up. */
function require_(requirement: Requirement, { scope, keys }: Review): Verdict {
  const gate = `--require ${requirement}`;
  const lacking = ofTheChange(keys).filter((row) => lacks(requirement, row));
  const isUnsure = requirement === "guardrail" && scope === "changes";
  if (isUnsure && lacking.some(({ change, moved }) => change !== "new" && !moved)) return withoutState(gate);
  return verdict(gate, about(lacking, `without ${REQUIREMENTS[requirement]}`));
}

function lacks(requirement: Requirement, { after, guardrailAfter }: KeyRow): boolean {
  if (requirement === "guardrail") return guardrailAfter === undefined;
  if (requirement === "expiry") return after?.expiresAt === undefined;
  return requirement === "limit" ? after?.budget.amount === undefined : after?.budget.reset === undefined;
}

function ofTheChange(keys: readonly KeyRow[]): KeyRow[] {
  return keys.filter(({ change, after }) => after && change !== "affected");
}

function forbid(prohibition: Prohibition, review: Review, callouts: readonly Callout[]): Verdict {
  const gate = `--forbid ${prohibition}`;
  if (prohibition === "unlimited") {
    const unlimited = review.keys.filter(({ after, exposure }) => after && exposure.after === "unlimited");
    return verdict(gate, about(unlimited, "without limit"));
  }
  const found = callouts.filter(({ kind }) => kind === prohibition);
  if (found.length > 0) return { gate, result: "refused", reason: firstOf(grouped(found), MAX_REASONS, " ") };
  const unsure = ON_GUARDRAILS.includes(prohibition) ? review.keys.filter((row) => movesInTheDark(row, review)) : [];
  if (unsure.length === 0) return verdict(gate, []);
  if (review.scope === "changes") return withoutState(gate);
  const reason = compose`unmanaged guardrails, whose settings are not known here, of ${firstOf(unsure.map(({ label }) => label))}`;
  return { gate, result: "undecided", reason };
}

const ON_GUARDRAILS: readonly Prohibition[] = ["zdr-off", "narrow", "lower"];

/** Then what the key loses or gains by moving is not known. */
function movesInTheDark(
  { change, moved, before, guardrailBefore, guardrailAfter }: KeyRow,
  { contents }: Review,
): boolean {
  if (change === "deleted" || change === "released" || change === "new" || !moved) return false;
  const isDark = (end: AssignmentEnd | undefined, { guardrails }: StackContents) =>
    end !== undefined && !guardrails.has(end.identity);
  return isDark(guardrailBefore, contents.before) || (before !== undefined && isDark(guardrailAfter, contents.after));
}
