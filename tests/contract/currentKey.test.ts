/** `GET /key`: every budget that binds a key. */
import { startApi } from "./support/api";

interface CurrentKey {
  budgets: { scope: string; remaining_usd: number }[];
  effective_budget: { scope: string; remaining_usd: number } | null;
}

/** A key under a budget of each scope, in a workspace in which other keys have spent too. */
async function everyBudget() {
  const { simulator, ask } = await startApi();
  const { dashboard, account } = simulator;
  const workspace = account.workspaces[0] as (typeof account.workspaces)[number];
  const { key, secret } = dashboard.createKey({ name: "ci", limit: 60, limit_reset: "monthly" });
  const sibling = dashboard.createKey({ name: "sibling" }).key;
  const stranger = dashboard.createKey({ name: "stranger", creator_user_id: "user_stranger" }).key;
  const daily = (limit_usd: number) => ({ limit_usd, reset_interval: "daily" });
  const body = { ...daily(100), include_byok_in_budgets: true };
  await ask(`PATCH /guardrails/${workspace.default_guardrail_id}`, { body });
  const ofMember = dashboard.createGuardrail({ name: "member", ...daily(80) }).id;
  const ofKey = dashboard.createGuardrail({ name: "key", ...daily(70) }).id;
  dashboard.assign(ofMember, { members: [account.owner_user_id] });
  dashboard.assign(ofKey, { keys: [key.hash] });
  dashboard.setWorkspaceBudget(workspace.id, null, 500);
  dashboard.useKey(key.hash, 5, { byok_usage: 1 });
  dashboard.useKey(key.hash, 4, { at: new Date("2026-03-17T12:00:00Z") });
  dashboard.useKey(sibling.hash, 20);
  dashboard.useKey(stranger.hash, 100);
  const currentKey = async () => (await ask("GET /key", { key: secret })).body.data as CurrentKey;
  return { simulator, currentKey, key, ofMember, ofKey, workspace };
}

test("returns every budget in the order of checks, each with the spending that counts toward it", async () => {
  const { simulator, currentKey, ofMember, ofKey, workspace } = await everyBudget();
  const midnight = "2026-03-19T00:00:00Z";
  const common = { include_byok: false, budget_id: null, reset_interval: "daily", resets_at: midnight };
  const byDefault = { guardrail_id: workspace.default_guardrail_id, include_byok: true, limit_usd: 100 };
  expect((await currentKey()).budgets).toEqual([
    { ...common, ...byDefault, scope: "workspace_default_member", spend_usd: 26, remaining_usd: 74 },
    { ...common, ...byDefault, scope: "workspace_default_key", spend_usd: 6, remaining_usd: 94 },
    { ...common, guardrail_id: ofMember, scope: "member", limit_usd: 80, spend_usd: 25, remaining_usd: 55 },
    { ...common, guardrail_id: ofKey, scope: "api_key", limit_usd: 70, spend_usd: 5, remaining_usd: 65 },
    {
      ...{ ...common, guardrail_id: null, budget_id: simulator.account.workspaceBudgets[0]?.id },
      ...{ scope: "workspace", limit_usd: 500, spend_usd: 129, remaining_usd: 371 },
      ...{ reset_interval: null, resets_at: null },
    },
    {
      ...{ ...common, guardrail_id: null },
      ...{ scope: "key_limit", limit_usd: 60, spend_usd: 9, remaining_usd: 51 },
      ...{ reset_interval: "monthly", resets_at: "2026-04-01T00:00:00Z" },
    },
  ]);
});

test("returns as effective budget the first that is spent, or else the one with the least left", async () => {
  const { simulator, currentKey, key, workspace } = await everyBudget();
  const { dashboard } = simulator;
  const effective = async () => {
    const { scope, remaining_usd } = (await currentKey()).effective_budget ?? {};
    return { scope, remaining_usd };
  };
  expect(await effective()).toEqual({ scope: "key_limit", remaining_usd: 51 });
  dashboard.updateKey(key.hash, { limit: 1 });
  dashboard.setWorkspaceBudget(workspace.id, null, 129);
  expect(await effective()).toEqual({ scope: "workspace", remaining_usd: 0 });
  dashboard.setWorkspaceBudget(workspace.id, null, null);
  expect(await effective()).toEqual({ scope: "key_limit", remaining_usd: -8 });
});

test("returns no budgets for a key without any and for a management key", async () => {
  const { simulator, ask } = await startApi();
  const { key, secret } = simulator.dashboard.createKey({ name: "free" });
  const currentKey = async (bearer: string) => (await ask("GET /key", { key: bearer })).body.data;
  const nothing = { budgets: [], effective_budget: null, organization_id: simulator.account.organization_id };
  expect(await currentKey(secret)).toMatchObject({ ...nothing, workspace_id: key.workspace_id });
  expect(await currentKey(simulator.managementKey)).toMatchObject({ ...nothing, workspace_id: null });
  simulator.dashboard.deleteWorkspace(key.workspace_id);
  expect(await currentKey(secret)).toMatchObject({ workspace_id: null });
});
