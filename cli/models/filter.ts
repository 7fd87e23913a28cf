/** Filters of models. Pure. Not the API's own filters: it isn't documented whether those match all or any of several words. */
import type { Model } from "../../provider/api/models";
import { rounded } from "../shared/money";

export interface ModelFilter {
  /** Part of the slug or of the name. */
  text?: string;
  /** USD per million tokens. */
  maxPrice?: number;
  maxOutputPrice?: number;
  minContext?: number;
  /** The model has all of these. */
  input?: string[];
  output?: string[];
  parameter?: string[];
  free?: boolean;
}

export function matches(model: Model, filter: ModelFilter): boolean {
  const { pricing, architecture, supportedParameters } = model;
  const { text = "", maxPrice, maxOutputPrice, minContext = 0, input, output, parameter, free = false } = filter;
  return (
    `${model.id} ${model.canonicalSlug} ${model.name}`.toLowerCase().includes(text.toLowerCase()) &&
    costsAtMost(pricing.prompt, maxPrice) &&
    costsAtMost(pricing.completion, maxOutputPrice) &&
    (model.contextLength ?? 0) >= minContext &&
    hasAll(architecture.inputModalities, input) &&
    hasAll(architecture.outputModalities, output) &&
    hasAll(supportedParameters, parameter) &&
    (!free || isFree(model))
  );
}

/** False for a price that is unknown or varies. */
function costsAtMost(price: number | null, max: number | undefined): boolean {
  if (max === undefined) return true;
  const usd = perMillionTokens(price);
  return usd !== null && usd <= max;
}

/** USD per million tokens; null if it is unknown or varies. */
export function perMillionTokens(price: number | null): number | null {
  return price === null || price < 0 ? null : rounded(price * 1e6);
}

function isFree({ pricing: { prompt, completion, request } }: Model): boolean {
  return prompt === 0 && completion === 0 && (request ?? 0) === 0;
}

function hasAll(available: readonly string[] | null, wanted: readonly string[] = []): boolean {
  return wanted.every((word) => available?.includes(word));
}

/** A word of a filter that no model has, such as a misspelled parameter. */
export interface UnknownWord {
  option: "input" | "output" | "parameter";
  word: string;
  /** The words that models have. */
  known: string[];
}

export function unknownWords(models: readonly Model[], filter: ModelFilter): UnknownWord[] {
  const wordsOf = {
    input: ({ architecture }: Model) => architecture.inputModalities,
    output: ({ architecture }: Model) => architecture.outputModalities,
    parameter: ({ supportedParameters }: Model) => supportedParameters,
  };
  return (["parameter", "input", "output"] as const).flatMap((option) => {
    const known = [...new Set(models.flatMap((model) => wordsOf[option](model) ?? []))].sort();
    const unknown = filter[option]?.filter((word) => !known.includes(word)) ?? [];
    return known.length === 0 ? [] : unknown.map((word) => ({ option, word, known }));
  });
}
