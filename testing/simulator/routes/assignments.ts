/** Which keys and members a guardrail is assigned to: `/guardrails/{id}/assignments/…`. */
import { z } from "zod";
import type { Guardrail, KeyAssignment, MemberAssignment } from "../account";
import { assignKey, assignMember, removeKeyAssignments, removeMemberAssignments } from "../changes";
import { badRequest } from "../errors";
import { isTooNew } from "../lag";
import { findGuardrail, isDefaultGuardrail, isWorkspaceMember } from "../objects";
import type { ManagedRequest, Route } from "../route";
import { managed, ok, page, paging, readBody, readQuery } from "../route";
import { timestamp } from "../timestamps";
import { label } from "./keys";

const keyHashes = z.object({ key_hashes: z.array(z.string().min(1)).min(1) });
const memberUserIds = z.object({ member_user_ids: z.array(z.string().min(1)).min(1) });

function assignKeys(request: ManagedRequest) {
  const { state, account } = request;
  const guardrail = assignable(request, "keys");
  const hashes = new Set(readBody(request, keyHashes).key_hashes);
  const known = account.keys.filter(
    (key) => hashes.has(key.hash) && isKnownByNow(key) && !isTooNew(state, account, key.hash),
  );
  // A guardrail older than workspaces takes keys of any.
  if (guardrail.workspace_id !== null && known.some((key) => key.workspace_id !== guardrail.workspace_id)) {
    throw badRequest("Some keys do not belong to the same workspace as the guardrail");
  }
  const rows = account.keyAssignments.filter((row) => row.guardrail_id === guardrail.id);
  const fresh = known.filter((key) => !rows.some((row) => row.key_hash === key.hash));
  for (const key of fresh) assignKey(state, account, guardrail.id, key.hash);
  // Unknown hashes are skipped with a 200: only the count tells.
  return ok({ assigned_count: state.switches.repeatedAssignmentCounts ? known.length : fresh.length });
}

function isKnownByNow(key: { unknown_to_assignments: number }): boolean {
  if (key.unknown_to_assignments === 0) return true;
  key.unknown_to_assignments--;
  return false;
}

function assignMembers(request: ManagedRequest) {
  const { state, account } = request;
  const guardrail = assignable(request, "members");
  const userIds = [...new Set(readBody(request, memberUserIds).member_user_ids)];
  const { workspace_id } = guardrail;
  if (workspace_id === null) throw badRequest("Guardrail has no workspace_id");
  // All or nothing, unlike keys.
  if (!userIds.every((id) => isWorkspaceMember(account, workspace_id, id))) {
    throw badRequest("Some users are not members of the workspace");
  }
  const rows = account.memberAssignments.filter((row) => row.guardrail_id === guardrail.id);
  const fresh = userIds.filter((id) => !rows.some((row) => row.user_id === id));
  for (const id of fresh) assignMember(state, account, guardrail, id);
  return ok({ assigned_count: state.switches.repeatedAssignmentCounts ? userIds.length : fresh.length });
}

/** Acts on the rows of the named guardrail only: a key that was moved meanwhile stays where it is. */
function removeKeys(request: ManagedRequest) {
  const { account } = request;
  const guardrailId = removableFrom(request, "keys");
  const hashes = new Set(readBody(request, keyHashes).key_hashes);
  const leaves = (row: KeyAssignment) => row.guardrail_id === guardrailId && hashes.has(row.key_hash);
  const count = account.keyAssignments.filter(leaves).length;
  removeKeyAssignments(account, leaves);
  return ok({ unassigned_count: request.state.switches.absentRemovalCounts ? hashes.size : count });
}

function removeMembers(request: ManagedRequest) {
  const { account } = request;
  const guardrailId = removableFrom(request, "members");
  const userIds = new Set(readBody(request, memberUserIds).member_user_ids);
  const leaves = (row: MemberAssignment) => row.guardrail_id === guardrailId && userIds.has(row.user_id);
  const count = account.memberAssignments.filter(leaves).length;
  removeMemberAssignments(account, leaves);
  return ok({ unassigned_count: request.state.switches.absentRemovalCounts ? userIds.size : count });
}

function assignable(request: ManagedRequest, what: "keys" | "members"): Guardrail {
  const { account } = request;
  const id = request.params.id as string;
  if (isDefaultGuardrail(account, id)) throw refusalOfDefault(what);
  return findGuardrail(request, id);
}

function removableFrom(request: ManagedRequest, what: "keys" | "members"): string {
  const { state, account } = request;
  const id = request.params.id as string;
  if (!isDefaultGuardrail(account, id)) return findGuardrail(request, id).id;
  if (state.switches.defaultGuardrailRemoval === "refused") throw refusalOfDefault(what);
  return id;
}

function refusalOfDefault(what: "keys" | "members") {
  return badRequest(
    `Cannot assign ${what} to a default guardrail. Default guardrails apply to all unassigned ${what} automatically.`,
  );
}

/** The page is cut first, then rows of deleted keys are dropped: pages are short, and the total counts them still. */
function listKeys(request: ManagedRequest, rows: readonly KeyAssignment[]) {
  const { state, account } = request;
  const data = page(rows, readQuery(request, paging)).flatMap((row) => {
    const key = account.keys.find((each) => each.hash === row.key_hash);
    if (!key) return [];
    const created_at = timestamp(state, row.created_at);
    return [{ ...row, key_name: key.name, key_label: label(state, key), created_at }];
  });
  return ok({ data, total_count: rows.length });
}

function listMembers(request: ManagedRequest, rows: readonly MemberAssignment[]) {
  const { state, account } = request;
  const data = page(rows, readQuery(request, paging)).map((row) => ({
    ...row,
    organization_id: account.organization_id ?? account.owner_user_id,
    created_at: timestamp(state, row.created_at),
  }));
  return ok({ data, total_count: rows.length });
}

function ofGuardrail<Row extends { guardrail_id: string }>(request: ManagedRequest, rows: readonly Row[]): Row[] {
  const { id } = findGuardrail(request, request.params.id as string);
  return rows.filter((row) => row.guardrail_id === id);
}

function withinScope<Row extends { guardrail_id: string }>({ account, scope }: ManagedRequest, rows: Row[]): Row[] {
  if (scope === null) return rows;
  const seen = new Set(account.guardrails.filter(({ workspace_id }) => workspace_id === scope).map(({ id }) => id));
  return rows.filter(({ guardrail_id }) => seen.has(guardrail_id));
}

export const assignmentRoutes: readonly Route[] = [
  managed("GET", "/guardrails/assignments/keys", (request) =>
    listKeys(request, withinScope(request, request.account.keyAssignments)),
  ),
  managed("GET", "/guardrails/assignments/members", (request) =>
    listMembers(request, withinScope(request, request.account.memberAssignments)),
  ),
  managed("GET", "/guardrails/:id/assignments/keys", (request) =>
    listKeys(request, ofGuardrail(request, request.account.keyAssignments)),
  ),
  managed("GET", "/guardrails/:id/assignments/members", (request) =>
    listMembers(request, ofGuardrail(request, request.account.memberAssignments)),
  ),
  managed("POST", "/guardrails/:id/assignments/keys", assignKeys),
  managed("POST", "/guardrails/:id/assignments/members", assignMembers),
  managed("POST", "/guardrails/:id/assignments/keys/remove", removeKeys),
  managed("POST", "/guardrails/:id/assignments/members/remove", removeMembers),
];
