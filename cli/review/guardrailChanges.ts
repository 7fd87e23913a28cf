/** What a change does to guardrails and members. A budget limits each assignee, so it is in no sum. */
import { isDeepStrictEqual } from "node:util";
import { groupBy } from "../shared/groups";
import type { Contents, Guardrail, Link, StackContents } from "./contents";
import { byExposure, type Exposure, maximumOf } from "./exposure";
import { byLabel, type Sentence } from "./sentence";
import { type Row, settingChanges } from "./settings";
import { changeOf, type Snapshots } from "./snapshots";
import { type BeforeAfter, Hidden, mapBoth } from "./values";

/** The most that one key or member may spend. Undefined: no guardrail. `unlimited`: a guardrail without a budget. */
export type Maximum = Exposure | undefined;

export interface GuardrailRow extends Row {
  guardrail: BeforeAfter<Guardrail | undefined>;
  maximum: BeforeAfter<Maximum>;
  /** How many of the known keys and members have it after the change. */
  keys: number;
  members: number;
}

export function guardrailRows(contents: Contents, both: Snapshots): GuardrailRow[] {
  const keys = groupBy(contents.after.assignments.values(), ({ guardrail }) => guardrail.identity);
  const members = groupBy(contents.after.members, ({ guardrail }) => guardrail.identity);
  const urns = [contents.before, contents.after].flatMap(({ guardrails }) => [...guardrails.keys()]);
  const rows = [...new Set(urns)].map((urn): GuardrailRow => {
    const guardrail = mapBoth(contents, ({ guardrails }) => guardrails.get(urn));
    const { before, after } = guardrail;
    const properties = mapBoth(guardrail, (each) => each?.properties);
    const settings = settingChanges("guardrail", properties, both.differing.get(urn));
    return {
      identity: urn,
      label: (after ?? before)?.label ?? [],
      id: before?.id ?? after?.id,
      change: changeOf(urn, both, settings.length > 0),
      settings,
      guardrail,
      maximum: mapBoth(guardrail, (each) => each && maximumOf(each.budget)),
      keys: keys.get(urn)?.length ?? 0,
      members: members.get(urn)?.length ?? 0,
    };
  });
  return rows.filter(({ change }) => change !== "affected").sort((a, b) => byMaximum(a, b) || byLabel(a, b));
}

export interface MemberRow {
  /** URN of the single assignment or the set. */
  identity: string;
  label: Sentence;
  link: BeforeAfter<Link | undefined>;
  maximum: BeforeAfter<Maximum>;
}

/** Members whose guardrail changes, or its budget. */
export function memberRows(contents: Contents): MemberRow[] {
  const rows = matched(contents.before.members, contents.after.members).map((link): MemberRow => {
    const { declaredBy, label } = (link.after ?? link.before) as Link;
    return {
      identity: declaredBy,
      label,
      link,
      maximum: mapBoth(link, (each, side) => memberMaximum(contents[side], each)),
    };
  });
  return rows
    .filter(({ link: { before, after }, maximum }) => {
      return (
        before?.guardrail.identity !== after?.guardrail.identity || !isDeepStrictEqual(maximum.before, maximum.after)
      );
    })
    .sort((a, b) => byMaximum(a, b) || byLabel(a, b));
}

/**
 * A member may have a guardrail in each workspace. An assignment after the change matches a former one with the same
 * guardrail, or else one of the same resource, or else any.
 */
function matched(before: readonly Link[], after: readonly Link[]): BeforeAfter<Link | undefined>[] {
  const unmatched = new Set(before);
  const former = new Map<Link, Link>();
  const byMember = groupBy(before, ({ identity }) => identity);
  const criteria: ((old: Link, next: Link) => boolean)[] = [
    (old, next) => old.guardrail.identity === next.guardrail.identity,
    (old, next) => old.declaredBy === next.declaredBy,
    () => true,
  ];
  for (const matches of criteria) {
    for (const next of after.filter((each) => !former.has(each))) {
      const old = byMember.get(next.identity)?.find((each) => unmatched.has(each) && matches(each, next));
      if (!old) continue;
      former.set(next, old);
      unmatched.delete(old);
    }
  }
  return [
    ...after.map((next) => ({ before: former.get(next), after: next })),
    ...[...unmatched].map((old) => ({ before: old, after: undefined })),
  ];
}

function memberMaximum({ guardrails }: StackContents, link: Link | undefined): Maximum {
  if (!link) return undefined;
  const guardrail = guardrails.get(link.guardrail.identity);
  if (guardrail) return maximumOf(guardrail.budget);
  return new Hidden(link.guardrail.unknown ? "known after apply" : "not in this preview");
}

function byMaximum(a: { maximum: BeforeAfter<Maximum> }, b: { maximum: BeforeAfter<Maximum> }): number {
  const exposure = (row: typeof a) => mapBoth(row.maximum, (maximum) => maximum ?? "unlimited");
  return byExposure(exposure(a), exposure(b));
}
