/**
 * Settings of a guardrail in their three forms (inputs of the program, fields to write, the API's object) and what the
 * server's answers teach about its own wording of them.
 */

import { isUnknown } from "../../formats/values";
import type { Guardrail, GuardrailChange } from "../api/guardrails";
import type { Observation } from "../reconcile/converge";
import { aligned, inDeclaredWords } from "../reconcile/declared";
import { omitNullish, plainNumber, sortedSet } from "../reconcile/inputs";
import type { Context } from "../reconcile/lifecycle";
import { type CanonicalNames, resolveCanonicalNames, toDeclaredNames } from "./modelNames";

export interface BuiltinFilter {
  slug: string;
  action: string;
  scanScope?: string | null | undefined;
}

export interface ContentFilter {
  pattern: string;
  action: string;
  label?: string | null | undefined;
}

/** Checked inputs, as the program declared them. An omitted one means the API's null. */
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
  /** Short for those of the five vendor switches that are not declared themselves. */
  enforceZdr?: boolean;
  enforceZdrAnthropic?: boolean;
  enforceZdrOpenai?: boolean;
  enforceZdrGoogle?: boolean;
  enforceZdrXai?: boolean;
  enforceZdrOther?: boolean;
  allowSafetyRetentionGoogle?: boolean;
  allowSafetyRetentionOther?: boolean;
  enableFreeModelPublication?: boolean;
  enableFreeModelTraining?: boolean;
  enablePaidModelTraining?: boolean;
  includeByokInBudgets?: boolean;
  workspaceId?: string;
  adopt?: string;
  /** The name is the default one, which nobody else gives to a guardrail. Set by the resource class. */
  __defaultName?: boolean;
}

/**
 * The inputs with their live values, in the program's words where those mean the same, and what the server adds. The
 * vendor switches are there one by one, beside `enforceZdr` if that is declared.
 */
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
  "allowSafetyRetentionGoogle",
  "allowSafetyRetentionOther",
  "enableFreeModelPublication",
  "enableFreeModelTraining",
  "enablePaidModelTraining",
] as const;
export const MODEL_LISTS = ["allowedModels", "ignoredModels"] as const;
const OTHER_LISTS = ["allowedProviders", "ignoredProviders", "allowedDataRegions"] as const;

/** How the server words what was declared, learnt from its answers and kept in the state. */
export interface Normalizations {
  models: CanonicalNames;
  falseForNone: string[];
}

export function normalizationsFrom({ __models = {}, __falseForNone = [] }: Partial<GuardrailOutputs>): Normalizations {
  return { models: __models, falseForNone: __falseForNone };
}

export const NO_NORMALIZATIONS: Normalizations = { models: {}, falseForNone: [] };

/** What can be written in place: every field, with its value or the API's none. */
export type Fields = Required<GuardrailChange>;

/**
 * What inputs mean, written out: the one function that expands `enforceZdr` and brings lists into one form. Everything
 * that compares or sends settings goes through it.
 */
export function desiredFields(inputs: GuardrailInputs, { models }: Normalizations): Fields {
  const zdr = inputs.enforceZdr ?? null;
  return {
    name: inputs.name,
    description: inputs.description ?? null,
    limitUsd: plainNumber(inputs.limitUsd),
    resetInterval: inputs.resetInterval ?? null,
    allowedModels: toDeclaredNames(inputs.allowedModels, models),
    ignoredModels: toDeclaredNames(inputs.ignoredModels, models),
    allowedProviders: normalizeList(inputs.allowedProviders),
    ignoredProviders: normalizeList(inputs.ignoredProviders),
    allowedDataRegions: normalizeList(inputs.allowedDataRegions),
    contentFilterBuiltins: normalizeList(inputs.contentFilterBuiltins, normalizeBuiltin),
    contentFilters: normalizeList(inputs.contentFilters, normalizeFilter),
    enforceZdrAnthropic: inputs.enforceZdrAnthropic ?? zdr,
    enforceZdrOpenai: inputs.enforceZdrOpenai ?? zdr,
    enforceZdrGoogle: inputs.enforceZdrGoogle ?? zdr,
    enforceZdrXai: inputs.enforceZdrXai ?? zdr,
    enforceZdrOther: inputs.enforceZdrOther ?? zdr,
    allowSafetyRetentionGoogle: inputs.allowSafetyRetentionGoogle ?? null,
    allowSafetyRetentionOther: inputs.allowSafetyRetentionOther ?? null,
    enableFreeModelPublication: inputs.enableFreeModelPublication ?? null,
    enableFreeModelTraining: inputs.enableFreeModelTraining ?? null,
    enablePaidModelTraining: inputs.enablePaidModelTraining ?? null,
    includeByokInBudgets: inputs.includeByokInBudgets ?? false,
  };
}

/** The settings as the state remembers them: every vendor switch has its own value there. */
export function rememberedFields(outputs: GuardrailOutputs, forms: Normalizations): Fields {
  const { enforceZdr, ...rest } = outputs;
  return desiredFields(rest, forms);
}

export function observedFields(guardrail: Guardrail, { models, falseForNone }: Normalizations): Fields {
  const { id, createdAt, workspaceId, ...fields } = guardrail;
  const switches = SWITCHES.map((name) => [name, falseForNone.includes(name) ? fields[name] || null : fields[name]]);
  const lists = OTHER_LISTS.map((name) => [name, normalizeList(fields[name])]);
  return {
    ...fields,
    ...Object.fromEntries([...switches, ...lists]),
    allowedModels: toDeclaredNames(normalizeList(fields.allowedModels), models),
    ignoredModels: toDeclaredNames(normalizeList(fields.ignoredModels), models),
    contentFilterBuiltins: normalizeList(fields.contentFilterBuiltins, normalizeBuiltin),
    contentFilters: normalizeList(fields.contentFilters, normalizeFilter),
  };
}

/** A list as a set; an empty one is null, since it filters nothing. A value not known yet stays unchanged. */
function normalizeList<Item>(list: readonly Item[] | null | undefined, plain = (item: Item) => item): Item[] | null {
  if (!Array.isArray(list)) return (list as null | undefined) ?? null;
  return list.length > 0 ? sortedSet(list.map((item) => (isUnknown(item) ? item : plain(item)))) : null;
}

/** The API shows the scan scope of one filter only, and `all_messages` is its default. */
function normalizeBuiltin({ slug, action, scanScope }: BuiltinFilter): BuiltinFilter {
  return scanScope && scanScope !== "all_messages" ? { slug, action, scanScope } : { slug, action };
}

function normalizeFilter({ pattern, action, label }: ContentFilter): ContentFilter {
  return label ? { pattern, action, label } : { pattern, action };
}

/** Live fields as inputs, in the program's words where those mean the same. */
export function liveInputs(live: Fields, declared: Partial<GuardrailInputs>, forms: Normalizations): GuardrailInputs {
  const { includeByokInBudgets, ...fields } = live;
  const plain = omitNullish({ ...fields, includeByokInBudgets: includeByokInBudgets || null }) as GuardrailInputs;
  const words = inDeclaredWords(plain, declared, (inputs) => desiredFields(inputs, forms));
  return { ...words, ...alignedLists(plain, declared, forms), ...zdrInWords(live, declared) };
}

function alignedLists(live: GuardrailInputs, declared: Partial<GuardrailInputs>, { models }: Normalizations): object {
  const same = (item: string) => item;
  const model = (name: string) => toDeclaredNames([name], models)?.[0] ?? name;
  const strings = (name: (typeof MODEL_LISTS)[number] | (typeof OTHER_LISTS)[number], plain: typeof same) =>
    live[name] && declared[name] && { [name]: aligned(live[name], declared[name], plain, same) };
  const { contentFilterBuiltins: builtins, contentFilters: filters } = live;
  return {
    ...Object.assign({}, ...MODEL_LISTS.map((name) => strings(name, model))),
    ...Object.assign({}, ...OTHER_LISTS.map((name) => strings(name, same))),
    ...(builtins &&
      declared.contentFilterBuiltins && {
        contentFilterBuiltins: aligned(builtins, declared.contentFilterBuiltins, normalizeBuiltin, ({ slug }) => slug),
      }),
    ...(filters &&
      declared.contentFilters && {
        contentFilters: aligned(filters, declared.contentFilters, normalizeFilter, ({ pattern }) => pattern),
      }),
  };
}

/**
 * `enforceZdr`, if it is declared. A vendor that drifted differs from it; one that the account shows as null counts as
 * `false` then, because beside `enforceZdr` an omitted switch would mean the same as that.
 */
function zdrInWords(live: Fields, { enforceZdr }: Partial<GuardrailInputs>): Partial<GuardrailInputs> {
  if (enforceZdr === undefined) return {};
  const [first, ...others] = VENDOR_SWITCHES.map((name) => live[name]);
  if (others.every((value) => value === first)) return first === null ? {} : { enforceZdr: first as boolean };
  return { enforceZdr, ...Object.fromEntries(VENDOR_SWITCHES.map((name) => [name, live[name] ?? false])) };
}

/** The inputs that outputs stand for: vendor switches that `enforceZdr` says already are not repeated. */
export function declaredInputs(outputs: GuardrailOutputs): GuardrailInputs {
  const { createdAt, __models, __falseForNone, ...inputs } = outputs;
  for (const name of VENDOR_SWITCHES) if (inputs[name] === inputs.enforceZdr) delete inputs[name];
  return inputs;
}

/** What the answer to a request teaches about the server's wording of what was asked. */
export async function inferNormalizations(
  { api }: Context,
  desired: Fields,
  { live, written }: Observation<Fields, Guardrail>,
  known: Normalizations,
): Promise<Normalizations> {
  const isFalseForNone = (name: (typeof SWITCHES)[number]) =>
    name in written ? live[name] === false : known.falseForNone.includes(name);
  const falseForNone = SWITCHES.filter((name) => desired[name] === null && isFalseForNone(name));
  let models = known.models;
  for (const list of MODEL_LISTS) models = await resolveCanonicalNames(api, desired[list], live[list], models);
  return { models, falseForNone };
}

/** The API wants the two halves of a budget in one request. */
export function withWholeBudget(
  changed: GuardrailChange,
  { limitUsd, resetInterval }: GuardrailInputs,
): GuardrailChange {
  const touched = "limitUsd" in changed || "resetInterval" in changed;
  return touched ? { ...changed, limitUsd: plainNumber(limitUsd), resetInterval: resetInterval ?? null } : changed;
}
