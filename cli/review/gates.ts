/** Rules that can fail a change in CI. */
import { type Callout, groupedTexts } from "./calloutKinds";
import type { Review } from "./compare";
import type { AssignmentEnd } from "./contents";
import { type ChangeKind, increaseOf, inOneMonth, kindOfChange } from "./exposure";
import { dollars } from "./exposureText";
import type { KeyRow } from "./keyChanges";
import { compose, join, joinFirst, literal, type Sentence } from "./sentence";

export const REQUIREMENTS = {
  limit: "a limit",
  reset: "a limit that resets",
  expiry: "an expiry date",
  guardrail: "a guardrail",
} as const;
export type Requirement = keyof typeof REQUIREMENTS;

/** Each is the kind of a call-out, except `unlimited`. */
export const PROHIBITIONS = {
  delete: "a key is deleted",
  replace: "a key is replaced",
  disable: "a key is disabled",
  expire: "a key expires earlier",
  lower: "a key may spend less, or the budget of a guardrail is lowered",
  "below-use": "a key may spend less than it did (needs --usage)",
  unneeded: "a limit is raised although less than half is used (needs --usage)",
  narrow: "a guardrail or a move allows fewer models, providers or regions",
  emptied: "an emptied or deleted set leaves assignees without its guardrail",
  adopt: "an existing key or guardrail is adopted",
  recurring: "a one-time limit becomes recurring",
  unlimited: "a key in the report has no maximum",
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
  /** The option on the command line. */
  gate: string;
  result: "passed" | "failed" | "undecided";
  /** Why it did not pass. */
  reason: Sentence;
}

/** Of all gates together; undefined without gates. */
export function overall(verdicts: readonly Verdict[]): Verdict["result"] | undefined {
  const results = verdicts.map(({ result }) => result);
  return (["failed", "undecided", "passed"] as const).find((result) => results.includes(result));
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
  return { gate, result: problems.length > 0 ? "failed" : "passed", reason: join(problems, "; ") };
}

function undecided(gate: string, reason: Sentence): Verdict {
  return { gate, result: "undecided", reason };
}

const NEEDS_STATE = literal("it needs the state of the whole stack; pass --state or --stack");

function maxIncrease(usd: number, { scope, totals, keys }: Review): Verdict {
  const gate = `--max-increase ${usd}`;
  if (scope === "changes") return undecided(gate, NEEDS_STATE);
  const { month, once } = increaseOf(totals);
  const parts = [
    ...(month > 0 ? [`${dollars(month)} more a month`] : []),
    ...(once > 0 ? [`${dollars(once)} more once`] : []),
  ];
  const managed = keys.filter(({ key }) => key.before || key.after);
  const ofKind = (kind: ChangeKind) => managed.filter(({ exposure }) => kindOfChange(exposure) === kind);
  return verdict(gate, [
    ...(isMore(month + once, usd) ? [literal(`keys may spend ${parts.join(" and ")}`)] : []),
    ...listed("newly unlimited keys", ofKind("becomeUnlimited")),
    ...listed("keys without a known maximum", ofKind("unknownAfter")),
  ]);
}

/** In cents, which are whole unless the gate has a fraction of a cent. */
function isMore(cents: number, usd: number): boolean {
  return cents > Number((usd * 100).toFixed(4));
}

function maxTotal(usd: number, { scope, exposures }: Review): Verdict {
  const gate = `--max-total ${usd}`;
  if (scope === "changes") return undecided(gate, NEEDS_STATE);
  const cents = inOneMonth(exposures);
  const unlimited = exposures.filter(({ after }) => after === "unlimited");
  const unknown = exposures.filter((each) => kindOfChange(each) === "unknownAfter");
  return verdict(gate, [
    ...(isMore(cents, usd) ? [literal(`keys may spend ${dollars(cents)} in one month`)] : []),
    ...listed("unlimited keys", unlimited),
    ...listed("keys without a known maximum", unknown),
  ]);
}

function listed(problem: string, keys: readonly { label: Sentence }[]): Sentence[] {
  return keys.length === 0 ? [] : [compose`${literal(problem)}: ${joinFirst(keys.map(({ label }) => label))}`];
}

/** Checks only the keys that the change creates or changes. */
function require_(requirement: Requirement, { scope, keys }: Review): Verdict {
  const gate = `--require ${requirement}`;
  const lacking = keys.filter((row) => row.change !== "affected" && row.key.after && lacks(requirement, row));
  const isKnown = scope === "stack" || requirement !== "guardrail";
  if (!isKnown && lacking.some(({ change, moved }) => change !== "new" && !moved)) return undecided(gate, NEEDS_STATE);
  return verdict(gate, listed(`keys without ${REQUIREMENTS[requirement]}`, lacking));
}

function lacks(requirement: Requirement, { key: { after }, link }: KeyRow): boolean {
  if (requirement === "guardrail") return link.after === undefined;
  if (requirement === "expiry") return after?.expiresAt === undefined;
  return requirement === "limit" ? after?.budget.amount === undefined : after?.budget.reset === undefined;
}

const MAX_CALLOUTS = 5;

/** The call-outs that depend on what the keys spent. */
const ON_USAGE: readonly Prohibition[] = ["below-use", "unneeded"];

/** The call-outs that depend on the settings of a key's guardrail. */
const ON_GUARDRAILS: readonly Prohibition[] = ["zdr-off", "narrow", "lower"];

function forbid(prohibition: Prohibition, review: Review, callouts: readonly Callout[]): Verdict {
  const gate = `--forbid ${prohibition}`;
  if (prohibition === "unlimited") {
    const unlimited = review.keys.filter(({ key, exposure }) => key.after && exposure.after === "unlimited");
    return verdict(gate, listed("unlimited keys", unlimited));
  }
  const found = callouts.filter(({ kind }) => kind === prohibition);
  if (found.length > 0) return { gate, result: "failed", reason: joinFirst(groupedTexts(found), MAX_CALLOUTS, " ") };
  if (ON_USAGE.includes(prohibition)) return withUsage(gate, review);
  const unknown = ON_GUARDRAILS.includes(prohibition) ? review.keys.filter((row) => movesUnknown(row, review)) : [];
  if (unknown.length === 0) return verdict(gate, []);
  if (review.scope === "changes") return undecided(gate, NEEDS_STATE);
  const problem = "the settings of a guardrail outside this stack are not known, for keys that move to or from it";
  return undecided(gate, join(listed(problem, unknown)));
}

/** Without a call-out: whether all keys that change could be compared. */
function withUsage(gate: string, { usage, keys }: Review): Verdict {
  if (!usage)
    return undecided(
      gate,
      literal("it needs the spending of the keys; pass --usage with a management key in the environment"),
    );
  const unread = keys.filter(({ id, key }) => id !== undefined && key.before && key.after && !usage.of.has(id));
  if (unread.length === 0 || usage.unreadable.length === 0) return verdict(gate, []);
  return undecided(gate, join(listed("not all keys could be read, so the spending of these is not known", unread)));
}

/** Whether a key moves to or from a guardrail whose settings are not known. */
function movesUnknown({ change, moved, unread, key, link }: KeyRow, { contents }: Review): boolean {
  if (change === "deleted" || change === "released" || change === "new" || !moved) return false;
  const isUnknown = (end: AssignmentEnd | undefined, side: "before" | "after") =>
    end !== undefined && !contents[side].guardrails.has(end.identity);
  const isUnknownAfter = key.before !== undefined && isUnknown(link.after?.guardrail, "after");
  return unread || isUnknown(link.before?.guardrail, "before") || isUnknownAfter;
}
