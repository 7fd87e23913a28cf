/**
 * Assignments that a set must not remove although it does not list them: those of other resources of the program, and of
 * keys that this run deletes. A process knows only the resources that `diff` and `create` have passed to it.
 */
import { isDeepStrictEqual } from "node:util";
import { hasUnknown } from "../../formats/values";
import type { Api } from "../api/call";
import { readGuardrail } from "../api/guardrails";
import { PreconditionError } from "../errors";
import { ignoreNotFound, type Session } from "../reconcile/lifecycle";
import { type Place, pairId, partsOf } from "./assignmentRequests";

/** Two sets of one guardrail would remove each other's keys at every `up`. */
export function claimGuardrail(session: Session, operation: string, guardrailId: string, inputs: object): void {
  // To find what a replacement affects, the engine also calls `diff` with unknown values.
  if (hasUnknown(inputs)) return;
  const other = session.assignmentSets.get(guardrailId);
  if (other !== undefined && !isDeepStrictEqual(other, inputs)) {
    throw new PreconditionError(
      operation,
      "the program has another GuardrailAssignments for this guardrail",
      "merge the two into one",
    );
  }
  session.assignmentSets.set(guardrailId, inputs);
}

interface Scope {
  api: Api;
  session: Session;
}

/** Assignees that other resources of the program assign, to this guardrail or to another. */
export async function claimedElsewhere(
  { api, session }: Scope,
  { guardrailId, kind }: Place,
  assignees: readonly string[],
): Promise<string[]> {
  const guardrails = guardrailsByAssignee(session);
  const workspaceOf = workspaces(api);
  const claimed: string[] = [];
  for (const assignee of assignees) {
    const others = (guardrails.get(assignee) ?? []).filter((other) => other !== guardrailId);
    const isHere = session.claimedIds.has(pairId(guardrailId, assignee));
    // A key has one guardrail, so assigning moves it. A member has one per workspace.
    const isMoved = others.length > 0 && (kind === "keys" || (await areTogether(workspaceOf, guardrailId, others)));
    if (isHere || isMoved) claimed.push(assignee);
  }
  return claimed;
}

function guardrailsByAssignee({ claimedIds }: Session): Map<string, string[]> {
  const guardrails = new Map<string, string[]>();
  for (const id of claimedIds) {
    const [guardrailId, assignee] = partsOf(id);
    if (assignee) guardrails.set(assignee, [...(guardrails.get(assignee) ?? []), guardrailId]);
  }
  return guardrails;
}

type WorkspaceOf = (guardrailId: string) => Promise<string | null | undefined>;

/** Reads each guardrail once. */
function workspaces(api: Api): WorkspaceOf {
  const known = new Map<string, ReturnType<WorkspaceOf>>();
  return (id) => {
    const workspace = known.get(id) ?? ignoreNotFound(readGuardrail(api, id)).then((found) => found?.workspaceId);
    known.set(id, workspace);
    return workspace;
  };
}

async function areTogether(workspaceOf: WorkspaceOf, guardrailId: string, others: readonly string[]): Promise<boolean> {
  const [own, ...rest] = await Promise.all([guardrailId, ...others].map(workspaceOf));
  return rest.includes(own);
}

/**
 * Keys that the run replaces, and keys of this stack that it has not seen yet. The latter were removed from the program,
 * and their own delete comes after all updates.
 */
export function leftToTheirDelete(session: Session, keys: readonly string[], ownKeys: readonly string[]): string[] {
  const own = new Set(ownKeys);
  const left = keys.filter((hash) => session.replacedIds.has(hash) || (own.has(hash) && !session.managed.has(hash)));
  for (const hash of left) session.awaitingDelete.add(hash);
  return left;
}

/** Whether the stack manages the key, rather than only reading it. */
export function isOfThisStack({ managed, createdIds, adoptedIds }: Session, hash: string): boolean {
  return managed.has(hash) || createdIds.has(hash) || adoptedIds.has(hash);
}
