/**
 * The vendor's Python client (`openrouter` 1.3.84, October 2026) drives each operation and parses each response. It runs
 * where `python3` can import it, and installs nothing.
 */
import { type Simulator, startSimulator, switchVariants } from "../../testing/simulator/index";
import { routes } from "../../testing/simulator/routes/index";
import { hasPythonClient, startPythonClient } from "./support/pythonClient";
import type { VendorClient } from "./support/vendorClient";

let simulator: Simulator;
let vendor: VendorClient;

beforeAll(async () => {
  if (!hasPythonClient()) return;
  simulator = await startSimulator();
  vendor = startPythonClient(simulator.url, simulator.managementKey);
});
afterAll(async () => {
  await vendor?.close();
  await simulator?.close();
});

const withClient = hasPythonClient() ? test : test.skip;

async function call(operation: string, request: object = {}): Promise<{ data: unknown }> {
  const response = await vendor.call(operation, request);
  simulator.clock.advance(simulator.switches.visibleAfterMs);
  return response as { data: unknown };
}

/** Every operation once, with every field that can be set; resolves if the client accepted every response. */
async function everyOperation(): Promise<void> {
  const { data: workspaces } = (await call("workspaces.list")) as { data: { id: string }[] };
  const workspace_id = workspaces[0]?.id;
  await call("workspaces.get", { id: "default" });
  const { data: members } = (await call("organization.list_members")) as { data: { id: string }[] };
  const member_user_ids = members.map((member) => member.id);
  const { hash, guardrail } = { hash: await keyOperations(), guardrail: await guardrailOperations(workspace_id) };
  await assignmentOperations(guardrail, hash, member_user_ids);
  await call("models.list", { output_modalities: "all", zdr: "true" });
  await call("models.list_for_user", { security: { bearer: simulator.managementKey } });
  await call("endpoints.list", { author: "deepseek", slug: "deepseek-r1:free" });
  await call("endpoints.list_zdr_endpoints");
  await call("credits.get_credits");
  await call("analytics.get_user_activity", { request: { group_by: "workspace" } });
  await call("analytics.query_analytics", { metrics: ["credits_usage"], dimensions: ["model"], granularity: "day" });
  await call("o_auth.create_oauth_token", {
    federation_policy_id: simulator.dashboard.addFederationPolicy({ subjectTokens: ["trusted"] }).id,
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: "trusted",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  });
  await call("guardrails.delete", { id: guardrail });
  await call("api_keys.delete", { hash });
}

async function keyOperations(): Promise<string> {
  const { data } = await call("api_keys.create", {
    name: "ci",
    limit: 5,
    limit_reset: "weekly",
    include_byok_in_limit: true,
    expires_at: "2030-01-02T03:04:05Z",
    creator_user_id: simulator.account.owner_user_id,
    workspace_id: simulator.account.default_workspace_id,
    external: { user: "customer", api_key: "x".repeat(40) },
  });
  const { hash } = data as { hash: string };
  simulator.dashboard.useKey(hash, 1.5, { byok_usage: 0.5, at: new Date(simulator.clock.now().getTime() - 864e5) });
  await call("api_keys.get", { hash });
  const target = simulator.dashboard.addWorkspace({ name: "Target", slug: `target-${hash}` }).id;
  for (const workspace_id of [target, simulator.account.default_workspace_id]) {
    await call("api_keys.update", { hash, name: "ci 2", limit: null, limit_reset: null, disabled: true, workspace_id });
  }
  const query = { include_disabled: "true", offset: 0 };
  await call("api_keys.list", query);
  if (simulator.switches.includeExpired === "applied")
    await call("api_keys.list", { ...query, include_expired: "true" });
  await call("api_keys.get_current_key_metadata");
  return hash;
}

async function guardrailOperations(workspace_id: string | undefined): Promise<string> {
  const { data } = await call("guardrails.create", {
    name: `production ${simulator.account.guardrails.length}`,
    description: "for production",
    limit_usd: 50,
    reset_interval: "monthly",
    allowed_models: ["openai/gpt-4.1", "deepseek/deepseek-r1:free"],
    ignored_models: ["x-ai/grok-4"],
    allowed_providers: ["openai"],
    ignored_providers: ["azure"],
    allowed_data_regions: ["europe"],
    content_filter_builtins: [
      { slug: "email", action: "redact" },
      { slug: "regex-prompt-injection", action: "flag", scan_scope: "user_only" },
    ],
    content_filters: [{ pattern: "secret-\\d+", action: "block", label: "[PROJECT]" }],
    enforce_zdr_openai: true,
    allow_safety_retention_google: false,
    allow_safety_retention_other: true,
    enable_free_model_publication: false,
    include_byok_in_budgets: true,
    workspace_id,
  });
  const { id } = data as { id: string };
  await call("guardrails.get", { id });
  await call("guardrails.update", {
    id,
    description: null,
    limit_usd: null,
    reset_interval: null,
    content_filters: [],
  });
  await call("guardrails.list", { limit: 10 });
  return id;
}

async function assignmentOperations(id: string, hash: string, member_user_ids: string[]): Promise<void> {
  const key_hashes = [hash];
  for (let times = 0; times < 3; times++) await call("guardrails.bulk_assign_keys", { id, key_hashes });
  await call("guardrails.bulk_assign_members", { id, member_user_ids });
  await call("guardrails.list_guardrail_key_assignments", { id });
  await call("guardrails.list_guardrail_member_assignments", { id });
  await call("guardrails.list_key_assignments");
  await call("guardrails.list_member_assignments");
  await call("guardrails.bulk_unassign_keys", { id, key_hashes });
  await call("guardrails.bulk_unassign_members", { id, member_user_ids });
}

withClient("responds to every route as the vendor's Python client expects", async () => {
  simulator.clearRequests();
  await everyOperation();
  expect(simulator.requests.filter(({ status }) => status === undefined || status >= 300)).toEqual([]);
  const wasRequested = (method: string, path: string) =>
    simulator.requests.some(
      (request) => request.method === method && new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`).test(request.path),
    );
  expect(routes.filter(({ method, path }) => !wasRequested(method, path))).toEqual([]);
});

withClient.each(switchVariants().map((setting) => [JSON.stringify(setting).slice(1, -1), setting] as const))(
  "responds as the vendor's Python client expects with %s",
  async (_name, setting) => {
    const before = { ...simulator.switches };
    Object.assign(simulator.switches, setting);
    await everyOperation().finally(() => Object.assign(simulator.switches, before));
  },
);

withClient("fails the vendor's Python client with a response of a different schema", async () => {
  simulator.faults.add({
    effect: "shape",
    body: ({ data }: { data: object }) => ({ data: { ...data, last_used_at: undefined }, key: "" }),
    method: "POST",
  });
  await expect(call("api_keys.create", { name: "ci" })).rejects.toMatchObject({ name: "ResponseValidationError" });
});

const NO_UUID = "00000000-0000-4000-8000-000000000000";

withClient.each([
  ["api_keys.create", { name: "" }, 400, "BadRequestResponseError"],
  ["api_keys.get", { hash: "0".repeat(64) }, 404, "NotFoundResponseError"],
  ["guardrails.get", { id: NO_UUID }, 404, "NotFoundResponseError"],
  ["guardrails.create", { name: "g", limit_usd: 5 }, 400, "BadRequestResponseError"],
  ["workspaces.get", { id: "nowhere" }, 404, "NotFoundResponseError"],
] as const)(
  "rejects %s %j with an error that the vendor's Python client knows",
  async (operation, request, status, name) => {
    await expect(call(operation, request)).rejects.toMatchObject({ status, name });
  },
);

withClient("rejects a token exchange and a move with errors that the vendor's Python client knows", async () => {
  const exchange = call("o_auth.create_oauth_token", {
    federation_policy_id: "unknown",
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: "x",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  });
  await expect(exchange).rejects.toMatchObject({ status: 400, name: "OAuthErrorResponse" });
  const { key } = simulator.dashboard.createKey({ name: "moving" });
  const { id } = simulator.dashboard.createGuardrail({ name: "of home" });
  simulator.dashboard.assign(id, { keys: [key.hash] });
  const target = simulator.dashboard.addWorkspace({ name: "Refused", slug: "refused" });
  simulator.switches.movedKeyAssignment = "rejected";
  const move = call("api_keys.update", { hash: key.hash, workspace_id: target.id });
  await expect(move).rejects.toMatchObject({ status: 409, name: "ConflictResponseError" });
});
