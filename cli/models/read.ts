/** Reads models and their endpoints. The data of `models`, `models show` and `models endpoints`. */
import { type Endpoint, listZdrEndpoints, listEndpoints as readModelEndpoints } from "../../provider/api/endpoints";
import { listAvailableModels, type Model, listModels as readModels } from "../../provider/api/models";
import { clean } from "../../provider/text";
import type { Account } from "../shared/account";
import { type Sources, withKeyIfRequired } from "../shared/catalog";
import { UsageError } from "../shared/terminal";
import { type ModelFilter, matches } from "./filter";
import { perMillion, type Sort, serverSort, sorted, UNITS } from "./sort";

export interface ModelChoice extends ModelFilter {
  sort?: Sort;
  limit?: number;
  /** Only what the account's settings and guardrails leave. */
  available?: boolean;
  zdr?: boolean;
}

/** Fields keep their names; new ones may be added. */
export interface ModelsData {
  units: typeof UNITS;
  models: ReturnType<typeof perMillion>[];
}

export interface EndpointsData {
  model: string;
  endpoints: (Endpoint & { zdr: boolean })[];
}

export async function readModelList(
  sources: Sources,
  { sort, limit, available, zdr, ...filter }: ModelChoice,
): Promise<{ data: ModelsData; models: Model[]; total: number }> {
  const all = await readUnfiltered(sources, { sort, zdr, available });
  const matching = all.filter((model) => matches(model, filter));
  const models = sorted(matching, sort).slice(0, limit);
  return { data: { units: UNITS, models: models.map(perMillion) }, models, total: all.length };
}

/** @throws UsageError with the candidates unless the name means one model */
export async function readModel(sources: Sources, name: string): Promise<Model> {
  return chooseModel(await readCatalog(sources), name);
}

/** @throws UsageError with the candidates unless the name means one model */
export async function readEndpoints(sources: Sources, name: string): Promise<EndpointsData> {
  const { id } = await readModel(sources, name);
  const { all, zdr } = await readEndpointsOf(sources, id);
  const withZdr = new Set(zdr.map(({ name, tag }) => `${name} ${tag}`));
  return {
    model: id,
    endpoints: all.map((endpoint) => ({ ...endpoint, zdr: withZdr.has(`${endpoint.name} ${endpoint.tag}`) })),
  };
}

function readEndpointsOf(sources: Sources, model: string): Promise<{ all: Endpoint[]; zdr: Endpoint[] }> {
  return withKeyIfRequired(sources, async (account, authenticated) => {
    const all = await readModelEndpoints(
      account.start("read", `the endpoints of ${clean(model)}`),
      model,
      authenticated,
    );
    return { all, zdr: await readZdr(account, authenticated) };
  });
}

/** The endpoints of all models with zero data retention. */
export function readZdrEndpoints(sources: Sources): Promise<Endpoint[]> {
  return withKeyIfRequired(sources, readZdr);
}

function readZdr(account: Account, authenticated: boolean): Promise<Endpoint[]> {
  return listZdrEndpoints(account.start("read", "the endpoints with zero data retention"), authenticated);
}

type Unfiltered = { [Name in "sort" | "zdr" | "available"]: ModelChoice[Name] | undefined };

/** In the order of the API for what only the API can sort, or by name. */
async function readUnfiltered(sources: Sources, { sort, zdr, available }: Unfiltered): Promise<Model[]> {
  const order = serverSort(sort);
  if (!available && !order) return readCatalog(sources, zdr);
  const catalog = () => sources.catalog().start("read", "the catalog of models");
  if (!available) return readModels(catalog(), { zdr: zdr ?? false, ...(order && { sort: order }) });
  const models = await listAvailableModels(sources.account().start("read", "the available models"), order);
  // The list of available models has no such filter.
  const withZdr = zdr ? new Set((await readModels(catalog(), { zdr })).map(({ id }) => id)) : undefined;
  const found = models.filter(({ id }) => withZdr?.has(id) ?? true);
  return order ? found : found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readCatalog(sources: Sources, zdr = false): Promise<Model[]> {
  const models = await readModels(sources.catalog().start("read", "the catalog of models"), { zdr });
  return models.sort((a, b) => (a.id < b.id ? -1 : 1));
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
    : `the catalog has no model "${clean(wanted)}"${candidates.length > 0 ? "; it has:" : ""}`;
  throw new UsageError(
    problem,
    candidates.map(({ id }) => id),
  );
}
