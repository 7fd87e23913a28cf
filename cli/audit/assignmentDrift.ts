/** Where an account's assignments differ from the states of stacks. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Assignee } from "../shared/assignments";
import { assignedKeys, type Inventory } from "../shared/inventory";
import type { StackState, StateAssignments } from "../shared/state";

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
  /** Other resources, of all states, that declare the assignment. */
  assignedBy: readonly StateAssignments[];
}

/** Ids of the guardrails whose members a state manages. */
export function withManagedMembers(guardrails: readonly Guardrail[], states: readonly StackState[]): string[] {
  const managed = states.flatMap(({ assignments }) => assignments.filter(({ members }) => members));
  const ids = new Set(managed.map(({ guardrailId }) => guardrailId));
  return guardrails.map(({ id }) => id).filter((id) => ids.has(id));
}

/** @param membersOf User ids by the id of the guardrail. A guardrail that is not in it was not read. */
export function assignmentDrift(
  inventory: Inventory,
  membersOf: ReadonlyMap<string, readonly string[]>,
  states: readonly StackState[],
): AssignmentDrift[] {
  const resources = states.flatMap(({ assignments }) => assignments);
  const guardrails = new Map(inventory.guardrails.map((guardrail) => [guardrail.id, guardrail]));
  const hashes = assignedKeys(inventory);
  const existing = new Set(inventory.keys.map(({ hash }) => hash));
  const drift = resources.flatMap((resource) => {
    const guardrail = guardrails.get(resource.guardrailId);
    if (!guardrail) return [];
    const keys = resource.keys?.filter((hash) => existing.has(hash));
    const entry = (of: Assignee, why: AssignmentDrift["why"], assignee: string): AssignmentDrift => {
      const others = resources.filter((each) => each !== resource && each.guardrailId === guardrail.id);
      const assignedBy = others.filter((each) => (of === "key" ? each.keys : each.members)?.includes(assignee));
      return { why, of, assignee, guardrail, resource, assignedBy };
    };
    const compare = (of: Assignee, declared?: readonly string[], live?: readonly string[]) => {
      if (!declared || !live) return [];
      const outside = resource.isExclusive ? without(live, declared) : [];
      return [
        ...outside.map((assignee) => entry(of, "outside", assignee)),
        ...without(declared, live).map((assignee) => entry(of, "lost", assignee)),
      ];
    };
    return [
      ...compare("key", keys, hashes.get(guardrail.id) ?? []),
      ...compare("member", resource.members, membersOf.get(guardrail.id)),
    ];
  });
  // An assignment that could not be read may exist.
  return drift.filter(({ why }) => why === "outside" || inventory.unreadable.length === 0);
}

function without(all: readonly string[], excluded: readonly string[]): string[] {
  const set = new Set(excluded);
  return all.filter((each) => !set.has(each));
}
