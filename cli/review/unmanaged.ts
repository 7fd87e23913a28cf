/** Assignments that exist after the change although no resource declares them, or that may exist. */
import type { Resource } from "../../formats/deployment";
import { UNKNOWN } from "../../formats/values";
import { type AssigneeList, type Assignment, assignmentsOf, type Known, LISTS, setOf } from "../shared/assignments";
import { guardrailOf, lookupIn, UNMANAGED } from "./contents";
import type { Snapshots } from "./snapshots";

export function unmanagedAssignments(both: Snapshots, urnOf: ReadonlyMap<string, string>): Assignment[] {
  const [before, after] = [lookupIn(both.before, urnOf), lookupIn(both.after, urnOf)];
  const hasGuardrail = (assignment: Assignment) => {
    const { identity } = guardrailOf(assignment, before);
    return both.after.has(identity) || !both.before.has(identity) || both.before.get(identity)?.retainOnDelete === true;
  };
  const released = [...both.before].flatMap(([urn, old]) => releasedBy(urn, old, both, before)).filter(hasGuardrail);
  const uncertain = [...both.after].flatMap(([urn, next]) => {
    const old = both.replaced.has(urn) ? undefined : both.before.get(urn);
    return uncertainIn(urn, old, next, before, after);
  });
  return [...released, ...uncertain].map((each) => ({ ...each, declaredBy: UNMANAGED }));
}

/**
 * All assignments of a resource that leaves the stack with `retainOnDelete`, and of a list that a set no longer manages;
 * of a set that is no longer exclusive, those from outside the program.
 */
function releasedBy(urn: string, old: Resource, { after, replaced }: Snapshots, known: Known): Assignment[] {
  const next = after.get(urn);
  const all = assignmentsOf(urn, old, known);
  if (!next) return old.retainOnDelete ? all : [];
  const [setBefore, setAfter] = [setOf(old, known), setOf(next, known)];
  if (!setBefore || !setAfter || replaced.has(urn)) return [];
  const foreign: readonly unknown[] = setBefore.isExclusive && !setAfter.isExclusive ? setBefore.foreign : [];
  return all.filter(({ of, assignee }) => {
    return (of === "key" ? setAfter.keys : setAfter.members) === undefined || foreign.includes(assignee.value);
  });
}

/** Of a list that can't be resolved: its former items may stay, and the keys that it depends on may be in it. */
function uncertainIn(
  urn: string,
  old: Resource | undefined,
  next: Resource,
  before: Known,
  after: Known,
): Assignment[] {
  const set = setOf(next, after);
  if (!set) return [];
  const guardrail = { value: UNKNOWN, urns: [] };
  const former = old ? assignmentsOf(urn, old, before) : [];
  const mayStay = former.filter((each) =>
    staysUncertain(each, each.of === "key" ? set.keys : set.members, old, before),
  );
  const candidates = (set.keys?.candidates ?? []).map((key, at): Assignment => {
    return { of: "key", guardrail, assignee: { value: UNKNOWN, urns: [key] }, declaredBy: UNMANAGED, at };
  });
  return [...mayStay.map((each) => ({ ...each, guardrail })), ...candidates];
}

/** In a list of unknown length, a key that the list depended on before and no longer depends on is removed. */
function staysUncertain(
  { of, assignee }: Assignment,
  list: AssigneeList | undefined,
  old: Resource | undefined,
  { urnOf }: Known,
): boolean {
  if (!list || list.unknown === "nothing") return false;
  if (list.unresolved !== 0) return true;
  if (list.unknown === "some elements") return false;
  const key = urnOf(String(assignee.value));
  return key === undefined || !old?.propertyDependencies?.[LISTS[of]]?.includes(key);
}
