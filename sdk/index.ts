/** OpenRouter's inference keys, guardrails and assignments as Pulumi resources. */

export type {
  BuiltinContentFilter,
  BuiltinContentFilterResult,
  CustomContentFilter,
  CustomContentFilterResult,
  GuardrailArgs,
} from "./guardrail";
export { Guardrail } from "./guardrail";
export type { GuardrailAssignmentsArgs } from "./guardrailAssignments";
export { GuardrailAssignments } from "./guardrailAssignments";
export type { GuardrailKeyAssignmentArgs } from "./guardrailKeyAssignment";
export { GuardrailKeyAssignment } from "./guardrailKeyAssignment";
export type { GuardrailMemberAssignmentArgs } from "./guardrailMemberAssignment";
export { GuardrailMemberAssignment } from "./guardrailMemberAssignment";
export type { InferenceKeyArgs } from "./inferenceKey";
export { InferenceKey } from "./inferenceKey";
export type { ProviderArgs } from "./provider";
export { Provider } from "./provider";
