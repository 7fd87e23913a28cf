/** What a change does to each key, guardrail and member: the stack before held against the stack after. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../state";
import {
  type Difference,
  difference,
  type Exposure,
  Hidden,
  keyExposure,
  monthly,
  type Pair,
  type Total,
  total,
} from "./exposure";
import type { Preview } from "./preview";
import { plain, quoted, type Sentence } from "./sentence";
import { changesOfGuardrail, changesOfKey, type SettingChange } from "./settings";
import { contentsOf, type End, type Guardrail, type Key, kindOf, type StackContents, urnsById } from "./stack";
import { pathOf, type Worlds, worlds } from "./worlds";

/**
 * `affected` is a key of which nothing changes but what its guardrail allows. `released` leaves the stack and goes on
 * to work.
 */
export type Fate = "new" | "changed" | "replaced" | "deleted" | "released" | "affected";

interface Row {
  /** URN; of what the stack doesn't manage, an identity of its own. */
  identity: string;
  label: Sentence;
  /** Hash of a key, id of a guardrail; undefined before it exists. */
  id: string | undefined;
  fate: Fate;
  settings: SettingChange[];
}

export interface KeyRow extends Row {
  before: Key | undefined;
  after: Key | undefined;
  /** Undefined: none, as far as is known. */
  guardrailBefore: End | undefined;
  guardrailAfter: End | undefined;
  moved: boolean;
  exposure: Pair;
  /** Of a replaced key, the resources that take something from it, other than assignments. */
  consumers: Sentence[];
}

export interface GuardrailRow extends Row {
  before: Guardrail | undefined;
  after: Guardrail | undefined;
  /** What one key, or one member, may spend through it. */
  budget: Pair;
  /** Of the keys and members that are known, how many it has after the change. */
  keys: number;
  members: number;
}

export interface MemberRow {
  identity: string;
  user: Sentence;
  guardrailBefore: End | undefined;
  guardrailAfter: End | undefined;
  /** Undefined: this stack gives it none. */
  budget: { before: Exposure | undefined; after: Exposure | undefined };
}

export interface Review {
  /** `<project>/<stack>`. */
  stack: string | undefined;
  /** Whether all keys of the stack are known, or those only that change. */
  scope: "stack" | "changes";
  keys: KeyRow[];
  guardrails: GuardrailRow[];
  members: MemberRow[];
  /** Of every key that is known, whether it changes or not. */
  exposures: ({ label: Sentence } & Pair)[];
  totals: { before: Total; after: Total; difference: Difference };
  /** Settings and assignments whose value is known after apply. */
  unknownValues: number;
  warnings: readonly string[];
  contents: { before: StackContents; after: StackContents };
}

/** @param now Milliseconds since 1970, to tell which expiry is past. */
export function compare(preview: Preview, state: readonly Resource[] | undefined, now: number): Review {
  const both = worlds(preview, state);
  const urnOf = urnsById(both.after, both.before);
  const contents = { before: contentsOf(both.before, urnOf), after: contentsOf(both.after, urnOf) };
  const scope = state || preview.complete ? "stack" : "changes";
  const everyKey = keyIdentities(contents).map((identity) => keyRow(identity, contents, both, now));
  const keys = everyKey.filter(isTouched).sort(byLabel);
  const known = everyKey.filter(({ before, after }) => before || after);
  const counted = scope === "stack" ? known : known.filter(isTouched);
  const exposures = counted.map(({ label, exposure }) => ({ label, ...exposure }));
  const guardrails = guardrailRows(contents, both);
  const members = memberRows(contents);
  return {
    stack: preview.stack,
    scope,
    keys,
    guardrails,
    members,
    exposures,
    totals: {
      before: total(counted.filter(({ before }) => before).map(({ exposure }) => exposure.before)),
      after: total(counted.filter(({ after }) => after).map(({ exposure }) => exposure.after)),
      difference: difference(exposures),
    },
    unknownValues: countUnknown([...keys, ...guardrails]),
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

function keyRow(identity: string, { before, after }: Contents, both: Worlds, now: number): KeyRow {
  const [keyBefore, keyAfter] = [before.keys.get(identity), after.keys.get(identity)];
  const [linkBefore, linkAfter] = [before.assignments.get(identity), after.assignments.get(identity)];
  const key = keyAfter ?? keyBefore;
  const settings = changesOfKey(keyBefore?.properties, keyAfter?.properties, both.differing.get(identity));
  const moved = linkBefore?.guardrail.identity !== linkAfter?.guardrail.identity;
  const fate = fateOf(identity, both, settings.length > 0 || moved);
  const exposureIn = (contents: StackContents, own: Key | undefined): Exposure => {
    if (!key) return new Hidden("not in this preview");
    return own ? exposureOf(own, contents.assignments.get(identity)?.guardrail, contents, now) : 0;
  };
  return {
    identity,
    label: (key ?? linkAfter?.key ?? linkBefore?.key)?.label ?? quoted(identity),
    id: keyBefore?.id ?? keyAfter?.id,
    fate,
    settings,
    before: keyBefore,
    after: keyAfter,
    guardrailBefore: linkBefore?.guardrail,
    guardrailAfter: linkAfter?.guardrail,
    moved,
    exposure: { before: exposureIn(before, keyBefore), after: exposureIn(after, keyAfter) },
    consumers: fate === "replaced" ? consumersOf(identity, both) : [],
  };
}

/** A guardrail that is not of this stack bounds what is not known: then it is the key's own limit. */
function exposureOf(key: Key, guardrail: End | undefined, { guardrails }: StackContents, now: number): Exposure {
  const exposure = keyExposure(key, guardrail && guardrails.get(guardrail.identity)?.budget, now);
  return guardrail?.unknown && exposure !== 0 ? new Hidden("known after apply") : exposure;
}

function fateOf(urn: string, { before, after, replaced }: Worlds, changes: boolean): Fate {
  const [old, made] = [before.get(urn), after.get(urn)];
  if (old && !made) return old.retainOnDelete ? "released" : "deleted";
  if (!old && made) return "new";
  if (replaced.has(urn)) return "replaced";
  return changes ? "changed" : "affected";
}

/** A key that stays as it is and may spend what it might before is left out. */
function isTouched({ fate, exposure: { before, after } }: KeyRow): boolean {
  return fate !== "affected" || !isDeepStrictEqual(before, after);
}

function consumersOf(urn: string, { after }: Worlds): Sentence[] {
  const takers = [...after].filter(([, { type, dependencies, propertyDependencies }]) => {
    if (kindOf(type) !== undefined) return false;
    return [dependencies, ...Object.values(propertyDependencies ?? {})].some((urns) => urns?.includes(urn));
  });
  return takers.map(([taker, { type, parent }]) => quoted(`${type.split(":").at(-1)} ${pathOf(taker, parent)}`));
}

function guardrailRows({ before, after }: Contents, both: Worlds): GuardrailRow[] {
  const urns = [...new Set([...before.guardrails.keys(), ...after.guardrails.keys()])];
  const rows = urns.map((urn): GuardrailRow => {
    const [old, made] = [before.guardrails.get(urn), after.guardrails.get(urn)];
    const settings = changesOfGuardrail(old?.properties, made?.properties, both.differing.get(urn));
    const assigned = [...after.assignments.values()].filter(({ guardrail }) => guardrail.identity === urn);
    return {
      identity: urn,
      label: (made ?? old)?.label ?? quoted(urn),
      id: old?.id ?? made?.id,
      fate: fateOf(urn, both, settings.length > 0),
      settings,
      before: old,
      after: made,
      budget: { before: old ? monthly(old.budget) : 0, after: made ? monthly(made.budget) : 0 },
      keys: assigned.length,
      members: [...after.members.values()].filter(({ guardrail }) => guardrail.identity === urn).length,
    };
  });
  return rows.filter(({ fate }) => fate !== "affected").sort(byLabel);
}

/** Members whose guardrail, or whose budget through it, changes. */
function memberRows({ before, after }: Contents): MemberRow[] {
  const urns = [...new Set([...before.members.keys(), ...after.members.keys()])];
  const rows = urns.flatMap((urn): MemberRow[] => {
    const [old, made] = [before.members.get(urn), after.members.get(urn)];
    const user = (made ?? old)?.user;
    if (!user) return [];
    const budget = { before: memberBudget(before, old?.guardrail), after: memberBudget(after, made?.guardrail) };
    return [{ identity: urn, user, guardrailBefore: old?.guardrail, guardrailAfter: made?.guardrail, budget }];
  });
  return rows.filter(({ guardrailBefore, guardrailAfter, budget }) => {
    return guardrailBefore?.identity !== guardrailAfter?.identity || !isDeepStrictEqual(budget.before, budget.after);
  });
}

function memberBudget({ guardrails }: StackContents, guardrail: End | undefined): Exposure | undefined {
  if (!guardrail) return undefined;
  const known = guardrails.get(guardrail.identity);
  if (known) return monthly(known.budget);
  return new Hidden(guardrail.unknown ? "known after apply" : "not in this preview");
}

function countUnknown(rows: readonly (KeyRow | GuardrailRow)[]): number {
  const properties = rows.flatMap(({ after }) => Object.values(after?.properties ?? {}));
  const ends = rows.flatMap((row) => ("guardrailAfter" in row && row.guardrailAfter ? [row.guardrailAfter] : []));
  const isUnknown = (value: unknown) => value instanceof Hidden && value.why === "known after apply";
  const within = properties.flatMap((value) => (Array.isArray(value) ? value : [value]));
  return within.filter(isUnknown).length + ends.filter(({ unknown }) => unknown).length;
}

function byLabel(a: Row, b: Row): number {
  const [left, right] = [plain(a.label), plain(b.label)];
  return left < right ? -1 : left > right ? 1 : 0;
}
