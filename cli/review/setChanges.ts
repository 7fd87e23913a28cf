/** What a change does to sets of assignments: which keys and members they gain, lose, or exchange with other resources. */
import { type AssigneeList, setOf } from "../shared/assignments";
import { groupBy } from "../shared/groups";
import { type AssignmentEnd, type Contents, guardrailOf, type Link, labelOf, UNMANAGED } from "./contents";
import { byLabel, type Sentence } from "./sentence";
import { type Change, changeOf, type Snapshots } from "./snapshots";
import { type BeforeAfter, mapBoth } from "./values";

export interface SetRow {
  /** URN. */
  identity: string;
  label: Sentence;
  change: Change;
  guardrail: BeforeAfter<AssignmentEnd | undefined>;
  isExclusive: BeforeAfter<boolean | undefined>;
  keys: AssigneeChange;
  members: AssigneeChange;
}

/** Keys or members that are in the set before or after the change, and don't just stay in it. */
export interface AssigneeChange {
  /** Undefined where the set doesn't manage them, or doesn't exist. */
  listed: BeforeAfter<AssigneeList | undefined>;
  /** They had a different guardrail, or none. */
  added: Link[];
  /** They get a different guardrail, or none. */
  removed: Link[];
  /** Those of them that get none. */
  unguarded: Link[];
  /** They are deleted. */
  deleted: Link[];
  /** They keep the guardrail, though no resource declares it anymore. */
  kept: Link[];
  /** Whether they keep it is known after apply. */
  uncertain: Link[];
  /** Their former assignment, by a different resource under the same guardrail. */
  from: Link[];
  /** Their next assignment, by a different resource under the same guardrail. */
  to: Link[];
}

export function setRows(contents: Contents, both: Snapshots): SetRow[] {
  const urns = [both.before, both.after].flatMap(({ resources }) => [...resources.keys()]);
  const keyLinks = mapBoth(contents, ({ assignments }) => indexOf([...assignments.values()]));
  const memberLinks = mapBoth(contents, ({ members }) => indexOf(members));
  const isDeleted = (key: string) => changeOf(key, both, false) === "deleted";
  const rows = [...new Set(urns)].flatMap((urn): SetRow[] => {
    const resources = mapBoth(both, (snapshot) => snapshot.resources.get(urn));
    const sets = mapBoth(resources, (resource, side) => resource && setOf(resource, both[side]));
    const resource = resources.after ?? resources.before;
    if (!resource || !(sets.before ?? sets.after)) return [];
    const lists = { keys: mapBoth(sets, (set) => set?.keys), members: mapBoth(sets, (set) => set?.members) };
    const keys = assigneeChangeOf(urn, lists.keys, keyLinks, isDeleted);
    const members = assigneeChangeOf(urn, lists.members, memberLinks, () => false);
    const isExclusive = mapBoth(sets, (set) => set?.isExclusive);
    const isChanged = isExclusive.before !== isExclusive.after || [keys, members].some(hasChange);
    const guardrail = mapBoth(sets, (set, side) => set && guardrailOf({ ...set, declaredBy: urn }, both[side]));
    const change = changeOf(urn, both, isChanged);
    return [{ identity: urn, label: labelOf(urn, resource), change, guardrail, isExclusive, keys, members }];
  });
  return rows.filter(({ change }) => change !== "affected").sort(byLabel);
}

function hasChange({ listed: { before, after }, ...assignees }: AssigneeChange): boolean {
  const isUnknown = after !== undefined && after.unknown !== "nothing";
  const isManagedOnce = (before === undefined) !== (after === undefined);
  return isUnknown || isManagedOnce || Object.values(assignees).some(({ length }) => length > 0);
}

type LinkIndex = ReturnType<typeof indexOf>;

function indexOf(links: readonly Link[]) {
  return {
    byResource: groupBy(links, ({ declaredBy }) => declaredBy),
    byAssignee: groupBy(links, ({ identity }) => identity),
  };
}

function assigneeChangeOf(
  urn: string,
  listed: AssigneeChange["listed"],
  { before, after }: BeforeAfter<LinkIndex>,
  isDeleted: (assignee: string) => boolean,
): AssigneeChange {
  const change: AssigneeChange = {
    ...{ listed, added: [], removed: [], unguarded: [], deleted: [], kept: [], uncertain: [], from: [], to: [] },
  };
  for (const next of after.byResource.get(urn) ?? []) {
    const old = sameIn(before, next);
    if (!old) change.added.push(next);
    else if (old.declaredBy !== urn) change.from.push(old);
  }
  for (const old of before.byResource.get(urn) ?? []) {
    const next = sameIn(after, old);
    const others = after.byAssignee.get(old.identity) ?? [];
    if (next?.declaredBy === urn) continue;
    if (next) (next.declaredBy === UNMANAGED ? change.kept : change.to).push(next);
    else if (isDeleted(old.identity)) change.deleted.push(old);
    else if (others.some(isUncertain)) change.uncertain.push(old);
    else {
      change.removed.push(old);
      if (others.length === 0) change.unguarded.push(old);
    }
  }
  return change;
}

/** The same assignee under the same guardrail. */
function sameIn({ byAssignee }: LinkIndex, { identity, guardrail }: Link): Link | undefined {
  return byAssignee.get(identity)?.find((each) => each.guardrail.identity === guardrail.identity);
}

function isUncertain({ declaredBy, guardrail }: Link): boolean {
  return declaredBy === UNMANAGED && guardrail.unknown;
}
