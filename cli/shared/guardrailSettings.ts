/** The settings of a guardrail, as reports name them. A new field of a guardrail needs one line here. Pure. */
import type { Fields } from "../../provider/resources/guardrailFields";

export interface Setting {
  title: string;
  /** What an unset one is called. `no`: false means the same as unset. */
  unset: string;
  /** The property that says how often an amount resets. */
  reset?: string;
  /** How a change to a guardrail's setting is called out; without it, the change is only in the table. */
  callout?: GuardrailCallout;
}

type GuardrailCallout =
  | { kind: "allows" | "ignores"; noun: string }
  | { kind: "zero-retention" | "safety-retention"; vendor: string };

export const GUARDRAIL_SETTINGS = {
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
  includeByokInBudgets: { title: "BYOK spending counts", unset: "no" },
  name: { title: "name", unset: "none" },
  description: { title: "description", unset: "none" },
  workspaceId: { title: "workspace", unset: "default" },
} satisfies Record<Exclude<keyof Fields, "resetInterval"> | "workspaceId", Setting>;

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
