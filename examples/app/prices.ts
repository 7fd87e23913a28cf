import type { CatalogModel, Request } from "./openrouter";

/** Fewer than in English text, so that the estimate is rather too high. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * The most that a request should cost, in USD, by the prices of the catalog. Only `:free` has prices of its own; other variants
 * such as `:floor` change the provider, and cost at most about as much as the model.
 *
 * @throws Error for a model without a fixed price, such as a router
 */
export function estimate(catalog: readonly CatalogModel[], { model, messages, max_tokens }: Request): number {
  const base = model.endsWith(":free") ? model : model.replace(/:.*/, "");
  const found = catalog.find(({ id }) => id === model) ?? catalog.find(({ id }) => id === base);
  if (!found) throw new Error(`${model} is not in the catalog, so its price is not known`);
  const { prompt, completion, request = "0" } = found.pricing;
  const prices = [prompt, completion, request].map(Number);
  if (!prices.every((price) => price >= 0)) throw new Error(`${model} has no fixed price`);
  const [input = 0, output = 0, perRequest = 0] = prices;
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(length / CHARACTERS_PER_TOKEN) * input + max_tokens * output + perRequest;
}
