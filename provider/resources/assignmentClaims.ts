/**
 * Which assignments a set must not remove, though it does not list them: what other resources of the program assign, and
 * keys that this run deletes. What a process knows of the program is what it has met in `diff` and `create`.
 */
import { isDeepStrictEqual } from "node:util";
import type { AssigneeKind } from "../api/assignments";
import type { Api } from "../api/client";
import { Unsupported } from "../api/errors";
import { readGuardrail } from "../api/guardrails";
import { type Place, pairId, partsOf } from "./assignmentRequests";
import { type Session, unlessGone } from "./lifecycle";

/** Two sets of one guardrail would remove each other's keys at every `up`. */
export function claimGuardrail(session: Session, operation: string, guardrailId: string, inputs: object): void {
  const other = session.sets.get(guardrailId);
  if (other !== undefined && !isDeepStrictEqual(other, inputs)) {
    throw new Unsupported(
      operation,
      "the program has another GuardrailAssignments for this guardrail",
      "merge the two into one",
    );
  }
  session.sets.set(guardrailId, inputs);
}

interface Scope {
  api: Api;
  session: Session;
}

/** Those whose assignment other resources of the program declare, to this guardrail or to another. */
export async function claimedElsewhere(
  { api, session }: Scope,
  { guardrailId, kind }: Place,
  assignees: readonly string[],
): Promise<string[]> {
  const guardrails = guardrailsByAssignee(session);
  const claimed: string[] = [];
  for (const assignee of assignees) {
    const others = (guardrails.get(assignee) ?? []).filter((other) => other !== guardrailId);
    const isHere = session.held.has(pairId(guardrailId, assignee));
    if (isHere || (await movesTo(api, others, guardrailId, kind))) claimed.push(assignee);
  }
  return claimed;
}

function guardrailsByAssignee({ held }: Session): Map<string, string[]> {
  const guardrails = new Map<string, string[]>();
  for (const id of held) {
    const [guardrailId, assignee] = partsOf(id);
    if (assignee) guardrails.set(assignee, [...(guardrails.get(assignee) ?? []), guardrailId]);
  }
  return guardrails;
}

/** A key has one guardrail, so assigning moves it. A member has one per workspace. */
async function movesTo(api: Api, others: readonly string[], from: string, kind: AssigneeKind): Promise<boolean> {
  if (kind === "keys" || others.length === 0) return others.length > 0;
  const workspaces = [from, ...others].map(async (id) => (await unlessGone(readGuardrail(api, id)))?.workspaceId);
  const [own, ...rest] = await Promise.all(workspaces);
  return rest.includes(own);
}

/**
 * Keys of this stack that the run replaces, or has not met yet: those were removed from the program, and their own
 * delete comes after all updates.
 */
export function leftToTheirDelete(session: Session, ownKeys: readonly string[]): string[] {
  const left = ownKeys.filter((hash) => session.replaced.has(hash) || !session.managed.has(hash));
  for (const hash of left) session.left.add(hash);
  return left;
}
