/** Inference keys: `/keys`. */
import { z } from "zod";
import type { Account, Key, State } from "../account";
import { addKey, boundGuardrail, definedFields, moveKey, removeKey } from "../changes";
import { badRequest, conflict } from "../errors";
import { chosenWorkspace, findKey } from "../objects";
import type { ManagementRequest, Route } from "../route";
import { created, deleted, managementRoute, offset, ok, parse, parseBody, parseQuery, queryBoolean } from "../route";
import { callerTimestamp, timestamp, timestampOrNull } from "../timestamps";
import { counters, lastUsedAt, limitRemaining } from "../usage";

/** `GET /keys` has pages of this size, without a parameter for it. */
const PAGE_SIZE = 100;

const name = z.string().min(1);
const limit = z.number().nullable();
const limitReset = z.enum(["daily", "weekly", "monthly"]).nullable();

const newKey = z.object({
  name,
  limit: limit.optional(),
  limit_reset: limitReset.optional(),
  include_byok_in_limit: z.boolean().optional(),
  expires_at: z.string().nullable().optional(),
  creator_user_id: z.string().min(1).nullable().optional(),
  workspace_id: z.uuid().optional(),
  external: z.object({ user: z.string().min(1).max(512), api_key: z.string().min(32).max(512).optional() }).optional(),
});

const keyChange = z.object({
  name: name.optional(),
  disabled: z.boolean().optional(),
  limit: limit.optional(),
  limit_reset: limitReset.optional(),
  include_byok_in_limit: z.boolean().optional(),
  workspace_id: z.uuid().optional(),
});

const listQuery = z.object({
  offset,
  include_disabled: queryBoolean.optional(),
  include_expired: queryBoolean.optional(),
  workspace_id: z.uuid().optional(),
});

function create(request: ManagementRequest) {
  const { state, account } = request;
  const { external, creator_user_id, expires_at, workspace_id, ...rest } = parseBody(request, newKey);
  checkLimit(rest.limit);
  const { limit_reset, include_byok_in_limit, ...applied } = rest;
  const { key, secret } = addKey(state, account, {
    ...(state.switches.createAppliesReset ? rest : applied),
    workspace_id: chosenWorkspace(request, workspace_id).id,
    expires_at: expires_at == null ? null : parseExpiry(expires_at),
    creator_user_id: creator_user_id ?? account.owner_user_id,
    external_user: external?.user ?? null,
  });
  // Only this response has the key, next to `data`.
  return created({ data: keyBody(state, account, key), key: secret });
}

function list(request: ManagementRequest) {
  const { state, account } = request;
  const canExclude = state.switches.includeExpired === "applied";
  if (!canExclude && "include_expired" in request.query) throw badRequest('Unrecognized key: "include_expired"');
  const query = parseQuery(request, listQuery);
  const workspace = chosenWorkspace(request, query.workspace_id);
  const withExpired = query.include_expired ?? !canExclude;
  const keys = account.keys
    .filter((key) => key.workspace_id === workspace.id)
    .filter((key) => (query.include_disabled || !key.disabled) && (withExpired || !isExpired(state, key)))
    .reverse()
    .slice(query.offset, query.offset + PAGE_SIZE);
  return ok({ data: keys.map((key) => keyBody(state, account, key)) });
}

function read(request: ManagementRequest) {
  const { state, account, params } = request;
  return ok({ data: keyBody(state, account, findKey(request, params.hash as string)) });
}

/** Ignores unknown fields, unlike other endpoints. */
function update(request: ManagementRequest) {
  const { state, account, params } = request;
  const key = findKey(request, params.hash as string);
  const schema = state.switches.keyMove === "applied" ? keyChange : keyChange.omit({ workspace_id: true });
  const change: z.output<typeof keyChange> = parse(schema, request.body);
  if (Object.keys(change).length === 0) throw badRequest("No update fields provided");
  checkLimit(change.limit);
  const { workspace_id, ...settings } = change;
  const target = workspace_id === undefined ? key.workspace_id : chosenWorkspace(request, workspace_id).id;
  if (target !== key.workspace_id) move(state, account, key, target);
  Object.assign(key, definedFields(settings), { updated_at: state.clock.now() });
  return ok({ data: keyBody(state, account, key) });
}

function move(state: State, account: Account, key: Key, workspaceId: string): void {
  if (state.switches.movedKeyAssignment === "rejected" && boundGuardrail(account, key.hash, workspaceId)) {
    throw conflict("The API key has a guardrail of its workspace");
  }
  moveKey(state, account, key, workspaceId);
}

function remove(request: ManagementRequest) {
  removeKey(request.account, findKey(request, request.params.hash as string).hash);
  return deleted();
}

function checkLimit(limit: number | null | undefined): void {
  if (limit != null && limit < 0) throw badRequest("limit: Too small: expected number to be >=0");
}

/** UTC only, with seconds. */
function parseExpiry(timestamp: string): Date {
  const date = new Date(timestamp);
  // `Date` accepts February 30 and turns it into a day of March.
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === timestamp.slice(0, 10);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(timestamp) && isDay) return date;
  throw badRequest("expires_at: Invalid ISO datetime");
}

function isExpired({ clock }: State, { expires_at }: Key): boolean {
  return expires_at !== null && expires_at <= clock.now();
}

function keyBody(state: State, account: Account, key: Key) {
  return {
    hash: key.hash,
    name: key.name,
    label: key.label,
    disabled: key.disabled,
    limit: key.limit,
    limit_remaining: limitRemaining(state, account, key),
    limit_reset: key.limit_reset,
    include_byok_in_limit: key.include_byok_in_limit,
    ...counters(state, account, key.hash),
    created_at: timestamp(state, key.created_at),
    updated_at: timestampOrNull(state, key.updated_at),
    expires_at: key.expires_at && callerTimestamp(state, key.expires_at),
    creator_user_id: key.creator_user_id,
    external_user: key.external_user,
    last_used_at: timestampOrNull(state, lastUsedAt(account, key.hash)),
    workspace_id: key.workspace_id,
  };
}

export const keyRoutes: readonly Route[] = [
  managementRoute("GET", "/keys", list),
  managementRoute("POST", "/keys", create),
  managementRoute("GET", "/keys/:hash", read),
  managementRoute("PATCH", "/keys/:hash", update),
  managementRoute("DELETE", "/keys/:hash", remove),
];
