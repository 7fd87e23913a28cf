/**
 * The one place that sends bytes: a connection pool, time-outs, a cap on what is read, no redirects. Loaded at the
 * first API call, so that a provider process that only checks and diffs never pays for an HTTP client.
 */
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { ConnectionError, InvalidResponseError, type OpenRouterError, TimeoutError } from "../errors";
import { isLoopback } from "../loopback";
import { CALL_TIMEOUT_MS } from "./retry";

/** A page of 100 keys is under 100 KB, the whole model catalogue about 2 MB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * HTTP/2 where the server has it, and one request at a time on each connection all the same: of several, undici sends
 * again those that a lost connection had not answered, and a repeated create is a second key.
 */
const POOL: Agent.Options = { connections: 64, keepAliveTimeout: 10_000, allowH2: true };

export interface HttpRequest {
  operation: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** Milliseconds for the whole exchange, at most the time-out of one call. */
  timeout?: number;
}

export interface HttpResponse {
  status: number;
  retryAfter?: string;
  /** Where a redirect points to. */
  location?: string;
  /** The server's clock, as its `Date` header says it. */
  date?: string;
  text: string;
}

let direct: Dispatcher | undefined;
let proxied: Dispatcher | undefined;

/** The proxy variables of the environment hold for everything but this machine. */
function dispatcherFor(url: URL): Dispatcher {
  if (isLoopback(url)) {
    direct ??= new Agent(POOL);
    return direct;
  }
  proxied ??= new EnvHttpProxyAgent(POOL);
  return proxied;
}

/** @throws ConnectionError, TimeoutError or UnreadableAnswer; an answer of any status is returned. */
export async function send({ operation, method, url, headers, body, timeout }: HttpRequest): Promise<HttpResponse> {
  const limit = Math.min(timeout ?? CALL_TIMEOUT_MS, CALL_TIMEOUT_MS);
  const deadline = AbortSignal.timeout(limit);
  try {
    const answer = await dispatcherFor(url).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      body: body ?? null,
      signal: deadline,
    });
    const text = await readBounded(operation, answer);
    const { "retry-after": retryAfter, date, location } = answer.headers;
    return {
      status: answer.statusCode,
      text,
      ...(typeof retryAfter === "string" ? { retryAfter } : {}),
      ...(typeof date === "string" ? { date } : {}),
      ...(typeof location === "string" ? { location } : {}),
    };
  } catch (cause) {
    if (cause instanceof InvalidResponseError) throw cause;
    if (deadline.aborted) throw new TimeoutError(operation, Math.round(limit / 1000));
    throw connectionFailure(operation, cause);
  }
}

async function readBounded(operation: string, answer: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      answer.body.destroy();
      throw new InvalidResponseError(operation, answer.statusCode, `larger than ${MAX_RESPONSE_BYTES} bytes`, "");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Failures that can only happen before a request has left this machine: no address, no connection, no trust. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function connectionFailure(operation: string, cause: unknown): OpenRouterError {
  const code = errorCode(cause);
  const outcome = UNSENT.test(code) ? "unsent" : "unknown";
  return new ConnectionError(operation, outcome, code || messageOf(cause), cause);
}

/** The system's word for it, which for several addresses tried stands in the first of the collected errors. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return errorCode(error.cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
