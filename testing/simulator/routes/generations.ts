/** Requests to models, one at a time and without streaming: `/chat/completions` and `/generation`. */
import { z } from "zod";
import type { Account, Generation, Key, State } from "../account";
import { checkBudgets, chooseEndpoint, reply } from "../completion";
import { badRequest, forbidden, notFound } from "../errors";
import { newGenerationId } from "../ids";
import type { ApiRequest, ApiResponse, Caller, Route } from "../route";
import { ok, parse, parseQuery } from "../route";
import { timestamp } from "../timestamps";

const chatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.number().int().min(1).nullish(),
  user: z.string().max(256).nullish(),
  stream: z.boolean().nullish(),
});

function complete(request: ApiRequest, caller: Caller | undefined): ApiResponse {
  const { state, body } = request;
  const { account, key } = caller as Caller;
  if (!key) throw forbidden("Management keys can't be used for inference");
  const { model: name, messages, max_tokens, user, stream } = parse(chatRequest, body);
  if (stream) throw badRequest("stream: the simulator does not stream");
  const served = chooseEndpoint(account, key, name);
  checkBudgets(state, account, key, served);
  const prompt = messages.map(({ content }) => content).join("\n");
  const { text, ...replied } = reply(served, prompt, max_tokens ?? Number.POSITIVE_INFINITY);
  const generation: Generation = {
    ...replied,
    id: newGenerationId(state.random, state.clock.now()),
    created_at: state.clock.now(),
    key_hash: key.hash,
    workspace_id: key.workspace_id,
    model_permaslug: served.model.canonical_slug,
    provider_name: served.provider,
    external_user: user ?? null,
    ...attribution(request),
  };
  record(account, key, name, generation);
  return ok(completionBody(generation, name, text));
}

function attribution({ headers }: ApiRequest): Pick<Generation, "http_referer" | "app_title" | "user_agent"> {
  const header = (name: string) => headers[name]?.toString() ?? null;
  return {
    http_referer: header("http-referer"),
    app_title: header("x-openrouter-title") ?? header("x-title"),
    user_agent: header("user-agent"),
  };
}

function record(account: Account, key: Key, model: string, generation: Generation): void {
  const { created_at: at, cost, model_permaslug, provider_name, prompt_tokens, completion_tokens } = generation;
  account.generations.push(generation);
  account.uses.push({
    ...{ at, model, model_permaslug, provider_name, prompt_tokens, completion_tokens },
    key_hash: key.hash,
    workspace_id: key.workspace_id,
    user_id: key.creator_user_id,
    usage: cost,
    ...{ byok_usage: 0, requests: 1, reasoning_tokens: 0, cached_tokens: 0 },
  });
}

function completionBody(generation: Generation, model: string, content: string) {
  const { id, created_at, provider_name, prompt_tokens, completion_tokens, cost, finish_reason } = generation;
  return {
    id,
    object: "chat.completion",
    created: Math.floor(created_at.getTime() / 1000),
    model,
    provider: provider_name,
    system_fingerprint: null,
    choices: [
      {
        index: 0,
        finish_reason,
        native_finish_reason: finish_reason,
        logprobs: null,
        message: { role: "assistant", content, refusal: null, reasoning: null },
      },
    ],
    usage: {
      ...{ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, cost, is_byok: false },
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

const generationQuery = z.object({ id: z.string().min(1) });

/** An inference key reads its own requests; whether it may read those of other keys is not known. */
function readGeneration(request: ApiRequest, caller: Caller | undefined): ApiResponse {
  const { state } = request;
  const { account, key, managementKey } = caller as Caller;
  const { id } = parseQuery(request, generationQuery);
  const generation = account.generations.find((each) => each.id === id);
  const isReadable =
    generation &&
    isVisible(state, generation) &&
    (key?.hash ?? generation.key_hash) === generation.key_hash &&
    (managementKey?.workspace_id ?? generation.workspace_id) === generation.workspace_id;
  if (!isReadable) throw notFound(`Generation ${id} not found`);
  return ok({ data: generationBody(state, generation) });
}

function isVisible({ clock, switches }: State, { created_at }: Generation): boolean {
  return clock.now().getTime() >= created_at.getTime() + switches.visibleAfterMs;
}

/** Invented. */
const [WAIT_MS, TOKEN_MS] = [300, 20];

function generationBody(state: State, generation: Generation) {
  const { prompt_tokens, completion_tokens, cost, finish_reason } = generation;
  return {
    id: generation.id,
    api_type: "completions",
    created_at: timestamp(state, generation.created_at),
    model: generation.model_permaslug,
    provider_name: generation.provider_name,
    provider_responses: null,
    ...{ usage: cost, total_cost: cost, cache_discount: null, upstream_inference_cost: null, is_byok: false },
    ...{ tokens_prompt: prompt_tokens, tokens_completion: completion_tokens },
    ...{ native_tokens_prompt: prompt_tokens, native_tokens_completion: completion_tokens },
    ...{ native_tokens_reasoning: 0, native_tokens_cached: 0, native_tokens_completion_images: 0 },
    ...{ num_media_prompt: 0, num_media_completion: 0, num_input_audio_prompt: 0 },
    ...{ num_search_results: 0, num_fetches: 0, web_search_engine: null },
    latency: WAIT_MS + completion_tokens * TOKEN_MS,
    generation_time: completion_tokens * TOKEN_MS,
    moderation_latency: null,
    ...{ finish_reason, native_finish_reason: finish_reason, streamed: false, cancelled: false },
    ...{ app_id: null, upstream_id: null, request_id: null, session_id: null, preset_id: null, router: null },
    ...{ service_tier: null, data_region: "global", workspace_id: generation.workspace_id },
    external_user: generation.external_user,
    http_referer: generation.http_referer,
    origin: generation.http_referer ?? "",
    user_agent: generation.user_agent,
  };
}

export const generationRoutes: readonly Route[] = [
  { method: "POST", path: "/chat/completions", needs: "any key", handle: complete },
  { method: "GET", path: "/generation", needs: "any key", handle: readGeneration },
];
