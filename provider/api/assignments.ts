/**
 * Guardrail assignments: `/guardrails/{id}/assignments/{keys,members}`. Both kinds have the same calls; only the name
 * of the identity differs.
 */
import { z } from "zod";
import type { Api } from "./client";
import { type Counted, PAGE_SIZE, pagesByTotal } from "./pages";
import { page, text } from "./shapes";

/** Which kind of subject a guardrail is assigned to: keys by hash, members by user id. */
export type SubjectKind = "keys" | "members";

export interface Assignment {
  guardrailId: string | null;
  /** The hash of the key, or the id of the user. */
  subject: string;
  assignedBy: string | null;
  createdAt: string | null;
}

const rows = {
  keys: z
    .object({ guardrailId: text, keyHash: z.string(), assignedBy: text, createdAt: text })
    .transform(({ keyHash, ...row }): Assignment => ({ subject: keyHash, ...row })),
  members: z
    .object({ guardrailId: text, userId: z.string(), assignedBy: text, createdAt: text })
    .transform(({ userId, ...row }): Assignment => ({ subject: userId, ...row })),
};
const pages = { keys: page(rows.keys), members: page(rows.members) };

const assigned = z.object({ assignedCount: z.number() }).transform((answer) => answer.assignedCount);
const unassigned = z.object({ unassignedCount: z.number() }).transform((answer) => answer.unassignedCount);

function body(kind: SubjectKind, subjects: readonly string[]): object {
  return kind === "keys" ? { keyHashes: subjects } : { memberUserIds: subjects };
}

/**
 * Binds subjects to a guardrail and returns how many. A key has one guardrail at most, so assigning moves it; a key
 * that the account does not have is skipped without an error and shows in the count alone. Safe to repeat.
 */
export function assign(api: Api, guardrailId: string, kind: SubjectKind, subjects: readonly string[]): Promise<number> {
  return api.request({
    method: "POST",
    path: ["guardrails", guardrailId, "assignments", kind],
    body: body(kind, subjects),
    result: assigned,
  });
}

/** Removes subjects from the named guardrail only: one that has moved to another stays there. Safe to repeat. */
export function unassign(
  api: Api,
  guardrailId: string,
  kind: SubjectKind,
  subjects: readonly string[],
): Promise<number> {
  return api.request({
    method: "POST",
    path: ["guardrails", guardrailId, "assignments", kind, "remove"],
    body: body(kind, subjects),
    result: unassigned,
  });
}

/** One page of the assignments of all guardrails of the account. */
export function listAllAssignmentsFrom(api: Api, kind: SubjectKind, offset: number): Promise<Counted<Assignment>> {
  return api.request({
    method: "GET",
    path: ["guardrails", "assignments", kind],
    query: { offset, limit: PAGE_SIZE },
    result: pages[kind],
  });
}

/** One page of the assignments of one guardrail. @throws NotFound when there is no such guardrail. */
export function listAssignmentsFrom(
  api: Api,
  guardrailId: string,
  kind: SubjectKind,
  offset: number,
): Promise<Counted<Assignment>> {
  return api.request({
    method: "GET",
    path: ["guardrails", guardrailId, "assignments", kind],
    query: { offset, limit: PAGE_SIZE },
    result: pages[kind],
  });
}

/** All assignments of one guardrail. @throws NotFound when there is no such guardrail. */
export function listAssignments(api: Api, guardrailId: string, kind: SubjectKind): AsyncGenerator<Assignment> {
  return pagesByTotal(api.operation, (offset) => listAssignmentsFrom(api, guardrailId, kind, offset));
}
