/** One request to a model, after the fact: `/generation`. */
import * as z from "zod";
import { NotFoundError } from "../errors";
import type { Api } from "./call";
import { data, nullableBoolean, nullableNumber, nullableString } from "./shapes";

const generation = z.object({
  /** `gen-…`, from the response to the request. */
  id: z.string(),
  createdAt: nullableString,
  /** Canonical slug. */
  model: nullableString,
  providerName: nullableString,
  /** `completions`, `embeddings`, … */
  apiType: nullableString,
  /** USD of credits. */
  totalCost: nullableNumber,
  /** USD that the provider charged. */
  upstreamInferenceCost: nullableNumber,
  /** USD. */
  cacheDiscount: nullableNumber,
  /** Whether the account's own provider key paid. */
  isByok: nullableBoolean,
  /** Counted alike for all models. */
  tokensPrompt: nullableNumber,
  tokensCompletion: nullableNumber,
  /** Counted by the provider, who charges for these. */
  nativeTokensPrompt: nullableNumber,
  nativeTokensCompletion: nullableNumber,
  nativeTokensReasoning: nullableNumber,
  nativeTokensCached: nullableNumber,
  /** Milliseconds. */
  latency: nullableNumber,
  generationTime: nullableNumber,
  moderationLatency: nullableNumber,
  finishReason: nullableString,
  /** In the provider's words. */
  nativeFinishReason: nullableString,
  streamed: nullableBoolean,
  cancelled: nullableBoolean,
  /** The sender's own user, `user` of the request. */
  externalUser: nullableString,
  /** The header that names the application. */
  httpReferer: nullableString,
  workspaceId: nullableString,
  dataRegion: nullableString,
});
export type Generation = z.output<typeof generation>;

/** Works with any kind of key. @throws NotFoundError */
export async function readGeneration(api: Api, id: string): Promise<Generation> {
  try {
    return await api.request({ method: "GET", path: ["generation"], query: { id }, result: data(generation) });
  } catch (error) {
    if (error instanceof NotFoundError) {
      throw new NotFoundError(error.operation, error.status, error.apiMessage, NOT_FOUND);
    }
    throw error;
  }
}

const NOT_FOUND =
  "a request can take some seconds to appear, and only the account and the key that sent it may see it; check the id and retry";
