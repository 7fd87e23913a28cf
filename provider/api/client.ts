/**
 * One request to the management API: from a typed call to a typed result, with the waits and retries in between.
 *
 * Every operation on a resource (one create, one read, …) has its own `Api`, which names the operation in errors and
 * knows when its time is up.
 */
import { AuthenticationError, DeadlineError, InvalidSettingError, RateLimitError, RequestError } from "../errors";
import type { Secret } from "../secret";
import type { Api, Call } from "./call";
import type { Settings } from "./credential";
import { resultOf } from "./response";
import { CALL_TIMEOUT_MS, LOG_WAIT_ABOVE_MS, OPERATION_BUDGET_MS, sleep, waitBeforeRetry } from "./retry";
import type { HttpRequest, HttpResponse } from "./transport";
import { snakeCase, toWire } from "./wire";

/** What the operations of a provider process share. */
export interface ApiContext {
  settings: Settings;
  log(message: string): void;
  clock: ServerClock;
  /** Called after each request that may have changed something. */
  written(): void;
  /** Called before a request that may change something. Throws if it must not be sent. */
  beforeWrite?(api: Api): Promise<void>;
}

/** How far the server's clock is ahead of ours, from the `Date` of its responses. */
interface ServerClock {
  aheadMs?: number;
}

/** An operation on one object, as errors and log lines name it. */
export interface Operation {
  verb: "create" | "read" | "update" | "delete";
  object: string;
}

export function startOperation(context: ApiContext, { verb, object }: Operation): Api {
  const { settings, log, clock } = context;
  const { credential, baseUrl } = settings;
  const operation = `${verb} ${object}`;
  const deadline = Date.now() + OPERATION_BUDGET_MS;
  const serverTime = () => (clock.aheadMs === undefined ? undefined : Date.now() + clock.aheadMs);
  const api: Api = { request, pause, serverTime, operation, baseUrl };
  return api;

  async function request<Result>(call: Call<Result>): Promise<Result> {
    if (call.method !== "GET") await context.beforeWrite?.(api);
    for (let attempts = 1; ; attempts++) {
      try {
        return await authorizeAndSend(call);
      } catch (error) {
        if (!(error instanceof RequestError) || !(await pause(error, attempts, call.isRetryable))) throw error;
      } finally {
        if (call.method !== "GET") context.written();
      }
    }
  }

  /** A create reserves time to list the account, should its response be lost. */
  function remainingMs(isRetryable: boolean): number {
    return deadline - Date.now() - (isRetryable ? 0 : 2 * CALL_TIMEOUT_MS);
  }

  async function pause(error: RequestError, attempts: number, isRetryable = true): Promise<boolean> {
    const [now, random] = [Date.now(), Math.random()];
    const remaining = remainingMs(isRetryable);
    const wait = waitBeforeRetry({ error, attempts, isRetryable, remainingMs: remaining, now, random });
    if (wait === undefined) return false;
    if (wait > LOG_WAIT_ABOVE_MS) log(waitMessage(wait, object, error));
    await sleep(wait);
    return true;
  }

  /** Sends a call, and once more with a new access token if the first one expired on its way. */
  async function authorizeAndSend<Result>(call: Call<Result>): Promise<Result> {
    if (call.authenticated === false) return sendCall(call);
    const bearer = await credential.bearer(api);
    try {
      return await sendCall(call, bearer);
    } catch (error) {
      if (!isUnauthorized(error) || !credential.drop(bearer)) throw error;
      return sendCall(call, await credential.bearer(api));
    }
  }

  async function sendCall<Result>(call: Call<Result>, bearer?: Secret): Promise<Result> {
    if (remainingMs(call.isRetryable ?? true) <= 0) throw new DeadlineError(operation);
    const timeout = deadline - Date.now();
    const response = await sendWithinOrigin({ operation, timeout, ...httpRequest(baseUrl, call, bearer) });
    if (bearer) updateServerClock(clock, response.date);
    return resultOf(call.result, { operation, verb, response, settings });
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof AuthenticationError && error.status === 401;
}

function waitMessage(wait: number, object: string, error: RequestError): string {
  const reason = error instanceof RateLimitError ? "rate limited" : "the API is failing";
  return `retrying ${object} in ${Math.ceil(wait / 1000)} s: ${reason}`;
}

/** Latency makes a response's `Date` seem older than it was, so the furthest ahead is nearest the truth. */
function updateServerClock(clock: ServerClock, date: string | undefined): void {
  const ahead = Date.parse(date ?? "") - Date.now();
  if (!Number.isNaN(ahead)) clock.aheadMs = Math.max(ahead, clock.aheadMs ?? ahead);
}

function httpRequest(baseUrl: string, { method, path, query, body }: Call<unknown>, bearer?: Secret) {
  const url = new URL(`${baseUrl}/${path.map(encodePart).join("/")}`);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(snakeCase(name), String(value));
  }
  const headers = {
    accept: "application/json",
    ...(bearer ? { authorization: `Bearer ${bearer.reveal()}` } : {}),
    ...(body ? { "content-type": "application/json" } : {}),
  };
  return { method, url, headers, ...(body ? { body: JSON.stringify(toWire(body)) } : {}) };
}

/** An empty part and dots can't be encoded: every URL parser resolves them to a different path. */
function encodePart(part: string): string {
  if (part === "" || part === "." || part === "..") {
    throw new InvalidSettingError("an id is empty or consists of dots", "check the ids that the program passes");
  }
  return encodeURIComponent(part);
}

/**
 * Follows one redirect that keeps method and body and stays within the origin: the API may require a slash at the end of
 * a path. The key is never sent to a different origin.
 */
async function sendWithinOrigin(request: HttpRequest): Promise<HttpResponse> {
  // Imported lazily: check and diff need no HTTP client, and most runs only check and diff.
  const { send } = await import("./transport");
  const response = await send(request);
  const { status, location } = response;
  if (location === undefined || (status !== 307 && status !== 308)) return response;
  const target = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
  return target?.origin === request.url.origin ? send({ ...request, url: target }) : response;
}
