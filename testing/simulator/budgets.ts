/** The budgets that a request with a key has to pass: `budgets` and `effective_budget` of `GET /key`. */
import type { Account, Guardrail, Key, State, Use } from "./account";
import { startOfDay, startOfMonth, startOfWeek } from "./clock";
import { timestampOrNull } from "./timestamps";

interface Layer {
  scope: "workspace_default_member" | "workspace_default_key" | "member" | "api_key" | "workspace" | "key_limit";
  limit_usd: number;
  reset_interval: string | null;
  include_byok: boolean;
  guardrail_id: string | null;
  budget_id: string | null;
  /** Whether a use counts. */
  counts(use: Use): boolean;
}

export function budgetsOf(state: State, account: Account, key: Key) {
  const budgets = layersOf(account, key).map((layer) => budget(state, account, layer));
  return { budgets, effective_budget: effective(budgets) };
}

/** In the order in which they are checked. */
function layersOf(account: Account, key: Key): Layer[] {
  const workspace = account.workspaces.find(({ id }) => id === key.workspace_id);
  const guardrail = (id: string | undefined) => account.guardrails.find((each) => each.id === id);
  const byDefault = guardrail(workspace?.default_guardrail_id);
  const ofMember = account.memberAssignments
    .filter(({ user_id }) => user_id === key.creator_user_id)
    .map((row) => guardrail(row.guardrail_id))
    .find((each) => each?.workspace_id === key.workspace_id);
  const ofKey = guardrail(account.keyAssignments.find(({ key_hash }) => key_hash === key.hash)?.guardrail_id);
  const byKey = (use: Use) => use.key_hash === key.hash;
  const byMember = (use: Use) => use.user_id === key.creator_user_id && use.workspace_id === key.workspace_id;
  return [
    ...guardrailLayer("workspace_default_member", byDefault, byMember),
    ...guardrailLayer("workspace_default_key", byDefault, byKey),
    ...guardrailLayer("member", ofMember, byMember),
    ...guardrailLayer("api_key", ofKey, byKey),
    ...(workspace?.budgets ?? []).map(({ id, limit_usd, reset_interval }) => ({
      scope: "workspace" as const,
      limit_usd,
      reset_interval,
      include_byok: false,
      guardrail_id: null,
      budget_id: id,
      counts: (use: Use) => use.workspace_id === key.workspace_id,
    })),
    ...keyLayer(key, byKey),
  ];
}

function guardrailLayer(scope: Layer["scope"], guardrail: Guardrail | undefined, counts: Layer["counts"]): Layer[] {
  if (!guardrail || guardrail.limit_usd === null) return [];
  const { id, limit_usd, reset_interval, include_byok_in_budgets } = guardrail;
  return [
    {
      scope,
      limit_usd,
      reset_interval,
      include_byok: include_byok_in_budgets,
      guardrail_id: id,
      budget_id: null,
      counts,
    },
  ];
}

function keyLayer({ limit, limit_reset, include_byok_in_limit }: Key, counts: Layer["counts"]): Layer[] {
  if (limit === null) return [];
  const none = { guardrail_id: null, budget_id: null };
  return [
    {
      scope: "key_limit",
      limit_usd: limit,
      reset_interval: limit_reset,
      include_byok: include_byok_in_limit,
      ...none,
      counts,
    },
  ];
}

function budget(state: State, account: Account, { counts, ...layer }: Layer) {
  const { since, until } = windowAt(state.clock.now(), layer.reset_interval);
  const spend_usd = account.uses
    .filter((use) => counts(use) && (since === null || use.at >= since))
    .reduce((sum, use) => sum + use.usage + (layer.include_byok ? use.byok_usage : 0), 0);
  return { ...layer, spend_usd, remaining_usd: layer.limit_usd - spend_usd, resets_at: timestampOrNull(state, until) };
}

/** The first that is spent, or else the one with the least left. */
function effective<Budget extends { remaining_usd: number }>(budgets: readonly Budget[]): Budget | null {
  const spent = budgets.find(({ remaining_usd }) => remaining_usd <= 0);
  const [least = null] = [...budgets].sort((one, other) => one.remaining_usd - other.remaining_usd);
  return spent ?? least;
}

const DAY_MS = 86_400_000;

function windowAt(now: Date, interval: string | null): { since: Date | null; until: Date | null } {
  const after = (since: Date, days: number) => ({ since, until: new Date(since.getTime() + days * DAY_MS) });
  if (interval === "daily") return after(startOfDay(now), 1);
  if (interval === "weekly") return after(startOfWeek(now), 7);
  if (interval !== "monthly") return { since: null, until: null };
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  return { since: startOfMonth(now), until: next };
}
