/** The settings of keys and guardrails, in the order of the report. A new guardrail field needs one line here. */
import type { Fields as GuardrailFields } from "../../provider/resources/guardrailFields";
import type { InferenceKeyInputs } from "../../provider/resources/inferenceKeyFields";

export interface Setting {
  title: string;
  /** What an unset one is called. `no`: false means the same as unset. */
  unset: string;
  /** The property that says how often an amount resets. */
  reset?: string;
  /** How a change of a guardrail's setting is called out; without it, the change is only in the table. */
  callout?: GuardrailCallout;
}

type GuardrailCallout =
  | { kind: "allows" | "ignores"; noun: string }
  | { kind: "zero-retention" | "safety-retention"; vendor: string };

const KEY_SETTINGS = {
  limit: { title: "limit", unset: "none", reset: "limitReset" },
  expiresAt: { title: "expires", unset: "never" },
  disabled: { title: "disabled", unset: "no" },
  includeByokInLimit: { title: "own provider keys count", unset: "no" },
  name: { title: "name", unset: "none" },
  workspaceId: { title: "workspace", unset: "default" },
  creatorUserId: { title: "owner", unset: "chosen by the API" },
  externalUser: { title: "external user", unset: "none" },
  keepers: { title: "keepers", unset: "none" },
} satisfies Record<Exclude<keyof InferenceKeyInputs, "limitReset" | "adopt" | "__defaultName">, Setting>;

const GUARDRAIL_SETTINGS = {
  limitUsd: { title: "budget", unset: "none", reset: "resetInterval" },
  allowedModels: allows("model"),
  allowedProviders: allows("provider"),
  allowedDataRegions: allows("data region"),
  ignoredModels: ignores("model"),
  ignoredProviders: ignores("provider"),
  enforceZdrAnthropic: zeroRetention("Anthropic"),
  enforceZdrOpenai: zeroRetention("OpenAI"),
  enforceZdrGoogle: zeroRetention("Google"),
  enforceZdrXai: zeroRetention("xAI"),
  enforceZdrOther: zeroRetention("other models"),
  allowSafetyRetentionGoogle: safetyRetention("Google"),
  allowSafetyRetentionOther: safetyRetention("other models"),
  contentFilterBuiltins: { title: "built-in filters", unset: "none" },
  contentFilters: { title: "custom filters", unset: "none" },
  enableFreeModelPublication: { title: "free endpoints that publish prompts", unset: "not set" },
  enableFreeModelTraining: { title: "free endpoints that train on prompts", unset: "not set" },
  enablePaidModelTraining: { title: "paid endpoints that train on prompts", unset: "not set" },
  includeByokInBudgets: { title: "own provider keys count", unset: "no" },
  name: { title: "name", unset: "none" },
  description: { title: "description", unset: "none" },
  workspaceId: { title: "workspace", unset: "default" },
} satisfies Record<Exclude<keyof GuardrailFields, "resetInterval"> | "workspaceId", Setting>;

/** By property. */
export type Settings = Readonly<Record<string, Setting>>;
export const SETTINGS: Readonly<Record<"key" | "guardrail", Settings>> = {
  key: KEY_SETTINGS,
  guardrail: GUARDRAIL_SETTINGS,
};

function allows(noun: string): Setting {
  return { title: `allowed ${noun}s`, unset: "all", callout: { kind: "allows", noun } };
}

function ignores(noun: string): Setting {
  return { title: `ignored ${noun}s`, unset: "none", callout: { kind: "ignores", noun } };
}

function zeroRetention(vendor: string): Setting {
  return { title: `zero data retention, ${vendor}`, unset: "no", callout: { kind: "zero-retention", vendor } };
}

function safetyRetention(vendor: string): Setting {
  const callout = { kind: "safety-retention", vendor } as const;
  return { title: `retention for safety monitoring, ${vendor}`, unset: "not set", callout };
}

/** The guardrail's switches for zero data retention, for which `enforceZdr` is short. */
export const ZERO_RETENTION_SWITCHES = Object.entries<Setting>(GUARDRAIL_SETTINGS)
  .filter(([, { callout }]) => callout?.kind === "zero-retention")
  .map(([name]) => name);
