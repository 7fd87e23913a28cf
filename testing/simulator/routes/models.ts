/** The catalogue of models, and who serves them. Needs no credentials, and with some it may show less. */
import type { State } from "../account";
import type { CatalogueModel } from "../catalogue";
import { CATALOGUE, withoutVariant } from "../catalogue";
import { notFound } from "../errors";
import type { Answer, Caller, Request, Route } from "../route";
import { ok, readQuery } from "../route";
import { isZdr, modalitiesOf, modelQuery, ORDERS, parameters, passes } from "./modelFilters";

const DEFAULT_PAGE = 500;

function list(request: Request, caller: Caller | undefined): Answer {
  const { state } = request;
  const query = readQuery(request, modelQuery);
  const models = CATALOGUE.filter(
    (model) => model.listed && passes(model, query) && !isHidden(state, caller, model),
  ).sort(ORDERS[query.sort ?? ""] ?? (() => 0));
  // The whole list when neither is given.
  const paged = query.offset !== undefined || query.limit !== undefined;
  const start = query.offset ?? 0;
  const end = paged ? start + (query.limit ?? DEFAULT_PAGE) : models.length;
  const next = end < models.length ? nextPage(request, end) : null;
  const data = models.slice(start, end).map((model) => shown(state, model));
  return ok({ data, links: { next }, total_count: models.length });
}

function isHidden(state: State, caller: Caller | undefined, model: CatalogueModel): boolean {
  if (!caller || state.switches.catalogueWithCredentials === "whole") return false;
  return caller.account.hiddenModels.includes(withoutVariant(model.id));
}

function nextPage({ query }: Request, offset: number): string {
  return `/api/v1/models?${new URLSearchParams({ ...query, offset: String(offset) })}`;
}

function shown({ switches }: State, model: CatalogueModel) {
  const { id, canonical_slug, context_length } = model;
  const variant = id.slice(withoutVariant(id).length);
  return {
    id,
    canonical_slug: switches.variantCanonicalSlug === "suffixed" ? canonical_slug + variant : canonical_slug,
    ...about(model),
    context_length,
    pricing: pricing(model),
    top_provider: { context_length, max_completion_tokens: MOST_OUTPUT_TOKENS, is_moderated: false },
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

const MOST_OUTPUT_TOKENS = 32_768;

function about(model: CatalogueModel) {
  const { inputs, outputs } = modalitiesOf(model);
  return {
    name: model.name,
    created: 1754000000,
    description: `${model.name}, as the simulator's catalogue has it.`,
    architecture: {
      input_modalities: inputs,
      output_modalities: outputs,
      modality: model.modality,
      instruct_type: null,
      tokenizer: "Other",
    },
  };
}

/** USD for one token, as text. */
function pricing({ input_price, output_price }: CatalogueModel) {
  const perToken = (usd: number) => (usd === 0 ? "0" : (usd / 1e6).toFixed(12).replace(/0+$/, ""));
  return { prompt: perToken(input_price), completion: perToken(output_price), request: "0", image: "0" };
}

/** By slug or canonical slug; one that the catalogue no longer shows has no endpoints that could be asked for. */
function endpoints({ params }: Request): Answer {
  const name = `${params.author}/${params.slug}`;
  const listed = CATALOGUE.filter((model) => model.listed);
  const model = listed.find(({ id }) => id === name) ?? listed.find(({ canonical_slug }) => canonical_slug === name);
  if (!model) throw notFound("Model not found");
  return ok({ data: { id: model.id, ...about(model), endpoints: endpointsOf(model) } });
}

function zdrEndpoints(): Answer {
  const all = CATALOGUE.filter(({ listed }) => listed).flatMap(endpointsOf);
  return ok({ data: all.filter(({ provider_name }) => isZdr(provider_name)) });
}

function endpointsOf(model: CatalogueModel) {
  return model.providers.map((provider) => ({
    name: `${provider} | ${model.id}`,
    model_id: model.canonical_slug,
    model_name: model.name,
    context_length: model.context_length,
    pricing: pricing(model),
    provider_name: provider,
    tag: provider.toLowerCase().replaceAll(" ", "-"),
    quantization: null,
    max_completion_tokens: MOST_OUTPUT_TOKENS,
    max_prompt_tokens: null,
    supported_parameters: parameters(model),
    native_tools: {},
    service_tier: null,
    supports_diarization: false,
    supports_implicit_caching: false,
    supports_tool_choice: { auto: true, function: true, none: true, required: true },
    supports_voice_cloning: false,
    status: 0,
    uptime_last_5m: 100,
    uptime_last_30m: 99.9,
    uptime_last_1d: 99.8,
    // Seen by those with credentials only.
    latency_last_30m: null,
    throughput_last_30m: null,
  }));
}

export const modelRoutes: readonly Route[] = [
  { method: "GET", path: "/models", needs: "nothing", handle: list },
  { method: "GET", path: "/models/:author/:slug/endpoints", needs: "nothing", handle: endpoints },
  { method: "GET", path: "/endpoints/zdr", needs: "nothing", handle: zdrEndpoints },
];
