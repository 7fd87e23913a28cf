/** The spending of a key compared with its limits: cuts below its use, and raises that it does not need. */
import { isDeepStrictEqual } from "node:util";
import { DAY_MS } from "../shared/dates";
import { formatUsd, INTERVALS } from "../shared/money";
import type { Finding } from "./calloutKinds";
import type { Review } from "./compare";
import type { Key } from "./contents";
import { type Budget, maximumOf, rises } from "./exposure";
import { budgetText } from "./exposureText";
import type { KeyRow } from "./keyChanges";
import { compose, literal, type Sentence } from "./sentence";
import type { KeyUse } from "./usage";
import { type BeforeAfter, mapBoth } from "./values";

/** A raise is not needed if the key spent less than this part of its former budget. */
const NEEDED_SHARE = 0.5;
/** A younger key has not shown yet what it needs. */
const YOUNG_DAYS = 7;
export function usageFindings(row: KeyRow, review: Review): Finding[] {
  const { before, after } = row.key;
  const use = useOf(row, review);
  if (!use || !before || !after || after.disabled === true || row.change === "released") return [];
  const cuts = budgetsOf(row, { before, after }, review).map((each) => cutText(each, use));
  const known = cuts.filter((message) => message !== undefined);
  if (known.length > 0) return known.map((message): Finding => ["below-use", message]);
  const unneeded = unneededText(row, { before, after }, use, review);
  return unneeded ? [["unneeded", unneeded]] : [];
}

/** A replaced key has the needs of the old one, and starts with nothing spent. */
function useOf({ id, change }: KeyRow, { usage }: Review): KeyUse | undefined {
  const use = id === undefined ? undefined : usage?.of.get(id);
  if (!use || change !== "replaced") return use;
  return { ...use, current: () => null, busiest: (reset) => (reset === null ? 0 : use.busiest(reset)) };
}

interface ChangedBudget {
  /** `the limit`. */
  what: Sentence;
  budget: BeforeAfter<Budget | undefined>;
}

/** The key's own limit and the budget of its guardrail: both apply. */
function budgetsOf({ link }: KeyRow, key: BeforeAfter<Key>, { contents }: Review): ChangedBudget[] {
  const guardrail = mapBoth(contents, ({ guardrails }, side) => {
    const end = link[side]?.guardrail;
    return end && guardrails.get(end.identity);
  });
  return [
    { what: literal("the limit"), budget: mapBoth(key, ({ budget }) => budget) },
    {
      what: compose`the budget of guardrail ${guardrail.after?.label ?? []}`,
      budget: mapBoth(guardrail, (each) => each?.budget),
    },
  ];
}

/** Undefined unless the budget is not raised and is less than the key spent. */
function cutText({ what, budget }: ChangedBudget, use: KeyUse): Sentence | undefined {
  const known = knownBudget(budget.after);
  if (!budget.after || !known || isDeepStrictEqual(budget.before, budget.after)) return undefined;
  if (rises(mapBoth(budget, (each) => maximumOf(each ?? {})))) return undefined;
  const { amount, reset } = known;
  const becomes = compose`${what} becomes ${budgetText(budget.after)}`;
  const current = use.current(reset);
  if (current !== null && current > amount) {
    const since = reset === null ? "so far" : `since ${SINCE[reset] ?? "the last reset"}`;
    return compose`cut off at once: it spent ${literal(formatUsd(current))} ${literal(since)}, and ${becomes}.`;
  }
  if (use.busiest(reset) <= amount) return undefined;
  return compose`cut below its use: ${useText(use, reset)}, and ${becomes}.`;
}

const SINCE: Readonly<Record<string, string>> = {
  daily: "midnight UTC",
  weekly: "Monday",
  monthly: "the first of the month",
};

function unneededText(row: KeyRow, key: BeforeAfter<Key>, use: KeyUse, { usage }: Review): Sentence | undefined {
  const isYoung =
    use.createdAt !== null && Date.parse(usage?.to ?? "") - Date.parse(use.createdAt) < YOUNG_DAYS * DAY_MS;
  const budget = mapBoth(row.cappedBy, (guardrail, side) => guardrail?.budget ?? key[side].budget);
  const known = knownBudget(budget.before);
  if (!known || isYoung || !rises(row.exposure) || !rises(mapBoth(budget, maximumOf))) return undefined;
  const { amount, reset } = known;
  if (use.busiest(reset) >= amount * NEEDED_SHARE) return undefined;
  return compose`raised without need: ${useText(use, reset)}, and ${budgetText(budget.before)} was allowed.`;
}

/** `its busiest week of the last 30 days took $12`. */
function useText(use: KeyUse, reset: string | null): Sentence {
  const spent = formatUsd(use.busiest(reset));
  if (reset === "daily") return literal(`it spent ${spent} on the busiest of the last 30 days`);
  if (reset === "weekly") return literal(`it spent ${spent} in the busiest week of the last 30 days`);
  return literal(reset === null ? `it spent ${spent} so far` : `it spent ${spent} in the last 30 days`);
}

/** An amount and an interval that are visible, and that this release knows. */
function knownBudget(budget: Budget | undefined): { amount: number; reset: string | null } | undefined {
  const { amount, reset } = budget ?? {};
  if (typeof amount !== "number") return undefined;
  if (reset === undefined) return { amount, reset: null };
  return typeof reset === "string" && Object.hasOwn(INTERVALS, reset) ? { amount, reset } : undefined;
}
