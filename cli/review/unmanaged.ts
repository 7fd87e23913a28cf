/** Assignments that exist after the change although no resource declares them, or that may exist. */
import { UNKNOWN } from "../../formats/values";
import { type Assignment, assignmentsOf, LISTS, setOf } from "../shared/assignments";
import { guardrailOf, UNMANAGED } from "./contents";
import type { Snapshots } from "./snapshots";

export function unmanagedAssignments(both: Snapshots): Assignment[] {
  const released = [...both.before.resources.keys()].flatMap((urn) => releasedBy(urn, both));
  const uncertain = [...both.after.resources.keys()].flatMap((urn) => uncertainIn(urn, both));
  return [...released, ...uncertain].map((each) => ({ ...each, declaredBy: UNMANAGED }));
}

/**
 * All assignments of a resource that leaves the stack with `retainOnDelete`, and of a list that a set no longer manages;
 * of a set that is no longer exclusive, those from outside the program. None of a guardrail that is deleted.
 */
function releasedBy(urn: string, { before, after, replaced }: Snapshots): Assignment[] {
  const [old, next] = [before.resources.get(urn), after.resources.get(urn)];
  const all = (old ? assignmentsOf(urn, old, before) : []).filter((each) => {
    const { identity } = guardrailOf(each, before);
    return after.has(identity) || !before.has(identity) || before.resources.get(identity)?.retainOnDelete === true;
  });
  if (!next) return old?.retainOnDelete ? all : [];
  const [setBefore, setAfter] = [old && setOf(old, before), setOf(next, before)];
  if (!setBefore || !setAfter || replaced.has(urn)) return [];
  const foreign: readonly unknown[] = setBefore.isExclusive && !setAfter.isExclusive ? setBefore.foreign : [];
  return all.filter(({ of, assignee }) => {
    return (of === "key" ? setAfter.keys : setAfter.members) === undefined || foreign.includes(assignee.value);
  });
}

/** Of a list that can't be resolved: its former items may stay, and the keys that it depends on may be in it. */
function uncertainIn(urn: string, { before, after, replaced }: Snapshots): Assignment[] {
  const next = after.resources.get(urn);
  const set = next && setOf(next, after);
  if (!set) return [];
  const old = replaced.has(urn) ? undefined : before.resources.get(urn);
  const guardrail = { value: UNKNOWN, urns: [] };
  const mayStay = (old ? assignmentsOf(urn, old, before) : []).filter(({ of, assignee }) => {
    const list = of === "key" ? set.keys : set.members;
    const key = before.urnOf(String(assignee.value));
    // If the key of a resource stays, the list still depends on it.
    const isResource = key !== undefined && old?.propertyDependencies?.[LISTS[of]]?.includes(key) === true;
    if (!list || list.unknown === "nothing") return false;
    return list.unresolved !== 0 || (list.unknown === "the whole list" && !isResource);
  });
  const candidates = (set.keys?.candidates ?? []).map((key, at): Assignment => {
    return { of: "key", guardrail, assignee: { value: UNKNOWN, urns: [key] }, declaredBy: UNMANAGED, at };
  });
  return [...mayStay.map((each) => ({ ...each, guardrail })), ...candidates];
}
