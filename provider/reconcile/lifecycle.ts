import type { Api } from "../api/call";
import { NotFoundError, RequestError } from "../errors";
import type { AccountRef } from "./account";

export interface Lifecycle<Inputs extends object, Outputs extends object> {
  /** What the kind is called in a sentence: `inference key`. */
  readonly title: string;
  /** Outputs that hold a `Secret`. */
  readonly secretOutputs: readonly (keyof Outputs & string)[];
  /**
   * Ids that these inputs name, as `adopt` and assignments do. Another resource may have such an object too, and its
   * deletion must not delete the object.
   */
  claims(id: string, inputs: Inputs): readonly string[];
  /** What to call this object in messages. */
  nameOf(properties: Partial<Inputs>): string;
  /** Whether a text has the form of an id of this kind. No other text gets into a URL. */
  isId(id: string): boolean;
  /** Validates what the program declares, and changes nothing of it. Values may be unknown in a preview. */
  check(news: Record<string, unknown>, olds: Record<string, unknown>): Checked<Inputs>;
  /**
   * What would change, by comparing what the API last showed with what is declared.
   * @param account The account that has the object, if the state tells.
   */
  diff(olds: Outputs, news: Inputs, account?: AccountRef): Difference;
  /** @throws if this change of a resource must not be planned. */
  forbid?(change: PlannedChange<Inputs, Outputs>): void;
  /** Reads what `create` needs to know and remembers it in the session. Runs beside the account check. */
  prepareCreate?(context: Pick<Context, "api" | "session">, inputs: Inputs): Promise<unknown>;
  /** Whether this run has undone what the state has of these inputs, so that an update has to do it again. */
  isUndone?(session: Session, inputs: Inputs): boolean;
  create(context: Context, inputs: Inputs): Promise<Created<Outputs>>;
  /** Undefined when the API says that there is no such object. `olds` is missing when it was not ours before. */
  read(context: Context, id: string, olds: Outputs | undefined): Promise<Observed<Inputs, Outputs> | undefined>;
  /** Throws NotFoundError when there is no such object. */
  update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs>;
  /** Throws NotFoundError when there is no such object. */
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
  /** The account that has the object, or is to have it. */
  account: AccountRef;
  /** The last operation on the object was a partial failure: the state may not know what the API has. */
  unfinished: boolean;
  /** Says something to whoever watches the stack. */
  log(message: string): void;
}

/** What one provider process has done so far: it lives for one `up`, `refresh` or `destroy`. */
export interface Session {
  /** The engine has passed inputs of the program. Until then it refreshes, or destroys. */
  programRuns: boolean;
  /** Ids that a resource of the program holds by naming them. Deleting one as another resource's is skipped. */
  claimedIds: Set<string>;
  /** Ids of all objects that this process has created or met: none of them is what a lost request has left. */
  seenIds: Set<string>;
  /** Ids of objects that this process has created. The API may not show them yet. */
  createdIds: Set<string>;
  /** When objects that this process has met were created, as their states have it. */
  creationTimes: Map<string, string>;
  /** Objects that a resource of the program has had since before this run, with what the state has of each. */
  managed: Map<string, object>;
  /** Ids that a resource of the program has adopted in this run. */
  adoptedIds: Set<string>;
  /** Creates under way, by place and name. */
  pendingCreates: Map<string, Promise<unknown>>;
  /** What stood in a workspace before this process made anything there, by kind and workspace. */
  preexisting: Map<string, Promise<unknown[]>>;
  /** Reads that share requests, by place. Emptied by every write, so that it is seen at once. */
  reads: Map<string, unknown>;
  /** Objects that the plan of this run replaces: their deletes come last. */
  replacedIds: Set<string>;
  /** Hashes of keys and user ids that this run has removed from a guardrail. */
  unassigned: Set<string>;
  /** Sets of assignments that the program declares, by guardrail. */
  sets: Map<string, object>;
  /** Keys that a set no longer lists, whose assignments were left to the delete of the key. */
  left: Set<string>;
  /** The user allows to remove what an interrupted run has left. */
  deleteOrphans: boolean;
}

export type Checked<Inputs> = { inputs: Inputs; failures: [] } | { inputs?: undefined; failures: string[] };

export interface Difference {
  changed: boolean;
  /** Inputs whose change needs a new object. */
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

/** Whether a failed request may have been carried out all the same. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof RequestError && error.outcome === "unknown";
}

/** Undefined in place of an authoritative "there is no such object". Any other failure stays one. */
export async function ignoreNotFound<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
