/** What `GET /models` can be asked for: its filters and orders, and the facts that they go by. */
import { z } from "zod";
import { type CatalogueModel, ZDR_PROVIDERS } from "../catalogue";
import { offset, wholeNumber } from "../route";

const amount = z.coerce.number().min(0).optional();
const days = wholeNumber(0, 100_000).optional();
const share = z.coerce.number().min(0).max(1).optional();

/** Filters that the catalogue here can answer. */
const answered = {
  offset: offset.optional(),
  limit: wholeNumber(1, 1000).optional(),
  output_modalities: z.string().default("text"),
  input_modalities: z.string().optional(),
  supported_parameters: z.string().optional(),
  model_authors: z.string().optional(),
  providers: z.string().optional(),
  context: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  min_price: amount,
  max_price: amount,
  min_output_price: amount,
  max_output_price: amount,
  zdr: z.literal("true").optional(),
  q: z.string().optional(),
};

/** Documented filters for which it has no facts: they are checked, and narrow nothing. */
const checkedOnly = {
  category: z
    .enum([
      "programming",
      "roleplay",
      "marketing",
      "marketing/seo",
      "technology",
      "science",
      "translation",
      "legal",
      "finance",
      "health",
      "trivia",
      "academia",
    ])
    .optional(),
  arch: z.string().optional(),
  distillable: z.enum(["true", "false"]).optional(),
  region: z.enum(["eu", "us"]).optional(),
  min_age_days: days,
  max_age_days: days,
  min_intelligence_index: amount,
  max_intelligence_index: amount,
  min_coding_index: amount,
  max_coding_index: amount,
  min_agentic_index: amount,
  max_agentic_index: amount,
  min_tool_success_rate: share,
  max_tool_success_rate: share,
  use_rss: z.string().optional(),
  use_rss_chat_links: z.string().optional(),
};

type Order = (one: CatalogueModel, other: CatalogueModel) => number;

const price = ({ input_price, output_price }: CatalogueModel) => input_price + output_price;

/** Orders that need facts which the catalogue does not have leave its own. */
export const ORDERS: Readonly<Record<string, Order>> = {
  "pricing-low-to-high": (one, other) => price(one) - price(other),
  "pricing-high-to-low": (one, other) => price(other) - price(one),
  "context-high-to-low": (one, other) => other.context_length - one.context_length,
};

const sort = z
  .enum([
    "most-popular",
    "newest",
    "top-weekly",
    "pricing-low-to-high",
    "pricing-high-to-low",
    "context-high-to-low",
    "throughput-high-to-low",
    "latency-low-to-high",
    "intelligence-high-to-low",
    "coding-high-to-low",
    "agentic-high-to-low",
    "design-arena-elo-high-to-low",
  ])
  .optional();

export const modelQuery = z.object({ ...answered, ...checkedOnly, sort });
type Query = z.output<typeof modelQuery>;

export function passes(model: CatalogueModel, query: Query): boolean {
  const {
    context = 0,
    min_price = 0,
    max_price = Number.POSITIVE_INFINITY,
    min_output_price = 0,
    max_output_price = Infinity,
  } = query;
  return (
    isWanted(model, query.output_modalities) &&
    (!query.zdr || model.providers.some(isZdr)) &&
    `${model.id} ${model.name}`.toLowerCase().includes((query.q ?? "").toLowerCase()) &&
    hasOneOf(query.input_modalities, modalitiesOf(model).inputs) &&
    hasOneOf(query.supported_parameters, parameters(model)) &&
    hasOneOf(query.model_authors, [model.id.split("/")[0] as string]) &&
    hasOneOf(query.providers, model.providers) &&
    model.context_length >= context &&
    isWithin(model.input_price, min_price, max_price) &&
    isWithin(model.output_price, min_output_price, max_output_price)
  );
}

/** Without a list all do. */
function hasOneOf(list: string | undefined, values: readonly string[]): boolean {
  return list === undefined || list.split(",").some((each) => values.includes(each));
}

function isWithin(amount: number, least: number, most: number): boolean {
  return amount >= least && amount <= most;
}

function isWanted(model: CatalogueModel, modalities: string): boolean {
  const { outputs } = modalitiesOf(model);
  return modalities === "all" || modalities.split(",").some((modality) => outputs.includes(modality));
}

export function modalitiesOf({ modality }: CatalogueModel): { inputs: string[]; outputs: string[] } {
  const [inputs = "", outputs = ""] = modality.split("->");
  return { inputs: inputs.split("+"), outputs: outputs.split("+") };
}

export function isZdr(provider: string): boolean {
  return ZDR_PROVIDERS.includes(provider);
}

export function parameters(model: CatalogueModel): string[] {
  const { outputs } = modalitiesOf(model);
  if (!outputs.includes("text")) return [];
  const tools = outputs.length === 1 && model.output_price > 0 ? ["tools", "tool_choice", "structured_outputs"] : [];
  return ["max_tokens", "temperature", "top_p", ...tools];
}
