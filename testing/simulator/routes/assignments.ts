/** The keys and members that guardrails are assigned to: `/guardrails/{id}/assignments/…`. */
import { z } from "zod";
import type { Guardrail, Key, KeyAssignment, MemberAssignment } from "../account";
import { assignKey, assignMember, removeKeyAssignments, removeMemberAssignments } from "../changes";
import { badRequest } from "../errors";
import { isTooNew } from "../lag";
import { findGuardrail, isDefaultGuardrail, isWorkspaceMember } from "../objects";
import type { ManagementRequest, Route } from "../route";
import { managementRoute, ok, paginate, paging, parseBody, parseQuery } from "../route";
import { timestamp } from "../timestamps";

const keyHashes = z.object({ key_hashes: z.array(z.string().min(1)).min(1) });
const memberUserIds = z.object({ member_user_ids: z.array(z.string().min(1)).min(1) });

function assignKeys(request: ManagementRequest) {
  const { state, account } = request;
  const guardrail = assignable(request, "keys");
  const hashes = new Set(parseBody(request, keyHashes).key_hashes);
  const known = account.keys.filter(
    (key) => hashes.has(key.hash) && isKnown(key) && !isTooNew(state, account, key.hash),
  );
  // A guardrail older than workspaces accepts keys of any workspace.
  if (guardrail.workspace_id !== null && known.some((key) => key.workspace_id !== guardrail.workspace_id)) {
    throw badRequest("Some keys do not belong to the same workspace as the guardrail");
  }
  const rows = account.keyAssignments.filter((row) => row.guardrail_id === guardrail.id);
  const added = known.filter((key) => !rows.some((row) => row.key_hash === key.hash));
  for (const key of added) assignKey(state, account, guardrail.id, key.hash);
  // Unknown hashes are skipped with a 200; only the count shows it.
  return ok({ assigned_count: state.switches.repeatedAssignmentCounts ? known.length : added.length });
}

function isKnown(key: Key): boolean {
  if (key.unknown_to_assignments === 0) return true;
  key.unknown_to_assignments--;
  return false;
}

function assignMembers(request: ManagementRequest) {
  const { state, account } = request;
  const guardrail = assignable(request, "members");
  const userIds = [...new Set(parseBody(request, memberUserIds).member_user_ids)];
  const { workspace_id } = guardrail;
  if (workspace_id === null) throw badRequest("Guardrail has no workspace_id");
  // Unlike keys, members are assigned all or none.
  if (!userIds.every((id) => isWorkspaceMember(account, workspace_id, id))) {
    throw badRequest("Some users are not members of the workspace");
  }
  const rows = account.memberAssignments.filter((row) => row.guardrail_id === guardrail.id);
  const added = userIds.filter((id) => !rows.some((row) => row.user_id === id));
  for (const id of added) assignMember(state, account, guardrail, id);
  return ok({ assigned_count: state.switches.repeatedAssignmentCounts ? userIds.length : added.length });
}

/** Removes only rows of this guardrail: a key that has moved to a different one keeps it. */
function removeKeys(request: ManagementRequest) {
  const { account } = request;
  const guardrailId = assignable(request, "keys").id;
  const hashes = new Set(parseBody(request, keyHashes).key_hashes);
  const isRemoved = (row: KeyAssignment) => row.guardrail_id === guardrailId && hashes.has(row.key_hash);
  const count = account.keyAssignments.filter(isRemoved).length;
  removeKeyAssignments(account, isRemoved);
  return ok({ unassigned_count: count });
}

function removeMembers(request: ManagementRequest) {
  const { account } = request;
  const guardrailId = assignable(request, "members").id;
  const userIds = new Set(parseBody(request, memberUserIds).member_user_ids);
  const isRemoved = (row: MemberAssignment) => row.guardrail_id === guardrailId && userIds.has(row.user_id);
  const count = account.memberAssignments.filter(isRemoved).length;
  removeMemberAssignments(account, isRemoved);
  return ok({ unassigned_count: count });
}

/** The guardrail of the request, to assign or unassign. */
function assignable(request: ManagementRequest, assignees: "keys" | "members"): Guardrail {
  const id = request.params.id as string;
  if (!isDefaultGuardrail(request.account, id)) return findGuardrail(request, id);
  throw badRequest(
    `Cannot assign ${assignees} to a default guardrail. Default guardrails apply to all unassigned ${assignees} automatically.`,
  );
}

/** Rows of deleted keys are dropped after pagination: pages can be short, and the total includes them. */
function listKeys(request: ManagementRequest, rows: readonly KeyAssignment[]) {
  const { state, account } = request;
  const data = paginate(rows, parseQuery(request, paging)).flatMap((row) => {
    const key = account.keys.find((each) => each.hash === row.key_hash);
    if (!key) return [];
    const created_at = timestamp(state, row.created_at);
    return [{ ...row, key_name: key.name, key_label: key.label, created_at }];
  });
  return ok({ data, total_count: rows.length });
}

function listMembers(request: ManagementRequest, rows: readonly MemberAssignment[]) {
  const { state, account } = request;
  const data = paginate(rows, parseQuery(request, paging)).map((row) => ({
    ...row,
    organization_id: account.organization_id ?? account.owner_user_id,
    created_at: timestamp(state, row.created_at),
  }));
  return ok({ data, total_count: rows.length });
}

function ofGuardrail<Row extends { guardrail_id: string }>(request: ManagementRequest, rows: readonly Row[]): Row[] {
  const { id } = findGuardrail(request, request.params.id as string);
  return rows.filter((row) => row.guardrail_id === id);
}

function withinScope<Row extends { guardrail_id: string }>({ account, scope }: ManagementRequest, rows: Row[]): Row[] {
  if (scope === null) return rows;
  const inScope = new Set(account.guardrails.filter(({ workspace_id }) => workspace_id === scope).map(({ id }) => id));
  return rows.filter(({ guardrail_id }) => inScope.has(guardrail_id));
}

export const assignmentRoutes: readonly Route[] = [
  managementRoute("GET", "/guardrails/assignments/keys", (request) =>
    listKeys(request, withinScope(request, request.account.keyAssignments)),
  ),
  managementRoute("GET", "/guardrails/assignments/members", (request) =>
    listMembers(request, withinScope(request, request.account.memberAssignments)),
  ),
  managementRoute("GET", "/guardrails/:id/assignments/keys", (request) =>
    listKeys(request, ofGuardrail(request, request.account.keyAssignments)),
  ),
  managementRoute("GET", "/guardrails/:id/assignments/members", (request) =>
    listMembers(request, ofGuardrail(request, request.account.memberAssignments)),
  ),
  managementRoute("POST", "/guardrails/:id/assignments/keys", assignKeys),
  managementRoute("POST", "/guardrails/:id/assignments/members", assignMembers),
  managementRoute("POST", "/guardrails/:id/assignments/keys/remove", removeKeys),
  managementRoute("POST", "/guardrails/:id/assignments/members/remove", removeMembers),
];
