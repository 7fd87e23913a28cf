/**
 * Two engines with the same interface: a small local one for tests and demos, and Pulumi's own CLI.
 */
export { openLocalStack } from "./localStack";
export { hasPulumi, openStack } from "./openStack";
export { openPulumiStack } from "./pulumiStack";
export { formatEvent } from "./report";
export type {
  Deployment,
  Diagnostic,
  EngineEvent,
  ImportedResource,
  ImportFile,
  OperationOptions,
  Result,
  Stack,
  StackConfig,
  StackOptions,
  Step,
  StepOp,
  Summary,
} from "./stack";
