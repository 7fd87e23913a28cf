/** The budgets that a request with a key must pass: `budgets` and `effective_budget` of `GET /key`. */
import type { Account, Guardrail, Key, State, Use } from "./account";
import { intervalAt } from "./clock";
import { timestampOrNull } from "./timestamps";

interface Layer {
  scope: "workspace_default_member" | "workspace_default_key" | "member" | "api_key" | "workspace" | "key_limit";
  limit_usd: number;
  reset_interval: string | null;
  include_byok: boolean;
  guardrail_id: string | null;
  budget_id: string | null;
  /** Whether the use counts toward this budget. */
  counts(use: Use): boolean;
}

export function budgetsOf(state: State, account: Account, key: Key) {
  const budgets = layersOf(account, key).map((layer) => budgetOf(state, account, layer));
  return { budgets, effective_budget: effectiveOf(budgets) };
}

/** The guardrails that a request with the key must pass. */
export function guardrailsOf(account: Account, { hash, workspace_id, creator_user_id }: Key) {
  const workspace = account.workspaces.find(({ id }) => id === workspace_id);
  const findGuardrail = (id: string | undefined) => account.guardrails.find((each) => each.id === id);
  return {
    byDefault: findGuardrail(workspace?.default_guardrail_id),
    ofMember: account.memberAssignments
      .filter(({ user_id }) => user_id === creator_user_id)
      .map(({ guardrail_id }) => findGuardrail(guardrail_id))
      .find((guardrail) => guardrail?.workspace_id === workspace_id),
    ofKey: findGuardrail(account.keyAssignments.find(({ key_hash }) => key_hash === hash)?.guardrail_id),
  };
}

/** In the order in which the API checks them. */
function layersOf(account: Account, key: Key): Layer[] {
  const { workspace_id, creator_user_id } = key;
  const { byDefault, ofMember, ofKey } = guardrailsOf(account, key);
  const usesKey = (use: Use) => use.key_hash === key.hash;
  const isOfMember = (use: Use) => use.user_id === creator_user_id && use.workspace_id === workspace_id;
  return [
    ...guardrailLayer("workspace_default_member", byDefault, isOfMember),
    ...guardrailLayer("workspace_default_key", byDefault, usesKey),
    ...guardrailLayer("member", ofMember, isOfMember),
    ...guardrailLayer("api_key", ofKey, usesKey),
    ...workspaceLayers(account, workspace_id),
    ...keyLayer(key, usesKey),
  ];
}

function guardrailLayer(scope: Layer["scope"], guardrail: Guardrail | undefined, counts: Layer["counts"]): Layer[] {
  if (!guardrail || guardrail.limit_usd === null) return [];
  const { id, limit_usd, reset_interval, include_byok_in_budgets: include_byok } = guardrail;
  return [{ scope, limit_usd, reset_interval, include_byok, guardrail_id: id, budget_id: null, counts }];
}

function workspaceLayers({ workspaceBudgets }: Account, workspaceId: string): Layer[] {
  const ofWorkspace = workspaceBudgets.filter(({ workspace_id }) => workspace_id === workspaceId);
  const counts = (use: Use) => use.workspace_id === workspaceId;
  return ofWorkspace.map(({ id, limit_usd, reset_interval }) => {
    const ids = { guardrail_id: null, budget_id: id };
    return { scope: "workspace", limit_usd, reset_interval, include_byok: false, ...ids, counts };
  });
}

function keyLayer({ limit, limit_reset, include_byok_in_limit }: Key, counts: Layer["counts"]): Layer[] {
  if (limit === null) return [];
  const settings = { limit_usd: limit, reset_interval: limit_reset, include_byok: include_byok_in_limit };
  return [{ scope: "key_limit", ...settings, guardrail_id: null, budget_id: null, counts }];
}

function budgetOf(state: State, account: Account, { counts, ...layer }: Layer) {
  const { start, end } = intervalAt(state.clock.now(), layer.reset_interval);
  const spend_usd = account.uses
    .filter((use) => counts(use) && (start === null || use.at >= start))
    .reduce((sum, use) => sum + use.usage + (layer.include_byok ? use.byok_usage : 0), 0);
  return { ...layer, spend_usd, remaining_usd: layer.limit_usd - spend_usd, resets_at: timestampOrNull(state, end) };
}

/** The first budget that is spent, or else the one with the least left. */
function effectiveOf<Budget extends { remaining_usd: number }>(budgets: readonly Budget[]): Budget | null {
  const spent = budgets.find(({ remaining_usd }) => remaining_usd <= 0);
  const [least = null] = [...budgets].sort((a, b) => a.remaining_usd - b.remaining_usd);
  return spent ?? least;
}
