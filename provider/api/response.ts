/** From an HTTP response to a typed result, or to the error that says what happened. */
import * as z from "zod";
import {
  ApiError,
  AuthenticationError,
  CREATE_KEY_HINT,
  InvalidResponseError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  type RequestError,
  ServerError,
} from "../errors";
import type { Secret } from "../secret";
import { clean, redact } from "../text";
import type { Settings } from "./credential";
import type { HttpResponse } from "./transport";
import { fromWire } from "./wire";

interface Received {
  operation: string;
  verb: string;
  response: HttpResponse;
  settings: Settings;
}

/** @throws RequestError for every response but a success of the expected shape */
export function resultOf<Result>(shape: z.ZodType<Result>, received: Received): Result {
  const { operation, response, settings } = received;
  const { status, text } = response;
  if (status < 200 || status >= 300) throw failureOf(received);
  const json = parseJson(text);
  if (json === undefined) {
    throw new InvalidResponseError(operation, status, "not JSON", excerpt(text, settings.credential.secrets()));
  }
  const result = shape.safeParse(fromWire(json));
  if (result.success) return result.data;
  // Names of fields only: the values may be secret.
  const fields = result.error.issues.map((issue) => issue.path.join(".") || "the whole body").join(", ");
  throw new InvalidResponseError(operation, status, `not of the documented shape: ${fields}`);
}

/** Only a complete response in the API's own error format is a refusal. A proxy's page is not. */
function failureOf({ verb, operation, response, settings }: Received): RequestError {
  const { status, text, retryAfter } = response;
  const secrets = settings.credential.secrets();
  const message = errorMessage(text, secrets);
  if (status >= 500 || status === 408) {
    return new ServerError(operation, status, message ?? excerpt(text, secrets), retryAfter);
  }
  if (status === 429) return new RateLimitError(operation, status, message ?? "too many requests", retryAfter);
  if (message === undefined || status < 400) {
    const problem = status < 400 ? "a redirect, which is not followed with the key" : "not the API's error format";
    return new InvalidResponseError(operation, status, problem, excerpt(text, secrets));
  }
  if (status === 403 && SCOPE_MESSAGE.test(message))
    return new PermissionError(operation, status, message, LIMITED_KEY);
  if (status === 401 || status === 403) {
    const key = settings.source === "inference key" ? "the inference key" : "the management key";
    return new AuthenticationError(operation, status, message, adviceOnKey(verb, settings), key);
  }
  return status === 404 ? new NotFoundError(operation, status, message) : new ApiError(operation, status, message);
}

/** The message about a valid management key that is scoped to one workspace or read-only. */
const SCOPE_MESSAGE = /workspace|write access|permission|scope/i;
const LIMITED_KEY = "the key may be scoped to one workspace or read-only: use one with write access to this workspace";

function adviceOnKey(verb: string, { source }: Settings): string {
  if (source === "federation") return "let the federation policy act as a management key";
  if (source === "inference key") return "set OPENROUTER_API_KEY to a key that is neither disabled nor expired";
  const fix = { config: "set OPENROUTER_MANAGEMENT_KEY or add --run-program", provider: "add --run-program" };
  const mayBeStored = source !== "environment" && (verb === "read" || verb === "delete");
  const stored = mayBeStored
    ? `. If this is the key of the last \`pulumi up\`, ${fix[source]} to use the current one`
    : "";
  return `use a valid management key. ${CREATE_KEY_HINT}${stored}`;
}

const API_ERROR = z.object({ error: z.object({ message: z.string() }) });

function errorMessage(text: string, secrets: readonly Secret[]): string | undefined {
  const { data } = API_ERROR.safeParse(parseJson(text));
  return data && printable(data.error.message.replace(/\.$/, ""), secrets);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The start of a body that is not in the API's format. */
export function excerpt(text: string, secrets: readonly Secret[]): string {
  return printable(text.replace(/\s+/g, " ").trim(), secrets, 80);
}

/** A message from outside as part of one line, without credentials. */
export function printable(text: string, secrets: readonly Secret[], maxLength = 300): string {
  const safe = redact(clean(text), ...secrets);
  return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
}
