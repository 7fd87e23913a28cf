/** `GET /key`: what a key is, and every budget that binds it. */
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./rawClient";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z") });
});
afterEach(() => simulator.close());

interface Budget {
  scope: string;
  remaining_usd: number;
}
interface CurrentKey {
  budgets: Budget[];
  effective_budget: Budget | null;
}

const currentKey = async (key: string) => (await rawClient(simulator).ask("GET /key", { key })).body.data as CurrentKey;

/** A key under a budget of each scope, in a workspace of another key that has spent as well. */
async function everyBudget() {
  const { dashboard, account } = simulator;
  const workspace = account.workspaces[0] as (typeof account.workspaces)[number];
  const { key, secret } = dashboard.createKey({ name: "ci", limit: 60, limit_reset: "monthly" });
  const sibling = dashboard.createKey({ name: "sibling" }).key;
  const strangers = dashboard.createKey({ name: "stranger's", creator_user_id: "user_stranger" }).key;
  const budget = (limit_usd: number) => ({ limit_usd, reset_interval: "daily" });
  const path = `PATCH /guardrails/${workspace.default_guardrail_id}`;
  await rawClient(simulator).ask(path, { body: { ...budget(100), include_byok_in_budgets: true } });
  const ofMember = dashboard.createGuardrail({ name: "member", ...budget(80) }).id;
  const ofKey = dashboard.createGuardrail({ name: "key", ...budget(70) }).id;
  dashboard.assign(ofMember, { members: [account.owner_user_id] });
  dashboard.assign(ofKey, { keys: [key.hash] });
  dashboard.setWorkspaceBudget(workspace.id, null, 500);
  dashboard.useKey(key.hash, 5, { byok_usage: 1 });
  dashboard.useKey(key.hash, 4, { at: new Date("2026-03-17T12:00:00Z") });
  dashboard.useKey(sibling.hash, 20);
  dashboard.useKey(strangers.hash, 100);
  return { secret, key, ofMember, ofKey, workspace };
}

test("every budget is shown, in the order in which they are checked, with whose spending counts", async () => {
  const { secret, ofMember, ofKey, workspace } = await everyBudget();
  const midnight = "2026-03-19T00:00:00Z";
  const common = { include_byok: false, budget_id: null, reset_interval: "daily", resets_at: midnight };
  const byDefault = { guardrail_id: workspace.default_guardrail_id, include_byok: true, limit_usd: 100 };
  expect((await currentKey(secret)).budgets).toEqual([
    { ...common, ...byDefault, scope: "workspace_default_member", spend_usd: 26, remaining_usd: 74 },
    { ...common, ...byDefault, scope: "workspace_default_key", spend_usd: 6, remaining_usd: 94 },
    { ...common, guardrail_id: ofMember, scope: "member", limit_usd: 80, spend_usd: 25, remaining_usd: 55 },
    { ...common, guardrail_id: ofKey, scope: "api_key", limit_usd: 70, spend_usd: 5, remaining_usd: 65 },
    {
      ...common,
      guardrail_id: null,
      budget_id: workspace.budgets[0]?.id,
      scope: "workspace",
      limit_usd: 500,
      reset_interval: null,
      resets_at: null,
      spend_usd: 129,
      remaining_usd: 371,
    },
    {
      ...common,
      guardrail_id: null,
      scope: "key_limit",
      limit_usd: 60,
      reset_interval: "monthly",
      resets_at: "2026-04-01T00:00:00Z",
      spend_usd: 9,
      remaining_usd: 51,
    },
  ]);
});

test("the effective budget is the first that is spent, or else the one with the least left", async () => {
  const { secret, key, workspace } = await everyBudget();
  expect((await currentKey(secret)).effective_budget).toMatchObject({ scope: "key_limit", remaining_usd: 51 });
  simulator.dashboard.updateKey(key.hash, { limit: 1 });
  simulator.dashboard.setWorkspaceBudget(workspace.id, null, 129);
  expect((await currentKey(secret)).effective_budget).toMatchObject({ scope: "workspace", remaining_usd: 0 });
  simulator.dashboard.setWorkspaceBudget(workspace.id, null, null);
  expect((await currentKey(secret)).effective_budget).toMatchObject({ scope: "key_limit", remaining_usd: -8 });
});

test("nothing is budgeted of a key without budgets, nor of a management key", async () => {
  const { secret, key } = simulator.dashboard.createKey({ name: "free" });
  const nothing = { budgets: [], effective_budget: null, organization_id: simulator.account.organization_id };
  expect(await currentKey(secret)).toMatchObject({ ...nothing, workspace_id: key.workspace_id });
  expect(await currentKey(simulator.managementKey)).toMatchObject({ ...nothing, workspace_id: null });
  simulator.dashboard.deleteWorkspace(key.workspace_id);
  expect(await currentKey(secret)).toMatchObject({ workspace_id: null });
});
