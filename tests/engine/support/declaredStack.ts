import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindIn } from "../../../formats/typeTokens";
import {
  type Deployment,
  type LoggedRequest,
  type OperationOptions,
  openStack,
  type Result,
  type Simulator,
  type SimulatorOptions,
  type Stack,
  type StackConfig,
  startSimulator,
} from "../../../testing/index";
import { placesOfSecrets } from "./sentinel";

/** Which provider manages the resources: `dynamic` or `native`. */
export const HOST = process.env.TEST_HOST ?? "dynamic";

/** A resource of the program `declared`. */
export interface Declared {
  kind:
    | "InferenceKey"
    | "Guardrail"
    | "GuardrailAssignments"
    | "GuardrailKeyAssignment"
    | "GuardrailMemberAssignment"
    | "Provider"
    | "Print";
  args?: Record<string, unknown>;
  opts?: Record<string, unknown>;
  get?: unknown;
}
export type Declaration = Record<string, Declared>;

/** What an operation did, and the API calls that it took. */
export interface Outcome extends Result {
  calls: LoggedRequest[];
}

export interface DeclaredOptions extends SimulatorOptions {
  /** On top of the simulator's URL and management key. */
  env?: Record<string, string>;
  /** False for a stack without management key in its environment. */
  credentials?: boolean;
  config?: StackConfig;
}

/**
 * A stack of the program `declared` on its own simulated account. Every operation fails if its output, its events or the
 * files of the state show a secret.
 */
export interface DeclaredStack {
  simulator: Simulator;
  stack: Stack;
  declare(declaration: Declaration): void;
  up(declaration?: Declaration, options?: OperationOptions): Promise<Outcome>;
  preview(declaration?: Declaration, options?: OperationOptions): Promise<Outcome>;
  refresh(options?: OperationOptions): Promise<Outcome>;
  destroy(options?: OperationOptions): Promise<Outcome>;
  /** A resource in the state, by its name. */
  resource(name: string): Promise<StateResource | undefined>;
  /** The id of a resource in the state. */
  idOf(name: string): Promise<string>;
  /** All resources in the state that have an object, by their names. */
  resources(): Promise<Record<string, StateResource>>;
  /** Adds a value that must not appear in plain text. */
  addSecret(value: string): void;
  close(): Promise<void>;
}

export interface StateResource {
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Read and not managed. */
  external?: boolean;
  initErrors?: string[];
}

const openStacks = new Set<DeclaredStack>();
afterEach(async () => {
  for (const stack of openStacks) await stack.close();
});

/** Opens a stack that lives until the end of the test. */
export async function openDeclaredStack(options: DeclaredOptions = {}): Promise<DeclaredStack> {
  const { env, credentials = true, config, ...simulatorOptions } = options;
  const simulator = await startSimulator(simulatorOptions);
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-test-"));
  const stateDir = join(folder, "state");
  mkdirSync(stateDir);
  const declaredFile = join(folder, "declared.json");
  let events: string[] = [];
  const stack = await openStack({
    projectDir: join(__dirname, "../programs/declared"),
    stack: "test",
    stateDir,
    passphrase: "test",
    env: {
      DECLARED: declaredFile,
      DECLARED_HOST: HOST,
      OPENROUTER_BASE_URL: simulator.url,
      ...(credentials ? { OPENROUTER_MANAGEMENT_KEY: simulator.managementKey } : {}),
      ...env,
    },
    ...(config ? { config } : {}),
    onEvent: (event) => events.push(JSON.stringify(event)),
  });

  const secrets = new Set([simulator.managementKey]);
  const operate = async (work: () => Promise<Result>): Promise<Outcome> => {
    simulator.clearRequests();
    events = [];
    const result = await work();
    const calls = [...simulator.requests];
    for (const value of Object.values(await stack.outputs({ showSecrets: true }))) {
      if (typeof value === "string" && value.startsWith("sk-or-")) secrets.add(value);
    }
    const places = placesOfSecrets(secrets, { result: [JSON.stringify(result)], event: events }, stateDir);
    if (places.length > 0) throw new Error(`secrets in plain text in ${places.join(", ")}`);
    return { ...result, calls };
  };

  const declare = (declaration: Declaration) => writeFileSync(declaredFile, JSON.stringify(declaration));
  const resources = async () => {
    const exported = await stack.exportState();
    // Each export encrypts the same secret differently.
    const all = JSON.parse(JSON.stringify(exported).replace(/"ciphertext":"[^"]*"/g, '"ciphertext":""')).deployment
      .resources as Deployment["deployment"]["resources"];
    const live = (all ?? []).filter(({ type, id, delete: old }) => id && !old && !String(type).startsWith("pulumi:"));
    return Object.fromEntries(live.map((each) => [String(each.urn).split("::").at(-1), managed(each)]));
  };
  const opened: DeclaredStack = {
    simulator,
    stack,
    declare,
    up: (declaration, operation) => {
      if (declaration) declare(declaration);
      return operate(() => stack.up(operation));
    },
    preview: (declaration, operation) => {
      if (declaration) declare(declaration);
      return operate(() => stack.preview(operation));
    },
    refresh: (operation) => operate(() => stack.refresh(operation)),
    destroy: (operation) => operate(() => stack.destroy(operation)),
    resource: async (name) => (await resources())[name],
    idOf: async (name) => String((await resources())[name]?.id),
    resources,
    addSecret: (value) => {
      secrets.add(value);
    },
    close: async () => {
      if (!openStacks.delete(opened)) return;
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  openStacks.add(opened);
  return opened;
}

/** Omits times and positions in the program. */
function managed({ id, inputs, outputs, external, initErrors }: Record<string, unknown>): StateResource {
  return {
    id,
    inputs,
    outputs,
    ...(external ? { external } : {}),
    ...(initErrors ? { initErrors } : {}),
  } as StateResource;
}

/** `method path` of calls. */
export function summary(calls: readonly LoggedRequest[]): string[] {
  return calls.map(({ method, path }) => `${method} ${path}`);
}

/** `method path` of the calls that change something. */
export function writes(calls: readonly LoggedRequest[]): string[] {
  return summary(calls.filter(({ method }) => method !== "GET"));
}

/** The steps of each of the program's resources, without those that only read it. */
export function stepsOf({ steps }: Result): Record<string, string[]> {
  const ours = steps.filter(({ type, op }) => kindIn(type) !== undefined && op !== "refresh");
  const names = new Set(ours.map(({ name }) => name));
  return Object.fromEntries([...names].map((name) => [name, ours.filter((s) => s.name === name).map(({ op }) => op)]));
}

/** Names of the resources that a step changes. */
export function touched(result: Result): string[] {
  const entries = Object.entries(stepsOf(result)).filter(([, ops]) => ops.some((op) => op !== "same"));
  return entries.map(([name]) => name).sort();
}

/** All error messages in one string. */
export function errorsOf({ diagnostics }: Result): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.map(({ message }) => message).join("\n");
}

/** The errors of an operation, the resources it changed, and its writes to the account. */
export function effectsOf(outcome: Outcome): { errors: string; touched: string[]; writes: string[] } {
  return { errors: errorsOf(outcome), touched: touched(outcome), writes: writes(outcome.calls) };
}

export const NO_EFFECTS = { errors: "", touched: [], writes: [] };

/** Expects that an operation fails with a message. */
export function expectFailure(result: Result, message: string | RegExp): void {
  const expected = typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message);
  expect({ ok: result.ok, errors: errorsOf(result) }).toEqual({ ok: false, errors: expected });
}
