/** Guardrails: `/guardrails`, and the default guardrail of each workspace. */
import { z } from "zod";
import type { Account, Guardrail, State, Workspace } from "../account";
import { addGuardrail, given, removeGuardrail } from "../changes";
import { badRequest, conflict } from "../errors";
import { guardrailChange, newGuardrail, storedSettings } from "../guardrailRules";
import { checkScope, chosenWorkspace, findGuardrail, isDefaultGuardrail } from "../objects";
import type { ManagedRequest, Route } from "../route";
import { created, deleted, managed, offset, ok, page, pageLimit, readBody, readQuery } from "../route";
import { timestamp, timestampOrNull } from "../timestamps";

const listQuery = z.object({ offset, limit: pageLimit, workspace_id: z.uuid().optional() });

function create(request: ManagedRequest) {
  const { state, account } = request;
  const { name, workspace_id, ...sent } = readBody(request, newGuardrail);
  const workspace = chosenWorkspace(request, workspace_id);
  if (state.switches.duplicateGuardrailNames === "refused") checkNameIsFree(account, name, workspace.id);
  const settings = storedSettings(state, sent);
  const guardrail = addGuardrail(state, account, { name, workspace_id: workspace.id, ...settings });
  return created({ data: shown(state, guardrail) });
}

function list(request: ManagedRequest) {
  const { state, account } = request;
  const query = readQuery(request, listQuery);
  const workspace = chosenWorkspace(request, query.workspace_id);
  const guardrails = account.guardrails.filter((guardrail) => guardrail.workspace_id === workspace.id).reverse();
  return ok({
    data: page(guardrails, query).map((guardrail) => shown(state, guardrail)),
    total_count: guardrails.length,
  });
}

function read(request: ManagedRequest) {
  const { state, params } = request;
  return ok({ data: shown(state, findGuardrail(request, params.id as string)) });
}

function update(request: ManagedRequest) {
  const { state, account, params } = request;
  const id = params.id as string;
  const unwritten = unwrittenDefault(account, id);
  if (unwritten) checkScope(request, unwritten.id);
  const guardrail = unwritten ? undefined : findGuardrail(request, id);
  const { name, ...sent } = readBody(request, guardrailChange);
  const settings = storedSettings(state, sent);
  if (name !== undefined) {
    if (isDefaultGuardrail(account, id)) checkDefaultName(state, name, guardrail?.name ?? defaultName(unwritten));
    else checkNameIsFree(account, name, guardrail?.workspace_id ?? null, id);
  }
  const changed = guardrail ?? writeDefault(state, account, unwritten as Workspace);
  Object.assign(changed, given({ name, ...settings }), { updated_at: state.clock.now() });
  return ok({ data: shown(state, changed) });
}

function remove(request: ManagedRequest) {
  const { state, account, params } = request;
  const { id } = findGuardrail(request, params.id as string);
  if (isDefaultGuardrail(account, id)) throw badRequest("Cannot delete a default guardrail");
  removeGuardrail(state, account, id);
  return deleted();
}

/** The workspace whose default guardrail this is, if nothing was written to it yet: it can be patched, not read. */
function unwrittenDefault(account: Account, id: string): Workspace | undefined {
  if (account.guardrails.some((guardrail) => guardrail.id === id)) return undefined;
  return account.workspaces.find((workspace) => workspace.default_guardrail_id === id);
}

function defaultName(workspace: Workspace | undefined): string {
  return `Workspace ${workspace?.id} Default`;
}

function writeDefault(state: State, account: Account, workspace: Workspace): Guardrail {
  return addGuardrail(state, account, {
    id: workspace.default_guardrail_id,
    name: defaultName(workspace),
    workspace_id: workspace.id,
  });
}

function checkDefaultName({ switches }: State, name: string, current: string): void {
  if (name === current && switches.defaultGuardrailSameName === "accepted") return;
  throw badRequest("Cannot change the name of a default guardrail");
}

function checkNameIsFree(account: Account, name: string, workspaceId: string | null, except?: string): void {
  const taken = account.guardrails.some(
    (guardrail) => guardrail.name === name && guardrail.workspace_id === workspaceId && guardrail.id !== except,
  );
  if (taken) throw conflict("A guardrail with this name already exists");
}

const NULLABLE_BOOLEANS = [
  "enforce_zdr_anthropic",
  "enforce_zdr_openai",
  "enforce_zdr_google",
  "enforce_zdr_xai",
  "enforce_zdr_other",
  "allow_safety_retention_google",
  "allow_safety_retention_other",
  "enable_free_model_publication",
  "enable_free_model_training",
  "enable_paid_model_training",
] as const;

function shown(state: State, guardrail: Guardrail) {
  const { unsetBooleans, enforceZdrAnswered, nullGuardrailFields } = state.switches;
  const unset = unsetBooleans === "false" ? false : null;
  const { id, name, workspace_id, created_at, updated_at, include_byok_in_budgets, ...settings } = guardrail;
  const optional = {
    ...settings,
    ...Object.fromEntries(NULLABLE_BOOLEANS.map((field) => [field, guardrail[field] ?? unset])),
    enforce_zdr: enforceZdrAnswered === "stored" ? settings.enforce_zdr : null,
  };
  const sent = Object.entries(optional).filter(([, value]) => nullGuardrailFields === "sent" || value !== null);
  return {
    id,
    name,
    ...Object.fromEntries(sent),
    include_byok_in_budgets,
    created_at: timestamp(state, created_at),
    updated_at: timestampOrNull(state, updated_at),
    workspace_id,
  };
}

export const guardrailRoutes: readonly Route[] = [
  managed("GET", "/guardrails", list),
  managed("POST", "/guardrails", create),
  managed("GET", "/guardrails/:id", read),
  managed("PATCH", "/guardrails/:id", update),
  managed("DELETE", "/guardrails/:id", remove),
];
