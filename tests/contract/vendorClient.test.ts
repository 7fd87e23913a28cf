/**
 * The vendor's own client calls each operation of the simulator, and its schemas, newer than any published description, parse each
 * response. So the simulator can't drift from the API unnoticed.
 */
import { type Simulator, startSimulator, switchVariants } from "../../testing/simulator/index";
import { routes } from "../../testing/simulator/routes/index";
import { startVendorClient, type VendorClient } from "./support/vendorClient";

let simulator: Simulator;
let vendor: VendorClient;

beforeAll(async () => {
  simulator = await startSimulator();
  vendor = startVendorClient(simulator.url, simulator.managementKey);
});

afterAll(async () => {
  await vendor.close();
  await simulator.close();
});

/** Every operation once, with every field that can be set; resolves if the client accepted every response. */
async function everyOperation(client: VendorClient): Promise<void> {
  const call: VendorClient["call"] = async (...args) => {
    const response = await client.call(...args);
    simulator.clock.advance(simulator.switches.visibleAfterMs);
    return response;
  };
  const { data: workspaces } = (await call("workspaces.list", {})) as { data: { id: string; slug: string }[] };
  const workspaceId = workspaces[0]?.id as string;
  await call("workspaces.get", { id: "default" });
  await call("workspaces.listMembers", { id: "default" });
  const { data: members } = (await call("organization.listMembers", {})) as { data: { id: string }[] };
  const userIds = members.map((member) => member.id);

  const { data: key, key: secret } = (await call("apiKeys.create", {
    requestBody: {
      name: "ci",
      limit: 5,
      limitReset: "weekly",
      includeByokInLimit: true,
      expiresAt: new Date("2030-01-02T03:04:05.678Z"),
      creatorUserId: userIds[0],
      workspaceId,
      external: { user: "customer", apiKey: "x".repeat(40) },
    },
  })) as { data: { hash: string }; key: string };
  simulator.dashboard.useKey(key.hash, 1.5, { byok_usage: 0.5, at: new Date(simulator.clock.now().getTime() - 864e5) });
  const messages = [{ role: "user", content: "Hello" }];
  const chatRequest = { model: "openai/gpt-4.1", messages, maxTokens: 5, user: "ada" };
  const sent = await call("chat.send", { chatRequest, httpReferer: "https://shop.example" }, secret);
  await call("generations.getGeneration", { id: (sent as { id: string }).id });
  await call("apiKeys.get", { hash: key.hash });
  await call("apiKeys.update", {
    hash: key.hash,
    requestBody: { name: "ci 2", limit: null, limitReset: null, includeByokInLimit: false, disabled: true },
  });
  await call("apiKeys.list", { includeDisabled: true, offset: 0, workspaceId });
  await call("apiKeys.getCurrentKeyMetadata");

  const { data: guardrail } = (await call("guardrails.create", {
    createGuardrailRequest: {
      name: `production ${key.hash}`,
      description: "for production",
      limitUsd: 50,
      resetInterval: "monthly",
      allowedModels: ["openai/gpt-4.1", "deepseek/deepseek-r1:free"],
      ignoredModels: ["x-ai/grok-4"],
      allowedProviders: ["openai"],
      ignoredProviders: ["azure"],
      allowedDataRegions: ["europe"],
      contentFilterBuiltins: [
        { slug: "email", action: "redact" },
        { slug: "regex-prompt-injection", action: "flag" },
        { slug: "secrets", action: "block" },
      ],
      contentFilters: [{ pattern: "secret-\\d+", action: "block", label: "[PROJECT]" }],
      enforceZdr: false,
      enforceZdrOpenai: true,
      enableFreeModelPublication: false,
      includeByokInBudgets: true,
      workspaceId,
    },
  })) as { data: { id: string } };
  const { id } = guardrail;
  await call("guardrails.get", { id });
  await call("guardrails.update", {
    id,
    updateGuardrailRequest: { description: null, limitUsd: null, resetInterval: null, contentFilters: [] },
  });
  await call("guardrails.list", { limit: 10 });

  const keyHashes = { id, bulkAssignKeysRequest: { keyHashes: [key.hash] } };
  for (let times = 0; times < 3; times++) await call("guardrails.bulkAssignKeys", keyHashes);
  await call("guardrails.bulkAssignMembers", { id, bulkAssignMembersRequest: { memberUserIds: userIds } });
  await call("guardrails.listGuardrailKeyAssignments", { id });
  await call("guardrails.listGuardrailMemberAssignments", { id });
  await call("guardrails.listKeyAssignments", {});
  await call("guardrails.listMemberAssignments", {});
  await call("guardrails.bulkUnassignKeys", { id, bulkUnassignKeysRequest: { keyHashes: [key.hash] } });
  await call("guardrails.bulkUnassignMembers", { id, bulkUnassignMembersRequest: { memberUserIds: userIds } });

  await call("models.list", { outputModalities: "all", zdr: "true", sort: "throughput-high-to-low" });
  await call("models.listForUser", { bearer: simulator.managementKey });
  await call("models.list", { providers: "OpenAI" });
  await call("endpoints.list", { author: "deepseek", slug: "deepseek-r1:free" });
  await call("endpoints.listZdrEndpoints");
  await call("providers.list");
  const { slug } = simulator.dashboard.addPreset({ name: "Support", slug: "support", config: { temperature: 0.3 } });
  await call("presets.list", {});
  await call("presets.get", { slug });
  await call("credits.getCredits");
  await call("analytics.getUserActivity", { groupBy: "workspace" });
  await call("analytics.queryAnalytics", {
    requestBody: {
      metrics: ["credits_usage", "request_count"],
      dimensions: ["model", "api_key_id"],
      granularity: "day",
      timeRange: { start: new Date("2026-01-01T00:00:00Z"), end: new Date("2026-02-01T00:00:00Z") },
      filters: [{ field: "api_key_id", operator: "eq", value: key.hash }],
      orderBy: { field: "credits_usage", direction: "desc" },
      limit: 100,
    },
  });
  await call("oAuth.createOauthToken", {
    tokenExchangeRequest: {
      grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
      subjectToken: "trusted",
      subjectTokenType: "urn:ietf:params:oauth:token-type:jwt",
      federationPolicyId: simulator.dashboard.addFederationPolicy({ subjectTokens: ["trusted"] }).id,
    },
  });
  await call("guardrails.delete", { id });
  await call("apiKeys.delete", { hash: key.hash });
}

test("responds to every operation as the vendor's client expects", async () => {
  simulator.clearRequests();
  await everyOperation(vendor);

  expect(simulator.requests.filter(({ status }) => status === undefined || status >= 300)).toEqual([]);
  const wasRequested = (method: string, path: string) =>
    simulator.requests.some(
      (request) => request.method === method && new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`).test(request.path),
    );
  expect(routes.filter(({ method, path }) => !wasRequested(method, path))).toEqual([]);
});

test.each(switchVariants().map((setting) => [JSON.stringify(setting).slice(1, -1), setting]))(
  "responds as the vendor's client expects with %s",
  async (_name, setting) => {
    const before = { ...simulator.switches };
    Object.assign(simulator.switches, setting);
    try {
      await everyOperation(vendor);
    } finally {
      Object.assign(simulator.switches, before);
    }
  },
);

test("fails the vendor's client with a response of a different schema", async () => {
  simulator.faults.add({
    path: "/keys",
    effect: "shape",
    body: ({ data }: { data: { external_user?: unknown } }) => ({
      data: { ...data, external_user: undefined },
      key: "",
    }),
    method: "POST",
  });
  const creation = vendor.call("apiKeys.create", { requestBody: { name: "ci" } });
  await expect(creation).rejects.toMatchObject({ name: "ResponseValidationError" });
});

test.each([
  ["apiKeys.create", { requestBody: { name: "" } }, 400, "BadRequestResponseError"],
  ["apiKeys.get", { hash: "0".repeat(64) }, 404, "NotFoundResponseError"],
  ["guardrails.get", { id: "00000000-0000-4000-8000-000000000000" }, 404, "NotFoundResponseError"],
  ["guardrails.create", { createGuardrailRequest: { name: "g", limitUsd: 5 } }, 400, "BadRequestResponseError"],
  ["workspaces.get", { id: "nowhere" }, 404, "NotFoundResponseError"],
] as const)("rejects %s %j with an error that the vendor's client knows", async (operation, request, status, name) => {
  await expect(vendor.call(operation, request)).rejects.toMatchObject({ status, name });
});

test("rejects each wrong kind of key with an error that the vendor's client knows", async () => {
  const { secret } = simulator.dashboard.createKey({ name: "inference" });
  for (const [key, name] of [
    [secret, "ForbiddenResponseError"],
    [`sk-or-v1-${"0".repeat(64)}`, "UnauthorizedResponseError"],
  ] as const) {
    const stranger = startVendorClient(simulator.url, key);
    await expect(stranger.call("credits.getCredits")).rejects.toMatchObject({ name });
    await stranger.close();
  }
});
