/** `/guardrails`: the API's rules in the simulator. */
import { startApi } from "./support/api";

test("stores models as canonical slugs with their variant, in order and without duplicates", async () => {
  const { dataOf } = await startApi();
  const allowed_models = [
    "openai/gpt-4.1",
    "deepseek/deepseek-r1:free",
    "openai/gpt-4.1-2025-04-14",
    "openai/gpt-4.1:nitro",
    "openai/gpt-4.5-preview",
  ];
  expect((await dataOf("POST /guardrails", { name: "g", allowed_models })).allowed_models).toEqual([
    "openai/gpt-4.1-2025-04-14",
    "deepseek/deepseek-r1:free",
    "openai/gpt-4.1-2025-04-14:nitro",
    "openai/gpt-4.5-preview",
  ]);
});

test("rejects an unknown model, and names it unless unknownModelMessage is plain", async () => {
  const { errorOf, simulator } = await startApi();
  const sent = { name: "g", allowed_models: ["openai/gpt-4.1", "acme/nothing"] };
  expect(await errorOf("POST /guardrails", sent)).toEqual([400, "Invalid allowed_models: acme/nothing"]);
  simulator.switches.unknownModelMessage = "plain";
  expect(await errorOf("POST /guardrails", sent)).toEqual([400, "Invalid allowed_models"]);
});

test("copies enforce_zdr to the vendors that the request omits", async () => {
  const { dataOf } = await startApi();
  const sent = { name: "g", enforce_zdr: true, enforce_zdr_openai: false };
  expect(await dataOf("POST /guardrails", sent)).toMatchObject({
    enforce_zdr: null,
    enforce_zdr_anthropic: true,
    enforce_zdr_openai: false,
    enforce_zdr_google: true,
    enforce_zdr_xai: true,
    enforce_zdr_other: true,
  });
});

test("replaces the labels of built-in filters with its own", async () => {
  const { dataOf } = await startApi();
  const content_filter_builtins = [
    { slug: "email", action: "redact", label: "mine" },
    { slug: "regex-prompt-injection", action: "flag", scan_scope: "user_only" },
  ];
  const guardrail = await dataOf("POST /guardrails", { name: "g", content_filter_builtins });
  expect(guardrail.content_filter_builtins).toEqual([
    { slug: "email", action: "redact", label: "[EMAIL]" },
    { slug: "regex-prompt-injection", action: "flag", label: "[PROMPT_INJECTION]", scan_scope: "user_only" },
  ]);
});

test.each([
  [{ limit_usd: 5 }, "limit_usd and reset_interval must be provided together"],
  [{ limit_usd: null }, "limit_usd and reset_interval must be provided together"],
  [{ reset_interval: "daily" }, "limit_usd and reset_interval must be provided together"],
  [{ limit_usd: 5, reset_interval: null }, "limit_usd and reset_interval must be provided together"],
  [{ limit_usd: -5, reset_interval: "daily" }, "limit_usd: Too small: expected number to be >=0"],
  [{ allowed_models: [] }, "allowed_models: Too small: expected array to have >=1 items"],
  [{ ignored_providers: [] }, "ignored_providers: Too small: expected array to have >=1 items"],
  [{ allowed_data_regions: [] }, "allowed_data_regions: Too small: expected array to have >=1 items"],
  [{ include_byok_in_budgets: null }, "include_byok_in_budgets: Invalid input: expected boolean, received null"],
  [{ content_filters: [{ pattern: "(?=x)", action: "block" }] }, "invalid_regex_pattern"],
  [{ content_filters: [{ pattern: "(a)\\1", action: "block" }] }, "invalid_regex_pattern"],
  [{ content_filters: [{ pattern: "(a+)+", action: "block" }] }, "invalid_regex_pattern"],
  [{ content_filters: [{ pattern: "(", action: "block" }] }, "invalid_regex_pattern"],
  [{ content_filters: [{ pattern: "(?<!x)y", action: "block" }] }, "invalid_regex_pattern"],
  [{ content_filters: [{ pattern: "(?<n>a)\\k<n>", action: "block" }] }, "invalid_regex_pattern"],
  [
    { content_filter_builtins: [{ slug: "email", action: "block", scan_scope: "user_only" }] },
    "content_filter_builtins: 0: scan_scope: only for regex-prompt-injection",
  ],
  [{ allowed_data_regions: ["eu"] }, 'allowed_data_regions: 0: Invalid option: expected one of "global"|"europe"|"us"'],
  [{ description: "x".repeat(1001) }, "description: Too big: expected string to have <=1000 characters"],
])("rejects %j on create and on update", async (fields, message) => {
  const { errorOf, newGuardrail, simulator } = await startApi();
  expect(await errorOf("POST /guardrails", { name: "g", ...fields })).toEqual([400, message]);
  const id = await newGuardrail();
  expect(await errorOf(`PATCH /guardrails/${id}`, fields)).toEqual([400, message]);
  expect(simulator.account.guardrails).toMatchObject([{ updated_at: null }]);
});

test("accepts a pattern of 100,000 characters and rejects a longer one", async () => {
  const { ask, errorOf } = await startApi();
  const sent = (length: number) => ({
    name: "g",
    content_filters: [{ pattern: "x".repeat(length), action: "block" }],
  });
  expect((await ask("POST /guardrails", { body: sent(100_000) })).status).toBe(201);
  expect(await errorOf("POST /guardrails", sent(100_001))).toEqual([400, "invalid_regex_pattern"]);
});

test("stores and clears safety retention for google and for others separately", async () => {
  const { newGuardrail, dataOf, simulator } = await startApi();
  const sent = { allow_safety_retention_google: false, allow_safety_retention_other: true };
  const id = await newGuardrail(sent);
  expect(await dataOf(`GET /guardrails/${id}`)).toMatchObject(sent);
  const cleared = { allow_safety_retention_google: null, allow_safety_retention_other: null };
  expect(await dataOf(`PATCH /guardrails/${id}`, cleared)).toMatchObject(cleared);
  simulator.switches.unsetBooleans = "false";
  expect(await dataOf(`GET /guardrails/${id}`)).toMatchObject({ allow_safety_retention_google: false });
});

test("a patch keeps what it leaves out, clears what is null and replaces whole lists", async () => {
  const { newGuardrail, dataOf } = await startApi();
  const id = await newGuardrail({ limit_usd: 5, reset_interval: "daily", allowed_providers: ["openai", "azure"] });
  const change = { limit_usd: null, reset_interval: null, allowed_providers: ["google"] };
  expect(await dataOf(`PATCH /guardrails/${id}`, change)).toMatchObject({ name: "production", ...change });
  expect(await dataOf(`PATCH /guardrails/${id}`, {})).toMatchObject(change);
});

test("accepts a duplicate name on create, depending on duplicateGuardrailNames, and rejects it on update", async () => {
  const { newGuardrail, errorOf, dataOf, simulator } = await startApi();
  await newGuardrail();
  const second = await newGuardrail();
  expect((await errorOf(`PATCH /guardrails/${second}`, { name: "production" }))[0]).toBe(409);
  await dataOf(`PATCH /guardrails/${second}`, { name: "other" });
  simulator.switches.duplicateGuardrailNames = "rejected";
  expect((await errorOf("POST /guardrails", { name: "other" }))[0]).toBe(409);
});

test("lists one workspace's guardrails in pages with a total", async () => {
  const { simulator, ask, errorOf } = await startApi();
  for (let n = 0; n < 3; n++) simulator.dashboard.createGuardrail({ name: `g${n}` });
  const { body } = await ask("GET /guardrails?limit=2&offset=1");
  expect(body).toMatchObject({ data: [{ name: "g1" }, { name: "g0" }], total_count: 3 });
  expect((await errorOf("GET /guardrails?limit=101"))[0]).toBe(400);
});

test("requires a workspace when there is no default workspace", async () => {
  const { simulator, errorOf } = await startApi();
  simulator.dashboard.deleteWorkspace(simulator.account.default_workspace_id as string);
  expect((await errorOf("POST /guardrails", { name: "g" }))[0]).toBe(400);
  expect((await errorOf("GET /guardrails"))[0]).toBe(400);
});

test("shows unset values as the switches say", async () => {
  const { newGuardrail, dataOf, simulator } = await startApi();
  const id = await newGuardrail({ content_filters: [], enforce_zdr: true });
  const read = () => dataOf(`GET /guardrails/${id}`);
  expect(await read()).toMatchObject({ content_filters: [], enable_paid_model_training: null, enforce_zdr: null });
  simulator.switches.unsetBooleans = "false";
  simulator.switches.enforceZdrReturned = "stored";
  expect(await read()).toMatchObject({ enable_paid_model_training: false, enforce_zdr: true });
  simulator.switches.nullGuardrailFields = "omitted";
  expect(await read()).not.toHaveProperty("description");
});

test("creates a default guardrail with its first PATCH, and doesn't return it before", async () => {
  const { simulator, errorOf, rowsOf, dataOf } = await startApi();
  const id = String(simulator.account.workspaces[0]?.default_guardrail_id);
  expect((await errorOf(`GET /guardrails/${id}`))[0]).toBe(404);
  expect(await rowsOf("GET /guardrails")).toEqual([]);
  const name = `Workspace ${simulator.account.default_workspace_id} Default`;
  expect(await dataOf(`PATCH /guardrails/${id}`, { enforce_zdr: true })).toMatchObject({ id, name });
  expect(await rowsOf("GET /guardrails")).toMatchObject([{ id }]);
});

test("doesn't create a default guardrail with a rejected PATCH", async () => {
  const { errorOf, simulator } = await startApi();
  expect(
    (
      await errorOf(`PATCH /guardrails/${String(simulator.account.workspaces[0]?.default_guardrail_id)}`, {
        name: "mine",
      })
    )[0],
  ).toBe(400);
  expect(simulator.account.guardrails).toEqual([]);
});

test("rejects assigning, unassigning and deleting a default guardrail", async () => {
  const { simulator, dataOf, newKey, errorOf } = await startApi();
  const id = String(simulator.account.workspaces[0]?.default_guardrail_id);
  await dataOf(`PATCH /guardrails/${id}`, {});
  const body = { key_hashes: [await newKey()] };
  const message =
    "Cannot assign keys to a default guardrail. Default guardrails apply to all unassigned keys automatically.";
  expect(await errorOf(`POST /guardrails/${id}/assignments/keys`, body)).toEqual([400, message]);
  expect(await errorOf(`POST /guardrails/${id}/assignments/keys/remove`, body)).toEqual([400, message]);
  expect((await errorOf(`DELETE /guardrails/${id}`))[0]).toBe(400);
});

test("resets a default guardrail that is deleted on the website", async () => {
  const { simulator, dataOf, errorOf } = await startApi();
  const id = String(simulator.account.workspaces[0]?.default_guardrail_id);
  await dataOf(`PATCH /guardrails/${id}`, { description: "mine" });
  simulator.dashboard.deleteGuardrail(id);
  expect((await errorOf(`GET /guardrails/${id}`))[0]).toBe(404);
  expect(await dataOf(`PATCH /guardrails/${id}`, {})).toMatchObject({ description: null });
});
