/**
 * Settings of a guardrail as inputs of the program, as fields to write and as the API's object. `SETTINGS` has one line for
 * each; whatever validates, sends, compares or shows a setting is derived from it.
 */
import type * as z from "zod";
import type { Api } from "../api/call";
import type { Guardrail, GuardrailChange } from "../api/guardrails";
import { aligned, inDeclaredWords } from "../reconcile/declared";
import { bool, multiLine, omitNullish, oneOf, plainNumber, setOf, singleLine, usd } from "../reconcile/inputs";
import {
  type BuiltinFilter,
  builtinFilters,
  type ContentFilter,
  contentFilters,
  normalizeBuiltin,
  normalizeFilter,
  normalizeList,
  region,
} from "./guardrailRules";
import { type CanonicalNames, resolveCanonicalNames, toDeclaredNames } from "./modelNames";

/** What can be written in place: every field, with its value or the API's null. */
export type Fields = Required<GuardrailChange>;

/** Checked inputs, as the program declared them. An omitted one means the API's null. */
export type GuardrailInputs = { name: string } & {
  [Name in Exclude<keyof Fields, "name">]?: NonNullable<Fields[Name]>;
} & {
  /** The value of those of the five vendor switches that are not declared themselves. */
  enforceZdr?: boolean;
  workspaceId?: string;
  adopt?: string;
  /** The name is the default one, which no other program gives to a guardrail. Set by the resource class. */
  __defaultName?: boolean;
};

/**
 * The inputs with their live values, in the program's words where those mean the same, and what the server adds. Each
 * vendor switch has its own value, next to `enforceZdr` if that is declared.
 */
export type GuardrailOutputs = GuardrailInputs & {
  createdAt: string;
  /** Models whose stored name is not the declared one: declared name → stored name. */
  __models?: Record<string, string>;
  /** Switches that the server returns as `false` where they are not set. */
  __falseWhenUnset?: string[];
};

/** How a setting is validated and compared. */
interface Setting<Field> {
  rule: z.ZodType;
  /** Its field, with one value for all that mean the same. In a preview, a value may be unknown. */
  toField(value: Field | undefined, models: CanonicalNames): Field;
  /** For a list: equal for elements that are the same one, even if their other settings differ. */
  identity?: (item: never) => string;
}

const nullable = <Field>(rule: z.ZodType): Setting<Field | null> => ({ rule, toField: (value) => value ?? null });
const toggle = (): Setting<boolean | null> & { isToggle: true } => ({ ...nullable<boolean>(bool()), isToggle: true });

/** A set of strings. An empty one would forbid everything, or nothing. */
const strings = (item: z.ZodType<string>, advice: string): Setting<string[] | null> => ({
  rule: setOf(item, `must not be empty; ${advice}`),
  toField: (list) => normalizeList(list),
  identity: (text: string) => text,
});
const models = (advice: string): Setting<string[] | null> => ({
  ...strings(singleLine(200), advice),
  toField: (list, names) => (list?.length === 0 ? null : toDeclaredNames(list, names)),
});

const SETTINGS = {
  name: { rule: singleLine(200), toField: (name = "") => name },
  description: nullable<string>(multiLine(1000)),
  limitUsd: { rule: usd(), toField: (value) => plainNumber(value ?? undefined) },
  resetInterval: nullable<string>(oneOf("daily", "weekly", "monthly")),
  allowedModels: models("omit it to allow all models"),
  ignoredModels: models("omit it to ignore no model"),
  allowedProviders: strings(singleLine(200), "omit it to allow all providers"),
  ignoredProviders: strings(singleLine(200), "omit it to ignore no provider"),
  allowedDataRegions: strings(region(), "omit it to allow all regions"),
  contentFilterBuiltins: {
    rule: builtinFilters(),
    toField: (list) => normalizeList(list, normalizeBuiltin),
    identity: ({ slug }: BuiltinFilter) => slug,
  },
  contentFilters: {
    rule: contentFilters(),
    toField: (list) => normalizeList(list, normalizeFilter),
    identity: ({ pattern }: ContentFilter) => pattern,
  },
  enforceZdrAnthropic: toggle(),
  enforceZdrOpenai: toggle(),
  enforceZdrGoogle: toggle(),
  enforceZdrXai: toggle(),
  enforceZdrOther: toggle(),
  allowSafetyRetentionGoogle: toggle(),
  allowSafetyRetentionOther: toggle(),
  enableFreeModelPublication: toggle(),
  enableFreeModelTraining: toggle(),
  enablePaidModelTraining: toggle(),
  includeByokInBudgets: { rule: bool(), toField: (value = false) => value },
} satisfies { [Name in keyof Fields]: Setting<Fields[Name]> };

type SettingName = keyof typeof SETTINGS;
const NAMES = Object.keys(SETTINGS) as SettingName[];

/** Rules of the optional inputs. */
const { name: _required, ...optional } = SETTINGS;
export const OPTIONAL_RULES = Object.fromEntries(Object.entries(optional).map(([name, { rule }]) => [name, rule])) as {
  [Name in keyof typeof optional]: z.ZodType<GuardrailInputs[Name]>;
};

const VENDOR_SWITCHES = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
] as const;
export const MODEL_LISTS = ["allowedModels", "ignoredModels"] as const;
const SWITCHES = NAMES.filter((name): name is Toggle => "isToggle" in SETTINGS[name]);
type Toggle = { [Name in SettingName]: (typeof SETTINGS)[Name] extends { isToggle: true } ? Name : never }[SettingName];

/** How the server stores what was declared, as its responses have shown. Kept in the state. */
export interface Normalizations {
  models: CanonicalNames;
  falseWhenUnset: readonly string[];
}

export const NO_NORMALIZATIONS: Normalizations = { models: {}, falseWhenUnset: [] };

export function normalizationsFrom(outputs: Partial<GuardrailOutputs>): Normalizations {
  return { models: outputs.__models ?? {}, falseWhenUnset: outputs.__falseWhenUnset ?? [] };
}

/** The meaning of inputs, written out: the only function that expands `enforceZdr`. */
export function desiredFields(inputs: GuardrailInputs, { models: names }: Normalizations): Fields {
  const fields = toFields(inputs, names);
  if (inputs.enforceZdr !== undefined) for (const name of VENDOR_SWITCHES) fields[name] ??= inputs.enforceZdr;
  return fields;
}

/** The settings as the state remembers them: every vendor switch has its own value there. */
export function rememberedFields({ enforceZdr, ...outputs }: GuardrailOutputs, known: Normalizations): Fields {
  return desiredFields(outputs, known);
}

export function observedFields(guardrail: Guardrail, { models: names, falseWhenUnset }: Normalizations): Fields {
  const values: Values = { ...guardrail };
  for (const name of falseWhenUnset) values[name as Toggle] ||= null;
  return toFields(values, names);
}

type Values = { [Name in SettingName]?: unknown };

const TO_FIELD = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];
/** Copying it is faster than adding the fields one by one, and `diff` comes here twice for every guardrail. */
const BLANK: Values = Object.fromEntries(NAMES.map((name) => [name, null]));

function toFields(values: Values, names: CanonicalNames): Fields {
  const fields = { ...BLANK };
  for (const [name, { toField }] of TO_FIELD) fields[name] = toField(values[name] ?? undefined, names);
  return fields as Fields;
}

/** Live fields as inputs, in the program's words where those mean the same. */
export function liveInputs(live: Fields, declared: Partial<GuardrailInputs>, known: Normalizations): GuardrailInputs {
  const { includeByokInBudgets, ...fields } = live;
  const plain = omitNullish({ ...fields, includeByokInBudgets: includeByokInBudgets || null }) as GuardrailInputs;
  const words = inDeclaredWords(plain, declared, (inputs) => desiredFields(inputs, known));
  return { ...words, ...alignedLists(plain, declared, known), ...zdrInWords(live, declared) };
}

/** Live lists in the order of the declared ones. */
function alignedLists(live: GuardrailInputs, declared: Partial<GuardrailInputs>, { models: names }: Normalizations) {
  const lists = NAMES.flatMap((name) => {
    const setting: Setting<unknown> = SETTINGS[name] as Setting<never>;
    const [shown, wanted] = [live[name], declared[name]] as unknown[];
    if (!setting.identity || !Array.isArray(shown) || !Array.isArray(wanted)) return [];
    const plain = (item: unknown) => (setting.toField([item], names) as unknown[])[0];
    return [[name, aligned(shown, wanted, plain, setting.identity as (item: unknown) => string)]];
  });
  return Object.fromEntries(lists) as Partial<GuardrailInputs>;
}

/**
 * `enforceZdr`, if it is declared. A vendor that drifted differs from it. One that the account shows as null counts as
 * `false` then, because next to `enforceZdr` an omitted switch would get its value.
 */
function zdrInWords(live: Fields, { enforceZdr }: Partial<GuardrailInputs>): Partial<GuardrailInputs> {
  if (enforceZdr === undefined) return {};
  const [first, ...others] = VENDOR_SWITCHES.map((name) => live[name]);
  if (others.every((value) => value === first)) return first === null ? {} : { enforceZdr: first as boolean };
  return { enforceZdr, ...Object.fromEntries(VENDOR_SWITCHES.map((name) => [name, live[name] ?? false])) };
}

/** The inputs that outputs stand for. Vendor switches that equal `enforceZdr` are not repeated. */
export function declaredInputs(outputs: GuardrailOutputs): GuardrailInputs {
  const { createdAt, __models, __falseWhenUnset, ...inputs } = outputs;
  for (const name of VENDOR_SWITCHES) if (inputs[name] === inputs.enforceZdr) delete inputs[name];
  return inputs;
}

/** What the response to a request shows about how the server stores what was requested. */
export async function inferNormalizations(
  api: Api,
  desired: Fields,
  live: Guardrail,
  written: Partial<Fields>,
  known: Normalizations,
): Promise<Normalizations> {
  const isFalse = (name: Toggle) => (name in written ? live[name] === false : known.falseWhenUnset.includes(name));
  const falseWhenUnset = SWITCHES.filter((name) => desired[name] === null && isFalse(name));
  let names = known.models;
  for (const list of MODEL_LISTS) names = await resolveCanonicalNames(api, desired[list], live[list], names);
  return { models: names, falseWhenUnset };
}
