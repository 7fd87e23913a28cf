/** What stands in every state that has a resource of ours, and so can never change. Imports nothing: programs load it. */

/** Kinds that the provider knows. */
export type Kind =
  | "InferenceKey"
  | "Guardrail"
  | "GuardrailAssignments"
  | "GuardrailKeyAssignment"
  | "GuardrailMemberAssignment";

export const TYPE_PREFIX = "pulumi-nodejs:dynamic/openrouter:";

export function typeOf(kind: Kind): string {
  return `${TYPE_PREFIX}${kind}`;
}

/** The text of `__provider`, which Pulumi's provider process runs. */
export function providerOf(kind: Kind): string {
  return `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
}
