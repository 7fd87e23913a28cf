/** Workspaces, to read: `/workspaces`. */
import type { State, Workspace } from "../account";
import { findWorkspace } from "../objects";
import type { ManagedRequest, Route } from "../route";
import { managed, ok, page, paging, readQuery } from "../route";
import { timestamp, timestampOrNull } from "../timestamps";

function list(request: ManagedRequest) {
  const { state, account, scope } = request;
  const seen = account.workspaces.filter(({ id }) => scope === null || id === scope);
  const rows = page(seen, readQuery(request, paging));
  return ok({ data: rows.map((workspace) => shown(state, workspace)), total_count: seen.length });
}

function read(request: ManagedRequest) {
  const { state, params } = request;
  return ok({ data: shown(state, findWorkspace(request, params.reference as string)) });
}

function shown(state: State, workspace: Workspace) {
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

export const workspaceRoutes: readonly Route[] = [
  managed("GET", "/workspaces", list),
  managed("GET", "/workspaces/:reference", read),
];
