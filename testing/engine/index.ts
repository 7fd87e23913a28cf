/**
 * Engines to run a Pulumi program with: a small one that needs no download, for tests and demos, and Pulumi's own CLI.
 * Both give the same `Stack`.
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
