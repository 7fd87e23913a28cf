/** Where an account assigns guardrails otherwise than the states of stacks do. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Assignee } from "./assignments";
import { assignedKeys, type Inventory } from "./inventory";
import type { StackState, StateAssignments } from "./state";

export interface AssignmentDrift {
  /**
   * `outside`: an exclusive set does not list it, and the next `pulumi up --refresh` removes it. `lost`: a pair or a set
   * assigns it, and the next `pulumi up --refresh` assigns it again.
   */
  why: "outside" | "lost";
  of: Assignee;
  /** Hash of the key, or user id. */
  assignee: string;
  guardrail: Guardrail;
  resource: StateAssignments;
  /** Of what was assigned outside, the resources of all states that assign it. */
  assignedBy: readonly StateAssignments[];
}

/** Ids of those of the guardrails whose members a state manages. */
export function withManagedMembers(guardrails: readonly Guardrail[], states: readonly StackState[]): string[] {
  const managed = states.flatMap(({ assignments }) => assignments.filter(({ members }) => members));
  const ids = new Set(managed.map(({ guardrailId }) => guardrailId));
  return guardrails.map(({ id }) => id).filter((id) => ids.has(id));
}

/** @param membersOf User ids by the id of the guardrail. One that is not in it was not read. */
export function assignmentDrift(
  inventory: Inventory,
  membersOf: ReadonlyMap<string, readonly string[]>,
  states: readonly StackState[],
): AssignmentDrift[] {
  const all = states.flatMap(({ assignments }) => assignments);
  const guardrails = new Map(inventory.guardrails.map((guardrail) => [guardrail.id, guardrail]));
  const hashes = assignedKeys(inventory);
  const present = new Set(inventory.keys.map(({ hash }) => hash));
  const found = all.flatMap((resource) => {
    const guardrail = guardrails.get(resource.guardrailId);
    if (!guardrail) return [];
    const keys = resource.keys?.filter((hash) => present.has(hash));
    return [
      ...differences("key", { guardrail, resource, all }, keys, hashes.get(guardrail.id) ?? []),
      ...differences("member", { guardrail, resource, all }, resource.members, membersOf.get(guardrail.id)),
    ];
  });
  // What could not be read may well be assigned.
  return found.filter(({ why }) => why === "outside" || inventory.unreadable.length === 0);
}

interface Place {
  guardrail: Guardrail;
  resource: StateAssignments;
  all: readonly StateAssignments[];
}

/** @param live Undefined if it was not read. */
function differences(
  of: Assignee,
  { guardrail, resource, all }: Place,
  declared: readonly string[] | undefined,
  live: readonly string[] | undefined,
): AssignmentDrift[] {
  if (!declared || !live) return [];
  const [listed, assigned] = [new Set(declared), new Set(live)];
  const outside = resource.isExclusive ? live.filter((assignee) => !listed.has(assignee)) : [];
  const lost = declared.filter((assignee) => !assigned.has(assignee));
  const drift = (why: AssignmentDrift["why"], assignee: string): AssignmentDrift => {
    const others = all.filter((each) => each !== resource && each.guardrailId === guardrail.id);
    const assignedBy = others.filter((each) => (of === "key" ? each.keys : each.members)?.includes(assignee));
    return { why, of, assignee, guardrail, resource, assignedBy };
  };
  return [...outside.map((each) => drift("outside", each)), ...lost.map((each) => drift("lost", each))];
}
