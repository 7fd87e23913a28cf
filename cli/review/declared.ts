/**
 * The settings that a resource declares, in one form, however they are spelled: previews and states hold what the
 * program says, and two spellings of one setting are no change. What inputs mean is the provider's to say.
 */

import type { Resource } from "../../formats/deployment";
import { parseStamp } from "../../provider/dynamic/stamp";
import { lowerCase, omitNullish } from "../../provider/reconcile/inputs";
import { desiredFields, type GuardrailInputs, normalizationsFrom } from "../../provider/resources/guardrailFields";
import { type InferenceKeyInputs, meaning } from "../../provider/resources/inferenceKeyFields";
import { Hidden } from "./exposure";
import { propertiesOf, visible } from "./worlds";

export type Properties = Readonly<Record<string, unknown>>;

/** By property, the vendor in words. */
export const ZDR_VENDORS: Readonly<Record<string, string>> = {
  enforceZdrAnthropic: "Anthropic",
  enforceZdrOpenai: "OpenAI",
  enforceZdrGoogle: "Google",
  enforceZdrXai: "xAI",
  enforceZdrOther: "other models",
};

/** Switches that are off unless they are on. */
const OFF_BY_DEFAULT = ["disabled", "includeByokInLimit", "includeByokInBudgets", ...Object.keys(ZDR_VENDORS)];

/** @param state The outputs of the key before the change: what a program omits may stay as it is there. */
export function declaredByKey(resource: Resource, state: Properties): Properties {
  const inputs = withWhatStays(resource, state, ["workspaceId", "creatorUserId", "externalUser"]);
  return settingsAmong(meaning(inputs as object as InferenceKeyInputs), state);
}

/** @param state The outputs of the guardrail before the change: they tell which names of models mean the same. */
export function declaredByGuardrail(resource: Resource, state: Properties): Properties {
  const inputs = withWhatStays(resource, state, ["workspaceId"]);
  const [shown, hidden] = withoutHiddenItems(inputs);
  const declared = shown as object as GuardrailInputs;
  const workspaceId = lowerCase(declared.workspaceId);
  const settings = settingsAmong({ ...desiredFields(declared, normalizationsFrom(state)), workspaceId }, state);
  const lists = Object.entries(hidden).map(([name, items]) => [name, [...listOf(settings[name]), ...items]]);
  return { ...settings, ...Object.fromEntries(lists) };
}

function withWhatStays(resource: Resource, state: Properties, chosenByServer: readonly string[]): Properties {
  const present = Object.entries(state).filter(([name]) => chosenByServer.includes(name));
  return { ...(visible(Object.fromEntries(present)) as Properties), ...omitNullish(propertiesOf(resource)) };
}

/** Without what is none. A workspace that is the account's default one is not declared otherwise than by omitting it. */
function settingsAmong(fields: object, state: Properties): Properties {
  const defaultWorkspace = parseStamp(state.__origin)?.account?.workspace;
  const isNone = ([name, value]: [string, unknown]) =>
    value === undefined ||
    value === null ||
    (value === false && OFF_BY_DEFAULT.includes(name)) ||
    (name === "workspaceId" && value === defaultWorkspace);
  return Object.fromEntries(Object.entries(fields).filter((field) => !isNone(field)));
}

/** Items that can't be shown may differ though they look alike, so they are no part of a set. */
function withoutHiddenItems(inputs: Properties): [Properties, Record<string, unknown[]>] {
  const shown: Record<string, unknown> = { ...inputs };
  const hidden: Record<string, unknown[]> = {};
  for (const [name, value] of Object.entries(inputs)) {
    const items = listOf(value).filter((item) => item instanceof Hidden);
    if (items.length === 0) continue;
    shown[name] = listOf(value).filter((item) => !(item instanceof Hidden));
    hidden[name] = items;
  }
  return [shown, hidden];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
