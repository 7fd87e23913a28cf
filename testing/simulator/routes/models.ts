/** The catalog of models and their endpoints. It requires no credentials, and shows less to a request with some. */
import { z } from "zod";
import type { State } from "../account";
import type { CatalogModel } from "../catalog";
import { CATALOG, providerSlug, withoutVariant, ZDR_PROVIDERS } from "../catalog";
import { notFound } from "../errors";
import { hashOf } from "../ids";
import type { ApiRequest, ApiResponse, Caller, Route } from "../route";
import { ok, parseQuery, queryInteger } from "../route";

const DEFAULT_PAGE = 500;
const MAX_OUTPUT_TOKENS = 32_768;

/** Models that the account's settings hide, so a client that sends credentials misses them. */
const HIDDEN_WITH_CREDENTIALS = ["deepseek/deepseek-r1", "x-ai/grok-4"];

/** The API has more filters and orders; this package uses these. */
const listQuery = z.object({
  offset: queryInteger(0, Number.MAX_SAFE_INTEGER).optional(),
  limit: queryInteger(1, 1000).optional(),
  output_modalities: z.string().default("text"),
  zdr: z.literal("true").optional(),
  providers: z.string().optional(),
  sort: z.enum(["throughput-high-to-low", "latency-low-to-high"]).optional(),
});

function list(request: ApiRequest, caller: Caller | undefined): ApiResponse {
  const { offset, limit, output_modalities, zdr, providers, sort } = parseQuery(request, listQuery);
  const models = CATALOG.filter(
    (model) =>
      model.listed &&
      (output_modalities === "all" ||
        output_modalities.split(",").some((each) => modalities(model).outputs.includes(each))) &&
      (!zdr || model.providers.some(isZdr)) &&
      (!providers || providers.split(",").some((name) => model.providers.includes(name))) &&
      !(caller && HIDDEN_WITH_CREDENTIALS.includes(withoutVariant(model.id))),
  );
  if (sort) models.sort((a, b) => speedOf(b) - speedOf(a));
  // Without offset and limit the response has the whole list.
  const isPaged = offset !== undefined || limit !== undefined;
  const start = offset ?? 0;
  const end = isPaged ? start + (limit ?? DEFAULT_PAGE) : models.length;
  const next = end < models.length ? nextPage(request, end) : null;
  const data = models.slice(start, end).map((model) => modelBody(request.state, model));
  return ok({ data, links: { next }, total_count: models.length });
}

/** Invented. The fastest model of the simulator is also the first to respond. */
function speedOf({ id }: CatalogModel): number {
  return Number.parseInt(hashOf(id).slice(0, 6), 16);
}

function nextPage({ query }: ApiRequest, offset: number): string {
  return `/api/v1/models?${new URLSearchParams({ ...query, offset: String(offset) })}`;
}

function modelBody({ switches }: State, model: CatalogModel) {
  const { id, canonical_slug, context_length } = model;
  const variant = id.slice(withoutVariant(id).length);
  return {
    id,
    canonical_slug: switches.variantCanonicalSlug === "suffixed" ? canonical_slug + variant : canonical_slug,
    ...description(model),
    context_length,
    pricing: pricing(model),
    top_provider: { context_length, max_completion_tokens: MAX_OUTPUT_TOKENS, is_moderated: false },
    per_request_limits: null,
    supported_parameters: parameters(model),
    default_parameters: null,
    supported_voices: null,
    expiration_date: null,
    hugging_face_id: null,
    knowledge_cutoff: null,
    links: { details: `/api/v1/models/${canonical_slug}/endpoints` },
  };
}

function description(model: CatalogModel) {
  const { inputs, outputs } = modalities(model);
  return {
    name: model.name,
    created: 1754000000,
    description: `${model.name}, from the simulator's catalog.`,
    architecture: {
      input_modalities: inputs,
      output_modalities: outputs,
      modality: model.modality,
      instruct_type: null,
      tokenizer: "Other",
    },
  };
}

function modalities({ modality }: CatalogModel): { inputs: string[]; outputs: string[] } {
  const [inputs = "", outputs = ""] = modality.split("->");
  return { inputs: inputs.split("+"), outputs: outputs.split("+") };
}

function parameters(model: CatalogModel): string[] {
  const { outputs } = modalities(model);
  if (!outputs.includes("text")) return [];
  const tools = outputs.length === 1 && model.output_price !== 0 ? TOOL_PARAMETERS : [];
  const reasoning = REASONING.test(model.id) ? ["reasoning", "include_reasoning"] : [];
  return ["max_tokens", "temperature", "top_p", ...tools, ...reasoning];
}

const TOOL_PARAMETERS = ["tools", "tool_choice", "structured_outputs", "response_format"];
const REASONING = /claude-(opus|sonnet)|deepseek-r1|gemini-2.5-(pro|flash$)|gpt-(5|oss)|\/o3|grok-4|openrouter\/auto/;

/** USD per token, as strings. */
function pricing({ input_price, output_price }: CatalogModel) {
  const perToken = (usd: number) => (usd <= 0 ? String(usd) : (usd / 1e6).toFixed(12).replace(/0+$/, ""));
  return { prompt: perToken(input_price), completion: perToken(output_price), request: "0", image: "0" };
}

function isZdr(provider: string): boolean {
  return ZDR_PROVIDERS.includes(provider);
}

/** By slug or canonical slug. A model that is no longer listed has no endpoints. */
function endpoints({ params }: ApiRequest, caller: Caller | undefined): ApiResponse {
  const name = `${params.author}/${params.slug}`;
  const listed = CATALOG.filter((model) => model.listed);
  const model = listed.find(({ id }) => id === name) ?? listed.find(({ canonical_slug }) => canonical_slug === name);
  if (!model) throw notFound("Model not found");
  return ok({ data: { id: model.id, ...description(model), endpoints: endpointsOf(model, caller) } });
}

function zdrEndpoints(_request: ApiRequest, caller: Caller | undefined): ApiResponse {
  const all = CATALOG.filter(({ listed }) => listed).flatMap((model) => endpointsOf(model, caller));
  return ok({ data: all.filter(({ provider_name }) => isZdr(provider_name)) });
}

/** Invented. */
const DEGRADED = { model: "qwen/qwen3-coder", provider: "DeepInfra" };
const QUANTIZATIONS: Readonly<Record<string, string>> = { DeepInfra: "fp8", Chutes: "fp8", Together: "bf16" };

function endpointsOf(model: CatalogModel, caller: Caller | undefined) {
  return model.providers.map((provider) => ({
    name: `${provider} | ${model.id}`,
    model_id: model.canonical_slug,
    model_name: model.name,
    context_length: model.context_length,
    pricing: pricing(model),
    provider_name: provider,
    tag: [providerSlug(provider), QUANTIZATIONS[provider]].filter(Boolean).join("/"),
    quantization: QUANTIZATIONS[provider] ?? null,
    max_completion_tokens: MAX_OUTPUT_TOKENS,
    max_prompt_tokens: null,
    supported_parameters: parameters(model),
    native_tools: {},
    service_tier: null,
    supports_diarization: false,
    supports_implicit_caching: false,
    supports_tool_choice: { auto: true, function: true, none: true, required: true },
    supports_voice_cloning: false,
    status: model.id === DEGRADED.model && provider === DEGRADED.provider ? -2 : 0,
    uptime_last_5m: 100,
    uptime_last_30m: 99.9,
    uptime_last_1d: provider in QUANTIZATIONS ? 98.5 : 99.8,
    ...performance(model, provider, caller),
  }));
}

/** Invented. The API shows it only to requests with credentials. */
function performance({ id }: CatalogModel, provider: string, caller: Caller | undefined) {
  if (!caller) return { throughput_last_30m: null, latency_last_30m: null };
  const speed = Number.parseInt(hashOf(`${id} ${provider}`).slice(0, 2), 16);
  const percentiles = (p50: number, change: number) => ({
    ...{ p50, p75: p50 + change, p90: p50 + 2 * change, p99: p50 + 3 * change },
  });
  return { throughput_last_30m: percentiles(40 + speed, -5), latency_last_30m: percentiles(900 - speed, 120) };
}

export const modelRoutes: readonly Route[] = [
  { method: "GET", path: "/models", needs: "nothing", handle: list },
  { method: "GET", path: "/models/user", needs: "any key", handle: list },
  { method: "GET", path: "/models/:author/:slug/endpoints", needs: "nothing", handle: endpoints },
  { method: "GET", path: "/endpoints/zdr", needs: "nothing", handle: zdrEndpoints },
];
