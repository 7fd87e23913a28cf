/** The settings of a guardrail. What the simulator validates, stores by default and returns follows from one schema. */
import { z } from "zod";

const nonEmptyList = z.array(z.string()).min(1).nullable().optional();
const nullableBoolean = z.boolean().nullable().optional();

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

/** @internal */
export const settings = {
  description: z.string().max(1000).nullable().optional(),
  limit_usd: z.number().nullable().optional(),
  reset_interval: z.enum(["daily", "weekly", "monthly"]).nullable().optional(),
  allowed_models: nonEmptyList,
  ignored_models: nonEmptyList,
  allowed_providers: nonEmptyList,
  ignored_providers: nonEmptyList,
  allowed_data_regions: z
    .array(z.enum(["global", "europe", "us"]))
    .min(1)
    .nullable()
    .optional(),
  content_filter_builtins: z.array(builtin).nullable().optional(),
  content_filters: z.array(custom).nullable().optional(),
  enforce_zdr: nullableBoolean,
  enforce_zdr_anthropic: nullableBoolean,
  enforce_zdr_openai: nullableBoolean,
  enforce_zdr_google: nullableBoolean,
  enforce_zdr_xai: nullableBoolean,
  enforce_zdr_other: nullableBoolean,
  allow_safety_retention_google: nullableBoolean,
  allow_safety_retention_other: nullableBoolean,
  enable_free_model_publication: nullableBoolean,
  enable_free_model_training: nullableBoolean,
  enable_paid_model_training: nullableBoolean,
  include_byok_in_budgets: z.boolean().optional(),
} satisfies Record<keyof GuardrailSettings, z.ZodType>;

/** A filter as stored: the dashboard may store what the API rejects. */
export interface BuiltinFilter {
  slug: string;
  action: string;
  label?: string | undefined;
  scan_scope?: string | undefined;
}

export interface CustomFilter {
  pattern: string;
  action: string;
  label?: string | null | undefined;
}

/** The settings of a guardrail; null means not set. */
export interface GuardrailSettings {
  description: string | null;
  limit_usd: number | null;
  reset_interval: string | null;
  allowed_models: string[] | null;
  ignored_models: string[] | null;
  allowed_providers: string[] | null;
  ignored_providers: string[] | null;
  allowed_data_regions: string[] | null;
  content_filter_builtins: BuiltinFilter[] | null;
  content_filters: CustomFilter[] | null;
  enforce_zdr: boolean | null;
  enforce_zdr_anthropic: boolean | null;
  enforce_zdr_openai: boolean | null;
  enforce_zdr_google: boolean | null;
  enforce_zdr_xai: boolean | null;
  enforce_zdr_other: boolean | null;
  allow_safety_retention_google: boolean | null;
  allow_safety_retention_other: boolean | null;
  enable_free_model_publication: boolean | null;
  enable_free_model_training: boolean | null;
  enable_paid_model_training: boolean | null;
  include_byok_in_budgets: boolean;
}

/** The settings of a new guardrail. @internal */
export const NO_SETTINGS = {
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, null])),
  include_byok_in_budgets: false,
} as GuardrailSettings;

/** Switches that the API may return as false when they are not set. @internal */
export const SWITCHES = Object.entries(settings).flatMap(([name, schema]) =>
  schema === nullableBoolean && name !== "enforce_zdr" ? [name as keyof GuardrailSettings] : [],
);
