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
export {
  getCredits,
  getCreditsOutput,
  getGuardrail,
  getGuardrailOutput,
  getGuardrails,
  getGuardrailsOutput,
  getKey,
  getKeyOutput,
  getKeys,
  getKeysOutput,
  getModels,
  getModelsOutput,
  getUsage,
  getUsageOutput,
  getWorkspace,
  getWorkspaceOutput,
  getWorkspaces,
  getWorkspacesOutput,
} from "./lookUps/index";
export type {
  FoundGuardrail,
  FoundKey,
  FoundModel,
  FoundWorkspace,
  GetCreditsResult,
  GetGuardrailArgs,
  GetGuardrailsArgs,
  GetGuardrailsResult,
  GetKeyArgs,
  GetKeysArgs,
  GetKeysResult,
  GetModelsArgs,
  GetModelsResult,
  GetUsageArgs,
  GetUsageResult,
  GetWorkspaceArgs,
  GetWorkspacesResult,
} from "./lookUps/types";
export type { ProviderArgs } from "./provider";
export { Provider } from "./provider";
