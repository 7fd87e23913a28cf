/**
 * Settings of a guardrail in their three forms (inputs of the program, fields to write, the API's object) and what the
 * server's answers teach about its own wording of them.
 */
import type { Guardrail, GuardrailChange } from "../api/guardrails";
import type { Shown } from "./converge";
import { sortedSet, withoutNone } from "./inputs";
import type { Context } from "./lifecycle";
import { canonicalForms, type Spellings, spelled } from "./modelNames";

export interface BuiltinFilter {
  slug: string;
  action: string;
  scanScope?: string;
}

export interface ContentFilter {
  pattern: string;
  action: string;
  label?: string;
}

/** Checked inputs. What is left out means the API's none. */
export interface GuardrailInputs {
  name: string;
  description?: string;
  limitUsd?: number;
  resetInterval?: string;
  allowedModels?: string[];
  ignoredModels?: string[];
  allowedProviders?: string[];
  ignoredProviders?: string[];
  allowedDataRegions?: string[];
  contentFilterBuiltins?: BuiltinFilter[];
  contentFilters?: ContentFilter[];
  enforceZdrAnthropic?: boolean;
  enforceZdrOpenai?: boolean;
  enforceZdrGoogle?: boolean;
  enforceZdrXai?: boolean;
  enforceZdrOther?: boolean;
  enableFreeModelPublication?: boolean;
  enableFreeModelTraining?: boolean;
  enablePaidModelTraining?: boolean;
  includeByokInBudgets?: boolean;
  workspaceId?: string;
  adopt?: string;
  /** The name is the default one, which nobody else gives to a guardrail. Set by the resource class. */
  __defaultName?: boolean;
}

/** The inputs with their live values, and what the server adds. */
export interface GuardrailOutputs extends GuardrailInputs {
  createdAt: string;
  /** Models whose stored name is not the declared one: declared name → stored name. */
  __models?: Record<string, string>;
  /** Switches that the server shows as `false` where none was asked for. */
  __falseForNone?: string[];
}

export const VENDOR_SWITCHES = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
] as const;
export const SWITCHES = [
  ...VENDOR_SWITCHES,
  "enableFreeModelPublication",
  "enableFreeModelTraining",
  "enablePaidModelTraining",
] as const;
export const MODEL_LISTS = ["allowedModels", "ignoredModels"] as const;
const OTHER_LISTS = ["allowedProviders", "ignoredProviders", "allowedDataRegions"] as const;

/** How the server words what was declared, learnt from its answers and kept in the state. */
export interface Forms {
  models: Spellings;
  falseForNone: string[];
}

export function formsIn({ __models = {}, __falseForNone = [] }: Partial<GuardrailOutputs>): Forms {
  return { models: __models, falseForNone: __falseForNone };
}

export const NOTHING_LEARNT: Forms = { models: {}, falseForNone: [] };

/** What can be written in place: every field, with its value or the API's none. */
export type Fields = Required<GuardrailChange>;

export function desiredFields(inputs: GuardrailInputs, { models }: Forms): Fields {
  return {
    name: inputs.name,
    description: inputs.description ?? null,
    limitUsd: inputs.limitUsd ?? null,
    resetInterval: inputs.resetInterval ?? null,
    allowedModels: spelled(inputs.allowedModels, models),
    ignoredModels: spelled(inputs.ignoredModels, models),
    allowedProviders: inputs.allowedProviders ?? null,
    ignoredProviders: inputs.ignoredProviders ?? null,
    allowedDataRegions: inputs.allowedDataRegions ?? null,
    contentFilterBuiltins: inputs.contentFilterBuiltins ?? null,
    contentFilters: inputs.contentFilters ?? null,
    enforceZdrAnthropic: inputs.enforceZdrAnthropic ?? null,
    enforceZdrOpenai: inputs.enforceZdrOpenai ?? null,
    enforceZdrGoogle: inputs.enforceZdrGoogle ?? null,
    enforceZdrXai: inputs.enforceZdrXai ?? null,
    enforceZdrOther: inputs.enforceZdrOther ?? null,
    enableFreeModelPublication: inputs.enableFreeModelPublication ?? null,
    enableFreeModelTraining: inputs.enableFreeModelTraining ?? null,
    enablePaidModelTraining: inputs.enablePaidModelTraining ?? null,
    includeByokInBudgets: inputs.includeByokInBudgets ?? false,
  };
}

export function observedFields(guardrail: Guardrail, { models, falseForNone }: Forms): Fields {
  const { id, createdAt, workspaceId, ...fields } = guardrail;
  const switches = SWITCHES.map((name) => [name, falseForNone.includes(name) ? fields[name] || null : fields[name]]);
  const lists = OTHER_LISTS.map((name) => [name, someOrNone(fields[name]) ?? null]);
  return {
    ...fields,
    ...Object.fromEntries([...switches, ...lists]),
    allowedModels: spelled(someOrNone(fields.allowedModels), models),
    ignoredModels: spelled(someOrNone(fields.ignoredModels), models),
    contentFilterBuiltins: someOrNone(fields.contentFilterBuiltins?.map(plainBuiltin)) ?? null,
    contentFilters: someOrNone(fields.contentFilters?.map(plainFilter)) ?? null,
  };
}

/** A list as a set; an empty one is none, since it filters nothing. */
export function someOrNone<Item>(list: readonly Item[] | null | undefined): Item[] | undefined {
  return list && list.length > 0 ? sortedSet(list) : undefined;
}

/** The scan scope is shown for one filter only, and `all_messages` is its default: saying that is saying nothing. */
export function plainBuiltin({
  slug,
  action,
  scanScope,
}: {
  slug: string;
  action: string;
  scanScope?: string | null | undefined;
}) {
  return scanScope && scanScope !== "all_messages" ? { slug, action, scanScope } : { slug, action };
}

export function plainFilter({
  pattern,
  action,
  label,
}: {
  pattern: string;
  action: string;
  label?: string | null | undefined;
}): ContentFilter {
  return label ? { pattern, action, label } : { pattern, action };
}

/** Fields as inputs: those that are none are left out. */
export function asInputs({ includeByokInBudgets, ...fields }: Fields): GuardrailInputs {
  return withoutNone({ ...fields, includeByokInBudgets: includeByokInBudgets || null }) as GuardrailInputs;
}

/** What the answer to a request teaches about the server's wording of what was asked. */
export async function learn(
  { api }: Context,
  desired: Fields,
  { live, written }: Shown<Fields, Guardrail>,
  known: Forms,
): Promise<Forms> {
  const isFalseForNone = (name: (typeof SWITCHES)[number]) =>
    name in written ? live[name] === false : known.falseForNone.includes(name);
  const falseForNone = SWITCHES.filter((name) => desired[name] === null && isFalseForNone(name));
  let models = known.models;
  for (const list of MODEL_LISTS) models = await canonicalForms(api, desired[list], live[list], models);
  return { models, falseForNone };
}

/** The API wants the two halves of a budget in one request. */
export function withWholeBudget(
  changed: GuardrailChange,
  { limitUsd, resetInterval }: GuardrailInputs,
): GuardrailChange {
  const touched = "limitUsd" in changed || "resetInterval" in changed;
  return touched ? { ...changed, limitUsd: limitUsd ?? null, resetInterval: resetInterval ?? null } : changed;
}
