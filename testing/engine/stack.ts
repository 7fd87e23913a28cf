/**
 * What a test or a demo sees of a deployment engine. `openLocalStack` and `openPulumiStack` give the same `Stack`, so a
 * scenario written once runs on the engine that comes with `npm ci` and on Pulumi's own CLI.
 */

/** Where a stack lives and what it runs with. */
export interface StackOptions {
  /** Directory of the Pulumi project: it holds Pulumi.yaml. The program in it is run as it is. */
  projectDir: string;
  /** Name of the stack, for example `dev`. */
  stack: string;
  /** Directory of the state. Its layout is the one of the CLI's file backend: `.pulumi/stacks/<project>/<stack>.json`. */
  stateDir: string;
  /** Passphrase that encrypts the secrets in the state. */
  passphrase: string;
  /** Stack configuration, `namespace:name` to value. It wins over Pulumi.<stack>.yaml. */
  config?: StackConfig;
  /**
   * Environment variables for the program and the provider. They are added to this process's environment, from which
   * every `PULUMI_*` and `OPENROUTER_*` variable is removed first, so that a shell can't change what a test does.
   */
  env?: Record<string, string>;
  /** Most operations on resources at a time. Default 8. */
  parallel?: number;
  /** Called for everything worth showing, as it happens. No event holds a secret. `formatEvent` makes a line of one. */
  onEvent?: (event: EngineEvent) => void;
}

/** Stack configuration. A value in `{ secret }` is encrypted in the state and masked in every message. */
export interface StackConfig {
  [key: string]: string | { secret: string };
}

/** What one operation may change of the stack's options. */
export interface OperationOptions {
  /** `preview` and `up`: read every resource first. `options: refresh: always` in Pulumi.yaml does the same. */
  refresh?: boolean;
  /** Added to the environment of the stack for this operation. */
  env?: Record<string, string>;
  /** Added to the configuration of the stack for this operation. */
  config?: StackConfig;
}

/** One stack of one project. Its operations run one after the other. They do not throw when a resource fails. */
export interface Stack {
  /** `local` is the test engine of this package, `pulumi` is Pulumi's own CLI. */
  readonly engine: "local" | "pulumi";
  /** Shows what `up` would do. Changes neither resources nor state. */
  preview(options?: OperationOptions): Promise<Result>;
  /** Runs the program and makes the resources be as it says. */
  up(options?: OperationOptions): Promise<Result>;
  /** Reads every resource and writes what is there into the state. The program is not run. */
  refresh(options?: OperationOptions): Promise<Result>;
  /** Deletes every resource of the stack. The program is not run. */
  destroy(options?: OperationOptions): Promise<Result>;
  /** The state in Pulumi's deployment format, secrets encrypted: what `pulumi stack export` prints. */
  exportState(): Promise<Deployment>;
  /** Replaces the state, as `pulumi stack import` does. Pending operations are dropped. */
  importState(deployment: Deployment): Promise<void>;
  /** Takes existing objects into the stack, as `pulumi import --file --protect=false --generate-code=false` does. */
  importFile(file: ImportFile): Promise<Result>;
  /** The stack's outputs. A secret is `"[secret]"` unless `showSecrets` is set. */
  outputs(options?: { showSecrets?: boolean }): Promise<Record<string, unknown>>;
}

/** Pulumi's own names of the things that happen to a resource. `delete-replaced` deletes the original of a replacement. */
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

/** One thing that an operation did, or would do, to one resource. */
export interface Step {
  op: StepOp;
  urn: string;
  type: string;
  name: string;
  /** Names of the inputs that changed. Empty when the provider said only that something changed. */
  changedKeys: string[];
  /** Names of the inputs that made it a replacement. */
  replaceKeys: string[];
  /** Why the step failed. Absent when it did not. */
  error?: string;
}

/** A message of the engine, the program or the provider. */
export interface Diagnostic {
  severity: "info" | "warning" | "error";
  message: string;
  /** The resource it is about. Absent when it is about the whole operation. */
  urn?: string;
}

/** How many resources ended in each way. As in the CLI, `delete-replaced` is part of `replace` and not counted. */
export interface Summary {
  same: number;
  create: number;
  update: number;
  replace: number;
  delete: number;
  read: number;
  import: number;
}

/** What became of an operation. */
export interface Result {
  /** False if any step failed or the program did not end well. */
  ok: boolean;
  summary: Summary;
  /** In the order in which they ended, failed ones included. `pulumi` does not list the unchanged ones. */
  steps: Step[];
  diagnostics: Diagnostic[];
  /**
   * The stack's outputs after the operation. A secret is `"[secret]"`, a value not known in a preview `"[unknown]"`.
   * Empty after a preview of `pulumi`, which does not print them.
   */
  outputs: Record<string, unknown>;
  /** Everything a person would have seen. */
  output: string;
}

/** What happens, while it happens. */
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

/** Objects that exist and are to be taken into a stack. */
export interface ImportFile {
  resources: ImportedResource[];
}

/** One object of an import file. For a dynamic resource both `inputs` and `outputs` must hold its `__provider`. */
export interface ImportedResource {
  type: string;
  name: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}
