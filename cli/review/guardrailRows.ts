/** What a change does to guardrails and members. A budget bounds each assignee; it is no money of its own. */
import { isDeepStrictEqual } from "node:util";
import { groupBy } from "../shared/groups";
import { atMost, type Exposure, Hidden } from "./exposure";
import { changeOf, type Row, rowOrder } from "./rows";
import type { Sentence } from "./sentence";
import { changesOfGuardrail } from "./settings";
import type { AssignmentEnd, Guardrail, Member, StackContents } from "./stack";
import { byMoney } from "./totals";
import type { Snapshots } from "./worlds";

/** Undefined where there is no guardrail. `unlimited` is a guardrail without a budget. */
export interface Bounds {
  before: Exposure | undefined;
  after: Exposure | undefined;
}

export interface GuardrailRow extends Row {
  before: Guardrail | undefined;
  after: Guardrail | undefined;
  /** The most that one key, or one member, may spend through it. */
  budget: Bounds;
  /** Of the keys and members that are known, how many it has after the change. */
  keys: number;
  members: number;
}

export interface MemberRow {
  /** URN of the pair or set. */
  identity: string;
  user: Sentence;
  before: Member | undefined;
  after: Member | undefined;
  guardrailBefore: AssignmentEnd | undefined;
  guardrailAfter: AssignmentEnd | undefined;
  budget: Bounds;
}

interface Contents {
  before: StackContents;
  after: StackContents;
}

export function guardrailRows({ before, after }: Contents, both: Snapshots): GuardrailRow[] {
  const keys = countBy([...after.assignments.values()].map(({ guardrail }) => guardrail.identity));
  const members = countBy(after.members.map(({ guardrail }) => guardrail.identity));
  const rows = [...new Set([...before.guardrails.keys(), ...after.guardrails.keys()])].map((urn): GuardrailRow => {
    const [old, made] = [before.guardrails.get(urn), after.guardrails.get(urn)];
    const settings = changesOfGuardrail(old?.properties, made?.properties, both.differing.get(urn));
    return {
      identity: urn,
      label: (made ?? old)?.label ?? [],
      id: old?.id ?? made?.id,
      change: changeOf(urn, both, settings.length > 0),
      settings,
      before: old,
      after: made,
      budget: { before: old && atMost(old.budget), after: made && atMost(made.budget) },
      keys: keys.get(urn) ?? 0,
      members: members.get(urn) ?? 0,
    };
  });
  return rows
    .filter(({ change }) => change !== "affected")
    .sort((a, b) => byBounds(a.budget, b.budget) || rowOrder(a, b));
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Members whose guardrail, or whose budget through it, changes. */
export function memberRows({ before, after }: Contents): MemberRow[] {
  const rows = membersOfBoth(before.members, after.members).map(([old, made]): MemberRow => {
    const either = (made ?? old) as Member;
    const budget = { before: memberBound(before, old?.guardrail), after: memberBound(after, made?.guardrail) };
    const guardrails = { guardrailBefore: old?.guardrail, guardrailAfter: made?.guardrail };
    return { identity: either.declaredBy, user: either.user, before: old, after: made, ...guardrails, budget };
  });
  return rows
    .filter(({ guardrailBefore, guardrailAfter, budget }) => {
      return guardrailBefore?.identity !== guardrailAfter?.identity || !isDeepStrictEqual(budget.before, budget.after);
    })
    .sort((a, b) => byBounds(a.budget, b.budget) || rowOrder({ label: a.user }, { label: b.user }));
}

type Both = readonly [before: Member | undefined, after: Member | undefined];

/**
 * Each assignment before with what becomes of it. A member may have a guardrail in each workspace: the one that stays
 * comes first, then another by the same resource, then any other.
 */
function membersOfBoth(before: readonly Member[], after: readonly Member[]): Both[] {
  const gone = new Set(before);
  const former = new Map<Member, Member>();
  const likeness: ((old: Member, made: Member) => boolean)[] = [
    (old, made) => old.guardrail.identity === made.guardrail.identity,
    (old, made) => old.declaredBy === made.declaredBy,
    () => true,
  ];
  const olds = groupBy(before, ({ identity }) => identity);
  for (const isLike of likeness) {
    for (const made of after) {
      const old = (olds.get(made.identity) ?? []).find((each) => gone.has(each) && isLike(each, made));
      if (!old || former.has(made)) continue;
      former.set(made, old);
      gone.delete(old);
    }
  }
  return [...after.map((made): Both => [former.get(made), made]), ...[...gone].map((old): Both => [old, undefined])];
}

function memberBound({ guardrails }: StackContents, guardrail: AssignmentEnd | undefined): Exposure | undefined {
  if (!guardrail) return undefined;
  const known = guardrails.get(guardrail.identity);
  if (known) return atMost(known.budget);
  return new Hidden(guardrail.unknown ? "known after apply" : "not in this preview");
}

/** No guardrail bounds nothing. */
function byBounds(a: Bounds, b: Bounds): number {
  const whole = ({ before = "unlimited", after = "unlimited" }: Bounds) => ({ before, after });
  return byMoney(whole(a), whole(b));
}
