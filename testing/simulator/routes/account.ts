/** The account and the caller: `/key`, `/credits`, `/activity`, `/organization/members`. */
import { z } from "zod";
import type { Account, Key, State, Use } from "../account";
import { budgetsOf } from "../budgets";
import { daysBefore, startOfDay } from "../clock";
import { badRequest, notFound } from "../errors";
import { derivedUuid } from "../ids";
import { findWorkspace } from "../objects";
import type { ApiRequest, ApiResponse, Caller, ManagementRequest, Route } from "../route";
import { managementRoute, ok, paginate, paging, parseQuery } from "../route";
import { callerTimestamp } from "../timestamps";
import { counters, limitRemaining, spent, TOTAL_CREDITS } from "../usage";

function currentKey({ state }: ApiRequest, caller: Caller | undefined): ApiResponse {
  const { account, key, managementKey } = caller as Caller;
  return ok({
    data: {
      label: key ? key.label : "sk-or-v1-mgm...key",
      ...limits(state, account, key),
      ...(key ? budgetsOf(state, account, key) : { budgets: [], effective_budget: null }),
      ...counters(state, account, key?.hash),
      is_free_tier: false,
      is_management_key: !key,
      is_provisioning_key: !key,
      organization_id: account.organization_id,
      workspace_id: existingWorkspace(account, key ?? managementKey),
      allowed_data_regions: ["global"],
      free_model_daily_requests: { limit: 1000, remaining: 1000, used: 0 },
      rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." },
    },
  });
}

function limits(state: State, account: Account, key: Key | undefined) {
  return {
    limit: key?.limit ?? null,
    limit_remaining: key ? limitRemaining(state, account, key) : null,
    limit_reset: key?.limit_reset ?? null,
    include_byok_in_limit: key?.include_byok_in_limit ?? false,
    expires_at: key?.expires_at ? callerTimestamp(state, key.expires_at) : null,
    creator_user_id: key ? key.creator_user_id : account.owner_user_id,
  };
}

/** The key's workspace, null if it was deleted. */
function existingWorkspace({ workspaces }: Account, key: { workspace_id: string | null } | undefined): string | null {
  return workspaces.find(({ id }) => id === key?.workspace_id)?.id ?? null;
}

function credits({ account }: { account: Account }): ApiResponse {
  return ok({ data: { total_credits: TOTAL_CREDITS, total_usage: spent(account, undefined, "usage") } });
}

function organizationMembers(request: ManagementRequest): ApiResponse {
  const { organization_id, members } = request.account;
  if (organization_id === null) throw notFound("Organization not found");
  return ok({ data: paginate(members, parseQuery(request, paging)), total_count: members.length });
}

const activityQuery = z.object({
  date: z.iso.date().optional(),
  api_key_hash: z.string().optional(),
  user_id: z.string().optional(),
  workspace_id: z.uuid().optional(),
  group_by: z.literal("workspace").optional(),
});

const ACTIVITY_DAYS = 30;

/** The last 30 completed UTC days, without today. */
function activity(request: ManagementRequest): ApiResponse {
  const { state, account } = request;
  const query = parseQuery(request, activityQuery);
  const workspaceId = query.workspace_id ?? request.scope ?? undefined;
  const until = startOfDay(state.clock.now());
  const since = daysBefore(until, ACTIVITY_DAYS);
  if (query.date && !isBetween(new Date(query.date), since, until)) {
    throw badRequest("date: must be within the last 30 completed UTC days");
  }
  if (query.workspace_id) findWorkspace(request, query.workspace_id);
  const uses = account.uses.filter(
    (use) =>
      isBetween(use.at, since, until) &&
      (query.date ?? dateOf(use)) === dateOf(use) &&
      (query.api_key_hash ?? use.key_hash) === use.key_hash &&
      (query.user_id ?? use.user_id) === use.user_id &&
      (workspaceId ?? use.workspace_id) === use.workspace_id,
  );
  return ok({ data: grouped(uses, query.group_by === "workspace") });
}

function isBetween(date: Date, since: Date, until: Date): boolean {
  return date >= since && date < until;
}

function dateOf(use: Use): string {
  return use.at.toISOString().slice(0, 10);
}

/** One row for each date, model and endpoint, and optionally for each workspace. */
function grouped(uses: readonly Use[], byWorkspace: boolean) {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const group = [dateOf(use), use.model, use.provider_name, byWorkspace ? use.workspace_id : ""].join();
    groups.set(group, [...(groups.get(group) ?? []), use]);
  }
  return [...groups.values()].map((group) => activityRow(group as [Use, ...Use[]], byWorkspace));
}

function activityRow(uses: readonly [Use, ...Use[]], byWorkspace: boolean) {
  const [first] = uses;
  const sum = (amount: (use: Use) => number) => uses.reduce((total, use) => total + amount(use), 0);
  return {
    date: dateOf(first),
    model: first.model,
    model_permaslug: first.model_permaslug,
    endpoint_id: derivedUuid(`${first.model} at ${first.provider_name}`),
    provider_name: first.provider_name,
    usage: sum((use) => use.usage),
    byok_usage_inference: sum((use) => use.byok_usage),
    requests: sum((use) => use.requests),
    prompt_tokens: sum((use) => use.prompt_tokens),
    completion_tokens: sum((use) => use.completion_tokens),
    reasoning_tokens: sum((use) => use.reasoning_tokens),
    cached_tokens: sum((use) => use.cached_tokens),
    ...(byWorkspace && { workspace_id: first.workspace_id }),
  };
}

export const accountRoutes: readonly Route[] = [
  { method: "GET", path: "/key", needs: "any key", handle: currentKey },
  managementRoute("GET", "/credits", credits),
  managementRoute("GET", "/activity", activity),
  managementRoute("GET", "/organization/members", organizationMembers),
];
