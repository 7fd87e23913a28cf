/** Presets, which are saved parameters of requests: `/presets`. Read-only; any key of the account may read them. */
import type { Preset, State } from "../account";
import { notFound } from "../errors";
import { derivedUuid } from "../ids";
import type { ApiRequest, ApiResponse, Caller, Route } from "../route";
import { ok, paginate, paging, parseQuery } from "../route";
import { timestamp } from "../timestamps";

/** The one that was updated last comes first. */
function list(request: ApiRequest, caller: Caller | undefined): ApiResponse {
  const { presets } = (caller as Caller).account;
  const newestFirst = [...presets].sort((a, b) => b.updated_at.getTime() - a.updated_at.getTime());
  const rows = paginate(newestFirst, parseQuery(request, paging));
  return ok({ data: rows.map((preset) => presetBody(request.state, preset)), total_count: presets.length });
}

function read({ state, params }: ApiRequest, caller: Caller | undefined): ApiResponse {
  const preset = (caller as Caller).account.presets.find(({ slug }) => slug === params.slug);
  if (!preset) throw notFound("Preset not found");
  return ok({ data: { ...presetBody(state, preset), designated_version: versionBody(state, preset) } });
}

function presetBody(state: State, preset: Preset) {
  const { id, name, slug, description, status, creator_user_id, workspace_id } = preset;
  return {
    ...{ id, name, slug, description, status, creator_user_id, workspace_id },
    status_updated_at: null,
    designated_version_id: versionId(preset),
    created_at: timestamp(state, preset.created_at),
    updated_at: timestamp(state, preset.updated_at),
  };
}

/** The simulator has only the current version. */
function versionBody(state: State, preset: Preset) {
  return {
    id: versionId(preset),
    preset_id: preset.id,
    version: 1,
    config: preset.config,
    system_prompt: preset.system_prompt,
    creator_id: preset.creator_user_id,
    created_at: timestamp(state, preset.created_at),
    updated_at: timestamp(state, preset.updated_at),
  };
}

function versionId({ id }: Preset): string {
  return derivedUuid(`version of ${id}`);
}

export const presetRoutes: readonly Route[] = [
  { method: "GET", path: "/presets", needs: "any key", handle: list },
  { method: "GET", path: "/presets/:slug", needs: "any key", handle: read },
];
