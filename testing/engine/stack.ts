/**
 * The interface of a deployment engine. `openLocalStack` and `openPulumiStack` return the same `Stack`, so a scenario runs on the
 * local engine and on Pulumi's own CLI.
 */

/** Location and settings of a stack. */
export interface StackOptions {
  /** Directory of the Pulumi project, with Pulumi.yaml. Its program runs unchanged. */
  projectDir: string;
  /** Name of the stack, for example `dev`. */
  stack: string;
  /** Directory of the state, in the layout of the CLI's file backend: `.pulumi/stacks/<project>/<stack>.json`. */
  stateDir: string;
  /** Encrypts the secrets in the state. */
  passphrase: string;
  /** Stack configuration, `namespace:name` to value. It takes precedence over Pulumi.<stack>.yaml. */
  config?: StackConfig;
  /**
   * Environment variables for the program and the provider, in addition to those of this process. `PULUMI_*` and
   * `OPENROUTER_*` variables of this process are not passed on, so that a shell can't change a test.
   */
  env?: Record<string, string>;
  /** Maximum number of concurrent operations on resources. Default: 8. */
  parallel?: number;
  /** Called for each event. Events contain no secrets; `formatEvent` formats one for printing. */
  onEvent?: (event: EngineEvent) => void;
}

/** Stack configuration. A value in `{ secret }` is encrypted in the state and masked in messages. */
export interface StackConfig {
  [key: string]: string | { secret: string };
}

/** Settings of one operation. */
export interface OperationOptions {
  /** `preview` and `up`: read every resource first. `options: refresh: always` in Pulumi.yaml does the same. */
  refresh?: boolean;
  /** Added to the environment of the stack for this operation. */
  env?: Record<string, string>;
  /** Added to the configuration of the stack for this operation. */
  config?: StackConfig;
}

/** A stack of a project. Its operations run one after the other, and don't throw if a resource fails. */
export interface Stack {
  /** `local` is the test engine of this package, `pulumi` is Pulumi's own CLI. */
  readonly engine: "local" | "pulumi";
  /** Shows the steps of `up` without changing resources or state. */
  preview(options?: OperationOptions): Promise<Result>;
  /** Runs the program and applies it. */
  up(options?: OperationOptions): Promise<Result>;
  /** Reads every resource into the state. Doesn't run the program. */
  refresh(options?: OperationOptions): Promise<Result>;
  /** Deletes every resource of the stack. Doesn't run the program. */
  destroy(options?: OperationOptions): Promise<Result>;
  /** The state in Pulumi's deployment format with encrypted secrets, like `pulumi stack export`. */
  exportState(): Promise<Deployment>;
  /** Replaces the state, like `pulumi stack import`. Drops pending operations. */
  importState(deployment: Deployment): Promise<void>;
  /** Imports existing objects, like `pulumi import --file --protect=false --generate-code=false`. */
  importFile(file: ImportFile): Promise<Result>;
  /** The stack's outputs. A secret is `"[secret]"` unless `showSecrets` is set. */
  outputs(options?: { showSecrets?: boolean }): Promise<Record<string, unknown>>;
}

/** Pulumi's names of operations on a resource. `delete-replaced` deletes the original of a replacement. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "delete-replaced"
  | "read"
  | "import"
  | "refresh";

/** One operation on one resource, done or previewed. */
export interface Step {
  op: StepOp;
  urn: string;
  type: string;
  name: string;
  /** Names of the changed inputs. Empty if the provider returned only that something changed. */
  changedKeys: string[];
  /** Names of the inputs that require the replacement. */
  replaceKeys: string[];
  /** The error of a failed step. */
  error?: string;
}

/** A message of the engine, the program or the provider. */
export interface Diagnostic {
  severity: "info" | "warning" | "error";
  message: string;
  /** The resource. Absent if the message is about the whole operation. */
  urn?: string;
}

/** Number of resources by operation. As in the CLI, `replace` includes `delete-replaced`. */
export interface Summary {
  same: number;
  create: number;
  update: number;
  replace: number;
  delete: number;
  read: number;
  import: number;
}

/** The result of an operation. */
export interface Result {
  /** False if a step or the program failed. */
  ok: boolean;
  summary: Summary;
  /** In order of completion, including failed ones. `pulumi` doesn't list unchanged ones. */
  steps: Step[];
  diagnostics: Diagnostic[];
  /**
   * The stack's outputs after the operation. A secret is `"[secret]"`; a value unknown in a preview is `"[unknown]"`.
   * Empty after a preview of `pulumi`, which prints none.
   */
  outputs: Record<string, unknown>;
  /** The whole output for people. */
  output: string;
}

/** An event of an operation in progress. */
export type EngineEvent =
  | { type: "operation"; title: string; stack: string }
  | { type: "stepStart"; step: Step; preview: boolean }
  | { type: "stepDone"; step: Step; preview: boolean; seconds: number }
  | { type: "stepFailed"; step: Step; preview: boolean; seconds: number }
  | { type: "diagnostic"; diagnostic: Diagnostic }
  | { type: "outputs"; outputs: Record<string, unknown> }
  | { type: "summary"; summary: Summary; failed: number; preview: boolean; seconds: number };

/** A state in Pulumi's deployment format. */
export interface Deployment {
  version: number;
  deployment: {
    manifest: { time: string; magic: string; version: string };
    secrets_providers?: { type: string; state?: { salt?: string } };
    resources?: Array<Record<string, unknown>>;
    pending_operations?: Array<{ type: string; resource: Record<string, unknown> }>;
    metadata?: Record<string, unknown>;
  };
}

/** Existing objects to import into a stack. */
export interface ImportFile {
  resources: ImportedResource[];
}

/**
 * One object of an import file. Without outputs, its provider reads it. For a dynamic resource, which can't be read, both
 * `inputs` and `outputs` must hold its `__provider`.
 */
export interface ImportedResource {
  type: string;
  name: string;
  id: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}
