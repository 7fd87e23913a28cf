/** Workspaces and their members, read-only: `/workspaces`. */
import type { Member, State, Workspace } from "../account";
import { derivedUuid } from "../ids";
import { findWorkspace, isWorkspaceMember } from "../objects";
import type { ManagementRequest, Route } from "../route";
import { managementRoute, ok, paginate, paging, parseQuery } from "../route";
import { timestamp, timestampOrNull } from "../timestamps";

function list(request: ManagementRequest) {
  const { state, account, scope } = request;
  const inScope = account.workspaces.filter(({ id }) => scope === null || id === scope);
  const rows = paginate(inScope, parseQuery(request, paging));
  return ok({ data: rows.map((workspace) => workspaceBody(state, workspace)), total_count: inScope.length });
}

function read(request: ManagementRequest) {
  const { state, params } = request;
  return ok({ data: workspaceBody(state, findWorkspace(request, params.reference as string)) });
}

function workspaceBody(state: State, workspace: Workspace) {
  return {
    id: workspace.id,
    name: workspace.name,
    slug: workspace.slug,
    description: workspace.description,
    default_guardrail_id: workspace.default_guardrail_id,
    default_text_model: null,
    default_image_model: null,
    default_provider_sort: null,
    disabled_server_tools: null,
    include_byok_in_budgets: false,
    io_logging_api_key_ids: null,
    io_logging_sampling_rate: 1,
    is_data_discount_logging_enabled: true,
    is_observability_broadcast_enabled: false,
    is_observability_io_logging_enabled: false,
    created_by: workspace.created_by,
    created_at: timestamp(state, workspace.created_at),
    updated_at: timestampOrNull(state, workspace.updated_at),
  };
}

/** The roles of the organization have other words there. */
const ROLES = { "org:admin": "admin", "org:member": "member" } as const satisfies Record<Member["role"], string>;

function listMembers(request: ManagementRequest) {
  const { state, account, params } = request;
  const workspace = findWorkspace(request, params.reference as string);
  const members = account.members.filter(({ id }) => isWorkspaceMember(account, workspace.id, id));
  const rows = paginate(members, parseQuery(request, paging)).map(({ id, role }) => ({
    id: derivedUuid(`${id} in ${workspace.id}`),
    workspace_id: workspace.id,
    user_id: id,
    role: ROLES[role],
    created_at: timestamp(state, workspace.created_at),
  }));
  return ok({ data: rows, total_count: members.length });
}

export const workspaceRoutes: readonly Route[] = [
  managementRoute("GET", "/workspaces", list),
  managementRoute("GET", "/workspaces/:reference", read),
  managementRoute("GET", "/workspaces/:reference/members", listMembers),
];
