/**
 * Guardrail assignments: `/guardrails/{id}/assignments/{keys,members}`. Both kinds have the same calls; only the name
 * of the identity differs.
 */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, type PageWithTotal, pagesByTotal } from "./pages";
import { nullableString, page } from "./shapes";

/** Which kind of assignee a guardrail is assigned to: keys by hash, members by user id. */
export type AssigneeKind = "keys" | "members";

export interface Assignment {
  guardrailId: string | null;
  /** The hash of the key, or the id of the user. */
  assignee: string;
  assignedBy: string | null;
  createdAt: string | null;
}

const rows = {
  keys: z
    .object({ guardrailId: nullableString, keyHash: z.string(), assignedBy: nullableString, createdAt: nullableString })
    .transform(({ keyHash, ...row }): Assignment => ({ assignee: keyHash, ...row })),
  members: z
    .object({ guardrailId: nullableString, userId: z.string(), assignedBy: nullableString, createdAt: nullableString })
    .transform(({ userId, ...row }): Assignment => ({ assignee: userId, ...row })),
};
const pages = { keys: page(rows.keys), members: page(rows.members) };

const assigned = z.object({ assignedCount: z.number() }).transform((answer) => answer.assignedCount);
const unassigned = z.object({ unassignedCount: z.number() }).transform((answer) => answer.unassignedCount);

function body(kind: AssigneeKind, assignees: readonly string[]): object {
  return kind === "keys" ? { keyHashes: assignees } : { memberUserIds: assignees };
}

/**
 * Binds assignees to a guardrail and returns how many. A key has one guardrail at most, so assigning moves it; a key
 * that the account does not have is skipped without an error and shows in the count alone. Safe to repeat.
 */
export function assign(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  assignees: readonly string[],
): Promise<number> {
  return api.request({
    method: "POST",
    path: ["guardrails", guardrailId, "assignments", kind],
    body: body(kind, assignees),
    result: assigned,
  });
}

/** Removes assignees from the named guardrail only: one that has moved to another stays there. Safe to repeat. */
export function unassign(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  assignees: readonly string[],
): Promise<number> {
  return api.request({
    method: "POST",
    path: ["guardrails", guardrailId, "assignments", kind, "remove"],
    body: body(kind, assignees),
    result: unassigned,
  });
}

/** One page of the assignments of all guardrails of the account. */
export function listAllAssignmentsPage(
  api: Api,
  kind: AssigneeKind,
  offset: number,
): Promise<PageWithTotal<Assignment>> {
  return api.request({
    method: "GET",
    path: ["guardrails", "assignments", kind],
    query: { offset, limit: PAGE_SIZE },
    result: pages[kind],
  });
}

/** One page of the assignments of one guardrail. @throws NotFoundError when there is no such guardrail. */
export function listAssignmentsPage(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  offset: number,
): Promise<PageWithTotal<Assignment>> {
  return api.request({
    method: "GET",
    path: ["guardrails", guardrailId, "assignments", kind],
    query: { offset, limit: PAGE_SIZE },
    result: pages[kind],
  });
}

/** All assignments of one guardrail. @throws NotFoundError when there is no such guardrail. */
export function listAssignments(api: Api, guardrailId: string, kind: AssigneeKind): AsyncGenerator<Assignment> {
  return pagesByTotal(api.operation, (offset) => listAssignmentsPage(api, guardrailId, kind, offset));
}
