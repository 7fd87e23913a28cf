/** The catalogue of models: `/models`. Needs no credentials, and with some it may show less. */
import { z } from "zod";
import type { State } from "../account";
import type { CatalogueModel } from "../catalogue";
import { CATALOGUE, withoutVariant } from "../catalogue";
import type { Answer, Caller, Request, Route } from "../route";
import { offset, ok, readQuery, wholeNumber } from "../route";

const DEFAULT_PAGE = 500;

/** Of the API's many filters, those that find a model by its name and kind; the others are unknown here. */
const listQuery = z.object({
  offset: offset.optional(),
  limit: wholeNumber(1, 1000).optional(),
  output_modalities: z.string().default("text"),
  q: z.string().optional(),
});

function list(request: Request, caller: Caller | undefined): Answer {
  const { state } = request;
  const query = readQuery(request, listQuery);
  const models = CATALOGUE.filter(
    (model) =>
      model.listed &&
      isWanted(model, query.output_modalities) &&
      `${model.id} ${model.name}`.toLowerCase().includes((query.q ?? "").toLowerCase()) &&
      !isHidden(state, caller, model),
  );
  // The whole list when neither is given.
  const paged = query.offset !== undefined || query.limit !== undefined;
  const start = query.offset ?? 0;
  const end = paged ? start + (query.limit ?? DEFAULT_PAGE) : models.length;
  const next = end < models.length ? nextPage(request, end) : null;
  const data = models.slice(start, end).map((model) => shown(state, model));
  return ok({ data, links: { next }, total_count: models.length });
}

function isWanted(model: CatalogueModel, modalities: string): boolean {
  const outputs = model.output.split("+");
  return modalities === "all" || modalities.split(",").some((modality) => outputs.includes(modality));
}

function isHidden(state: State, caller: Caller | undefined, model: CatalogueModel): boolean {
  if (!caller || state.switches.catalogueWithCredentials === "whole") return false;
  return caller.account.hiddenModels.includes(withoutVariant(model.id));
}

function nextPage({ query }: Request, offset: number): string {
  return `/api/v1/models?${new URLSearchParams({ ...query, offset: String(offset) })}`;
}

function shown({ switches }: State, { id, canonical_slug, name, output }: CatalogueModel) {
  const variant = id.slice(withoutVariant(id).length);
  const price = variant === ":free" ? "0" : "0.000002";
  return {
    id,
    canonical_slug: switches.variantCanonicalSlug === "suffixed" ? canonical_slug + variant : canonical_slug,
    name,
    created: 1754000000,
    description: `${name}, as the simulator's catalogue has it.`,
    context_length: 131_072,
    architecture: {
      input_modalities: ["text"],
      output_modalities: output.split("+"),
      modality: `text->${output}`,
      instruct_type: null,
      tokenizer: "Other",
    },
    pricing: { prompt: price, completion: price },
    top_provider: { context_length: 131_072, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: ["max_tokens", "temperature", "top_p"],
    default_parameters: null,
    supported_voices: null,
    expiration_date: null,
    hugging_face_id: null,
    knowledge_cutoff: null,
    links: { details: `/api/v1/models/${canonical_slug}/endpoints` },
  };
}

export const modelRoutes: readonly Route[] = [{ method: "GET", path: "/models", needs: "nothing", handle: list }];
