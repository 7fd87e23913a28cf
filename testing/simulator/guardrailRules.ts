/** The API's validation of a guardrail's settings, and how it stores them. */
import { z } from "zod";
import type { OptionalFields, State } from "./account";
import { storedModel } from "./catalog";
import { badRequest } from "./errors";
import { type BuiltinFilter, type GuardrailSettings, settings } from "./guardrailSettings";

const name = z.string().min(1).max(200);
export const newGuardrail = z.object({ name, workspace_id: z.uuid().optional(), ...settings });
export const guardrailChange = z.object({ name: name.optional(), ...settings });

/** The settings as the API stores them. Applies the rules that the schema can't express. */
export function storedSettings(
  state: State,
  sent: OptionalFields<GuardrailSettings>,
): OptionalFields<GuardrailSettings> {
  checkBudget(sent);
  for (const filter of sent.content_filters ?? []) checkPattern(filter.pattern);
  sent.content_filter_builtins?.forEach(checkScanScope);
  return {
    ...sent,
    ...storedModels(state, sent, "allowed_models"),
    ...storedModels(state, sent, "ignored_models"),
    ...storedFilters(state, sent),
    ...copiedZdr(sent),
  };
}

/** A budget is an amount and an interval: both set, both null, or both omitted. */
function checkBudget({ limit_usd, reset_interval }: OptionalFields<GuardrailSettings>): void {
  const halves = [limit_usd, reset_interval].map((half) => (half == null ? half : "set"));
  if (halves[0] !== halves[1]) throw badRequest("limit_usd and reset_interval must be provided together");
  if (limit_usd != null && limit_usd < 0) throw badRequest("limit_usd: Too small: expected number to be >=0");
}

function checkScanScope({ slug, scan_scope }: BuiltinFilter, index: number): void {
  if (scan_scope === undefined || slug === "regex-prompt-injection") return;
  throw badRequest(`content_filter_builtins: ${index}: scan_scope: only for regex-prompt-injection`);
}

const MAX_PATTERN_LENGTH = 100_000;
const LOOK_AROUND = /\(\?<?[=!]/;
const BACK_REFERENCE = /\\[1-9]|\\k</;
const NESTED_QUANTIFIER = /\([^()]*[+*}][^()]*\)[+*{]/;

function checkPattern(pattern: string): void {
  const allowed =
    pattern.length <= MAX_PATTERN_LENGTH &&
    isRegex(pattern) &&
    ![LOOK_AROUND, BACK_REFERENCE, NESTED_QUANTIFIER].some((forbidden) => forbidden.test(pattern));
  if (!allowed) throw badRequest("invalid_regex_pattern");
}

function isRegex(pattern: string): boolean {
  try {
    return new RegExp(pattern) !== null;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Canonical names in the order of the request, without duplicates. A model and its variant are different. */
function storedModels(
  { switches }: State,
  sent: OptionalFields<GuardrailSettings>,
  field: "allowed_models" | "ignored_models",
): OptionalFields<GuardrailSettings> {
  const models = sent[field];
  if (!models) return {};
  const stored = models.map((model) => {
    const known = storedModel(model);
    if (known !== undefined) return known;
    throw badRequest(`Invalid ${field}${switches.unknownModelMessage === "named" ? `: ${model}` : ""}`);
  });
  return { [field]: [...new Set(stored)] };
}

const LABELS: Readonly<Record<string, string>> = { "regex-prompt-injection": "[PROMPT_INJECTION]" };

function storedFilters(
  { switches }: State,
  sent: OptionalFields<GuardrailSettings>,
): OptionalFields<GuardrailSettings> {
  const kept = <Filter>(filters: Filter[] | null | undefined) =>
    filters?.length === 0 && switches.emptyContentFilters === "null" ? null : filters;
  const builtins = kept(sent.content_filter_builtins)?.map((filter) => withLabel(filter, switches.scanScopeDefault));
  return {
    ...(sent.content_filters !== undefined && { content_filters: kept(sent.content_filters) }),
    ...(sent.content_filter_builtins !== undefined && { content_filter_builtins: builtins ?? null }),
  };
}

/** With the server's own label (`[EMAIL]`) instead of the caller's, which is ignored. */
function withLabel({ slug, action, scan_scope }: BuiltinFilter, scopeDefault: "omitted" | "filled"): BuiltinFilter {
  const label = LABELS[slug] ?? `[${slug.toUpperCase().replaceAll("-", "_")}]`;
  if (slug !== "regex-prompt-injection") return { slug, action, label };
  const scope = scan_scope ?? (scopeDefault === "filled" ? "all_messages" : undefined);
  return { slug, action, label, ...(scope && { scan_scope: scope }) };
}

const VENDORS = ["anthropic", "openai", "google", "xai", "other"] as const;

/** Copies `enforce_zdr` to each vendor's field that the request omits. */
function copiedZdr(sent: OptionalFields<GuardrailSettings>): OptionalFields<GuardrailSettings> {
  if (sent.enforce_zdr === undefined) return {};
  const omitted = VENDORS.filter((vendor) => sent[`enforce_zdr_${vendor}`] === undefined);
  return Object.fromEntries(omitted.map((vendor) => [`enforce_zdr_${vendor}`, sent.enforce_zdr]));
}
