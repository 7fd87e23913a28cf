/** `/chat/completions` and `/generation`: a small part of what the API does, enough for examples/app. */
import { startApi } from "./support/api";

const messages = [{ role: "user", content: "Hello, please reply" }];
const DAY_MS = 86_400_000;

async function startWithKey(fields: object = {}) {
  const api = await startApi();
  const { key, secret } = api.simulator.dashboard.createKey({ name: "app", ...fields });
  const complete = async (body: object = {}, headers: Record<string, string> = {}) => {
    const sent = { model: "openai/gpt-4.1", messages, ...body };
    return api.ask("POST /chat/completions", { body: sent, key: secret, headers });
  };
  const guard = (settings: object) => {
    const { id } = api.simulator.dashboard.createGuardrail({ name: "guardrail", ...settings });
    api.simulator.dashboard.assign(id, { keys: [key.hash] });
  };
  const errorOf = async (body?: object) => {
    const { status, body: response } = await complete(body);
    return [status, response.error?.message];
  };
  return { ...api, key, secret, complete, guard, errorOf };
}

test("charges the key for a request, which is in its counters and in the activity", async () => {
  const { complete, simulator, key, dataOf, rowsOf } = await startWithKey();
  const { body } = await complete({ max_tokens: 10 });
  // 19 characters are 5 tokens, at $2 and $8 per million.
  const cost = (5 * 2 + 10 * 8) / 1e6;
  expect(body).toMatchObject({
    id: expect.stringMatching(/^gen-1773835200-\w{20}$/),
    model: "openai/gpt-4.1",
    choices: [
      { finish_reason: "length", message: { role: "assistant", content: expect.stringMatching(/^This reply/) } },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15, cost },
  });
  const counters = { usage_daily: cost, last_used_at: "2026-03-18T12:00:00Z" };
  expect(await dataOf(`GET /keys/${key.hash}`)).toMatchObject(counters);
  simulator.clock.advance(DAY_MS);
  expect(await rowsOf("GET /activity")).toMatchObject([
    { model: "openai/gpt-4.1", requests: 1, usage: cost, prompt_tokens: 5, completion_tokens: 10 },
  ]);
});

test.each([[undefined], [null], [500]])("finishes with stop when max_tokens is %p", async (max_tokens) => {
  const { complete } = await startWithKey();
  expect((await complete({ max_tokens })).body).toMatchObject({ choices: [{ finish_reason: "stop" }] });
});

test("shows a request with its cost, provider and attribution to its key and to a management key", async () => {
  const { complete, simulator, secret, ask } = await startWithKey();
  const headers = { "http-referer": "https://shop.example", "x-title": "Shop", "user-agent": "app/1" };
  const { id, usage } = (await complete({ max_tokens: 10, user: "ada" }, headers)).body as unknown as {
    id: string;
    usage: { cost: number };
  };
  const shown = await ask(`GET /generation?id=${id}`);
  expect(shown.body.data).toMatchObject({
    ...{ id, model: "openai/gpt-4.1-2025-04-14", provider_name: "OpenAI", finish_reason: "length" },
    ...{ total_cost: usage.cost, usage: usage.cost, tokens_prompt: 5, tokens_completion: 10 },
    ...{ latency: 500, generation_time: 200, streamed: false, cancelled: false, is_byok: false },
    ...{ external_user: "ada", http_referer: "https://shop.example", user_agent: "app/1" },
    created_at: "2026-03-18T12:00:00Z",
  });
  expect(simulator.account.generations).toMatchObject([{ app_title: "Shop" }]);
  expect((await ask(`GET /generation?id=${id}`, { key: secret })).body).toEqual(shown.body);
});

test("hides a request from other keys, other accounts and keys of other workspaces, and an unknown one", async () => {
  const { complete, simulator, ask } = await startWithKey();
  const { id } = (await complete()).body as unknown as { id: string };
  const { id: workspaceId } = simulator.dashboard.addWorkspace({ name: "Lab", slug: "lab" });
  const strangers = [
    simulator.dashboard.createKey({ name: "other" }).secret,
    simulator.addAccount().managementKey,
    simulator.dashboard.addManagementKey({ workspaceId }),
  ];
  for (const key of strangers) expect((await ask(`GET /generation?id=${id}`, { key })).status).toBe(404);
  expect((await ask("GET /generation?id=gen-1-unknown")).status).toBe(404);
  expect((await ask("GET /generation")).status).toBe(400);
});

test("shows a request only after the delay of the switch", async () => {
  const { complete, simulator, ask } = await startWithKey();
  simulator.switches.visibleAfterMs = 1000;
  const { id } = (await complete()).body as unknown as { id: string };
  expect((await ask(`GET /generation?id=${id}`)).status).toBe(404);
  simulator.clock.advance(1000);
  expect((await ask(`GET /generation?id=${id}`)).status).toBe(200);
});

const EXCLUDED = expect.stringMatching(/^No endpoints available matching your guardrail restrictions and data policy/);

test.each([
  ["a model outside the allowlist", { allowed_models: ["openai/gpt-4o-mini"] }, {}, EXCLUDED],
  ["an ignored model", { ignored_models: ["openai/gpt-4.1"] }, {}, EXCLUDED],
  [
    "a variant when only its model is allowed",
    { allowed_models: ["openai/gpt-4.1"] },
    { model: "openai/gpt-4.1:floor" },
    EXCLUDED,
  ],
  ["a model without an allowed provider", { allowed_providers: ["anthropic"] }, {}, EXCLUDED],
  ["a model whose providers are ignored", { ignored_providers: ["openai", "azure"] }, {}, EXCLUDED],
  [
    "a model without a free variant",
    {},
    { model: "openai/gpt-4.1:free" },
    "No endpoints found for openai/gpt-4.1:free.",
  ],
])("rejects %s with 404", async (_, settings, body, message) => {
  const { guard, errorOf, simulator } = await startWithKey();
  guard(settings);
  expect(await errorOf(body)).toEqual([404, message]);
  expect(simulator.account.uses).toEqual([]);
});

test("accepts what the guardrail leaves: an allowed variant, by its canonical name too, and the next provider", async () => {
  const { guard, complete } = await startWithKey();
  guard({ allowed_models: ["openai/gpt-4.1:floor", "qwen/qwen3-coder:free"], ignored_providers: ["openai"] });
  expect((await complete({ model: "openai/gpt-4.1-2025-04-14:floor" })).body).toMatchObject({ provider: "Azure" });
  expect((await complete({ model: "qwen/qwen3-coder:free" })).body).toMatchObject({ usage: { cost: 0 } });
});

test("rejects a request of a key whose limit or another budget is spent, with 403", async () => {
  const { errorOf, guard, simulator, key } = await startWithKey({ limit: 5, limit_reset: "monthly" });
  expect((await errorOf())[0]).toBe(200);
  simulator.dashboard.useKey(key.hash, 5);
  const limit = "Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys";
  expect(await errorOf()).toEqual([403, limit]);
  simulator.dashboard.updateKey(key.hash, { limit: null });
  expect((await errorOf())[0]).toBe(200);
  guard({ limit_usd: 1, reset_interval: "daily" });
  expect(await errorOf()).toEqual([403, "Budget exceeded (api_key)"]);
});

test("rejects a request that costs something when the account's credits are spent, with 402", async () => {
  const { errorOf, simulator, key } = await startWithKey();
  simulator.dashboard.useKey(key.hash, 100);
  expect(await errorOf()).toEqual([402, "Insufficient credits. Add more using https://openrouter.ai/credits"]);
  expect((await errorOf({ model: "qwen/qwen3-coder:free" }))[0]).toBe(200);
});

test("rejects a disabled key with 401, and a management key with 403", async () => {
  const { errorOf, simulator, key, ask } = await startWithKey();
  simulator.dashboard.updateKey(key.hash, { disabled: true });
  expect((await errorOf())[0]).toBe(401);
  expect((await ask("POST /chat/completions", { body: { model: "openai/gpt-4.1", messages } })).status).toBe(403);
});

test.each([
  [{ model: "openai/gpt-99" }, "openai/gpt-99 is not a valid model ID"],
  [{ messages: [] }, expect.stringMatching(/^messages: /)],
  [{ max_tokens: 0 }, expect.stringMatching(/^max_tokens: /)],
  [{ stream: true }, "stream: the simulator does not stream"],
])("rejects %j with 400", async (body, message) => {
  const { errorOf } = await startWithKey();
  expect(await errorOf(body)).toEqual([400, message]);
});
