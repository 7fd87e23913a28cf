/**
 * Names of models. A model has a slug and a canonical slug with a date, each with or without a variant such as `:free`. The
 * API stores the canonical one. The declared name is kept wherever the two mean the same.
 */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/call";
import { canonicalName, canonicalSlugs, isKnownModel } from "../api/models";
import { ApiError, PreconditionError } from "../errors";
import { sortedSet } from "../reconcile/inputs";
import { clean } from "../text";

/** Declared name → stored name, for those that differ. */
export type CanonicalNames = Readonly<Record<string, string>>;

/** A list of models by their declared names, as a set. */
export function toDeclaredNames(list: readonly string[] | null | undefined, known: CanonicalNames): string[] | null {
  if (!Array.isArray(list)) return (list as null | undefined) ?? null;
  const declaredOf = new Map(Object.entries(known).map(([declared, stored]) => [stored, declared]));
  // Through the stored name, because the program may name a model twice.
  return sortedSet(list.map((name) => declaredOf.get(known[name] ?? name) ?? name));
}

/** The known names and those that explain why `stored` differs from `declared`. Reads the catalog only if it does. */
export async function resolveCanonicalNames(
  api: Api,
  declared: readonly string[] | null,
  stored: readonly string[] | null,
  known: CanonicalNames,
): Promise<CanonicalNames> {
  if (!declared || !stored || isDeepStrictEqual(declared, toDeclaredNames(stored, known))) return known;
  const slugs = await canonicalSlugs(api);
  const shown = new Set(stored);
  const renamed = declared
    .map((name) => [name, canonicalName(slugs, name)] as const)
    .filter(([name, canonical]) => name !== canonical && shown.has(canonical) && !shown.has(name));
  return { ...known, ...Object.fromEntries(renamed) };
}

/** The short names of stored models, as programs declare them. Reads the catalog only if there are any models. */
export async function shortNames(api: Api, stored: readonly string[]): Promise<CanonicalNames> {
  if (stored.length === 0) return {};
  const slugs = await canonicalSlugs(api);
  // By the name that the API stores for each: the catalog has the same canonical slug for a model and its free variant.
  const pairs = [...slugs.keys()].map((slug) => [slug, canonicalName(slugs, slug)] as const);
  const renamed = pairs.filter(([slug, canonical]) => slug !== canonical);
  const shortOf = (name: string) => renamed.find(([, canonical]) => canonical === name)?.[0];
  const shortened = stored.map((name) => {
    const [base = "", ...variant] = name.split(":");
    const short = shortOf(name) ?? (shortOf(base) && [shortOf(base), ...variant].join(":"));
    return short ? [[short, name]] : [];
  });
  return Object.fromEntries(shortened.flat());
}

/** The API may reject an unknown model without naming it. The catalog shows which one it is, and similar names. */
export async function explainUnknownModels<Result>(
  api: Api,
  names: readonly string[],
  request: Promise<Result>,
): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400 || names.length === 0) throw error;
    const slugs = await canonicalSlugs(api);
    const unknown = names.filter((name) => !isKnownModel(slugs, name));
    if (unknown.length === 0) throw error;
    const suggested = await Promise.all(unknown.map((name) => withSuggestion(name, [...slugs.keys()])));
    throw new PreconditionError(
      api.operation,
      `the API rejected the request (400: ${error.apiMessage}), and its catalog has no model ${suggested.join(", ")}`,
      "take the names from https://openrouter.ai/models",
    );
  }
}

/** Adds a similar name: one in which at most two letters, or a third of all letters, differ. */
async function withSuggestion(name: string, slugs: readonly string[]): Promise<string> {
  const { closest, distance } = await import("fastest-levenshtein");
  const near = slugs.length > 0 ? closest(name, slugs) : undefined;
  const isMisspelling = near !== undefined && distance(name, near) <= Math.max(2, name.length / 3);
  return `${clean(name)}${isMisspelling ? ` (did you mean ${near}?)` : ""}`;
}
