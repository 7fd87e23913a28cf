import {
  backoff,
  CALL_TIMEOUT_MS,
  LOG_WAIT_ABOVE_MS,
  MAX_WAIT_MS,
  OPERATION_BUDGET_MS,
  parseRetryAfter,
  waitBeforeRetry,
} from "../../provider/api/retry";
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  InvalidResponseError,
  NotFoundError,
  RateLimitError,
  type RequestError,
  ServerError,
  TimeoutError,
} from "../../provider/errors";

const NOW = Date.UTC(2026, 10, 21, 10, 30, 0);
const attempt = (error: RequestError, more: object = {}) => ({
  error,
  attempts: 1,
  isRetryable: true,
  remainingMs: OPERATION_BUDGET_MS,
  now: NOW,
  random: 0.5,
  ...more,
});

const limited = (retryAfter?: string) => new RateLimitError("op", 429, "slow down", retryAfter);
const failed = (status = 500, retryAfter?: string) => new ServerError("op", status, "oops", retryAfter);
const unsent = new ConnectionError("op", "unsent", "ECONNREFUSED", undefined);
const lost = new ConnectionError("op", "unknown", "ECONNRESET", undefined);

test("the bounds are those that are documented", () => {
  expect([CALL_TIMEOUT_MS, MAX_WAIT_MS, OPERATION_BUDGET_MS, LOG_WAIT_ABOVE_MS]).toEqual([
    20_000, 30_000, 120_000, 2_000,
  ]);
});

test.each([
  ["429", limited(), true, true],
  ["a connection that was never made", unsent, true, true],
  ["a connection that was lost", lost, true, false],
  ["500", failed(), true, false],
  ["503", failed(503), true, false],
  ["408", failed(408), true, false],
  ["a time-out", new TimeoutError("op", 20), true, false],
  ["an answer that can't be read", new InvalidResponseError("op", 200, "not JSON", ""), false, false],
  ["400", new ApiError("op", 400, "bad"), false, false],
  ["401", new AuthenticationError("op", 401, "no"), false, false],
  ["404", new NotFoundError("op", 404, "gone"), false, false],
  ["409", new ApiError("op", 409, "conflict"), false, false],
])("%s is sent again if isRetryable: %#", (_title, error, whenRepeatable, whenNot) => {
  expect(waitBeforeRetry(attempt(error)) !== undefined).toBe(whenRepeatable);
  expect(waitBeforeRetry(attempt(error, { isRetryable: false })) !== undefined).toBe(whenNot);
});

test.each([
  ["0", 0],
  ["2", 2_000],
  [" 12 ", 12_000],
  ["1.5", 1_500],
  ["1.25", 1_250],
  ["30", 30_000],
  ["31", MAX_WAIT_MS],
  ["86400", MAX_WAIT_MS],
  ["Sat, 21 Nov 2026 10:30:07 GMT", 7_000],
  ["Sat, 21 Nov 2026 12:30:00 GMT", MAX_WAIT_MS],
  ["Sat, 21 Nov 2026 10:29:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  ["-5", undefined],
  ["10, 20", undefined],
  ["1e1", undefined],
  ["about Sat, 21 Nov 2026 10:30:07 GMT", undefined],
  ["Sat, 21 Nov 2026 10:30:07 GMT+0200", undefined],
  ["Saturday, 21-Nov-26 10:30:07 GMT", undefined],
])("Retry-After %j is a wait of %p", (text, wait) => {
  expect(parseRetryAfter(text, NOW)).toBe(wait);
});

test.each([
  ["429 with seconds", limited("7"), 7_000],
  ["503 with seconds", failed(503, "7"), 7_000],
  ["429 with nonsense falls back to the backoff", limited("soon"), 250],
  ["429 without the header", limited(), 250],
])("%s waits as asked", (_title, error, wait) => {
  expect(waitBeforeRetry(attempt(error))).toBe(wait);
});

test("a wait that the operation has no time for is none", () => {
  expect(waitBeforeRetry(attempt(limited("7"), { remainingMs: 7_001 }))).toBe(7_000);
  expect(waitBeforeRetry(attempt(limited("7"), { remainingMs: 7_000 }))).toBeUndefined();
  expect(waitBeforeRetry(attempt(limited("0"), { remainingMs: 0 }))).toBeUndefined();
  expect(waitBeforeRetry(attempt(failed(), { remainingMs: -1, random: 0 }))).toBeUndefined();
});

test("the sixth attempt is the last", () => {
  expect(waitBeforeRetry(attempt(limited(), { attempts: 5 }))).toBeDefined();
  expect(waitBeforeRetry(attempt(limited(), { attempts: 6 }))).toBeUndefined();
});

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [5, 8_000],
  [7, MAX_WAIT_MS],
  [60, MAX_WAIT_MS],
])("after attempt %i the backoff is anywhere from 0 to %i ms", (attempts, longest) => {
  expect(backoff(attempts, 0)).toBe(0);
  expect(backoff(attempts, 0.5)).toBe(longest / 2);
  expect(backoff(attempts, 0.999999)).toBeLessThanOrEqual(longest);
});
