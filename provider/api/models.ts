/** The model catalogue: `/models`. Asked without credentials: an account may filter its own view of it. */
import * as z from "zod";
import type { Api } from "./call";
import { nullableNumber, nullableString, nullableStringList } from "./shapes";

/** USD for one token or request, sent as text. Negative where it depends on the model that a router picks. */
export const price = z
  .string()
  .nullish()
  .transform((value) => (value == null ? null : Number(value)))
  .pipe(z.number().nullable());

const model = z.object({
  /** Slug, with the suffix of a variant where it has one: what goes into an allowlist. */
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
  /** The day after which it may be gone. */
  expirationDate: nullableString,
});
export type Model = z.output<typeof model>;

/** All models, or those that some endpoint serves without keeping data. */
export function listModels(api: Api, { zdr = false } = {}): Promise<Model[]> {
  return catalogue(api, model, { zdr: zdr ? "true" : undefined });
}

const names = z.object({ id: z.string(), canonicalSlug: nullableString });

/** Canonical slug of every model, by each name it goes by. */
export async function canonicalSlugs(api: Api): Promise<Map<string, string>> {
  const slugs = new Map<string, string>();
  for (const { id, canonicalSlug } of await catalogue(api, names)) {
    slugs.set(id, canonicalSlug ?? id);
    if (canonicalSlug) slugs.set(canonicalSlug, canonicalSlug);
  }
  return slugs;
}

const MAX_PAGE_SIZE = 1_000;

/** Of all modalities: without saying so it would be those that give text. */
async function catalogue<Row>(
  api: Api,
  row: z.ZodType<Row>,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<Row[]> {
  const result = z.object({ data: z.array(row), totalCount: z.number().nullish() });
  const rows: Row[] = [];
  for (let offset = 0; ; offset += MAX_PAGE_SIZE) {
    const { data, totalCount } = await api.request({
      method: "GET",
      path: ["models"],
      query: { outputModalities: "all", offset, limit: MAX_PAGE_SIZE, ...query },
      result,
      authenticated: false,
    });
    rows.push(...data);
    if (data.length === 0 || offset + MAX_PAGE_SIZE >= (totalCount ?? 0)) return rows;
  }
}

/** The form in which the API stores a model of a guardrail: the canonical slug, with the variant kept. */
export function canonicalName(slugs: ReadonlyMap<string, string>, name: string): string {
  const exact = slugs.get(name);
  if (exact && !exact.includes(":") && name.includes(":")) return `${exact}${name.slice(name.indexOf(":"))}`;
  if (exact) return exact;
  const colon = name.indexOf(":");
  const base = colon < 0 ? undefined : slugs.get(name.slice(0, colon));
  return base ? `${base}${name.slice(colon)}` : name;
}

/** Whether the catalogue has a model of this name, in any variant. */
export function isKnownModel(slugs: ReadonlyMap<string, string>, name: string): boolean {
  const colon = name.indexOf(":");
  return slugs.has(name) || (colon > 0 && slugs.has(name.slice(0, colon)));
}
