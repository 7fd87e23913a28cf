/** The order of models. Pure. */
import type { Endpoint } from "../../provider/api/endpoints";
import type { Model, ModelSort } from "../../provider/api/models";
import { perMillionTokens } from "./filter";

export const SORTS = ["price", "context", "throughput", "latency"] as const;
export type Sort = (typeof SORTS)[number];

/** No list shows the speed of a model, but the API can sort by it. */
export function serverSort(sort: Sort | undefined): ModelSort | undefined {
  if (sort === "throughput") return "throughput-high-to-low";
  return sort === "latency" ? "latency-low-to-high" : undefined;
}

/** By price or context; in the given order otherwise. A price that is unknown or varies comes last. */
export function sorted(models: readonly Model[], sort: Sort | undefined): Model[] {
  if (sort === "price") return [...models].sort((a, b) => compare(meanPrice(a), meanPrice(b)));
  if (sort === "context") return [...models].sort((a, b) => compare(b.contextLength ?? 0, a.contextLength ?? 0));
  return [...models];
}

/** The mean price of input and output, as on OpenRouter's website. */
export function meanPrice({ pricing }: Pick<Model, "pricing"> | Pick<Endpoint, "pricing">): number {
  const [input, output] = [perMillionTokens(pricing.prompt), perMillionTokens(pricing.completion)];
  return input === null || output === null ? Number.POSITIVE_INFINITY : (input + output) / 2;
}

/** Infinity minus itself is not a number. */
export function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** What the numbers of a model mean. */
export const UNITS = {
  pricing: "USD per token; request: USD per request",
  pricePerMillion: "USD per million tokens",
  contextLength: "tokens",
} as const;

/** With the prices as tables print them. */
export function perMillion(model: Model): Model & { pricePerMillion: { input: number | null; output: number | null } } {
  const { prompt, completion } = model.pricing;
  return { ...model, pricePerMillion: { input: perMillionTokens(prompt), output: perMillionTokens(completion) } };
}
