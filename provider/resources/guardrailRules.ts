/** Rules for lists of a guardrail and their canonical form, and rules that span several inputs. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { isUnknown } from "../../formats/values";
import type { Guardrail } from "../api/guardrails";
import { known, MUST_NOT_HOLD_KEY, oneOf, optional, singleLine, sortedSet } from "../reconcile/inputs";
import { holdsNoKey } from "../text";

export type BuiltinFilter = NonNullable<Guardrail["contentFilterBuiltins"]>[number];
export type ContentFilter = NonNullable<Guardrail["contentFilters"]>[number];

const INJECTION = "regex-prompt-injection";
const MAX_PATTERN_LENGTH = 100_000;

export function builtinFilters() {
  return z.array(
    known(
      z
        .strictObject({
          slug: known(singleLine(100)),
          action: known(oneOf("block", "redact", "flag")),
          scanScope: optional(oneOf("user_only", "all_messages")),
        })
        .refine(({ slug, scanScope }) => !scanScope || slug === INJECTION || isUnknown(slug) || isUnknown(scanScope), {
          path: ["scanScope"],
          error: `is for the slug ${INJECTION} only`,
        }),
    ),
    "must be a list",
  );
}

export function contentFilters() {
  return z.array(
    known(
      z.strictObject({
        pattern: known(regularExpression()),
        action: known(oneOf("block", "redact", "flag")),
        label: optional(singleLine(100)),
      }),
    ),
    "must be a list",
  );
}

/** What the API says about patterns: a JavaScript regular expression without lookaround and backreferences. */
function regularExpression() {
  return z
    .string("must be a string")
    .max(MAX_PATTERN_LENGTH, `must have at most ${MAX_PATTERN_LENGTH} characters`)
    .refine(isRegularExpression, "must be a JavaScript regular expression")
    .refine(holdsNoKey, MUST_NOT_HOLD_KEY)
    .refine((pattern) => !/\(\?<?[=!]/.test(syntaxOf(pattern)), "must not use lookaround: the API rejects it")
    .refine((pattern) => !/\\([1-9]|k<)/.test(syntaxOf(pattern)), "must not use backreferences: the API rejects them");
}

/** The pattern with a letter for each character class and escaped character, where the same characters are literal. */
function syntaxOf(pattern: string): string {
  return pattern.replace(/\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/gs, "_");
}

function isRegularExpression(pattern: string): boolean {
  try {
    return pattern !== "" && new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The API may gain regions; `eu` is what people write for the one that it calls `europe`. */
export function region() {
  return singleLine(100).refine((value) => value.toLowerCase() !== "eu", "did you mean `europe`?");
}

const CONTRARY_LISTS = [
  ["allowedModels", "ignoredModels"],
  ["allowedProviders", "ignoredProviders"],
] as const;

/** Rules that span several inputs. They see the inputs as given: one bad input must not hide a problem between others. */
export function across(news: Record<string, unknown>, olds: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if ((news.limitUsd === undefined) !== (news.resetInterval === undefined)) {
    problems.push("limitUsd, resetInterval: set both or neither; with `ignoreChanges`, list both");
  }
  for (const [allowed, ignored] of CONTRARY_LISTS) {
    const both = listOf(news[allowed]).filter((item) => !isUnknown(item) && listOf(news[ignored]).includes(item));
    const isOld = [allowed, ignored].every((name) => isDeepStrictEqual(news[name], olds[name]));
    if (both.length > 0 && !isOld)
      problems.push(
        `${allowed}, ${ignored}: ${both.length} ${both.length === 1 ? "entry is" : "entries are"} in both lists`,
      );
  }
  return problems;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list as a set; an empty one is null, because it filters nothing. A value not known yet stays unchanged. */
export function normalizeList<Item>(
  list: readonly Item[] | null | undefined,
  plain = (item: Item) => item,
): Item[] | null {
  if (!Array.isArray(list)) return (list as null | undefined) ?? null;
  return list.length > 0 ? sortedSet(list.map((item) => (isUnknown(item) ? item : plain(item)))) : null;
}

/** The API shows the scan scope of one filter only, and `all_messages` is its default. */
export function normalizeBuiltin({ slug, action, scanScope }: BuiltinFilter): BuiltinFilter {
  return scanScope && scanScope !== "all_messages" ? { slug, action, scanScope } : { slug, action };
}

export function normalizeFilter({ pattern, action, label }: ContentFilter): ContentFilter {
  return label ? { pattern, action, label } : { pattern, action };
}
