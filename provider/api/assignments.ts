/**
 * Guardrail assignments: `/guardrails/{id}/assignments/{keys,members}`. Both kinds have the same calls; only the name of
 * the assignee differs.
 */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, type PageWithTotal, pagesByTotal } from "./pages";
import { nullableString, page } from "./shapes";

/** The kind of assignee: keys by hash, members by user id. */
export type AssigneeKind = "keys" | "members";

export interface Assignment {
  guardrailId: string | null;
  /** The hash of the key, or the id of the user. */
  assignee: string;
  /** Name of the key; null for members. */
  name: string | null;
  assignedBy: string | null;
  createdAt: string | null;
}

const row = z.object({ guardrailId: nullableString, assignedBy: nullableString, createdAt: nullableString });
const pages = {
  keys: page(
    row
      .extend({ keyHash: z.string(), keyName: nullableString })
      .transform(({ keyHash, keyName, ...rest }): Assignment => ({ assignee: keyHash, name: keyName, ...rest })),
  ),
  members: page(
    row
      .extend({ userId: z.string() })
      .transform(({ userId, ...rest }): Assignment => ({ assignee: userId, name: null, ...rest })),
  ),
};

const assigned = z.object({ assignedCount: z.number() }).transform((response) => response.assignedCount);
const unassigned = z.object({ unassignedCount: z.number() }).transform((response) => response.unassignedCount);

function body(kind: AssigneeKind, assignees: readonly string[]): object {
  return kind === "keys" ? { keyHashes: assignees } : { memberUserIds: assignees };
}

/**
 * Assigns a guardrail and returns the number of assignees. A key has one guardrail at most, so assigning moves it. A key
 * that the account does not have is skipped without an error; only the count shows it. Retryable.
 */
export function assign(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  assignees: readonly string[],
): Promise<number> {
  const path = ["guardrails", guardrailId, "assignments", kind];
  return api.request({ method: "POST", path, body: body(kind, assignees), result: assigned });
}

/** Removes assignments of this guardrail only: an assignee that has moved to another stays there. Retryable. */
export function unassign(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  assignees: readonly string[],
): Promise<number> {
  const path = ["guardrails", guardrailId, "assignments", kind, "remove"];
  return api.request({ method: "POST", path, body: body(kind, assignees), result: unassigned });
}

/** One page of the assignments of all guardrails of the account. */
export function listAllAssignmentsPage(
  api: Api,
  kind: AssigneeKind,
  offset: number,
): Promise<PageWithTotal<Assignment>> {
  const path = ["guardrails", "assignments", kind];
  return api.request({ method: "GET", path, query: { offset, limit: PAGE_SIZE }, result: pages[kind] });
}

/** The assignments of all guardrails of the account. */
export function listAllAssignments(api: Api, kind: AssigneeKind): AsyncGenerator<Assignment> {
  return pagesByTotal(api.operation, (offset) => listAllAssignmentsPage(api, kind, offset));
}

/** One page of the assignments of one guardrail. @throws NotFoundError if there is no such guardrail */
export function listAssignmentsPage(
  api: Api,
  guardrailId: string,
  kind: AssigneeKind,
  offset: number,
): Promise<PageWithTotal<Assignment>> {
  const path = ["guardrails", guardrailId, "assignments", kind];
  return api.request({ method: "GET", path, query: { offset, limit: PAGE_SIZE }, result: pages[kind] });
}

/** All assignments of one guardrail. @throws NotFoundError if there is no such guardrail */
export function listAssignments(api: Api, guardrailId: string, kind: AssigneeKind): AsyncGenerator<Assignment> {
  return pagesByTotal(api.operation, (offset) => listAssignmentsPage(api, guardrailId, kind, offset));
}
