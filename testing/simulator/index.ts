export type {
  Account,
  FederationPolicy,
  Guardrail,
  Key,
  KeyAssignment,
  ManagementKey,
  Member,
  MemberAssignment,
  OptionalFields,
  Preset,
  Use,
  Workspace,
  WorkspaceBudget,
} from "./account";
export type { ManagementKeyOptions } from "./changes";
export type { Clock } from "./clock";
export type { Assignees, Dashboard } from "./dashboard";
export type { Fault, FaultEffect, FaultMatch, Faults, Hold, RequestHook, When } from "./faults";
export type { BuiltinFilter, CustomFilter, GuardrailSettings } from "./guardrailSettings";
export type { LoggedRequest } from "./requestLog";
export type { SimulatedAccount, Simulator, SimulatorOptions } from "./simulator";
export { startSimulator } from "./simulator";
export type { Switches } from "./switches";
export { switchVariants } from "./switches";
