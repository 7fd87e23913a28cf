/** Inference keys: `/keys`. */
import { z } from "zod";
import type { Account, Key, State } from "../account";
import { addKey, boundGuardrail, given, moveKey, removeKey } from "../changes";
import { badRequest, conflict } from "../errors";
import { chosenWorkspace, findKey } from "../objects";
import type { ManagedRequest, Route } from "../route";
import { check, created, deleted, managed, offset, ok, readBody, readQuery, word } from "../route";
import { givenInstant, timestamp, timestampOrNull } from "../timestamps";
import { counters, lastUsedAt, limitRemaining } from "../usage";

/** `GET /keys` has pages of this size and no parameter for it. */
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
  include_disabled: word.optional(),
  include_expired: word.optional(),
  workspace_id: z.uuid().optional(),
});

function create(request: ManagedRequest) {
  const { state, account } = request;
  const { external, creator_user_id, expires_at, workspace_id, ...rest } = readBody(request, newKey);
  checkLimit(state, rest.limit);
  const { limit_reset, include_byok_in_limit, ...honoured } = rest;
  const { key, secret } = addKey(state, account, {
    ...(state.switches.createHonoursReset ? rest : honoured),
    workspace_id: chosenWorkspace(request, workspace_id).id,
    expires_at: expires_at == null ? null : expiry(state, expires_at),
    creator_user_id: creator_user_id ?? account.owner_user_id,
    external_user: external?.user ?? null,
  });
  // The only answer that has the key, and it stands beside `data`, not in it.
  return created({ data: shown(state, account, key), key: secret });
}

function list(request: ManagedRequest) {
  const { state, account } = request;
  const knowsExpired = state.switches.includeExpired === "honoured";
  if (!knowsExpired && "include_expired" in request.query) throw badRequest('Unrecognized key: "include_expired"');
  const query = readQuery(request, listQuery);
  const workspace = chosenWorkspace(request, query.workspace_id);
  const withDisabled = query.include_disabled ?? state.switches.disabledKeysListed;
  const withExpired = query.include_expired ?? !knowsExpired;
  const keys = account.keys
    .filter((key) => key.workspace_id === workspace.id)
    .filter((key) => (withDisabled || !key.disabled) && (withExpired || !isExpired(state, key)))
    .reverse()
    .slice(query.offset, query.offset + PAGE_SIZE);
  return ok({ data: keys.map((key) => shown(state, account, key)) });
}

function read(request: ManagedRequest) {
  const { state, account, params } = request;
  return ok({ data: shown(state, account, findKey(request, params.hash as string)) });
}

/** Ignores what it does not take, whatever other endpoints do with such a field. */
function update(request: ManagedRequest) {
  const { state, account, params } = request;
  const key = findKey(request, params.hash as string);
  const known = state.switches.keyMove === "honoured" ? keyChange : keyChange.omit({ workspace_id: true });
  const change: z.output<typeof keyChange> = check(known, request.body);
  if (Object.keys(change).length === 0) throw badRequest("No update fields provided");
  checkLimit(state, change.limit);
  const { workspace_id, ...settings } = change;
  const target = workspace_id === undefined ? key.workspace_id : chosenWorkspace(request, workspace_id).id;
  if (target !== key.workspace_id) move(state, account, key, target);
  Object.assign(key, given(settings), { updated_at: state.clock.now() });
  return ok({ data: shown(state, account, key) });
}

function move(state: State, account: Account, key: Key, workspaceId: string): void {
  if (state.switches.movedKeyAssignment === "refused" && boundGuardrail(account, key.hash, workspaceId)) {
    throw conflict("The API key has a guardrail of its workspace");
  }
  moveKey(state, account, key, workspaceId);
}

function remove(request: ManagedRequest) {
  const { state, account, params } = request;
  removeKey(state, account, findKey(request, params.hash as string).hash);
  return deleted();
}

function checkLimit(state: State, limit: number | null | undefined): void {
  if (limit != null && limit < 0 && state.switches.negativeLimits === "refused") {
    throw badRequest("limit: Too small: expected number to be >=0");
  }
}

/** UTC only, and with seconds unless the switch says otherwise. */
function expiry(state: State, text: string): Date {
  const form =
    state.switches.expiresAtWithoutSeconds === "accepted"
      ? /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/
      : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  const instant = new Date(text);
  // A day that its month does not have would otherwise be one of the next month.
  const isDay = !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === text.slice(0, 10);
  if (!form.test(text) || !isDay) throw badRequest("expires_at: Invalid ISO datetime");
  return instant;
}

function isExpired({ clock }: State, { expires_at }: Key): boolean {
  return expires_at !== null && expires_at <= clock.now();
}

function shown(state: State, account: Account, key: Key) {
  return {
    hash: key.hash,
    name: key.name,
    label: label(state, key),
    disabled: key.disabled,
    limit: key.limit,
    limit_remaining: limitRemaining(state, account, key),
    limit_reset: key.limit_reset,
    include_byok_in_limit: key.include_byok_in_limit,
    ...counters(state, account, key.hash),
    created_at: timestamp(state, key.created_at),
    updated_at: timestampOrNull(state, key.updated_at),
    expires_at: key.expires_at && givenInstant(state, key.expires_at),
    creator_user_id: key.creator_user_id,
    external_user: key.external_user,
    last_used_at: timestampOrNull(state, lastUsedAt(account, key.hash)),
    workspace_id: key.workspace_id,
  };
}

export function label(state: State, key: Key): string {
  switch (state.switches.keyLabel) {
    case "masked":
      return key.masked;
    case "short":
      return key.masked.slice(0, -4) + key.masked.slice(-3);
    case "name":
      return key.name;
  }
}

export const keyRoutes: readonly Route[] = [
  managed("GET", "/keys", list),
  managed("POST", "/keys", create),
  managed("GET", "/keys/:hash", read),
  managed("PATCH", "/keys/:hash", update),
  managed("DELETE", "/keys/:hash", remove),
];
