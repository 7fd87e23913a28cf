/** What CI may refuse a change for. */
import type { Callout } from "./callouts";
import type { KeyRow, Review } from "./compare";
import { joined, own, type Sentence, say } from "./sentence";
import { dollars } from "./settings";
import type { StackContents } from "./stack";

export const REQUIREMENTS = {
  limit: "a limit of its own",
  reset: "a reset of its limit",
  expiry: "an expiry",
  guardrail: "a guardrail",
} as const;
export type Requirement = keyof typeof REQUIREMENTS;

export const PROHIBITIONS = {
  delete: "a key is deleted",
  replace: "a key is replaced",
  unlimited: "a key of the change may spend without limit",
  "zdr-off": "zero data retention is switched off, for a guardrail or by moving a key",
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
  result: "passed" | "failed" | "undecided";
  /** Why it failed or can't be decided. */
  reason: Sentence;
}

export function judge(gates: Gates, review: Review, callouts: readonly Callout[]): Verdict[] {
  return [
    ...(gates.maxIncrease === undefined ? [] : [maxIncrease(gates.maxIncrease, review)]),
    ...(gates.maxTotal === undefined ? [] : [maxTotal(gates.maxTotal, review)]),
    ...(gates.require ?? []).map((requirement) => require_(requirement, review)),
    ...(gates.forbid ?? []).map((prohibition) => forbid(prohibition, review, callouts)),
  ];
}

function verdict(gate: string, problems: readonly Sentence[]): Verdict {
  return { gate, result: problems.length > 0 ? "failed" : "passed", reason: joined(problems, "; ") };
}

function withoutState(gate: string): Verdict {
  const reason = own("needs the state of the whole stack, which a preview leaves out: give --state or --stack");
  return { gate, result: "undecided", reason };
}

/** What can't be shown may be anything, so it does not pass. */
function maxIncrease(most: number, { scope, totals, keys }: Review): Verdict {
  const gate = `--max-increase ${most}`;
  if (scope === "changes") return withoutState(gate);
  const { usd } = totals.difference;
  const unbounded = keys.filter(({ exposure: { before, after } }) => after === Infinity && before !== Infinity);
  // A key of elsewhere that is assigned here has no figure, and is no part of the sums.
  const unknown = keys.filter(({ after, exposure }) => after && typeof exposure.after !== "number");
  return verdict(gate, [
    ...(usd > most + ROUNDING ? [own(`what keys may spend rises by ${dollars(usd)} a month`)] : []),
    ...about(unbounded, "without limit from now on"),
    ...about(unknown, "not known before apply"),
  ]);
}

function maxTotal(most: number, { scope, totals, exposures }: Review): Verdict {
  const gate = `--max-total ${most}`;
  if (scope === "changes") return withoutState(gate);
  const { usd } = totals.after;
  return verdict(gate, [
    ...(usd > most + ROUNDING ? [own(`keys may spend ${dollars(usd)} a month`)] : []),
    ...about(
      exposures.filter(({ after }) => after === Infinity),
      "without limit",
    ),
    ...about(
      exposures.filter(({ after }) => typeof after !== "number"),
      "not known before apply",
    ),
  ]);
}

/** A tenth of a cent: sums of sevenths and of cents are not exact. */
const ROUNDING = 0.001;

function about(keys: readonly { label: Sentence }[], what: string): Sentence[] {
  return keys.length === 0 ? [] : [say`${own(what)}: ${joined(keys.map(({ label }) => label))}`];
}

/** Of the keys that the change makes or changes: what it leaves alone does not hold it up. */
function require_(requirement: Requirement, { scope, keys }: Review): Verdict {
  const gate = `--require ${requirement}`;
  const lacking = ofTheChange(keys).filter((row) => lacks(requirement, row));
  const isUnsure = requirement === "guardrail" && scope === "changes";
  if (isUnsure && lacking.some(({ fate, moved }) => fate !== "new" && !moved)) return withoutState(gate);
  return verdict(gate, about(lacking, `without ${REQUIREMENTS[requirement]}`));
}

function lacks(requirement: Requirement, { after, guardrailAfter }: KeyRow): boolean {
  if (requirement === "guardrail") return guardrailAfter === undefined;
  if (requirement === "expiry") return after?.expiresAt === undefined;
  return requirement === "limit" ? after?.budget.amount === undefined : after?.budget.reset === undefined;
}

function ofTheChange(keys: readonly KeyRow[]): KeyRow[] {
  return keys.filter(({ fate, after }) => after && fate !== "affected");
}

function forbid(prohibition: Prohibition, { keys, contents }: Review, callouts: readonly Callout[]): Verdict {
  const gate = `--forbid ${prohibition}`;
  if (prohibition === "unlimited") {
    const unlimited = keys.filter(({ after, exposure }) => after && exposure.after === Infinity);
    return verdict(gate, about(unlimited, "without limit"));
  }
  const found = callouts.filter(({ kind }) => kind === prohibition).map(({ text }) => text);
  const isUnsure = prohibition === "zdr-off" && keys.some((row) => leavesUnknownGuardrail(row, contents.before));
  return found.length === 0 && isUnsure ? withoutState(gate) : verdict(gate, found);
}

/** Then what the key loses by moving is not in the preview. */
function leavesUnknownGuardrail({ fate, moved, guardrailBefore }: KeyRow, { guardrails }: StackContents): boolean {
  return fate !== "deleted" && moved && guardrailBefore !== undefined && !guardrails.has(guardrailBefore.identity);
}
