/** The settings that a resource declares, expanded by the provider: two ways to write one setting are equal here. */
import type { Resource } from "../../formats/deployment";
import { parseStamp } from "../../provider/host/stamp";
import { lowerCase, omitNullish } from "../../provider/reconcile/inputs";
import { desiredFields, type GuardrailInputs, normalizationsFrom } from "../../provider/resources/guardrailFields";
import { type InferenceKeyInputs, meaning } from "../../provider/resources/inferenceKeyFields";
import { SETTINGS } from "./settings";
import { Hidden, type Properties, visible } from "./values";

/** Declared inputs; of a resource that the stack only reads, the outputs. */
export function inputsOf({ inputs, outputs, external }: Resource): Properties {
  return visible((external ? outputs : inputs) ?? {}) as Properties;
}

/** @param state The outputs of the key before the change: they stay where the program omits an input. */
export function declaredByKey(resource: Resource, state: Properties): Properties {
  const inputs = withServerChoices(resource, state, ["workspaceId", "creatorUserId", "externalUser"]);
  return omitUnset("key", meaning(inputs as object as InferenceKeyInputs), state);
}

/** @param state The outputs of the guardrail before the change: they have the canonical names of models. */
export function declaredByGuardrail(resource: Resource, state: Properties): Properties {
  const inputs = withServerChoices(resource, state, ["workspaceId"]);
  const lists = Object.entries(inputs).filter(([, value]) => Array.isArray(value) && value.some(isHidden));
  // Two hidden items may differ, so they must not become one when a list is normalized.
  const shown = lists.map(([name, list]) => [name, (list as unknown[]).filter((item) => !isHidden(item))]);
  const declared = { ...inputs, ...Object.fromEntries(shown) } as object as GuardrailInputs;
  const workspaceId = lowerCase(declared.workspaceId);
  const fields = omitUnset("guardrail", { ...desiredFields(declared, normalizationsFrom(state)), workspaceId }, state);
  const whole = lists.map(([name, list]) => [
    name,
    [...((fields[name] as unknown[] | undefined) ?? []), ...(list as unknown[]).filter(isHidden)],
  ]);
  return { ...fields, ...Object.fromEntries(whole) };
}

function isHidden(value: unknown): value is Hidden {
  return value instanceof Hidden;
}

function withServerChoices(resource: Resource, state: Properties, names: readonly string[]): Properties {
  const choices = Object.entries(state).filter(([name]) => names.includes(name));
  return { ...(visible(Object.fromEntries(choices)) as Properties), ...omitNullish(inputsOf(resource)) };
}

/** Declaring the default workspace is the same as omitting it. */
function omitUnset(kind: "key" | "guardrail", fields: object, state: Properties): Properties {
  const defaultWorkspace = parseStamp(state.__origin)?.account?.workspace;
  const isUnset = ([name, value]: [string, unknown]) =>
    value === undefined ||
    value === null ||
    (value === false && SETTINGS[kind][name]?.unset === "no") ||
    (name === "workspaceId" && value === defaultWorkspace);
  return Object.fromEntries(Object.entries(fields).filter((field) => !isUnset(field)));
}
