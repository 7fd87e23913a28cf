/**
 * Every error a user can see, one class per cause. A message names the operation and its object, what the API said
 * (short, redacted), and what to do next.
 *
 * None has a numeric `code`, which gRPC would take for a status. Pulumi's provider process prints what is thrown as
 * `${error}: ${error.stack}`, besides the engine's own report: so the one is the name and the other the message, in
 * one line.
 */

/** What is known of a request that did not end well. */
export type Outcome =
  /** It never reached the API. */
  | "unsent"
  /** The API refused it with a complete answer: nothing was changed. */
  | "refused"
  /** No readable answer: it may have been carried out. */
  | "unknown";

export abstract class OpenRouterError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.stack = message;
  }

  override toString(): string {
    return this.name;
  }
}

/** A request that failed. `outcome` says whether it may have changed something. */
export abstract class RequestError extends OpenRouterError {
  abstract readonly outcome: Outcome;

  constructor(
    readonly operation: string,
    problem: string,
    advice?: string,
    options?: { cause?: unknown },
  ) {
    super(sentence(`${operation}: ${problem}`, advice), options);
  }

  /** The same failure, for another operation that shared the request. */
  of(operation: string): this {
    if (operation === this.operation) return this;
    const message = operation + this.message.slice(this.operation.length);
    const own = Object.getOwnPropertyDescriptors(this);
    return Object.assign(Object.create(Object.getPrototypeOf(this), own), { operation, message, stack: message });
  }
}

/** What one of several operations that shared a request has to say of its failure. */
export function withOperation(operation: string, error: unknown): unknown {
  return error instanceof RequestError ? error.of(operation) : error;
}

/** The API answered 4xx, in its own error format. */
export class ApiError extends RequestError {
  readonly outcome = "refused";

  constructor(
    operation: string,
    readonly status: number,
    readonly apiMessage: string,
    advice?: string,
  ) {
    super(operation, `the API refused it (${status}: ${apiMessage})`, advice);
  }
}

/** 404: the object is not there, or belongs to another account. */
export class NotFoundError extends ApiError {}

/** 401 or 403: no key, a revoked one, or not a management key; the API is not consistent in which it answers. */
export class AuthenticationError extends ApiError {}

/** 403 that speaks of the key's scope: a good management key of another workspace, or one that only reads. */
export class PermissionError extends AuthenticationError {}

/** 429, after the waits that the API asked for. */
export class RateLimitError extends ApiError {
  constructor(
    operation: string,
    status: number,
    said: string,
    readonly retryAfter: string | undefined,
  ) {
    super(operation, status, said, "try again in a minute, or lower --parallel");
  }
}

/** 5xx or 408: the API may have done it before it failed. */
export class ServerError extends RequestError {
  readonly outcome = "unknown";

  constructor(
    operation: string,
    readonly status: number,
    said: string,
    readonly retryAfter?: string,
  ) {
    super(operation, `the API failed (${status}: ${said})`, "run the same command again");
  }
}

/** No connection, or one that was lost. */
export class ConnectionError extends RequestError {
  constructor(
    operation: string,
    readonly outcome: "unsent" | "unknown",
    reason: string,
    cause: unknown,
  ) {
    const what = outcome === "unsent" ? "can't reach the API" : "the connection to the API was lost";
    super(operation, `${what} (${reason})`, "check the network and the base URL, then run it again", { cause });
  }
}

/** No complete answer within the time-out of one call. */
export class TimeoutError extends RequestError {
  readonly outcome = "unknown";

  constructor(operation: string, seconds: number) {
    super(operation, `no answer from the API within ${seconds} s`, "run the same command again");
  }
}

/** The time for one operation is used up before the request could be sent. */
export class DeadlineError extends RequestError {
  readonly outcome = "unsent";

  constructor(operation: string) {
    super(operation, "the time for it was used up by waiting", "run the same command again");
  }
}

/** An answer that is not what the API describes: HTML, cut off, too large, of another shape, a redirect. */
export class InvalidResponseError extends RequestError {
  readonly outcome = "unknown";

  constructor(
    operation: string,
    readonly status: number,
    problem: string,
    firstWords: string,
  ) {
    const quoted = firstWords ? `, it starts with: ${firstWords}` : "";
    super(
      operation,
      `the answer of the API can't be used (${status}, ${problem}${quoted})`,
      "check the base URL and any proxy on the way",
    );
  }
}

/** The exchange for an access token failed, so that the request itself was not sent. */
export class TokenExchangeError extends RequestError {
  readonly outcome = "unsent";

  constructor(operation: string, cause: unknown) {
    super(operation, messageOf(cause), undefined, { cause });
  }
}

/** The response to a create was lost, the create may have produced something, and only a person can tell. */
export class AmbiguousCreateError extends OpenRouterError {
  constructor(operation: string, found: readonly string[], cause: unknown) {
    const what =
      found.length > 0
        ? `the response was lost, and the create may have produced: ${found.join("; ")}`
        : `the response was lost, and listing the account to check failed (${messageOf(cause)})`;
    const advice =
      found.length > 0
        ? "run `npx pulumi-openrouter audit --stack …` to see whether a stack has it; remove it if none has and it is unused, then run this again"
        : "run `npx pulumi-openrouter audit --stack …` to see what no stack has, then run this again";
    super(sentence(`${operation}: ${what}`, advice), { cause });
  }
}

/** Lists that don't end: a page that brings nothing new, or more pages than any account has. */
export class PaginationError extends OpenRouterError {
  constructor(operation: string, problem: string) {
    super(sentence(`${operation}: the list of the API does not end (${problem})`, "try again; if it stays, report it"));
  }
}

export class MissingCredentialError extends OpenRouterError {
  constructor(wanted: "own key" | "mapped variables" | "any", variables: readonly string[]) {
    const [places, advice] = {
      "own key": [
        "the Provider's managementKey or federationPolicyId, which is empty",
        "give the Provider one of them",
      ],
      "mapped variables": [`the Provider's mapped ${variables.join(", ")}`, "set the variable that is mapped"],
      any: [
        `${variables.join(", ")} and the stack configuration openrouter:managementKey`,
        `set ${variables[0]}, or run: pulumi config set --secret openrouter:managementKey`,
      ],
    }[wanted] as [string, string];
    super(sentence(`no OpenRouter management key; looked in ${places}`, `${advice}. ${CREATE_KEY_HINT}`));
  }
}

export class InvalidSettingError extends OpenRouterError {
  constructor(problem: string, advice: string) {
    super(sentence(`OpenRouter settings: ${problem}`, advice));
  }
}

/** The objects of this stack were written to another account, or through another base URL. */
export class AccountMismatchError extends OpenRouterError {
  constructor(operation: string, problem: string, advice: string) {
    super(sentence(`${operation}: ${problem}`, advice));
  }
}

/** The state or the program asks for something this release can't or won't do. */
export class PreconditionError extends OpenRouterError {
  constructor(operation: string, problem: string, advice: string) {
    super(sentence(`${operation}: ${problem}`, advice));
  }
}

/** The API accepted a request and yet shows something else than what was asked. */
export class NotAppliedError extends OpenRouterError {
  constructor(operation: string, problem: string, advice: string) {
    super(sentence(`${operation}: ${problem}`, advice));
  }
}

/** The object exists, and a later step failed. Carries what the state must keep: the id and the known outputs. */
export class PartialFailureError<Outputs extends object> extends OpenRouterError {
  constructor(
    readonly id: string,
    readonly outputs: Outputs,
    cause: unknown,
  ) {
    super(messageOf(cause), { cause });
  }
}

export const CREATE_KEY_HINT =
  "Management keys are made at https://openrouter.ai/settings/management-keys (an inference key can't manage keys)";

/** Problem and advice as one text: `problem. Advice.` */
function sentence(problem: string, advice?: string): string {
  if (!advice) return problem;
  return `${problem}. ${advice.charAt(0).toUpperCase()}${advice.slice(1)}${advice.endsWith(".") ? "" : "."}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
