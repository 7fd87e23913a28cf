/**
 * One request to the management API: from a typed call to a typed result, with the waiting and repeating in between.
 *
 * Every operation on a resource (one create, one read, …) has its own `Api`, which knows what to call the operation
 * in an error and when its time is up.
 */
import type { z } from "zod";
import {
  ApiError,
  AuthenticationError,
  CREATE_KEY_HINT,
  DeadlineError,
  InvalidResponseError,
  InvalidSettingError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  RequestError,
  ServerError,
} from "../errors";
import type { Secret } from "../secret";
import { clean, redact } from "../text";
import type { Api, Call } from "./call";
import type { Concurrency } from "./concurrency";
import type { Settings } from "./credential";
import { CALL_TIMEOUT_MS, LOG_WAIT_ABOVE_MS, OPERATION_BUDGET_MS, sleep, waitBeforeRetry } from "./retry";
import type { HttpRequest, HttpResponse } from "./transport";
import { fromWire, snakeCase, toWire } from "./wire";

/** What a provider process lends to its operations. */
export interface ApiContext {
  settings: Settings;
  log(message: string): void;
  clock: ServerClock;
  concurrency: Concurrency;
  /** Called when a request that may have changed something has ended. */
  written(): void;
  /** Called before a request that may change something. Throws if it must not be sent. */
  beforeWrite?(api: Api): Promise<void>;
}

/** How far the server's clock is ahead of ours, learnt from every answer. */
interface ServerClock {
  aheadMs?: number;
}

/** An operation on one object: what to call it in errors, and what to call the object while it waits. */
export interface Operation {
  verb: "create" | "read" | "update" | "delete";
  object: string;
}

export function startOperation(surroundings: ApiContext, { verb, object }: Operation): Api {
  const { settings, log, clock } = surroundings;
  const operation = `${verb} ${object}`;
  const deadline = Date.now() + OPERATION_BUDGET_MS;

  async function pause(error: RequestError, attempts: number, isRetryable = true): Promise<boolean> {
    const now = Date.now();
    const remainingMs = deadline - now;
    const wait = waitBeforeRetry({ error, attempts, isRetryable, remainingMs, now, random: Math.random() });
    if (wait === undefined) return false;
    if (wait > LOG_WAIT_ABOVE_MS) log(waiting(wait, object, error));
    await sleep(wait);
    return true;
  }

  async function request<Result>(call: Call<Result>): Promise<Result> {
    if (call.method !== "GET") await surroundings.beforeWrite?.(api);
    let renewed = false;
    for (let attempts = 1; ; attempts++) {
      let bearer: Secret | undefined;
      try {
        if (call.authenticated !== false) bearer = await settings.credential.bearer(api);
        return await once(surroundings, operation, verb, deadline, call, bearer);
      } catch (error) {
        if (bearer && !renewed && isUnauthorized(error) && settings.credential.drop(bearer)) {
          // An access token may expire on its way.
          renewed = true;
          continue;
        }
        if (!(error instanceof RequestError) || !(await pause(error, attempts, call.isRetryable))) throw error;
      } finally {
        if (call.method !== "GET") surroundings.written();
      }
    }
  }

  const api: Api = {
    request,
    pause,
    serverTime: () => (clock.aheadMs === undefined ? undefined : Date.now() + clock.aheadMs),
    operation,
    baseUrl: settings.baseUrl,
  };
  return api;
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof AuthenticationError && error.status === 401;
}

function waiting(wait: number, object: string, error: RequestError): string {
  const reason = error instanceof RateLimitError ? "the API asked for it" : "the API does not answer well";
  return `waiting ${Math.ceil(wait / 1000)} s for ${object}: ${reason}`;
}

async function once<Result>(
  { settings, clock, concurrency }: ApiContext,
  operation: string,
  verb: Operation["verb"],
  deadline: number,
  call: Call<Result>,
  bearer: Secret | undefined,
): Promise<Result> {
  const answer = await concurrency.run(deadline, () => {
    const remaining = deadline - Date.now();
    // A create needs the time for a look at the account as well, should its answer get lost.
    const needed = call.isRetryable === false ? 2 * CALL_TIMEOUT_MS : 0;
    if (remaining <= needed) throw new DeadlineError(operation);
    return sendWithinOrigin({
      operation,
      method: call.method,
      url: urlOf(settings.baseUrl, call),
      headers: {
        accept: "application/json",
        ...(bearer ? { authorization: `Bearer ${bearer.reveal()}` } : {}),
        ...(call.body ? { "content-type": "application/json" } : {}),
      },
      ...(call.body ? { body: JSON.stringify(toWire(call.body)) } : {}),
      timeout: remaining,
    });
  });
  const { status, text, date } = answer;
  if (call.authenticated !== false) updateServerClock(clock, date);
  if (status >= 200 && status < 300) return parsed(operation, status, text, settings, call.result);
  throw failure({ operation, verb, answer, settings });
}

/** Latency makes an answer's `Date` seem older than it was, so the furthest ahead is nearest the truth. */
function updateServerClock(clock: ServerClock, date: string | undefined): void {
  const ahead = Date.parse(date ?? "") - Date.now();
  if (!Number.isNaN(ahead)) clock.aheadMs = Math.max(ahead, clock.aheadMs ?? ahead);
}

/**
 * Follows one redirect that keeps method and body and stays within the origin: the API may want a slash at the end of a
 * path. To any other place the key is not sent.
 */
async function sendWithinOrigin(request: HttpRequest): Promise<HttpResponse> {
  // Here and not at the top: `check` and `diff` need no HTTP client, and most runs only check and diff.
  const { send } = await import("./transport");
  const answer = await send(request);
  if (answer.location === undefined || (answer.status !== 307 && answer.status !== 308)) return answer;
  const target = URL.canParse(answer.location, request.url.href) ? new URL(answer.location, request.url) : undefined;
  return target?.origin === request.url.origin ? send({ ...request, url: target }) : answer;
}

function urlOf(baseUrl: string, { path, query }: Pick<Call<unknown>, "path" | "query">): URL {
  const url = new URL(`${baseUrl}/${path.map(encodePart).join("/")}`);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(snakeCase(name), String(value));
  }
  return url;
}

/** An empty part and dots can't be encoded: every URL parser takes them for another path. */
function encodePart(part: string): string {
  if (part === "" || part === "." || part === "..") {
    throw new InvalidSettingError("an id is empty or consists of dots", "check the ids that the program passes");
  }
  return encodeURIComponent(part);
}

function parsed<Result>(
  operation: string,
  status: number,
  text: string,
  settings: Settings,
  schema: z.ZodType<Result>,
): Result {
  const json = parseJson(text);
  if (json === undefined) {
    throw new InvalidResponseError(operation, status, "not JSON", excerpt(text, settings));
  }
  const result = schema.safeParse(fromWire(json));
  if (result.success) return result.data;
  // Names of fields only: the values of this answer may be secret.
  const fields = result.error.issues.map((issue) => issue.path.join(".") || "the whole").join(", ");
  throw new InvalidResponseError(operation, status, `not of the documented shape: ${fields}`, "");
}

interface Failed {
  operation: string;
  verb: Operation["verb"];
  answer: HttpResponse;
  settings: Settings;
}

/** Only a complete answer in the API's own error format is a refusal; a proxy's page is not the API's word. */
function failure({ operation, verb, answer: { status, text, retryAfter }, settings }: Failed): RequestError {
  const said = apiMessage(text, settings);
  if (status >= 500 || status === 408) {
    return new ServerError(operation, status, said ?? excerpt(text, settings), retryAfter);
  }
  if (status === 429) return new RateLimitError(operation, status, said ?? "too many requests", retryAfter);
  if (said === undefined || status < 400) {
    const problem = status < 400 ? "a redirect, which is not followed with the key" : "not the API's error format";
    return new InvalidResponseError(operation, status, problem, excerpt(text, settings));
  }
  if (status === 403 && SCOPE_MESSAGE.test(said)) return new PermissionError(operation, status, said, LIMITED_KEY);
  if (status === 401 || status === 403) {
    return new AuthenticationError(operation, status, said, adviceOnKey(verb, settings));
  }
  if (status === 404) return new NotFoundError(operation, status, said);
  return new ApiError(operation, status, said);
}

/** A good management key may yet be one of a single workspace, or one that only reads. */
const SCOPE_MESSAGE = /workspace|write access|permission|scope/i;
const LIMITED_KEY =
  "this management key may be scoped to one workspace, or may only read: use a key that may do this in this workspace";

function adviceOnKey(verb: Operation["verb"], { source }: Settings): string {
  if (source === "federation") return "the federation policy must act as a management key";
  const present = { config: "set OPENROUTER_MANAGEMENT_KEY or add --run-program", provider: "add --run-program" };
  const stored =
    source !== "environment" && (verb === "read" || verb === "delete")
      ? ` The key may be the one stored at the last \`pulumi up\`: ${present[source]} to use the present one.`
      : "";
  return `the key must be a valid management key. ${CREATE_KEY_HINT}.${stored}`;
}

function apiMessage(text: string, settings: Settings): string | undefined {
  const json = parseJson(text);
  if (typeof json !== "object" || json === null || !("error" in json)) return undefined;
  const { error } = json;
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  if (typeof error.message !== "string") return undefined;
  return short(clean(redact(error.message, ...settings.credential.secrets())).replace(/\.$/, ""));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string, { credential }: Settings): string {
  return short(
    redact(text, ...credential.secrets())
      .replace(/\s+/g, " ")
      .trim(),
    80,
  );
}

export function short(text: string, longest = 300): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
