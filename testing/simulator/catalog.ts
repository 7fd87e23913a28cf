/** A small catalog of models: slugs, canonical slugs, variants, modalities, and models that are no longer listed. */

export interface CatalogModel {
  /** Slug, with the suffix of its variant if it has one. */
  id: string;
  canonical_slug: string;
  name: string;
  /** USD per million tokens. -1 for a router, whose price varies. */
  input_price: number;
  output_price: number;
  context_length: number;
  /** Display names. None for a router. */
  providers: string[];
  /** Such as `text+image->text`. */
  modality: string;
  /** False for a model that the server accepts but the catalog omits. */
  listed: boolean;
}

type Row = readonly [
  id: string,
  canonicalSlug: string,
  name: string,
  inputPrice: number,
  outputPrice: number,
  contextLength: number,
  providers: string,
  modality?: string,
];

const LISTED: readonly Row[] = [
  [
    "anthropic/claude-opus-4.1",
    "anthropic/claude-4.1-opus-20250805",
    "Anthropic: Claude Opus 4.1",
    15,
    75,
    200_000,
    "Anthropic, Amazon Bedrock",
    "text+image->text",
  ],
  [
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-4.5-sonnet-20250929",
    "Anthropic: Claude Sonnet 4.5",
    3,
    15,
    1_000_000,
    "Anthropic, Amazon Bedrock",
    "text+image->text",
  ],
  [
    "anthropic/claude-sonnet-4",
    "anthropic/claude-4-sonnet-20250522",
    "Anthropic: Claude Sonnet 4",
    3,
    15,
    200_000,
    "Anthropic, Amazon Bedrock",
    "text+image->text",
  ],
  [
    "anthropic/claude-3.5-haiku",
    "anthropic/claude-3-5-haiku",
    "Anthropic: Claude 3.5 Haiku",
    0.8,
    4,
    200_000,
    "Anthropic",
    "text+image->text",
  ],
  [
    "deepseek/deepseek-chat-v3.1",
    "deepseek/deepseek-chat-v3.1",
    "DeepSeek: DeepSeek V3.1",
    0.2,
    0.8,
    163_840,
    "DeepSeek, DeepInfra",
  ],
  [
    "deepseek/deepseek-chat-v3.1:free",
    "deepseek/deepseek-chat-v3.1",
    "DeepSeek: DeepSeek V3.1 (free)",
    0,
    0,
    163_840,
    "DeepInfra",
  ],
  ["deepseek/deepseek-r1", "deepseek/deepseek-r1", "DeepSeek: R1", 0.4, 2, 163_840, "DeepSeek, DeepInfra"],
  ["deepseek/deepseek-r1:free", "deepseek/deepseek-r1", "DeepSeek: R1 (free)", 0, 0, 163_840, "Chutes"],
  [
    "google/gemini-2.5-pro",
    "google/gemini-2.5-pro",
    "Google: Gemini 2.5 Pro",
    1.25,
    10,
    1_048_576,
    "Google, Google AI Studio",
    "text+image->text",
  ],
  [
    "google/gemini-2.5-flash",
    "google/gemini-2.5-flash",
    "Google: Gemini 2.5 Flash",
    0.3,
    2.5,
    1_048_576,
    "Google, Google AI Studio",
    "text+image->text",
  ],
  [
    "google/gemini-2.5-flash-image",
    "google/gemini-2.5-flash-image",
    "Google: Gemini 2.5 Flash Image",
    0.3,
    2.5,
    32_768,
    "Google AI Studio",
    "text+image->text+image",
  ],
  [
    "google/gemma-3-27b-it:free",
    "google/gemma-3-27b-it",
    "Google: Gemma 3 27B (free)",
    0,
    0,
    131_072,
    "Google AI Studio",
    "text+image->text",
  ],
  [
    "meta-llama/llama-3.3-70b-instruct",
    "meta-llama/llama-3.3-70b-instruct",
    "Meta: Llama 3.3 70B Instruct",
    0.038,
    0.12,
    131_072,
    "DeepInfra, Together",
  ],
  [
    "openai/gpt-4.1",
    "openai/gpt-4.1-2025-04-14",
    "OpenAI: GPT-4.1",
    2,
    8,
    1_047_576,
    "OpenAI, Azure",
    "text+image->text",
  ],
  [
    "openai/gpt-4.1-mini",
    "openai/gpt-4.1-mini-2025-04-14",
    "OpenAI: GPT-4.1 Mini",
    0.4,
    1.6,
    1_047_576,
    "OpenAI, Azure",
    "text+image->text",
  ],
  ["openai/gpt-4o", "openai/gpt-4o", "OpenAI: GPT-4o", 2.5, 10, 128_000, "OpenAI, Azure", "text+image->text"],
  [
    "openai/gpt-4o-mini",
    "openai/gpt-4o-mini",
    "OpenAI: GPT-4o-mini",
    0.15,
    0.6,
    128_000,
    "OpenAI, Azure",
    "text+image->text",
  ],
  ["openai/gpt-5", "openai/gpt-5-2025-08-07", "OpenAI: GPT-5", 1.25, 10, 400_000, "OpenAI, Azure", "text+image->text"],
  [
    "openai/gpt-5-mini",
    "openai/gpt-5-mini-2025-08-07",
    "OpenAI: GPT-5 Mini",
    0.25,
    2,
    400_000,
    "OpenAI",
    "text+image->text",
  ],
  ["openai/gpt-oss-20b:free", "openai/gpt-oss-20b", "OpenAI: gpt-oss-20b (free)", 0, 0, 131_072, "OpenInference"],
  ["openai/o3", "openai/o3-2025-04-16", "OpenAI: o3", 2, 8, 200_000, "OpenAI", "text+image->text"],
  [
    "openai/text-embedding-3-large",
    "openai/text-embedding-3-large",
    "OpenAI: Embedding 3 Large",
    0.13,
    0,
    8_191,
    "OpenAI",
    "text->embeddings",
  ],
  ["openrouter/auto", "openrouter/auto", "Auto Router", -1, -1, 2_000_000, "", "text+image->text"],
  [
    "qwen/qwen3-coder",
    "qwen/qwen3-coder-480b-a35b-07-25",
    "Qwen: Qwen3 Coder 480B A35B",
    0.22,
    0.95,
    262_144,
    "Alibaba, DeepInfra",
  ],
  [
    "qwen/qwen3-coder:free",
    "qwen/qwen3-coder-480b-a35b-07-25",
    "Qwen: Qwen3 Coder 480B A35B (free)",
    0,
    0,
    262_144,
    "Chutes",
  ],
  ["x-ai/grok-4", "x-ai/grok-4-07-09", "xAI: Grok 4", 3, 15, 256_000, "xAI", "text+image->text"],
];

const UNLISTED: readonly Row[] = [
  [
    "openai/gpt-4.5-preview",
    "openai/gpt-4.5-preview-2025-02-27",
    "OpenAI: GPT-4.5 (Preview)",
    75,
    150,
    128_000,
    "OpenAI",
  ],
  ["anthropic/claude-2.1", "anthropic/claude-2.1", "Anthropic: Claude v2.1", 8, 24, 200_000, "Anthropic"],
];

const fromRows = (rows: readonly Row[], listed: boolean): CatalogModel[] =>
  rows.map(([id, canonical_slug, name, input_price, output_price, context_length, providers, modality]) => ({
    id,
    canonical_slug,
    name,
    input_price,
    output_price,
    context_length,
    providers: providers.split(", ").filter(Boolean),
    modality: modality ?? "text->text",
    listed,
  }));

export const CATALOG: readonly CatalogModel[] = [...fromRows(LISTED, true), ...fromRows(UNLISTED, false)];

/** Providers with zero data retention. */
export const ZDR_PROVIDERS: readonly string[] = ["Amazon Bedrock", "Azure", "Google", "Together"];

/** Suffixes that change how a model is served. Every model can have one. */
const VARIANTS = new Set(["free", "nitro", "floor", "online", "extended", "beta", "thinking", "exacto"]);

/**
 * The name under which a guardrail's lists store a model: its canonical slug with the variant's suffix, or the unchanged
 * name of a model that is no longer listed. Undefined for an unknown model.
 */
export function storedModel(name: string): string | undefined {
  const colon = name.indexOf(":");
  const slug = colon < 0 ? name : name.slice(0, colon);
  const variant = colon < 0 ? "" : name.slice(colon);
  if (variant && !VARIANTS.has(variant.slice(1))) return undefined;
  const model = CATALOG.find(({ id, canonical_slug }) => withoutVariant(id) === slug || canonical_slug === slug);
  if (!model) return undefined;
  return model.listed ? model.canonical_slug + variant : name;
}

/** The model that serves a request with this name. Only `:free` is a model of its own; other suffixes choose how it is served. */
export function servedModel(name: string): CatalogModel | undefined {
  if (storedModel(name) === undefined) return undefined;
  const base = name.endsWith(":free") ? name : withoutVariant(name);
  const listed = CATALOG.filter((model) => model.listed);
  const isCanonical = ({ id, canonical_slug }: CatalogModel) => canonical_slug === base && !id.includes(":");
  return listed.find(({ id }) => id === base) ?? listed.find(isCanonical);
}

/** Of a display name, as guardrails and endpoints have it. */
export function providerSlug(provider: string): string {
  return provider.toLowerCase().replaceAll(" ", "-");
}

export function withoutVariant(id: string): string {
  return id.replace(/:.*/, "");
}
