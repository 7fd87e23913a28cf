/**
 * The only file that sends bytes: connection pool, timeouts, a limit on the size of responses, no redirects. Loaded at the
 * first API call: a provider process that only checks and diffs needs no HTTP client.
 */
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { ConnectionError, InvalidResponseError, messageOf, TimeoutError } from "../errors";
import { isLoopback } from "../loopback";
import { CALL_TIMEOUT_MS } from "./retry";

/** A page of 100 keys is under 100 KB, the whole model catalog about 2 MB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * HTTP/2 where the server has it, but one request at a time per connection. With several, undici would retry those that a
 * lost connection left without a response, and a retried create is a second key.
 */
const POOL: Agent.Options = { keepAliveTimeout: 10_000, allowH2: true };

export interface HttpRequest {
  operation: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** Milliseconds for the whole exchange, at most the timeout of one call. */
  timeout?: number;
}

export interface HttpResponse {
  status: number;
  retryAfter?: string;
  /** Target of a redirect. */
  location?: string;
  /** The server's clock: the `Date` header. */
  date?: string;
  text: string;
}

let direct: Dispatcher | undefined;
let proxied: Dispatcher | undefined;

/** The environment's proxy variables apply to every host except loopback. */
function dispatcherFor(url: URL): Dispatcher {
  if (isLoopback(url)) {
    direct ??= new Agent(POOL);
    return direct;
  }
  proxied ??= new EnvHttpProxyAgent(POOL);
  return proxied;
}

/** Returns a response of any status. @throws ConnectionError, TimeoutError, InvalidResponseError */
export async function send({ operation, method, url, headers, body, timeout }: HttpRequest): Promise<HttpResponse> {
  const limit = Math.min(timeout ?? CALL_TIMEOUT_MS, CALL_TIMEOUT_MS);
  const deadline = AbortSignal.timeout(limit);
  try {
    const response = await dispatcherFor(url).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      body: body ?? null,
      signal: deadline,
    });
    const text = await readBounded(operation, response);
    const { "retry-after": retryAfter, date, location } = response.headers;
    return {
      status: response.statusCode,
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

async function readBounded(operation: string, { body, statusCode }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      body.destroy();
      throw new InvalidResponseError(operation, statusCode, `larger than ${MAX_RESPONSE_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Failures that only happen before a request is sent: no address, no connection, no trusted certificate. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function connectionFailure(operation: string, cause: unknown): ConnectionError {
  const code = errorCode(cause);
  const outcome = UNSENT.test(code) ? "unsent" : "unknown";
  return new ConnectionError(operation, outcome, code || messageOf(cause), cause);
}

/** The system's error code. After several addresses were tried, it is in the first of the collected errors. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return errorCode(error.cause);
}
