/** `models` on the simulator's catalog. */

import { modelsCommand } from "../../cli/models/command";
import { matches } from "../../cli/models/filter";
import { sorted } from "../../cli/models/sort";
import type { Model } from "../../provider/api/models";
import { rawClient } from "../contract/support/rawClient";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function models(...args: string[]) {
  return run(modelsCommand, args, { env: credentials(simulator()) });
}

async function names(...args: string[]): Promise<string[]> {
  return JSON.parse((await models("list", "--as-allowlist", "--json", ...args)).out).data.allowedModels;
}

test("lists the whole catalog by name, including models that the account excludes, without sending a key", async () => {
  const all = await names();
  for (const name of ["openai/text-embedding-3-large", "x-ai/grok-4"]) expect(all).toContain(name);
  expect(all).toEqual([...all].sort());
  expect(simulator().requests.map(({ authorization }) => authorization)).toEqual(["none"]);
});

test("needs no key", async () => {
  const { code } = await run(modelsCommand, [], { env: { OPENROUTER_BASE_URL: simulator().url } });
  expect(code).toBe(0);
});

test("shows prices for a million tokens, context and modality", async () => {
  expect((await models("llama")).out).toBe(
    [
      "MODEL                              INPUT   OUTPUT  CONTEXT  MODALITY",
      "meta-llama/llama-3.3-70b-instruct  $0.038  $0.12   131,072  text->text",
      "",
    ].join("\n"),
  );
  expect((await models("deepseek-r1")).out).toMatch(/deepseek-r1 +\$0\.40 +\$2 .*\n.*deepseek-r1:free +free +free /);
});

test.each([
  [
    ["claude", "--max-price", "3"],
    ["claude-3.5-haiku", "claude-sonnet-4", "claude-sonnet-4.5"],
  ],
  [["claude", "--max-output-price", "14.99"], ["claude-3.5-haiku"]],
  [["OpenAI: GPT-4.1 M"], ["gpt-4.1-mini"]],
  [
    ["google/", "--min-context", "131072"],
    ["gemini-2.5-flash", "gemini-2.5-pro", "gemma-3-27b-it:free"],
  ],
  [["google/", "--output", "image"], ["gemini-2.5-flash-image"]],
  [["google/", "--output", "image,text", "--input", "image"], ["gemini-2.5-flash-image"]],
  [["--output", "embeddings"], ["text-embedding-3-large"]],
  [["deepseek", "--parameter", "tools,seed"], []],
  [
    ["deepseek", "--parameter", "tools", "--parameter", "top_p"],
    ["deepseek-chat-v3.1", "deepseek-r1"],
  ],
  [
    ["deepseek", "--free"],
    ["deepseek-chat-v3.1:free", "deepseek-r1:free"],
  ],
  [
    ["claude", "--zdr"],
    ["claude-opus-4.1", "claude-sonnet-4", "claude-sonnet-4.5"],
  ],
])("lists the matching models for %j", async (args, expected) => {
  expect((await names(...args)).map((name) => name.replace(/^.*\//, ""))).toEqual(expected);
});

test("excludes a model whose price varies or is unknown from --free and maximum prices", () => {
  for (const price of [-1, null]) {
    const model = {
      pricing: { prompt: price, completion: price, request: null },
      architecture: { inputModalities: null, outputModalities: null },
    } as unknown as Model;
    expect(matches(model, {})).toBe(true);
    for (const filter of [{ free: true }, { maxPrice: 1e9 }, { maxOutputPrice: 1e9 }])
      expect(matches(model, filter)).toBe(false);
  }
});

test("prints an allowlist that the API accepts for a guardrail", async () => {
  const { out } = await models("list", "--free", "--as-allowlist");
  expect(out).toMatch(/^allowedModels: \[\n( {2}"[^"\n]+:free",\n)+\],\n$/);
  const allowed_models = [...out.matchAll(/"(.+)"/g)].map(([, name]) => name);
  const { ask } = rawClient(simulator());
  expect((await ask("POST /guardrails", { body: { name: "free", allowed_models } })).status).toBe(201);
});

test("exits with 1 and prints no list when no model matches", async () => {
  const { out, err, code } = await models("list", "--max-price", "0.0001", "--min-context", "900000", "--as-allowlist");
  expect({ out, code }).toEqual({ out: "", code: 1 });
  expect(err).toMatch(/^None of the \d+ models matches\.\n$/);
});

test.each(["openai/gpt-4o", "gpt-4o", "openai/gpt-5-2025-08-07"])("shows one model by the name %s", async (name) => {
  const { out, code } = await models("show", name);
  expect(code).toBe(0);
  expect(out).toMatch(/^model +openai\/gpt-(4o|5)\n/);
});

test("shows which endpoints of a model have zero data retention", async () => {
  expect((await models("endpoints", "claude-sonnet-4")).out).toBe(
    [
      "PROVIDER        TAG             INPUT  OUTPUT  CONTEXT  ZDR  UPTIME",
      "Anthropic       anthropic       $3     $15     200,000  no   99.8%",
      "Amazon Bedrock  amazon-bedrock  $3     $15     200,000  yes  99.8%",
      "",
    ].join("\n"),
  );
  expect(simulator().requests.map(({ authorization }) => authorization)).toEqual(["none", "none", "none"]);
  const free = JSON.parse((await models("endpoints", "deepseek/deepseek-r1:free", "--json")).out).data.endpoints;
  expect(free).toMatchObject([{ providerName: "Chutes", zdr: false, pricing: { prompt: 0 } }]);
});

test.each(["show", "endpoints"])("lists the candidates when the name for `models %s` is ambiguous", async (command) => {
  const { out, err, code } = await models(command, "qwen/qwen3-coder-480b-a35b-07-25");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toBe(
    '"qwen/qwen3-coder-480b-a35b-07-25" matches 2 models; pass one of them:\n  qwen/qwen3-coder\n  qwen/qwen3-coder:free\n',
  );
});

test("lists similar models when a name is only part of a model's name", async () => {
  const { err, code } = await models("show", "gpt-4.");
  expect(code).toBe(2);
  expect(err).toBe('the catalog has no model "gpt-4."; it has:\n  openai/gpt-4.1\n  openai/gpt-4.1-mini\n');
});

test("sorts by price and by context, and limits the list", async () => {
  const cheapest = await names("--sort", "price", "--limit", "3", "--max-price", "1", "--parameter", "tools");
  const byPrice = await models("cheap", "--max-price", "1", "--parameter", "tools", "--json");
  const { data } = JSON.parse(byPrice.out);
  const sum = ({ pricePerMillion: { input, output } }: { pricePerMillion: { input: number; output: number } }) =>
    input + output;
  const prices: number[] = data.models.map(sum);
  expect(prices).toEqual([...prices].sort((a, b) => a - b));
  expect(cheapest).toEqual(data.models.slice(0, 3).map(({ id }: Model) => id));
  const contexts = JSON.parse((await models("list", "--sort", "context", "--json")).out).data.models as Model[];
  expect(contexts.map(({ contextLength }) => contextLength)).toEqual(
    contexts.map(({ contextLength }) => contextLength).sort((a, b) => Number(b) - Number(a)),
  );
});

test("lists ten models with `cheap`, fewer with --limit", async () => {
  const count = async (...args: string[]) =>
    JSON.parse((await models("cheap", "--json", ...args)).out).data.models.length;
  expect([await count(), await count("--limit", "2")]).toEqual([10, 2]);
});

test("sorts a price that is unknown or varies last", () => {
  const model = (id: string, price: number | null) => ({ id, pricing: { prompt: price, completion: price } }) as Model;
  const all = [model("varies", -1), model("unknown", null), model("b", 2e-6), model("a", 1e-6)];
  expect(sorted(all, "price").map(({ id }) => id)).toEqual(["a", "b", "varies", "unknown"]);
});

test.each(["throughput", "latency"])("keeps the order of the API for --sort %s", async (sort) => {
  const order = await names("--sort", sort);
  const { ask } = rawClient(simulator());
  const direction = sort === "latency" ? "low-to-high" : "high-to-low";
  const { body } = await ask(`GET /models?output_modalities=all&sort=${sort}-${direction}`, { key: null });
  expect(order).toEqual((body.data as { id: string }[]).map(({ id }) => id));
  expect(order).not.toEqual([...order].sort());
});

test("lists only what the account's settings leave with --available, with the management key", async () => {
  const available = await names("--available");
  expect(available).not.toContain("x-ai/grok-4");
  expect(available).toContain("openai/text-embedding-3-large");
  expect(simulator().requests).toMatchObject([{ path: "/models/user", authorization: "management" }]);
  const withZdr = await names("--available", "--zdr");
  expect(withZdr).toEqual((await names("--zdr")).filter((name) => available.includes(name)));
});

test("states the units of the JSON", async () => {
  const { data } = JSON.parse((await models("list", "llama", "--json")).out);
  expect(data.units.pricePerMillion).toBe("USD per million tokens");
  expect(data.models).toMatchObject([{ pricing: { prompt: 3.8e-8 }, pricePerMillion: { input: 0.038, output: 0.12 } }]);
});

describe("endpoints", () => {
  /** Tag → throughput and latency of endpoints in a response, and what else differs. */
  function respond(...endpoints: { tag: string; [field: string]: unknown }[]): void {
    const usual = { name: "A | qwen/x", model_id: "qwen/x", provider_name: "A", context_length: 1 };
    const data = endpoints.map((each) => ({ ...usual, pricing: { prompt: "1", completion: "1" }, ...each }));
    simulator().faults.add({ path: /^.models.qwen.*endpoints/, effect: "shape", body: { data: { endpoints: data } } });
  }
  const tagsOf = async (...args: string[]) => {
    const { out } = await models("endpoints", "qwen/qwen3-coder", "--json", ...args);
    return JSON.parse(out).data.endpoints.map(({ tag }: { tag: string }) => tag);
  };

  test.each([
    ["price", { pricing: { prompt: "1", completion: "5" } }, { pricing: { prompt: "2", completion: "2" } }],
    ["context", { context_length: 1_000 }, { context_length: 2_000 }],
    ["throughput", { throughput_last_30m: { p50: 5 } }, { throughput_last_30m: { p50: 50 } }],
    ["latency", { latency_last_30m: { p50: 900 } }, { latency_last_30m: { p50: 100 } }],
    ["uptime", { uptime_last_1d: 98 }, { uptime_last_1d: 99 }],
  ])("are sorted by %s, the best first and what is unknown last", async (sort, worse, better) => {
    const unknown = { pricing: { prompt: "-1", completion: "-1" }, context_length: null };
    respond({ tag: "unknown", ...unknown }, { tag: "worse", ...worse }, { tag: "better", ...better });
    expect(await tagsOf("--sort", sort)).toEqual(["better", "worse", "unknown"]);
    respond({ tag: "unknown", ...unknown }, { tag: "worse", ...worse }, { tag: "better", ...better });
    expect(await tagsOf("--sort", sort, "--limit", "1")).toEqual(["better"]);
  });

  test("omit degraded ones, and show their status with --all", async () => {
    const { out } = await models("endpoints", "qwen/qwen3-coder");
    expect(out).toContain("\n--all also shows 1 degraded endpoint.\n");
    expect(out).not.toContain("deepinfra");
    const all = await models("endpoints", "qwen/qwen3-coder", "--all");
    expect(all.out).toMatch(/^DeepInfra +deepinfra\/fp8 +fp8 .* 98.5% +degraded$/m);
    expect(all.out).toMatch(/^Alibaba +alibaba .* ok$/m);
    respond({ tag: "a", status: -5 });
    const none = await models("endpoints", "qwen/qwen3-coder");
    expect(none).toMatchObject({
      ...{ code: 1, err: "" },
      out: "No provider serves qwen/qwen3-coder now; --all shows 1 degraded endpoint.\n",
    });
  });

  test("show throughput and latency only with --speed or sorted by them, and send the key only then", async () => {
    const sent = () =>
      simulator()
        .requests.filter(({ path }) => path.includes("/endpoints"))
        .at(-1)?.authorization;
    expect((await models("endpoints", "gpt-4o")).out).not.toContain("TOK/S");
    expect(sent()).toBe("none");
    for (const args of [["--speed"], ["--sort", "latency"], ["--sort", "throughput"]]) {
      expect((await models("endpoints", "gpt-4o", ...args)).out).toMatch(/TOK\/S +LATENCY\n.* \d+ +\d+ ms$/m);
      expect(sent()).toBe("management");
    }
  });

  test("are limited to zero data retention with --zdr", async () => {
    const { data } = JSON.parse((await models("endpoints", "gpt-4o", "--zdr", "--json")).out);
    expect(data).toMatchObject({ endpoints: [{ providerName: "Azure", zdr: true }], degraded: 0 });
    expect((await models("endpoints", "o3", "--zdr")).code).toBe(1);
  });

  test("fit 80 columns with all columns", async () => {
    const { out } = await run(modelsCommand, ["endpoints", "qwen/qwen3-coder", "--speed", "--all"], {
      ...{ env: credentials(simulator()), width: 80 },
    });
    expect(out).toMatch(/^TAG +QUANT +INPUT +OUTPUT +ZDR +UPTIME +TOK\/S +LATENCY +STATUS$/m);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("state the units of the JSON", async () => {
    const { data } = JSON.parse((await models("endpoints", "gpt-4o-mini", "--json")).out);
    expect(data.units).toMatchObject({
      throughputLast30m: "tokens per second",
      pricing: expect.stringContaining("USD"),
    });
    expect(data.endpoints[0].pricePerMillion).toEqual({ input: 0.15, output: 0.6 });
  });
});

test("lists the endpoints of all models with zero data retention", async () => {
  const { data } = JSON.parse((await models("zdr", "--json")).out);
  expect(new Set(data.endpoints.map(({ providerName }: { providerName: string }) => providerName))).toEqual(
    new Set(["Amazon Bedrock", "Azure", "Google", "Together"]),
  );
  expect((await models("zdr", "llama")).out).toMatch(
    /^MODEL +TAG +INPUT +OUTPUT +CONTEXT\nmeta-llama\/llama-3.3-70b-instruct +together\/bf16 +\$0.038 .*\n$/,
  );
  const { out, err, code } = await models("zdr", "nothing");
  expect({ out, err, code }).toEqual({ out: "", err: "No endpoint with zero data retention matches.\n", code: 1 });
});

test("lists the models that a provider serves, by its name or slug", async () => {
  const bedrock = ["anthropic/claude-opus-4.1", "anthropic/claude-sonnet-4", "anthropic/claude-sonnet-4.5"];
  for (const provider of ["Amazon Bedrock", "amazon-bedrock", "AMAZON BEDROCK"]) {
    expect(await names("--provider", provider)).toEqual(bedrock);
  }
  expect(await names("--provider", "amazon-bedrock", "--available")).toEqual(bedrock);
  const { out, err, code } = await models("--provider", "nowhere");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toBe('no provider has the name or slug "nowhere"; `pulumi-openrouter providers` lists them\n');
});

describe("a router", () => {
  test("is in the catalog with a price that varies", async () => {
    expect((await models("openrouter/auto")).out).toMatch(/\nopenrouter\/auto +varies +varies /);
    expect((await models("show", "openrouter/auto")).out).toMatch(/^price +varies input, varies output/m);
    const { data } = JSON.parse((await models("list", "openrouter/auto", "--json")).out);
    expect(data.models).toMatchObject([{ pricing: { prompt: -1 }, pricePerMillion: { input: null, output: null } }]);
  });

  test("is neither free nor cheap, and the last by price", async () => {
    expect((await names("--sort", "price")).at(-1)).toBe("openrouter/auto");
    for (const filter of ["--free", "--max-price=1000", "--max-output-price=1000"])
      expect(await names("openrouter/", filter)).toEqual([]);
    expect((await models("cheap")).out).not.toContain("openrouter/");
  });
});

test("finds models for reasoning and for JSON by their parameters", async () => {
  const reasoning = await names("--parameter", "reasoning");
  expect(reasoning).toContain("openai/o3");
  expect(reasoning).not.toContain("openai/gpt-4o");
  expect(await names("--parameter", "response_format,tools", "--input", "image")).toContain("openai/gpt-4o");
});

test("says which word no model has, with those that exist", async () => {
  const { err, code } = await models("--parameter", "tools,json", "--input", "vision");
  expect(code).toBe(1);
  expect(err).toMatch(/^None of the \d+ models matches\.\nNo model has the parameter "json"; known are .*tools/);
  expect(err).toMatch(/\nNo model has the input "vision"; known are image, text\.\n$/);
});

test("does not offer another order for the cheapest models", async () => {
  expect((await models("cheap", "--sort", "context")).code).toBe(2);
});

test("shows the prices per million tokens in the JSON of one model too, with units", async () => {
  const { data } = JSON.parse((await models("show", "gpt-4o-mini", "--json")).out);
  expect(data).toMatchObject({ pricePerMillion: { input: 0.15, output: 0.6 } });
});

test("names the command that lists the models when it knows none like this", async () => {
  expect((await models("show", "nope")).err).toBe(
    'the catalog has no model "nope"; `pulumi-openrouter models` lists them\n',
  );
});
