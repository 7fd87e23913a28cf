import type { Resource } from "../../formats/deployment";
import { UNKNOWN } from "../../formats/values";
import { type AssigneeList, type Assignment, assignmentsOf, type Known, LISTS, setOf } from "../shared/assignments";
import { guardrailOf, lookupIn, UNMANAGED } from "./stack";
import type { Snapshots } from "./worlds";

export function undeclared(both: Snapshots, urnOf: ReadonlyMap<string, string>): Assignment[] {
  const [before, after] = [lookupIn(both.before, urnOf), lookupIn(both.after, urnOf)];
  const remains = (assignment: Assignment) => {
    const { identity } = guardrailOf(assignment, before);
    return both.after.has(identity) || !both.before.has(identity) || both.before.get(identity)?.retainOnDelete === true;
  };
  const kept = [...both.before].flatMap(([urn, old]) => keptOf(urn, old, both, before)).filter(remains);
  const uncertain = [...both.after].flatMap(([urn, made]) => {
    const old = both.replaced.has(urn) ? undefined : both.before.get(urn);
    return uncertainOf(urn, old, made, before, after);
  });
  return [...kept, ...uncertain];
}

/**
 * Of a resource that leaves the stack with `retainOnDelete`, of a list that a set no longer manages, and of a set that is
 * no longer exclusive what was assigned outside the program.
 */
function keptOf(urn: string, old: Resource, { after, replaced }: Snapshots, known: Known): Assignment[] {
  const made = after.get(urn);
  const all = assignmentsOf(urn, old, known).map((each) => ({ ...each, declaredBy: UNMANAGED }));
  if (!made) return old.retainOnDelete ? all : [];
  const [was, is] = [setOf(old, known), setOf(made, known)];
  if (!was || !is || replaced.has(urn)) return [];
  const foreign = new Set<unknown>(was.isExclusive && !is.isExclusive ? was.foreign : []);
  return all.filter(({ of, assignee }) => {
    return (of === "key" ? is.keys : is.members) === undefined || foreign.has(assignee.value);
  });
}

/** Of a list that can't be resolved: what was in it may stay, and what it depends on may come into it. */
function uncertainOf(
  urn: string,
  old: Resource | undefined,
  made: Resource,
  before: Known,
  after: Known,
): Assignment[] {
  const set = setOf(made, after);
  if (!set) return [];
  const guardrail = { value: UNKNOWN, urns: [] };
  const former = old ? assignmentsOf(urn, old, before) : [];
  const mayStay = former.filter((each) =>
    staysUncertain(each, each.of === "key" ? set.keys : set.members, old, before),
  );
  const candidates = (set.keys?.candidates ?? []).map((key, at): Assignment => {
    return { of: "key", guardrail, assignee: { value: UNKNOWN, urns: [key] }, declaredBy: UNMANAGED, at };
  });
  return [...mayStay.map((each) => ({ ...each, guardrail, declaredBy: UNMANAGED })), ...candidates];
}

/** Of a list whose length is unknown, a key that the program took from a resource, and takes no longer, is removed. */
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
