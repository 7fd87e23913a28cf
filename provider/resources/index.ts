/** Kind names, which stand in users' states for good, and what each kind does. */
import { guardrail } from "./guardrail";
import { guardrailKeyAssignment } from "./guardrailKeyAssignment";
import { guardrailMemberAssignment } from "./guardrailMemberAssignment";
import { inferenceKey } from "./inferenceKey";

export const lifecycles = {
  InferenceKey: inferenceKey,
  Guardrail: guardrail,
  GuardrailKeyAssignment: guardrailKeyAssignment,
  GuardrailMemberAssignment: guardrailMemberAssignment,
};
