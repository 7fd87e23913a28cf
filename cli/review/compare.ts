/** What a change does to each key: the stack before compared with the stack after. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../../formats/deployment";
import { kindOf } from "../shared/assignments";
import { type Live, NOT_KNOWN } from "./adopted";
import { type Budget, Hidden, NOTHING, type Pair, type Spending, spendingOf } from "./exposure";
import { type GuardrailRow, guardrailRows, type MemberRow, memberRows } from "./guardrailRows";
import type { Preview } from "./preview";
import { type Change, changeOf, type Row, rowOrder } from "./rows";
import { quoted, type Sentence } from "./sentence";
import { type SetRow, setRows } from "./sets";
import { changesOfKey } from "./settings";
import { type AssignmentEnd, contentsOf, type Key, type Link, lookupIn, type StackContents, urnsById } from "./stack";
import { byMoney, type Totals, totalsOf } from "./totals";
import { undeclared } from "./undeclared";
import { pathOf, type Snapshots, snapshots } from "./worlds";

export interface KeyRow extends Row {
  before: Key | undefined;
  after: Key | undefined;
  linkBefore: Link | undefined;
  linkAfter: Link | undefined;
  /** Undefined: none, as far as is known. */
  guardrailBefore: AssignmentEnd | undefined;
  guardrailAfter: AssignmentEnd | undefined;
  moved: boolean;
  exposure: Pair;
  /** The guardrail whose budget is the figure, and not the key's own limit. */
  held: { before: Holder | undefined; after: Holder | undefined };
  /** Of a replaced key, the resources that take something from it, other than assignments. */
  consumers: Sentence[];
}

export interface Holder {
  label: Sentence;
  budget: Budget;
}

export interface LabelledPair extends Pair {
  label: Sentence;
}

export interface Review {
  /** `<project>/<stack>`. */
  stack: string | undefined;
  /** Whether all keys of the stack are known, or those only that change. */
  scope: "stack" | "changes";
  keys: KeyRow[];
  guardrails: GuardrailRow[];
  members: MemberRow[];
  sets: SetRow[];
  /** Of every key that is known, whether it changes or not. */
  exposures: readonly LabelledPair[];
  totals: Totals<LabelledPair>;
  /** Settings and assignments whose value is known after apply. */
  unknownValues: number;
  warnings: readonly string[];
  contents: { before: StackContents; after: StackContents };
}

/** @param now Milliseconds since 1970, to tell which expiry is past. */
export function compare(
  preview: Preview,
  state: readonly Resource[] | undefined,
  now: number,
  live: Live = NOT_KNOWN,
): Review {
  const both = snapshots(preview, state, live);
  const urnOf = urnsById(both.after, both.before);
  const stateOf = (urn: string) => both.before.get(urn)?.outputs ?? {};
  const contents = {
    before: contentsOf(lookupIn(both.before, urnOf), stateOf),
    // What is made anew does not keep what the program omits.
    after: contentsOf(
      lookupIn(both.after, urnOf),
      (urn) => (both.replaced.has(urn) ? {} : stateOf(urn)),
      undeclared(both, urnOf),
    ),
  };
  const scope = state || preview.complete ? "stack" : "changes";
  const everyKey = keyIdentities(contents).map((identity) => keyRow(identity, contents, both, now));
  const keys = everyKey.filter(isTouched).sort((a, b) => byMoney(a.exposure, b.exposure) || rowOrder(a, b));
  const known = everyKey.filter(({ before, after }) => before || after);
  const counted = scope === "stack" ? known : known.filter(isTouched);
  const exposures = counted.map(({ label, exposure }) => ({ label, ...exposure })).sort(byMoney);
  const guardrails = guardrailRows(contents, both);
  const sets = setRows(contents, both, urnOf);
  return {
    stack: preview.stack,
    scope,
    keys,
    guardrails,
    members: memberRows(contents),
    sets,
    exposures,
    totals: totalsOf(exposures),
    unknownValues: countUnknown([...keys, ...guardrails]) + countUnresolved(sets),
    warnings: preview.warnings,
    contents,
  };
}

type Contents = Review["contents"];

/** Of the keys of the stack, and of those that an assignment names. */
function keyIdentities({ before, after }: Contents): string[] {
  const identities = [before, after].flatMap(({ keys, assignments }) => [...keys.keys(), ...assignments.keys()]);
  return [...new Set(identities)];
}

function keyRow(identity: string, { before, after }: Contents, both: Snapshots, now: number): KeyRow {
  const [keyBefore, keyAfter] = [before.keys.get(identity), after.keys.get(identity)];
  const [linkBefore, linkAfter] = [before.assignments.get(identity), after.assignments.get(identity)];
  const settings = changesOfKey(keyBefore?.properties, keyAfter?.properties, both.differing.get(identity));
  const moved = linkBefore?.guardrail.identity !== linkAfter?.guardrail.identity;
  const change = changeOf(identity, both, settings.length > 0 || moved);
  const was = keyBefore && spendingIn(before, keyBefore, linkBefore?.guardrail, now);
  const is = keyAfter && spendingIn(after, keyAfter, linkAfter?.guardrail, now);
  const label = (keyAfter ?? keyBefore ?? linkAfter?.key ?? linkBefore?.key)?.label ?? quoted(identity);
  const row = {
    identity,
    label,
    id: keyBefore?.id ?? keyAfter?.id,
    change,
    settings,
    before: keyBefore,
    after: keyAfter,
    linkBefore,
    linkAfter,
    guardrailBefore: linkBefore?.guardrail,
    guardrailAfter: linkAfter?.guardrail,
    moved,
    consumers: change === "replaced" ? consumersOf(identity, both) : [],
  };
  return { ...row, exposure: pairOf(row, was, is, both), held: { before: was?.holder, after: is?.holder } };
}

interface HeldSpending extends Spending {
  holder: Holder | undefined;
}

/** A guardrail that is not of this stack bounds what is not known: then it is the key's own limit. */
function spendingIn(
  { guardrails }: StackContents,
  key: Key,
  end: AssignmentEnd | undefined,
  now: number,
): HeldSpending {
  const guardrail = end && guardrails.get(end.identity);
  const spending = spendingOf(key, guardrail?.budget, now);
  const holder = spending.isHeld ? guardrail : undefined;
  if (!end?.unknown || spending.exposure === NOTHING) return { ...spending, holder };
  const hidden = new Hidden("known after apply");
  const isOpen = spending.exposure === "unlimited";
  return { ...spending, ...(isOpen && { exposure: hidden }), hidden, holder };
}

type RowBase = Pick<
  KeyRow,
  "change" | "settings" | "moved" | "before" | "after" | "guardrailBefore" | "guardrailAfter"
>;

/**
 * A bound instead of a value that can't be shown is right after the change, where it may only be too high. Before it
 * would hide an increase, so there it holds only if nothing about the spending changes.
 */
function pairOf(row: RowBase, was: Spending | undefined, is: Spending | undefined, both: Snapshots): Pair {
  if (!row.before && !row.after) {
    const hidden = new Hidden("not in this preview");
    return { before: hidden, after: hidden };
  }
  const after = is?.exposure ?? NOTHING;
  if (!was) return { before: row.change === "adopted" ? new Hidden("not known") : NOTHING, after };
  return { before: was.hidden && spendsOtherwise(row, was, is, both) ? was.hidden : was.exposure, after };
}

const SPENDING = ["limit", "limitReset", "disabled", "limitUsd", "resetInterval"];

function spendsOtherwise(
  { settings, moved, guardrailAfter }: RowBase,
  was: Spending,
  is: Spending | undefined,
  both: Snapshots,
) {
  const touched = [
    ...settings.flatMap(({ properties }) => properties),
    ...((guardrailAfter && both.differing.get(guardrailAfter.identity)) ?? []),
  ];
  return moved || !isDeepStrictEqual(was, is) || SPENDING.some((name) => touched.includes(name));
}

/** A key that stays unchanged and may spend the same as before is omitted. */
function isTouched({ change, exposure: { before, after } }: { change: Change; exposure: Pair }): boolean {
  return change !== "affected" || !isDeepStrictEqual(before, after);
}

function consumersOf(urn: string, { after }: Snapshots): Sentence[] {
  const takers = [...after].filter(([, { type, dependencies, propertyDependencies }]) => {
    if (kindOf(type) !== undefined) return false;
    return [dependencies, ...Object.values(propertyDependencies ?? {})].some((urns) => urns?.includes(urn));
  });
  return takers.map(([taker, { type, parent }]) => quoted(`${type.split(":").at(-1)} ${pathOf(taker, parent)}`));
}

function countUnknown(rows: readonly (KeyRow | GuardrailRow)[]): number {
  const properties = rows.flatMap(({ after }) => Object.values(after?.properties ?? {}));
  const ends = rows.flatMap((row) => ("guardrailAfter" in row && row.guardrailAfter ? [row.guardrailAfter] : []));
  const isUnknown = (value: unknown) => value instanceof Hidden && value.why === "known after apply";
  const within = properties.flatMap((value) => (Array.isArray(value) ? value : [value]));
  return within.filter(isUnknown).length + ends.filter(({ unknown }) => unknown).length;
}

/** A list that can't be resolved for certain is one value, however many are in it. */
function countUnresolved(sets: readonly SetRow[]): number {
  const lists = sets.flatMap(({ keys, members }) => [keys.listed.after, members.listed.after]);
  return lists.filter((list) => list && (list.unresolved !== 0 || list.unknown === "the whole list")).length;
}
