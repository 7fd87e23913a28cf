/**
 * What stacks manage. A change of it behind the program is drift, which the next `pulumi up --refresh` reverts, so it is
 * refused: objects, assignments of pairs and sets, and names that a stack gives to its objects. Pure.
 */
import type { StackState } from "../../shared/state";

/** What a write would change, in full ids. */
export interface Targets {
  /** Hashes. */
  keys?: readonly string[];
  guardrails?: readonly string[];
  /** User ids. */
  members?: readonly string[];
  /** Of new objects. */
  names?: readonly string[];
}

/** Why the write is refused; undefined if no state manages what it changes. */
export function managedBy(states: readonly StackState[], targets: Targets): string | undefined {
  const [keys, guardrails, members] = [targets.keys, targets.guardrails, targets.members].map(lowerCaseSet);
  const { names = [] } = targets;
  for (const { objects, assignments, pending, stack: own } of states) {
    const object = objects.find(
      ({ kind, id, external }) => !external && (kind === "key" ? keys : guardrails)?.has(id.toLowerCase()),
    );
    if (object) return `the stack ${object.stack} manages this ${object.kind} (${object.urn})`;
    const assignment = assignments.find(
      (each) =>
        guardrails?.has(each.guardrailId.toLowerCase()) ||
        each.keys?.some((hash) => keys?.has(hash.toLowerCase())) ||
        each.members?.some((id) => members?.has(id.toLowerCase())),
    );
    if (assignment) return `the stack ${assignment.stack} manages assignments of it (${assignment.urn})`;
    const interrupted = pending.find(({ name }) => name !== undefined && names.includes(name));
    if (interrupted) return `the stack ${interrupted.stack} was interrupted while creating an object of this name`;
    // Default names. An object of such a name looks like an orphan of the stack.
    if (own !== undefined && names.some((name) => name.startsWith(`${own}/`))) {
      return `the stack ${own} names its objects ${own}/…`;
    }
  }
  return undefined;
}

function lowerCaseSet(ids: readonly string[] | undefined): ReadonlySet<string> {
  return new Set(ids?.map((id) => id.toLowerCase()));
}

/** Stacks whose objects are in a different account: their states can't show what is managed here. */
export function stacksElsewhere(states: readonly StackState[], workspaces: readonly string[]): string[] {
  const elsewhere = states.flatMap(({ objects }) =>
    objects.filter(({ account }) => account !== undefined && !workspaces.includes(account)),
  );
  return [...new Set(elsewhere.map(({ stack }) => stack))];
}
