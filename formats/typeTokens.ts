/** Constants stored in every state; they can never change. Imports nothing: programs load this file. */

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

/** The value of `__provider`, which Pulumi's provider process runs. */
export function providerOf(kind: Kind): string {
  return `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
}
