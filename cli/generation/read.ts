/** Reads one request to a model. The data of `generation`. */
import { readGeneration as requestGeneration } from "../../provider/api/generation";
import type { Account } from "../shared/account";
import { UsageError } from "../shared/terminal";

/** Fields keep their names; new ones may be added. Null where OpenRouter doesn't say. */
export interface GenerationData {
  id: string;
  createdAt: string | null;
  model: string | null;
  provider: string | null;
  apiType: string | null;
  costUsd: number | null;
  upstreamCostUsd: number | null;
  cacheDiscountUsd: number | null;
  isByok: boolean | null;
  /** Counted alike for all models. */
  tokens: { prompt: number | null; completion: number | null };
  /** Counted by the provider, who charges for these. */
  nativeTokens: Record<"prompt" | "completion" | "reasoning" | "cached", number | null>;
  latencyMs: number | null;
  generationTimeMs: number | null;
  moderationMs: number | null;
  finishReason: string | null;
  nativeFinishReason: string | null;
  streamed: boolean | null;
  cancelled: boolean | null;
  user: string | null;
  referer: string | null;
  workspaceId: string | null;
  dataRegion: string | null;
}

/** @throws UsageError, NotFoundError */
export async function readGeneration(account: Account, id: string): Promise<GenerationData> {
  if (!/^[\w.:-]{1,200}$/.test(id)) {
    throw new UsageError("that is not the id of a request, such as gen-1773835200-Ab12Cd34Ef56Gh78Ij90");
  }
  const found = await requestGeneration(account.start("read", `request ${id}`), id);
  const { createdAt, model, providerName, apiType, totalCost, upstreamInferenceCost, cacheDiscount, isByok } = found;
  const { latency, generationTime, moderationLatency, finishReason, nativeFinishReason, streamed, cancelled } = found;
  const { externalUser, httpReferer, workspaceId, dataRegion } = found;
  return {
    ...{ id: found.id, createdAt, model, provider: providerName, apiType },
    ...{ costUsd: totalCost, upstreamCostUsd: upstreamInferenceCost, cacheDiscountUsd: cacheDiscount, isByok },
    tokens: { prompt: found.tokensPrompt, completion: found.tokensCompletion },
    nativeTokens: {
      prompt: found.nativeTokensPrompt,
      completion: found.nativeTokensCompletion,
      reasoning: found.nativeTokensReasoning,
      cached: found.nativeTokensCached,
    },
    ...{ latencyMs: latency, generationTimeMs: generationTime, moderationMs: moderationLatency },
    ...{ finishReason, nativeFinishReason, streamed, cancelled },
    ...{ user: externalUser, referer: httpReferer, workspaceId, dataRegion },
  };
}
