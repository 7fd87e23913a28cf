/** Kind names, which are in users' states permanently, with the lifecycle of each. */
import { guardrail } from "./guardrail";
import { guardrailAssignments } from "./guardrailAssignments";
import { guardrailKeyAssignment } from "./guardrailKeyAssignment";
import { guardrailMemberAssignment } from "./guardrailMemberAssignment";
import { inferenceKey } from "./inferenceKey";

export const lifecycles = {
  InferenceKey: inferenceKey,
  Guardrail: guardrail,
  GuardrailAssignments: guardrailAssignments,
  GuardrailKeyAssignment: guardrailKeyAssignment,
  GuardrailMemberAssignment: guardrailMemberAssignment,
};
