/** When and how long to wait before a request is sent again: arithmetic only, with clock and chance passed in. */
import { ConnectionError, RateLimitError, type RequestError, ServerError, TimeoutError } from "../errors";

/** One call may take this long, from sending to the last byte. */
export const CALL_TIMEOUT_MS = 20_000;

/** No single wait is longer, whatever `Retry-After` says. */
export const MAX_WAIT_MS = 30_000;

/** An operation (one create, read, update or delete of one resource) gives up after this. */
export const OPERATION_BUDGET_MS = 120_000;

/** Waits shorter than this are not worth a line of output. */
export const LOG_WAIT_ABOVE_MS = 2_000;

/** Every wait of the provider goes through here. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const FIRST_BACKOFF_MS = 500;
const MAX_ATTEMPTS = 6;

export interface Attempt {
  error: RequestError;
  /** How many times it has been sent. */
  attempts: number;
  /** True if sending it twice does no harm: GET, DELETE, PATCH with absolute values, (un)assigning. */
  isRetryable: boolean;
  /** Time left of the operation's budget. */
  remainingMs: number;
  now: number;
  /** Chance, 0 to 1. */
  random: number;
}

/** How long to wait before the next attempt; undefined when there must be none. */
export function waitBeforeRetry(attempt: Attempt): number | undefined {
  if (attempt.attempts >= MAX_ATTEMPTS || !isRetryable(attempt)) return undefined;
  // A wait of 0 is no wait: many that come back at once would be refused again.
  const wait = requestedWait(attempt) || backoff(attempt.attempts, attempt.random);
  return wait < attempt.remainingMs ? wait : undefined;
}

/** What was refused for the rate or never sent can be sent again by any method; the rest only if repeatable. */
function isRetryable({ error, isRetryable }: Attempt): boolean {
  if (error instanceof RateLimitError) return true;
  if (error instanceof ConnectionError) return error.outcome === "unsent" || isRetryable;
  return isRetryable && (error instanceof ServerError || error instanceof TimeoutError);
}

function requestedWait({ error, now }: Attempt): number | undefined {
  const asked = error instanceof RateLimitError || error instanceof ServerError ? error.retryAfter : undefined;
  return asked === undefined ? undefined : parseRetryAfter(asked, now);
}

/** `Retry-After` in either of its forms, seconds or an HTTP date, capped; undefined if it is neither. */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  const isSeconds = /^\d+(\.\d+)?$/.test(text);
  // `Date.parse` finds a date in nearly anything, so it is asked only about what has the form of one.
  const isDate = /^[A-Z][a-z]+, .*\d{4}.* GMT$/.test(text);
  if (!isSeconds && !isDate) return undefined;
  const wait = isSeconds ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_WAIT_MS);
}

/** Exponential with full jitter: many resources that failed together don't come back together. */
export function backoff(attempts: number, random: number): number {
  return Math.round(random * Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), MAX_WAIT_MS));
}
