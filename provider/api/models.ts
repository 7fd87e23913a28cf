/** The model catalogue: `/models`. Used to tell which names mean the same model. */
import { z } from "zod";
import type { Api } from "./client";
import { text } from "./shapes";

const model = z.object({ id: z.string(), canonicalSlug: text });
const modelPage = z.object({ data: z.array(model), totalCount: z.number().nullish() });

const LARGEST_PAGE = 1_000;

/**
 * Canonical slug of every model, by each name it goes by. Asked without credentials and for all modalities, because
 * an account may filter its own view of the catalogue and so hide the very models that a guardrail names.
 */
export async function canonicalSlugs(api: Api): Promise<Map<string, string>> {
  const slugs = new Map<string, string>();
  for (let offset = 0; ; offset += LARGEST_PAGE) {
    const { data, totalCount } = await api.request({
      method: "GET",
      path: ["models"],
      query: { outputModalities: "all", offset, limit: LARGEST_PAGE },
      result: modelPage,
      authenticated: false,
    });
    for (const { id, canonicalSlug } of data) {
      slugs.set(id, canonicalSlug ?? id);
      if (canonicalSlug) slugs.set(canonicalSlug, canonicalSlug);
    }
    if (data.length === 0 || offset + LARGEST_PAGE >= (totalCount ?? 0)) return slugs;
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
