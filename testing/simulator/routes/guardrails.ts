/** Guardrails: `/guardrails`, and the default guardrail of each workspace. */
import { z } from "zod";
import type { Account, Guardrail, State, Workspace } from "../account";
import { addGuardrail, definedFields, removeGuardrail } from "../changes";
import { badRequest, conflict } from "../errors";
import { guardrailChange, newGuardrail, storedSettings } from "../guardrailRules";
import { SWITCHES } from "../guardrailSettings";
import { checkScope, chosenWorkspace, findGuardrail, isDefaultGuardrail } from "../objects";
import type { ManagementRequest, Route } from "../route";
import { created, deleted, managementRoute, offset, ok, pageLimit, paginate, parseBody, parseQuery } from "../route";
import { timestamp, timestampOrNull } from "../timestamps";

const listQuery = z.object({ offset, limit: pageLimit, workspace_id: z.uuid().optional() });

function create(request: ManagementRequest) {
  const { state, account } = request;
  const { name, workspace_id, ...sent } = parseBody(request, newGuardrail);
  const workspace = chosenWorkspace(request, workspace_id);
  if (state.switches.duplicateGuardrailNames === "rejected") checkNameIsFree(account, name, workspace.id);
  const settings = storedSettings(state, sent);
  const guardrail = addGuardrail(state, account, { name, workspace_id: workspace.id, ...settings });
  return created({ data: guardrailBody(state, guardrail) });
}

function list(request: ManagementRequest) {
  const { state, account } = request;
  const query = parseQuery(request, listQuery);
  const workspace = chosenWorkspace(request, query.workspace_id);
  const guardrails = account.guardrails.filter((guardrail) => guardrail.workspace_id === workspace.id).reverse();
  return ok({
    data: paginate(guardrails, query).map((guardrail) => guardrailBody(state, guardrail)),
    total_count: guardrails.length,
  });
}

function read(request: ManagementRequest) {
  const { state, params } = request;
  return ok({ data: guardrailBody(state, findGuardrail(request, params.id as string)) });
}

function update(request: ManagementRequest) {
  const { state, account, params } = request;
  const id = params.id as string;
  const unwritten = unwrittenDefault(account, id);
  if (unwritten) checkScope(request, unwritten.id);
  const guardrail = unwritten ? undefined : findGuardrail(request, id);
  const { name, ...sent } = parseBody(request, guardrailChange);
  const settings = storedSettings(state, sent);
  if (name !== undefined) {
    if (isDefaultGuardrail(account, id)) checkDefaultName(name, guardrail?.name ?? defaultName(unwritten));
    else checkNameIsFree(account, name, guardrail?.workspace_id ?? null, id);
  }
  const changed = guardrail ?? addDefault(state, account, unwritten as Workspace);
  Object.assign(changed, definedFields({ name, ...settings }), { updated_at: state.clock.now() });
  return ok({ data: guardrailBody(state, changed) });
}

function remove(request: ManagementRequest) {
  const { account, params } = request;
  const { id } = findGuardrail(request, params.id as string);
  if (isDefaultGuardrail(account, id)) throw badRequest("Cannot delete a default guardrail");
  removeGuardrail(account, id);
  return deleted();
}

/** The workspace of a default guardrail before its first PATCH, when it can be patched but not read. */
function unwrittenDefault(account: Account, id: string): Workspace | undefined {
  if (account.guardrails.some((guardrail) => guardrail.id === id)) return undefined;
  return account.workspaces.find((workspace) => workspace.default_guardrail_id === id);
}

function defaultName(workspace: Workspace | undefined): string {
  return `Workspace ${workspace?.id} Default`;
}

function addDefault(state: State, account: Account, workspace: Workspace): Guardrail {
  return addGuardrail(state, account, {
    id: workspace.default_guardrail_id,
    name: defaultName(workspace),
    workspace_id: workspace.id,
  });
}

function checkDefaultName(name: string, current: string): void {
  if (name !== current) throw badRequest("Cannot change the name of a default guardrail");
}

function checkNameIsFree(account: Account, name: string, workspaceId: string | null, except?: string): void {
  const taken = account.guardrails.some(
    (guardrail) => guardrail.name === name && guardrail.workspace_id === workspaceId && guardrail.id !== except,
  );
  if (taken) throw conflict("A guardrail with this name already exists");
}

function guardrailBody(state: State, guardrail: Guardrail) {
  const { unsetBooleans, enforceZdrReturned, nullGuardrailFields } = state.switches;
  const unset = unsetBooleans === "false" ? false : null;
  const { id, name, workspace_id, created_at, updated_at, include_byok_in_budgets, ...settings } = guardrail;
  const optional = {
    ...settings,
    ...Object.fromEntries(SWITCHES.map((field) => [field, guardrail[field] ?? unset])),
    enforce_zdr: enforceZdrReturned === "stored" ? settings.enforce_zdr : null,
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
  managementRoute("GET", "/guardrails", list),
  managementRoute("POST", "/guardrails", create),
  managementRoute("GET", "/guardrails/:id", read),
  managementRoute("PATCH", "/guardrails/:id", update),
  managementRoute("DELETE", "/guardrails/:id", remove),
];
