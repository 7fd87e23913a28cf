/** Tools that show keys and what they spent. */
import { z } from "zod";
import { readGeneration } from "../../generation/read";
import { readKeys, readOneKey } from "../../keys/read";
import type { Session } from "../session";
import { amount, keyChoice, keyShape, text, timestamp, unreadable } from "../shapes";
import { defineTool, type Tool } from "../tool";

const conditions = {
  over: z.number().min(0).describe("Only keys that used this percentage of their limit or more"),
  under: z.number().min(0).describe("Only keys that used less than this percentage of their limit"),
  expiresWithin: z.number().int().min(0).max(9999).describe("Only keys that expire within so many days"),
  unusedFor: z.number().int().min(0).max(9999).describe("Only keys that were not used for so many days"),
};

const generation = z.object({
  id: z.string(),
  createdAt: timestamp,
  model: text,
  provider: text,
  apiType: text,
  costUsd: amount,
  upstreamCostUsd: amount,
  cacheDiscountUsd: amount,
  isByok: z.boolean().nullable(),
  tokens: z.object({ prompt: amount, completion: amount }),
  nativeTokens: z.object({ prompt: amount, completion: amount, reasoning: amount, cached: amount }),
  latencyMs: amount,
  generationTimeMs: amount,
  moderationMs: amount,
  finishReason: text,
  nativeFinishReason: text,
  streamed: z.boolean().nullable(),
  cancelled: z.boolean().nullable(),
  user: text,
  referer: text,
  workspaceId: text,
  dataRegion: text,
});

export function keyTools({ account }: Session): Tool[] {
  return [
    defineTool({
      name: "list_keys",
      title: "Keys",
      description:
        "All inference keys of all workspaces with limit, reset, expiry, spending and guardrail, those nearest their limit first. With several conditions, keys must meet all.",
      input: z.object(conditions).partial(),
      output: z.object({ keys: z.array(keyShape), unreadable }),
      call: async (chosen) => {
        const { data, unreadable } = await readKeys(account(), definedOf(chosen), new Date());
        return { ...data, unreadable: [...unreadable] };
      },
    }),
    defineTool({
      name: "get_key",
      title: "One key",
      description: "One inference key with limit, reset, expiry, spending and guardrail.",
      input: z.object({ key: keyChoice }),
      output: keyShape.extend({ unreadable }),
      call: async ({ key }) => {
        const { data, unreadable } = await readOneKey(account(), key);
        return { ...data, unreadable: [...unreadable] };
      },
    }),
    defineTool({
      name: "get_generation",
      title: "One request",
      description: "Cost, tokens, latency, finish reason and provider of one request by its id, gen-….",
      input: z.object({ id: z.string().describe("gen-…, from the response of the request") }),
      output: generation,
      call: ({ id }) => readGeneration(account(), id),
    }),
  ];
}

/** Without the fields that are undefined. */
export function definedOf<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
