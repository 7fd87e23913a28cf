/** The settings of a guardrail. What the simulator stores, validates and returns of them follows from one schema. */
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
};

/** Strings instead of enumerations: the dashboard may store what the API rejects. */
type Widened<Value> = Value extends string
  ? string
  : Value extends object
    ? { [Name in keyof Value]: Widened<Value[Name]> }
    : Value;

/** The settings of a guardrail; null means not set. */
export type GuardrailSettings = {
  [Name in keyof typeof settings]: Widened<Exclude<z.output<(typeof settings)[Name]>, undefined>>;
};
export type BuiltinFilter = Widened<z.output<typeof builtin>>;
export type CustomFilter = Widened<z.output<typeof custom>>;

/** The settings of a new guardrail. */
export const NO_SETTINGS = {
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, null])),
  include_byok_in_budgets: false,
} as GuardrailSettings;

/** Switches that the API may return as false when they are not set. */
export const SWITCHES = Object.entries(settings).flatMap(([name, schema]) =>
  schema === nullableBoolean && name !== "enforce_zdr" ? [name as keyof GuardrailSettings] : [],
);
