/** Whether and when to retry a request. Pure: clock and randomness are arguments. */
import { ConnectionError, RateLimitError, type RequestError, ServerError, TimeoutError } from "../errors";

/** For one call, from sending to the last byte. */
export const CALL_TIMEOUT_MS = 20_000;

/** For one wait, whatever `Retry-After` says. */
export const MAX_WAIT_MS = 30_000;

/** For one operation: one create, read, update or delete of one resource. */
export const OPERATION_BUDGET_MS = 120_000;

/** Shorter waits are not logged. */
export const LOG_WAIT_ABOVE_MS = 2_000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const FIRST_BACKOFF_MS = 500;
const MAX_ATTEMPTS = 6;

export interface Attempt {
  error: RequestError;
  /** How many times the request has been sent. */
  attempts: number;
  /** Whether sending it twice does no harm: GET, DELETE, PATCH with absolute values, (un)assigning. */
  isRetryable: boolean;
  /** Time left of the operation's budget. */
  remainingMs: number;
  now: number;
  /** From 0 to 1. */
  random: number;
}

/** How long to wait before the next attempt; undefined if there must be none. */
export function waitBeforeRetry(attempt: Attempt): number | undefined {
  const { error, attempts, remainingMs, now, random } = attempt;
  if (!mayRetry(attempt)) return undefined;
  const isBusy = error instanceof RateLimitError || error instanceof ServerError;
  const requested = isBusy ? parseRetryAfter(error.retryAfter, now) : 0;
  // Backoff comes on top: requests that were rejected together must not return together.
  const wait = Math.min(requested + backoff(attempts, random), MAX_WAIT_MS);
  return wait < remainingMs ? wait : undefined;
}

/** A rate limit ends, so its retries are limited by time alone. A create is sent again only if it had no effect. */
function mayRetry({ error, attempts, isRetryable }: Attempt): boolean {
  if (error instanceof RateLimitError) return true;
  if (attempts >= MAX_ATTEMPTS) return false;
  if (error instanceof ConnectionError) return isRetryable || error.outcome === "unsent";
  return isRetryable && (error instanceof ServerError || error instanceof TimeoutError);
}

/** Milliseconds of a `Retry-After`, which is a number of seconds or an HTTP date; 0 for anything else. */
export function parseRetryAfter(value: string | undefined, now: number): number {
  const text = value?.trim() ?? "";
  const isSeconds = /^\d+(\.\d+)?$/.test(text);
  // `Date.parse` finds a date in nearly anything.
  const isDate = /^[A-Z][a-z]+, .*\d{4}.* GMT$/.test(text);
  const wait = isSeconds ? Number(text) * 1000 : isDate ? Date.parse(text) - now : 0;
  return Math.min(Math.max(wait || 0, 0), MAX_WAIT_MS);
}

/** Exponential, with full jitter. */
export function backoff(attempts: number, random: number): number {
  return Math.round(random * Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), MAX_WAIT_MS));
}
