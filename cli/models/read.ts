/** Reads models. The data of `models` and `models show`. */
import type { Api } from "../../provider/api/call";
import { listAvailableModels, listModels, type Model, type ModelQuery } from "../../provider/api/models";
import { clean } from "../../provider/text";
import { readProviders } from "../providers/read";
import type { Sources } from "../shared/catalog";
import { UsageError } from "../shared/terminal";
import { type ModelFilter, matches, type UnknownWord, unknownWords } from "./filter";
import { perMillion, type Sort, serverSort, sorted, UNITS } from "./sort";

export interface ModelChoice extends ModelFilter {
  sort?: Sort;
  limit?: number;
  /** Only what the account's settings and guardrails leave. */
  available?: boolean;
  zdr?: boolean;
  /** Name or slug of a provider that serves the model. */
  provider?: string;
}

/** Fields keep their names; new ones may be added. */
export interface ModelsData {
  units: typeof UNITS;
  models: ReturnType<typeof perMillion>[];
}

export async function readModelList(
  sources: Sources,
  { sort, limit, available, zdr, provider, ...filter }: ModelChoice,
): Promise<{ data: ModelsData; models: Model[]; total: number; unknownWords: UnknownWord[] }> {
  const all = await readUnfiltered(sources, { sort, zdr, available, provider });
  const matching = all.filter((model) => matches(model, filter));
  const models = sorted(matching, sort).slice(0, limit);
  const data = { units: UNITS, models: models.map(perMillion) };
  return { data, models, total: all.length, unknownWords: unknownWords(all, filter) };
}

/** @throws UsageError with the candidates unless the name means one model */
export async function readModel(sources: Sources, name: string): Promise<Model> {
  return chooseModel(await readCatalog(sources), name);
}

type Unfiltered = { [Name in "sort" | "zdr" | "available" | "provider"]: ModelChoice[Name] | undefined };

/** In the order of the API for what only the API can sort, or by name. */
async function readUnfiltered(sources: Sources, { sort, zdr, available, provider }: Unfiltered): Promise<Model[]> {
  const order = serverSort(sort);
  const providers = provider === undefined ? undefined : await nameOfProvider(sources, provider);
  const models = available
    ? await readAvailable(sources, { zdr, providers, sort: order })
    : await listModels(catalogOf(sources), { zdr, providers, sort: order });
  return order ? models : models.sort(byId);
}

/** The list of available models has no such filters. */
async function readAvailable(sources: Sources, { zdr, providers, sort }: ModelQuery): Promise<Model[]> {
  const models = await listAvailableModels(sources.account().start("read", "the available models"), sort);
  if (!zdr && providers === undefined) return models;
  const matching = new Set((await listModels(catalogOf(sources), { zdr, providers })).map(({ id }) => id));
  return models.filter(({ id }) => matching.has(id));
}

/** The catalog filters by names, and guardrails have slugs. @throws UsageError */
async function nameOfProvider(sources: Sources, wanted: string): Promise<string> {
  const { providers } = await readProviders(sources);
  const word = wanted.toLowerCase();
  const found = providers.find(({ name, slug }) => slug === word || name.toLowerCase() === word);
  if (found) return found.name;
  throw new UsageError(
    `no provider has the name or slug "${clean(wanted)}"; \`pulumi-openrouter providers\` lists them`,
  );
}

async function readCatalog(sources: Sources): Promise<Model[]> {
  return (await listModels(catalogOf(sources))).sort(byId);
}

function catalogOf(sources: Sources): Api {
  return sources.catalog().start("read", "the catalog of models");
}

function byId(a: Model, b: Model): number {
  return a.id < b.id ? -1 : 1;
}

/** By slug, by canonical slug, or by slug without the author. @throws UsageError with the candidates */
function chooseModel(models: readonly Model[], wanted: string): Model {
  const [found = []] = [
    models.filter(({ id }) => id === wanted),
    models.filter(({ canonicalSlug }) => canonicalSlug === wanted),
    models.filter(({ id }) => id.slice(id.indexOf("/") + 1) === wanted),
  ].filter(({ length }) => length > 0);
  const [only] = found;
  if (only && found.length === 1) return only;
  const candidates = only ? found : models.filter((model) => matches(model, { text: wanted }));
  const problem = only
    ? `"${clean(wanted)}" matches ${found.length} models; pass one of them:`
    : `the catalog has no model "${clean(wanted)}"; ${candidates.length > 0 ? "it has:" : "`pulumi-openrouter models` lists them"}`;
  throw new UsageError(
    problem,
    candidates.map(({ id }) => id),
  );
}
