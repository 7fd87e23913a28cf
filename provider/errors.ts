/**
 * Every error that a user can see, one class per cause: `<operation> <object>: <cause>. <next step>`. Messages from the
 * API are short and redacted.
 *
 * None has a numeric `code`, which gRPC would take for a status. Pulumi's provider process prints an error as
 * `${error}: ${error.stack}`, in addition to the engine's own report. So `toString` returns the name, and the stack is the
 * message, on one line.
 */

/** Whether a failed request had an effect. */
export type Outcome =
  /** It never reached the API. */
  | "unsent"
  /** The API rejected it with a complete response: nothing was changed. */
  | "refused"
  /** No readable response: it may have had an effect. */
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

abstract class OperationError extends OpenRouterError {
  constructor(
    readonly operation: string,
    cause: string,
    nextStep?: string,
    options?: { cause?: unknown },
  ) {
    super(sentences(`${operation}: ${cause}`, nextStep), options);
  }
}

/** A request that failed. */
export abstract class RequestError extends OperationError {
  abstract readonly outcome: Outcome;
}

/** The error as another operation reports it that shared the request. */
export function withOperation(operation: string, error: unknown): unknown {
  if (!(error instanceof RequestError) || error.operation === operation) return error;
  const message = operation + error.message.slice(error.operation.length);
  const copy = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
  return Object.assign(copy, { operation, message, stack: message });
}

/** A 4xx response in the API's own error format. */
export class ApiError extends RequestError {
  readonly outcome = "refused";

  constructor(
    operation: string,
    readonly status: number,
    readonly apiMessage: string,
    nextStep?: string,
    rejected = "the request",
  ) {
    super(operation, `the API rejected ${rejected} (${status}: ${apiMessage})`, nextStep);
  }
}

/** 404: the object does not exist, or belongs to a different account. */
export class NotFoundError extends ApiError {}

/** 401 or 403: no key, a revoked one, or not a management key. The API uses both statuses for each. */
export class AuthenticationError extends ApiError {
  constructor(
    operation: string,
    status: number,
    apiMessage: string,
    nextStep?: string,
    rejected = "the management key",
  ) {
    super(operation, status, apiMessage, nextStep, rejected);
  }
}

/** 403 about the scope of the key: a valid management key of a different workspace, or a read-only one. */
export class PermissionError extends AuthenticationError {}

/** 429, when waiting as requested did not help. */
export class RateLimitError extends ApiError {
  constructor(
    operation: string,
    status: number,
    apiMessage: string,
    readonly retryAfter: string | undefined,
  ) {
    super(operation, status, apiMessage, "retry in a minute, or lower --parallel");
  }
}

/** 5xx or 408: the API may have applied the request before it failed. */
export class ServerError extends RequestError {
  readonly outcome = "unknown";

  constructor(
    operation: string,
    readonly status: number,
    apiMessage: string,
    readonly retryAfter?: string,
  ) {
    super(operation, `the API failed (${status}: ${apiMessage})`, "run the same command again");
  }
}

/** No connection, or a lost one. */
export class ConnectionError extends RequestError {
  constructor(
    operation: string,
    readonly outcome: "unsent" | "unknown",
    reason: string,
    cause: unknown,
  ) {
    const problem = outcome === "unsent" ? "can't reach the API" : "the connection to the API was lost";
    super(operation, `${problem} (${reason})`, "check the network and the base URL, then retry", { cause });
  }
}

/** No complete response within the timeout of one call. */
export class TimeoutError extends RequestError {
  readonly outcome = "unknown";

  constructor(operation: string, seconds: number) {
    super(operation, `no response from the API within ${seconds} s`, "run the same command again");
  }
}

/** Waiting used up the operation's time before the request was sent. */
export class DeadlineError extends RequestError {
  readonly outcome = "unsent";

  constructor(operation: string) {
    super(operation, "the time limit passed before the request was sent", "run the same command again");
  }
}

/** A response that is not as documented: HTML, cut off, too large, a different shape, a redirect. */
export class InvalidResponseError extends RequestError {
  readonly outcome = "unknown";

  constructor(
    operation: string,
    readonly status: number,
    problem: string,
    excerpt = "",
  ) {
    const quoted = excerpt && `, starts with: ${excerpt}`;
    super(operation, `unexpected response (${status}, ${problem}${quoted})`, "check the base URL and any proxy");
  }
}

/** No access token, so the request was not sent. */
export class TokenExchangeError extends RequestError {
  readonly outcome = "unsent";

  constructor(operation: string, cause: unknown) {
    super(operation, messageOf(cause), undefined, { cause });
  }
}

/** The response to a create was lost, and only a user can decide whether an object is a leftover of it. */
export class AmbiguousCreateError extends OperationError {
  constructor(operation: string, found: readonly string[], cause: unknown) {
    const audit = "run `npx pulumi-openrouter audit --stack …`";
    if (found.length > 0) {
      const problem = `the response was lost, and the create may have produced: ${found.join("; ")}`;
      const nextStep = `${audit} to check whether a stack has it. If none has and it is unused, remove it, then run the same command again`;
      super(operation, problem, nextStep, { cause });
    } else {
      const problem = `the response was lost, and listing the account to check failed (${messageOf(cause)})`;
      super(operation, problem, `${audit} to list the objects that no stack has, then run the same command again`, {
        cause,
      });
    }
  }
}

/** A list without an end: a page without new rows, or more pages than any account has. */
export class PaginationError extends OperationError {
  constructor(operation: string, problem: string) {
    super(operation, `the API's list does not end (${problem})`, "retry; if the error persists, report it");
  }
}

export class InvalidSettingError extends OperationError {
  constructor(problem: string, nextStep: string) {
    super("OpenRouter settings", problem, nextStep);
  }
}

export class MissingCredentialError extends OperationError {
  constructor(missing: "own key" | "mapped variables" | "any", variables: readonly string[]) {
    const [problem, nextStep] = {
      "own key": ["the Provider's managementKey or federationPolicyId is empty", "give the Provider one of them"],
      "mapped variables": [
        `no management key in the Provider's mapped ${variables.join(", ")}`,
        "set the variable that is mapped",
      ],
      any: [
        `no management key in ${variables.join(", ")} or the stack configuration openrouter:managementKey`,
        `set ${variables[0]}, or run: pulumi config set --secret openrouter:managementKey`,
      ],
    }[missing] as [string, string];
    super("OpenRouter settings", problem, `${nextStep}. ${CREATE_KEY_HINT}`);
  }
}

/** The stack's objects are in a different account, or were written through a different base URL. */
export class AccountMismatchError extends OperationError {}

/** The state or the program requires something that this release can't or won't do. */
export class PreconditionError extends OperationError {}

/** The API accepted a request and shows a different result. */
export class NotAppliedError extends OperationError {}

/** The object exists, and a later step failed. Has what the state must keep: the id and the known outputs. */
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
  "Create a management key at https://openrouter.ai/settings/management-keys (an inference key can't manage keys)";

function sentences(cause: string, nextStep?: string): string {
  return nextStep ? `${cause}. ${nextStep.charAt(0).toUpperCase()}${nextStep.slice(1)}.` : cause;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
