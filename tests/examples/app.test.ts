/** examples/app against the simulator: its limits, its fallback, and what it notes. */
import { type App, ask, type Cost } from "../../examples/app/ask";
import { DailyLimit } from "../../examples/app/dailyLimit";
import { type CatalogModel, openRouter } from "../../examples/app/openrouter";
import { estimate } from "../../examples/app/prices";
import { readSettings } from "../../examples/app/settings";
import { eachTestOnASimulator } from "../cli/support/account";

const simulator = eachTestOnASimulator();
const MESSAGES = [{ role: "user" as const, content: "Which of our products suits a beginner, and why?" }];
const [MINI, NANO] = ["openai/gpt-4o-mini", "openai/gpt-4.1-mini:floor"];
/** Of a request with these messages and 500 tokens, for MINI: 16 tokens at $0.15 and 500 at $0.60 per million. */
const ESTIMATE = (16 * 0.15 + 500 * 0.6) / 1e6;

interface Given {
  allowedModels?: string[];
  models?: string[];
  perRequestUsd?: number;
  perDayUsd?: number;
  perUserAndDayUsd?: number;
}

/** The application with a key under a guardrail. */
async function start(given: Given = {}) {
  const { models = [MINI, NANO], perRequestUsd = 0.01, perDayUsd = 1, perUserAndDayUsd = 1 } = given;
  const { dashboard, url } = simulator();
  const { key, secret } = dashboard.createKey({ name: "app", limit: 50 });
  const { id } = dashboard.createGuardrail({ name: "app", allowed_models: given.allowedModels ?? models });
  dashboard.assign(id, { keys: [key.hash] });
  const app = { title: "Shop", url: "https://shop.example" };
  const api = openRouter({ apiKey: secret, baseUrl: url, models }, app);
  const noted: Cost[] = [];
  const whole: App = {
    ...{ api, models, catalog: await api.catalog(), limits: { perRequestUsd, maxTokens: 500 } },
    daily: new DailyLimit({ perDayUsd, perUserAndDayUsd }, () => simulator().clock.now()),
    note: (cost) => noted.push(cost),
    waitsMs: [0, 0, 0],
  };
  simulator().clearRequests();
  return { app: whole, api, key, noted, askAs: (user: string, model?: string) => ask(whole, user, MESSAGES, model) };
}

/** The models of the requests that were sent. */
const modelsSent = () =>
  simulator().requests.flatMap(({ path, body }) =>
    path === "/chat/completions" ? [(body as { model: string }).model] : [],
  );

test("sends max_tokens, attribution and the user, and notes the cost by the id of the generation", async () => {
  const { askAs, noted } = await start();
  const answer = await askAs("ada");
  expect(answer.text).toMatch(/^This reply comes from the simulator/);
  await answer.noted;
  const [generation] = simulator().account.generations;
  expect(simulator().requests[0]?.body).toMatchObject({ max_tokens: 500, user: "ada" });
  expect(generation).toMatchObject({
    ...{ http_referer: "https://shop.example", app_title: "Shop (ada)", external_user: "ada" },
  });
  const cost = { id: generation?.id, costUsd: generation?.cost };
  expect(noted).toEqual([{ ...cost, user: "ada", model: MINI, estimateUsd: expect.closeTo(ESTIMATE, 12) }]);
});

describe("before anything is sent, it refuses", () => {
  afterEach(() => expect(modelsSent()).toEqual([]));

  test("a request whose estimate is above the limit", async () => {
    const { askAs } = await start({ perRequestUsd: ESTIMATE * 0.99 });
    await expect(askAs("ada")).rejects.toThrow(/^the request may cost \$0\.0003, more than \$/);
  });

  test("a model whose price is not known", async () => {
    const { askAs } = await start();
    await expect(askAs("ada", "openai/gpt-99")).rejects.toThrow("openai/gpt-99 is not in the catalog");
  });

  test("a request above what is left for the day, including what the key spent before", async () => {
    const { app, api, key, askAs } = await start({ perDayUsd: 1 });
    simulator().dashboard.useKey(key.hash, 1 - ESTIMATE / 2);
    app.daily.start(await api.spentToday());
    await expect(askAs("ada")).rejects.toThrow("the daily limit of the application is spent");
  });

  test.each(["", "ada lovelace", "ada\r\nx-title: other", "ä"])("the user %j", async (user) => {
    const { askAs } = await start();
    await expect(askAs(user)).rejects.toThrow("user: must be 1 to 64 letters");
  });
});

describe("the limits of a day", () => {
  test("hold for parallel requests, each user separately, and end at midnight UTC", async () => {
    simulator().clock.set(new Date("2026-03-18T23:00:00Z"));
    const { askAs } = await start({ perUserAndDayUsd: ESTIMATE * 2.5 });
    const results = await Promise.allSettled(["ada", "ada", "ada", "grace"].map((user) => askAs(user)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(results[2]).toMatchObject({ reason: new Error("the daily limit of ada is spent") });
    simulator().clock.set(new Date("2026-03-19T00:00:00Z"));
    expect((await askAs("ada")).text).not.toBe("");
  });

  test("count the cost instead of the estimate once it is known", async () => {
    const { askAs } = await start({ perDayUsd: ESTIMATE * 1.2 });
    for (let times = 0; times < 2; times++) await askAs("ada");
    expect(modelsSent()).toEqual([MINI, MINI]);
  });

  test("count nothing for a rejected request, and the estimate for one that may have been charged", async () => {
    const { askAs } = await start({ perDayUsd: ESTIMATE * 1.5 });
    simulator().faults.add({ path: "/chat/completions", effect: "status", status: 402 });
    await expect(askAs("ada")).rejects.toThrow("OpenRouter: 402");
    simulator().faults.add({ path: "/chat/completions", effect: "drop", when: "after commit" });
    await expect(askAs("ada")).rejects.toThrow("fetch failed");
    await expect(askAs("ada")).rejects.toThrow("the daily limit of the application is spent");
  });
});

describe("when the guardrail excludes a model", () => {
  test("uses the first that it allows", async () => {
    const { askAs, noted } = await start({ models: ["openai/gpt-4o", MINI, NANO], allowedModels: [MINI, NANO] });
    await (await askAs("ada", "anthropic/claude-3.5-haiku")).noted;
    expect(modelsSent()).toEqual(["anthropic/claude-3.5-haiku", "openai/gpt-4o", MINI]);
    expect(noted).toMatchObject([{ model: MINI }]);
  });

  test("uses the next also after a 403 that says so", async () => {
    const { askAs } = await start();
    const message = "This model is not allowed by your guardrail";
    simulator().faults.add({ path: "/chat/completions", effect: "status", status: 403, message });
    await askAs("ada");
    expect(modelsSent()).toEqual([MINI, NANO]);
  });

  test("fails when it allows none", async () => {
    const { askAs } = await start({ allowedModels: ["x-ai/grok-4"] });
    await expect(askAs("ada")).rejects.toThrow("OpenRouter: 404: No endpoints available matching your guardrail");
    expect(modelsSent()).toEqual([MINI, NANO]);
  });

  test("does not try another model when a budget is spent", async () => {
    const { askAs, key } = await start();
    simulator().dashboard.updateKey(key.hash, { limit: 0 });
    await expect(askAs("ada")).rejects.toThrow("OpenRouter: 403: Key limit exceeded");
    expect(modelsSent()).toEqual([MINI]);
  });
});

test("asks again for a generation that is not visible yet, and notes the stated cost if it never is", async () => {
  const { askAs, noted } = await start();
  simulator().faults.add({ path: "/generation", effect: "status", status: 404 });
  await (await askAs("ada")).noted;
  simulator().faults.add({ path: "/generation", effect: "status", status: 403, times: 3 });
  await (await askAs("ada")).noted;
  const cost = simulator().account.generations[0]?.cost;
  expect(noted.map(({ costUsd }) => costUsd)).toEqual([cost, cost]);
  expect(simulator().requests.filter(({ path }) => path === "/generation")).toHaveLength(2 + 3);
});

describe("an estimate", () => {
  const catalog: CatalogModel[] = [
    { id: "a/model", pricing: { prompt: "0.000001", completion: "0.000002" } },
    { id: "a/model:free", pricing: { prompt: "0", completion: "0" } },
    { id: "a/searcher", pricing: { prompt: "0", completion: "0", request: "0.005" } },
    { id: "a/router", pricing: { prompt: "-1", completion: "-1" } },
  ];
  const request = { messages: [{ role: "user" as const, content: "x".repeat(30) }], max_tokens: 100, user: "ada" };

  test.each([
    ["a/model", 0.00021],
    ["a/model:floor", 0.00021],
    ["a/model:free", 0],
    ["a/searcher", 0.005],
  ])("of %s is $%d", (model, usd) => {
    expect(estimate(catalog, { ...request, model })).toBeCloseTo(usd, 12);
  });

  test.each([
    ["a/router", "a/router has no fixed price"],
    ["a/searcher:free", "a/searcher:free is not in the catalog"],
  ])("of %s is an error", (model, message) => {
    expect(() => estimate(catalog, { ...request, model })).toThrow(message);
  });
});

describe("the settings", () => {
  const outputs = (value: object) => () => JSON.stringify(value);

  test("come from the environment, without reading the stack", () => {
    const env = {
      OPENROUTER_API_KEY: "sk-or-v1-1",
      APP_MODELS: "a/b,c/d:free",
      OPENROUTER_BASE_URL: "http://127.0.0.1:1",
    };
    const settings = readSettings(env, () => {
      throw new Error("must not be called");
    });
    expect(settings).toEqual({ apiKey: "sk-or-v1-1", models: ["a/b", "c/d:free"], baseUrl: "http://127.0.0.1:1" });
  });

  test("come from the outputs of the stack without a key in the environment", () => {
    const settings = readSettings({}, outputs({ apiKey: "sk-or-v1-1", models: ["a/b"] }));
    expect(settings).toEqual({ apiKey: "sk-or-v1-1", models: ["a/b"], baseUrl: "https://openrouter.ai/api/v1" });
  });

  test("are an error without models or outputs", () => {
    expect(() => readSettings({ OPENROUTER_API_KEY: "sk-or-v1-1" })).toThrow("set APP_MODELS");
    expect(() => readSettings({}, outputs({}))).toThrow("the stack has no outputs apiKey and models; run pulumi up");
  });
});
