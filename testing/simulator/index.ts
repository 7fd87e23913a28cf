export type {
  Account,
  BuiltinFilter,
  CustomFilter,
  FederationPolicy,
  Guardrail,
  GuardrailSettings,
  Key,
  KeyAssignment,
  ManagementKey,
  Member,
  MemberAssignment,
  Some,
  Use,
  Workspace,
  WorkspaceBudget,
} from "./account";
export type { ManagementKeyOptions } from "./changes";
export type { Clock } from "./clock";
export type { Assignees, Dashboard } from "./dashboard";
export type { Fault, FaultEffect, FaultMatch, Faults, Hold, RequestHook, When } from "./faults";
export { keepIn, load } from "./persistence";
export type { LoggedRequest } from "./requestLog";
export { seed } from "./seed";
export type { SimulatedAccount, Simulator, SimulatorOptions } from "./simulator";
export { startSimulator } from "./simulator";
export type { Switches } from "./switches";
export { DEFAULT_SWITCHES, otherSettings, parseSwitch, SWITCH_VALUES } from "./switches";
