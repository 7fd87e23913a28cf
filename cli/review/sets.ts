/** What a change does to sets of assignments: who comes, who goes, and who only changes the resource. Pure. */
import { type Assignee, type AssigneeList, setOf } from "../shared/assignments";
import { groupBy } from "../shared/groups";
import { type Change, changeOf, rowOrder } from "./rows";
import type { Sentence } from "./sentence";
import { type AssignmentEnd, guardrailOf, type Link, labelOf, lookupIn, type StackContents, UNMANAGED } from "./stack";
import type { Snapshots } from "./worlds";

/** Undefined where there is no set, or where it does not manage them. */
export interface Both<Value> {
  before: Value | undefined;
  after: Value | undefined;
}

export interface SetRow {
  /** URN. */
  identity: string;
  label: Sentence;
  change: Change;
  guardrail: Both<AssignmentEnd>;
  isExclusive: Both<boolean>;
  keys: AssigneeChange;
  members: AssigneeChange;
}

export interface Assigned extends Link {
  identity: string;
  label: Sentence;
}

/** Whoever is in the set before or after, and does not just stay in it. */
export interface AssigneeChange {
  listed: Both<AssigneeList>;
  /** They had another guardrail, or none. */
  added: Assigned[];
  /** They get another guardrail, or none. */
  removed: Assigned[];
  /** Of these, the ones that get none. */
  bare: Assigned[];
  /** They are deleted. */
  deleted: Assigned[];
  /** They keep the guardrail, which no resource declares any more. */
  kept: Assigned[];
  /** Whether they keep it is known after apply. */
  uncertain: Assigned[];
  /** They had the same guardrail by another resource, which these name. */
  from: Assigned[];
  /** They keep the guardrail by another resource, which these name. */
  to: Assigned[];
}

interface Contents {
  before: StackContents;
  after: StackContents;
}

export function setRows(contents: Contents, both: Snapshots, urnOf: ReadonlyMap<string, string>): SetRow[] {
  const links = (of: Assignee) => ({ before: linksOf(of, contents.before), after: linksOf(of, contents.after) });
  const [keys, members] = [links("key"), links("member")];
  const [before, after] = [lookupIn(both.before, urnOf), lookupIn(both.after, urnOf)];
  const isDeleted = (key: string) => changeOf(key, both, false) === "deleted";
  const rows = [...new Set([...both.before.keys(), ...both.after.keys()])].flatMap((urn): SetRow[] => {
    const [old, made] = [both.before.get(urn), both.after.get(urn)];
    const [was, is] = [old && setOf(old, before), made && setOf(made, after)];
    const either = made ?? old;
    if (!either || !(was ?? is)) return [];
    const row = {
      identity: urn,
      label: labelOf(urn, either),
      guardrail: {
        before: was && guardrailOf({ ...was, declaredBy: urn }, before),
        after: is && guardrailOf({ ...is, declaredBy: urn }, after),
      },
      isExclusive: { before: was?.isExclusive, after: is?.isExclusive },
      keys: assigneeChangeOf(urn, { before: was?.keys, after: is?.keys }, keys, isDeleted),
      members: assigneeChangeOf(urn, { before: was?.members, after: is?.members }, members, () => false),
    };
    return [{ ...row, change: changeOf(urn, both, changesAny(row)) }];
  });
  return rows.filter(({ change }) => change !== "affected").sort(rowOrder);
}

function changesAny({ isExclusive, keys, members }: Omit<SetRow, "change">): boolean {
  return isExclusive.before !== isExclusive.after || [keys, members].some(isChange);
}

function isChange({ listed, ...assignees }: AssigneeChange): boolean {
  const isUnknown = listed.after !== undefined && listed.after.unknown !== "nothing";
  return (
    isUnknown ||
    (listed.before === undefined) !== (listed.after === undefined) ||
    Object.values(assignees).some(({ length }) => length > 0)
  );
}

interface Links {
  by(urn: string): readonly Assigned[];
  of(assignee: string): readonly Assigned[];
}

function linksOf(of: Assignee, { assignments, members }: StackContents): Links {
  const all: Assigned[] =
    of === "key"
      ? [...assignments.values()].map(({ key, ...link }) => ({ ...link, identity: key.identity, label: key.label }))
      : members.map(({ user, ...link }) => ({ ...link, label: user }));
  const [byResource, byAssignee] = [
    groupBy(all, ({ declaredBy }) => declaredBy),
    groupBy(all, ({ identity }) => identity),
  ];
  return { by: (urn) => byResource.get(urn) ?? [], of: (assignee) => byAssignee.get(assignee) ?? [] };
}

function assigneeChangeOf(
  urn: string,
  listed: Both<AssigneeList>,
  links: { before: Links; after: Links },
  isDeleted: (assignee: string) => boolean,
): AssigneeChange {
  const change: AssigneeChange = {
    ...{ listed, added: [], removed: [], bare: [], deleted: [], kept: [], uncertain: [], from: [], to: [] },
  };
  for (const made of links.after.by(urn)) {
    const old = likeIn(links.before, made);
    if (!old) change.added.push(made);
    else if (old.declaredBy !== urn) change.from.push(old);
  }
  for (const old of links.before.by(urn)) {
    const made = likeIn(links.after, old);
    if (made?.declaredBy === urn) continue;
    if (made) (made.declaredBy === UNMANAGED ? change.kept : change.to).push(made);
    else if (isDeleted(old.identity)) change.deleted.push(old);
    else if (links.after.of(old.identity).some(isUncertain)) change.uncertain.push(old);
    else {
      change.removed.push(old);
      if (links.after.of(old.identity).length === 0) change.bare.push(old);
    }
  }
  return change;
}

/** The same assignee under the same guardrail. */
function likeIn(links: Links, { identity, guardrail }: Assigned): Assigned | undefined {
  return links.of(identity).find((each) => each.guardrail.identity === guardrail.identity);
}

function isUncertain({ declaredBy, guardrail }: Assigned): boolean {
  return declaredBy === UNMANAGED && guardrail.unknown;
}
