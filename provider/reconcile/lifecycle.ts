import type { Api } from "../api/call";
import { NotFoundError, RequestError } from "../errors";
import type { AccountRef } from "./account";

export interface Lifecycle<Inputs extends object, Outputs extends object> {
  /** The kind in a sentence: `inference key`. */
  readonly title: string;
  /** Outputs that hold a `Secret`. */
  readonly secretOutputs: readonly (keyof Outputs & string)[];
  /** Outputs that the API chooses unless they are declared. */
  readonly computedOutputs: readonly (keyof Outputs & string)[];
  /** Whether an omitted `name` is `<project>/<stack>/<resource name>`. */
  readonly hasDefaultName: boolean;
  /**
   * Ids that these inputs name, as `adopt` and assignments do. Deleting another resource must not delete these objects.
   */
  claims(id: string, inputs: Inputs): readonly string[];
  /** The name of this object in messages. */
  nameOf(properties: Partial<Inputs>): string;
  /** Whether a string is an id of this kind. Nothing else gets into a URL. */
  isId(id: string): boolean;
  /** What an id of this kind is, for a user who has passed something else. */
  readonly idForm: string;
  /** Validates the declared inputs without changing them. Values may be unknown in a preview. */
  check(news: Record<string, unknown>, olds: Record<string, unknown>): Checked<Inputs>;
  /**
   * Compares the last response of the API with the declared inputs.
   * @param account The account of the object, if the state has it.
   */
  diff(olds: Outputs, news: Inputs, account?: AccountRef): Difference;
  /** @throws if this change must not be planned. */
  forbid?(change: PlannedChange<Inputs, Outputs>): void;
  /** Reads what `create` needs into the session. Runs in parallel with the account check. */
  prepareCreate?(context: Pick<Context, "api" | "session">, inputs: Inputs): Promise<unknown>;
  /** Whether this run has removed what the state has for these inputs, so that an update must apply it again. */
  isUndone?(session: Session, inputs: Inputs): boolean;
  create(context: Context, inputs: Inputs): Promise<Created<Outputs>>;
  /** Undefined when there is no such object. Without `olds`, the object is not in the state yet. */
  read(context: Context, id: string, olds: Outputs | undefined): Promise<Observed<Inputs, Outputs> | undefined>;
  /** @throws NotFoundError */
  update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs>;
  /** @throws NotFoundError */
  delete(context: Context, id: string, olds: Outputs): Promise<void>;
}

export interface PlannedChange<Inputs, Outputs> {
  id: string;
  olds: Outputs;
  news: Inputs;
  replaces: readonly string[];
  account: AccountRef | undefined;
  session: Session;
}

export interface Context {
  api: Api;
  session: Session;
  /** The account of the object, or the one to create it in. */
  account: AccountRef;
  /** The last operation on the object was a partial failure: the state may not know what the API has. */
  unfinished: boolean;
  /** The object enters the state: what a program calls its values is not known yet. */
  isImport?: boolean;
  /** Prints a line for the user. */
  log(message: string): void;
}

/** The memory of a provider process, which lives for one `up`, `refresh` or `destroy`. */
export interface Session {
  /** The engine has passed inputs of the program. Until it does, this may be a refresh or a destroy. */
  programRuns: boolean;
  /** Ids that a resource of the program names. Deleting another resource does not delete these objects. */
  claimedIds: Set<string>;
  /** Ids of all objects that this process has created or read: none of them is an orphan of a lost request. */
  seenIds: Set<string>;
  /** Ids of objects that this process has created. The API may not show them yet. */
  createdIds: Set<string>;
  /** Creation times of objects, as their states have them. */
  creationTimes: Map<string, string>;
  /** Objects that the program had before this run, with the state of each. */
  managed: Map<string, object>;
  /** Ids that a resource of the program has adopted in this run. */
  adoptedIds: Set<string>;
  /** Creates in progress, by collection and name. */
  pendingCreates: Map<string, Promise<unknown>>;
  /** Objects in a workspace before this process created any there, by collection. */
  preexisting: Map<string, Promise<unknown[]>>;
  /** Reads that share requests, by list. Every write clears them. */
  reads: Map<string, unknown>;
  /** Objects that the plan of this run replaces: their deletes come last. */
  replacedIds: Set<string>;
  /** Hashes of keys and user ids that this run has removed from a guardrail. */
  unassigned: Set<string>;
  /** Assignment sets of the program, by guardrail. */
  assignmentSets: Map<string, object>;
  /** Keys that a set no longer lists. Their own delete is expected to remove the assignment. */
  awaitingDelete: Set<string>;
  /** Whether creates may delete orphans of an interrupted run. */
  deleteOrphans: boolean;
}

export type Checked<Inputs> = { inputs: Inputs; failures: [] } | { inputs?: undefined; failures: string[] };

export interface Difference {
  changed: boolean;
  /** Inputs whose change replaces the object. */
  replaces: string[];
}

export interface Created<Outputs> {
  id: string;
  outputs: Outputs;
}

export interface Observed<Inputs, Outputs> {
  inputs: Inputs;
  outputs: Outputs;
}

/** Whether a failed request may have taken effect. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof RequestError && error.outcome === "unknown";
}

/** Undefined if the API says that there is no such object. Other failures are thrown. */
export async function ignoreNotFound<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
