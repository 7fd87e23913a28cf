/** What the API asks of a guardrail's settings, and what it makes of them. */
import { z } from "zod";
import type { BuiltinFilter, GuardrailSettings, Some, State } from "./account";
import { storedModel } from "./catalogue";
import { badRequest } from "./errors";

const filled = z.array(z.string()).min(1).nullable().optional();
const flag = z.boolean().nullable().optional();

const builtin = z.object({
  slug: z.enum([
    "email",
    "phone",
    "ssn",
    "credit-card",
    "ip-address",
    "person-name",
    "address",
    "regex-prompt-injection",
    "secrets",
  ]),
  action: z.enum(["redact", "block", "flag"]),
  scan_scope: z.enum(["user_only", "all_messages"]).optional(),
  label: z.string().max(100).optional(),
});

const custom = z.object({
  pattern: z.string().min(1),
  action: z.enum(["redact", "block", "flag"]),
  label: z.string().max(100).nullable().optional(),
});

const settings = {
  description: z.string().max(1000).nullable().optional(),
  limit_usd: z.number().nullable().optional(),
  reset_interval: z.enum(["daily", "weekly", "monthly"]).nullable().optional(),
  allowed_models: filled,
  ignored_models: filled,
  allowed_providers: filled,
  ignored_providers: filled,
  allowed_data_regions: z
    .array(z.enum(["global", "europe", "us"]))
    .min(1)
    .nullable()
    .optional(),
  content_filter_builtins: z.array(builtin).nullable().optional(),
  content_filters: z.array(custom).nullable().optional(),
  enforce_zdr: flag,
  enforce_zdr_anthropic: flag,
  enforce_zdr_openai: flag,
  enforce_zdr_google: flag,
  enforce_zdr_xai: flag,
  enforce_zdr_other: flag,
  allow_safety_retention_google: flag,
  allow_safety_retention_other: flag,
  enable_free_model_publication: flag,
  enable_free_model_training: flag,
  enable_paid_model_training: flag,
  include_byok_in_budgets: z.boolean().optional(),
};

const name = z.string().min(1).max(200);
export const newGuardrail = z.object({ name, workspace_id: z.uuid().optional(), ...settings });
export const guardrailChange = z.object({ name: name.optional(), ...settings });

/** The settings as they are stored. Throws what the schema alone can't say. */
export function storedSettings(state: State, sent: Some<GuardrailSettings>): Some<GuardrailSettings> {
  checkBudget(state, sent);
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

/** A budget is an amount and an interval: both given, or both cleared, or both left out. */
function checkBudget({ switches }: State, { limit_usd, reset_interval }: Some<GuardrailSettings>): void {
  const halves = [limit_usd, reset_interval].map((half) => (half == null ? half : "given"));
  if (halves[0] !== halves[1]) throw badRequest("limit_usd and reset_interval must be provided together");
  if (limit_usd == null) return;
  if (limit_usd < 0 && switches.negativeLimits === "refused") {
    throw badRequest("limit_usd: Too small: expected number to be >=0");
  }
  if (limit_usd === 0 && switches.zeroLimitUsd === "refused") {
    throw badRequest("limit_usd: Too small: expected number to be >0");
  }
}

function checkScanScope({ slug, scan_scope }: BuiltinFilter, index: number): void {
  if (scan_scope === undefined || slug === "regex-prompt-injection") return;
  throw badRequest(`content_filter_builtins: ${index}: scan_scope: only for regex-prompt-injection`);
}

const LONGEST_PATTERN = 100_000;
const LOOK_AROUND = /\(\?<?[=!]/;
const BACK_REFERENCE = /\\[1-9]|\\k</;
const NESTED_QUANTIFIER = /\([^()]*[+*}][^()]*\)[+*{]/;

function checkPattern(pattern: string): void {
  const allowed =
    pattern.length <= LONGEST_PATTERN &&
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

/** Canonical, in the order of the request, each once. A model and its variant are two. */
function storedModels(
  { switches }: State,
  sent: Some<GuardrailSettings>,
  field: "allowed_models" | "ignored_models",
): Some<GuardrailSettings> {
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

function storedFilters({ switches }: State, sent: Some<GuardrailSettings>): Some<GuardrailSettings> {
  const kept = <Filter>(filters: Filter[] | null | undefined) =>
    filters?.length === 0 && switches.emptyContentFilters === "null" ? null : filters;
  const builtins = kept(sent.content_filter_builtins)?.map((filter) => labelled(filter, switches.scanScopeDefault));
  return {
    ...(sent.content_filters !== undefined && { content_filters: kept(sent.content_filters) }),
    ...(sent.content_filter_builtins !== undefined && { content_filter_builtins: builtins ?? null }),
  };
}

/** The server's own label in place of the caller's, which is ignored: `[EMAIL]`. */
function labelled({ slug, action, scan_scope }: BuiltinFilter, scopeDefault: "left out" | "filled"): BuiltinFilter {
  const label = LABELS[slug] ?? `[${slug.toUpperCase().replaceAll("-", "_")}]`;
  if (slug !== "regex-prompt-injection") return { slug, action, label };
  const scope = scan_scope ?? (scopeDefault === "filled" ? "all_messages" : undefined);
  return { slug, action, label, ...(scope && { scan_scope: scope }) };
}

const VENDORS = ["anthropic", "openai", "google", "xai", "other"] as const;

/** `enforce_zdr` is copied to each vendor's field that the same request leaves out. */
function copiedZdr(sent: Some<GuardrailSettings>): Some<GuardrailSettings> {
  if (sent.enforce_zdr === undefined) return {};
  const leftOut = VENDORS.filter((vendor) => sent[`enforce_zdr_${vendor}`] === undefined);
  return Object.fromEntries(leftOut.map((vendor) => [`enforce_zdr_${vendor}`, sent.enforce_zdr]));
}
