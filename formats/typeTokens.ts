/** Constants stored in every state; they can never change. Imports nothing: programs load this file. */

export type Kind =
  | "InferenceKey"
  | "Guardrail"
  | "GuardrailAssignments"
  | "GuardrailKeyAssignment"
  | "GuardrailMemberAssignment";

const DYNAMIC_PREFIX = "pulumi-nodejs:dynamic/openrouter:";

export function typeOf(kind: Kind): string {
  return `${DYNAMIC_PREFIX}${kind}`;
}

const NATIVE_PREFIX = "openrouter:index:";

/** The type of a resource of the native provider. */
export function nativeTypeOf(kind: Kind): string {
  return `${NATIVE_PREFIX}${kind}`;
}

/** The kind of a type of this package, with either provider. A later release may have more kinds. */
export function kindIn(type: string): string | undefined {
  const prefix = [DYNAMIC_PREFIX, NATIVE_PREFIX].find((each) => type.startsWith(each));
  return prefix && type.slice(prefix.length);
}

/** The type of the same kind with the other provider, from which a stack may have moved. */
export function otherTypeOf(type: string): string {
  const kind = kindIn(type);
  if (kind === undefined) return type;
  return (type.startsWith(NATIVE_PREFIX) ? DYNAMIC_PREFIX : NATIVE_PREFIX) + kind;
}

/** The value of `__provider`, which Pulumi's provider process runs. */
export function providerOf(kind: Kind): string {
  return `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
}
