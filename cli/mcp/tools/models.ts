/** Tools that show models and their endpoints. */
import { z } from "zod";
import { ENDPOINT_SORTS, readEndpoints, readMatchingZdrEndpoints } from "../../models/endpoints";
import { readModel, readModelList } from "../../models/read";
import { SORTS } from "../../models/sort";
import type { Session } from "../session";
import { amount, text } from "../shapes";
import { defineTool, type Tool } from "../tool";
import { definedOf } from "./keys";

const words = z.array(z.string().max(100)).max(20);
const filters = z.object({
  text: z.string().max(200).optional().describe("Part of the name, such as claude or openai/"),
  maxPrice: z.number().min(0).optional().describe("USD per million input tokens"),
  maxOutputPrice: z.number().min(0).optional().describe("USD per million output tokens"),
  minContext: z.int().min(1).optional().describe("Tokens"),
  input: words.optional().describe("Accepts all of these: text, image, file, audio, video"),
  output: words.optional().describe("Returns all of these: text, image, embeddings, …"),
  parameter: words.optional().describe("Supports all of these: tools, structured_outputs, reasoning, …"),
  provider: z.string().max(200).optional().describe("Name or slug of a provider that serves the model"),
  zdr: z.boolean().optional().describe("Has an endpoint with zero data retention"),
  free: z.boolean().optional().describe("Costs nothing"),
  sort: z.enum(SORTS).optional().describe("Cheapest, largest or fastest first; default: by name"),
  limit: z.int().min(1).max(1000).default(50).describe("At most so many"),
});

const model = z.object({
  id: z.string().describe("As in an allowlist"),
  canonicalSlug: text,
  name: text,
  description: text,
  pricing: z.object({ prompt: amount, completion: amount, request: amount }).describe("USD per token or request"),
  contextLength: amount.describe("Tokens"),
  architecture: z.object({
    inputModalities: z.array(z.string()).nullable(),
    outputModalities: z.array(z.string()).nullable(),
  }),
  topProvider: z.object({ maxCompletionTokens: amount }),
  supportedParameters: z.array(z.string()).nullable(),
  expirationDate: text,
});
/** Without the description, which is long. */
const listedModel = model
  .omit({ description: true })
  .extend({ pricePerMillion: z.object({ input: amount, output: amount }).describe("USD per million tokens") });
const modelList = z.object({
  models: z.array(listedModel),
  matching: z.number().describe("How many models match; limit may leave out some"),
});

const percentiles = z.object({ p50: amount, p90: amount });
const endpoint = z.object({
  name: z.string(),
  modelId: z.string(),
  providerName: z.string(),
  tag: z.string(),
  pricing: z.object({ prompt: amount, completion: amount }).describe("USD per token"),
  contextLength: amount,
  maxCompletionTokens: amount,
  quantization: text,
  uptimeLast1d: amount.describe("Percent of the minutes of the last day in which most attempts succeeded"),
  throughputLast30m: percentiles.describe("Tokens per second"),
  latencyLast30m: percentiles.describe("Milliseconds to the first token"),
  status: amount.describe("Below 0: degraded"),
  pricePerMillion: z.object({ input: amount, output: amount }).describe("USD per million tokens"),
  zdr: z.boolean().describe("Zero data retention"),
});

const modelName = z.string().min(1).max(200).describe("Slug, such as openai/gpt-4o-mini");

export function modelTools({ models }: Session): Tool[] {
  const list = async (choice: z.output<typeof filters>, more: { available?: boolean }) => {
    const { limit, ...filter } = definedOf(choice);
    const { data } = await readModelList(models, { ...filter, ...more });
    const shown = data.models.slice(0, limit).map(({ description, ...listed }) => listed);
    return { models: shown, matching: data.models.length };
  };
  return [
    defineTool({
      name: "list_models",
      title: "Models",
      description: "Models of OpenRouter's catalog with prices, context and modalities. Models must match all filters.",
      input: filters,
      output: modelList,
      call: (choice) => list(choice, {}),
    }),
    defineTool({
      name: "list_available_models",
      title: "Models that the account may use",
      description: "The same as list_models, but only what the account's privacy settings and guardrails leave.",
      input: filters,
      output: modelList,
      call: (choice) => list(choice, { available: true }),
    }),
    defineTool({
      name: "get_model",
      title: "One model",
      description: "One model with prices, context, modalities, parameters and description.",
      input: z.object({ model: modelName }),
      output: model,
      call: ({ model }) => readModel(models, model),
    }),
    defineTool({
      name: "list_endpoints",
      title: "Providers of a model",
      description:
        "The endpoints of one model: provider, price, context, uptime and zero data retention; with speed, also throughput and latency.",
      input: z.object({
        model: modelName,
        sort: z.enum(ENDPOINT_SORTS).optional().describe("The best first"),
        speed: z.boolean().optional().describe("With throughput and latency; sends the management key"),
      }),
      output: z.object({
        model: z.string(),
        endpoints: z.array(endpoint),
      }),
      call: async (choice) => {
        const { model, endpoints } = await readEndpoints(models, choice.model, { ...definedOf(choice), all: true });
        return { model, endpoints };
      },
    }),
    defineTool({
      name: "list_zdr_endpoints",
      title: "Endpoints with zero data retention",
      description: "The endpoints of all models whose provider retains no data.",
      input: z.object({
        text: z.string().max(200).optional().describe("Part of the model, the provider or the tag"),
        limit: z.int().min(1).max(1000).default(50).describe("At most so many"),
      }),
      output: z.object({ endpoints: z.array(endpoint), matching: z.number() }),
      call: async ({ text = "", limit }) => {
        const matching = (await readMatchingZdrEndpoints(models, text)).endpoints;
        return { endpoints: matching.slice(0, limit), matching: matching.length };
      },
    }),
  ];
}
