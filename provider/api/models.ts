/** The model catalog: `/models`. Read without credentials, because an account may filter its view. */
import * as z from "zod";
import type { Api, Call } from "./call";
import { nullableNumber, nullableString, nullableStringList } from "./shapes";

/** USD for one token or request, sent as a string. Negative if it depends on the model that a router picks. */
export const price = nullableString
  .transform((value) => (value === null ? null : Number(value)))
  .pipe(z.number().nullable());

const model = z.object({
  /** Slug, with the suffix of the variant if there is one, as in an allowlist. */
  id: z.string(),
  canonicalSlug: nullableString,
  name: nullableString,
  description: nullableString,
  pricing: z.object({ prompt: price, completion: price, request: price }),
  contextLength: nullableNumber,
  architecture: z.object({ inputModalities: nullableStringList, outputModalities: nullableStringList }),
  topProvider: z
    .object({ maxCompletionTokens: nullableNumber })
    .nullish()
    .transform((value) => value ?? { maxCompletionTokens: null }),
  supportedParameters: nullableStringList,
  /** The model may be removed after this day. */
  expirationDate: nullableString,
});
export type Model = z.output<typeof model>;

export interface ModelQuery {
  /** Only models with an endpoint that retains no data. */
  zdr?: boolean | undefined;
  /** Only models that this provider serves, by name. */
  providers?: string | undefined;
  /** By median performance of the last 30 minutes. */
  sort?: ModelSort | undefined;
}

export function listModels(api: Api, { zdr, ...query }: ModelQuery = {}): Promise<Model[]> {
  return readCatalog(api, model, { query: { zdr: zdr ? "true" : undefined, ...query } });
}
export type ModelSort = "throughput-high-to-low" | "latency-low-to-high";

/** The models that the settings and guardrails of the account leave. */
export function listAvailableModels(api: Api, sort?: ModelSort): Promise<Model[]> {
  return readCatalog(api, model, { path: ["models", "user"], query: { sort }, authenticated: true });
}

const names = z.object({ id: z.string(), canonicalSlug: nullableString });

/** Canonical slug of every model, by each of its names. */
export async function canonicalSlugs(api: Api): Promise<Map<string, string>> {
  const slugs = new Map<string, string>();
  for (const { id, canonicalSlug } of await readCatalog(api, names)) {
    slugs.set(id, canonicalSlug ?? id);
    if (canonicalSlug) slugs.set(canonicalSlug, canonicalSlug);
  }
  return slugs;
}

const MAX_PAGE_SIZE = 1_000;

/** Models of all output modalities. The API's default is text only. */
async function readCatalog<Row>(
  api: Api,
  row: z.ZodType<Row>,
  {
    path = ["models"],
    query = {},
    authenticated = false,
  }: Pick<Partial<Call<Row>>, "path" | "query" | "authenticated"> = {},
): Promise<Row[]> {
  const result = z.object({ data: z.array(row), totalCount: z.number().nullish() });
  const rows: Row[] = [];
  for (let offset = 0; ; offset += MAX_PAGE_SIZE) {
    const { data, totalCount } = await api.request({
      method: "GET",
      path,
      query: { outputModalities: "all", offset, limit: MAX_PAGE_SIZE, ...query },
      result,
      authenticated,
    });
    rows.push(...data);
    if (data.length === 0 || offset + MAX_PAGE_SIZE >= (totalCount ?? 0)) return rows;
  }
}

/** The name under which the API stores a guardrail's model: the canonical slug, with the variant. */
export function canonicalName(slugs: ReadonlyMap<string, string>, name: string): string {
  const exact = slugs.get(name);
  if (exact && !exact.includes(":") && name.includes(":")) return `${exact}${name.slice(name.indexOf(":"))}`;
  if (exact) return exact;
  const colon = name.indexOf(":");
  const base = colon < 0 ? undefined : slugs.get(name.slice(0, colon));
  return base ? `${base}${name.slice(colon)}` : name;
}

/** Whether the catalog has a model with this name, in any variant. */
export function isKnownModel(slugs: ReadonlyMap<string, string>, name: string): boolean {
  const colon = name.indexOf(":");
  return slugs.has(name) || (colon > 0 && slugs.has(name.slice(0, colon)));
}
