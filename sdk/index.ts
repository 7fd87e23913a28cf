/** OpenRouter's inference keys, guardrails and assignments as Pulumi resources. */

export {
  type BuiltinContentFilter,
  type BuiltinContentFilterResult,
  type CustomContentFilter,
  type CustomContentFilterResult,
  Guardrail,
  type GuardrailArgs,
} from "./guardrail";
export { GuardrailAssignments, type GuardrailAssignmentsArgs } from "./guardrailAssignments";
export { GuardrailKeyAssignment, type GuardrailKeyAssignmentArgs } from "./guardrailKeyAssignment";
export { GuardrailMemberAssignment, type GuardrailMemberAssignmentArgs } from "./guardrailMemberAssignment";
export { InferenceKey, type InferenceKeyArgs } from "./inferenceKey";
export { Provider, type ProviderArgs } from "./provider";
