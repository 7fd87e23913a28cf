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

test("has the documented limits", () => {
  expect([CALL_TIMEOUT_MS, MAX_WAIT_MS, OPERATION_BUDGET_MS, LOG_WAIT_ABOVE_MS]).toEqual([
    20_000, 30_000, 120_000, 2_000,
  ]);
});

test.each([
  ["429", limited(), true, true],
  ["a refused connection", unsent, true, true],
  ["a lost connection", lost, true, false],
  ["500", failed(), true, false],
  ["503", failed(503), true, false],
  ["408", failed(408), true, false],
  ["a timeout", new TimeoutError("op", 20), true, false],
  ["an unreadable response", new InvalidResponseError("op", 200, "not JSON"), false, false],
  ["400", new ApiError("op", 400, "bad"), false, false],
  ["401", new AuthenticationError("op", 401, "no"), false, false],
  ["404", new NotFoundError("op", 404, "gone"), false, false],
  ["409", new ApiError("op", 409, "conflict"), false, false],
])("decides by isRetryable whether to retry after %s", (_title, error, whenRepeatable, whenNot) => {
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
  ["soon", 0],
  ["", 0],
  [undefined, 0],
  ["-5", 0],
  ["10, 20", 0],
  ["1e1", 0],
  ["about Sat, 21 Nov 2026 10:30:07 GMT", 0],
  ["Sat, 21 Nov 2026 10:30:07 GMT+0200", 0],
  ["Saturday, 21-Nov-26 10:30:07 GMT", 0],
])("reads a Retry-After of %j as %p ms", (text, wait) => {
  expect(parseRetryAfter(text, NOW)).toBe(wait);
});

test.each([
  ["429 with seconds", limited("7"), 7_250],
  ["503 with seconds", failed(503, "7"), 7_250],
  ["429 that requests the longest wait", limited("30"), MAX_WAIT_MS],
  ["429 with nonsense", limited("soon"), 250],
  ["429 without the header", limited(), 250],
])("adds the backoff to the requested wait after a %s", (_title, error, wait) => {
  expect(waitBeforeRetry(attempt(error))).toBe(wait);
});

test("does not wait when the operation has no time for it", () => {
  expect(waitBeforeRetry(attempt(limited("7"), { remainingMs: 7_251 }))).toBe(7_250);
  expect(waitBeforeRetry(attempt(limited("7"), { remainingMs: 7_250 }))).toBeUndefined();
  expect(waitBeforeRetry(attempt(limited("0"), { remainingMs: 0 }))).toBeUndefined();
  expect(waitBeforeRetry(attempt(failed(), { remainingMs: -1, random: 0 }))).toBeUndefined();
});

test("gives up after six attempts, but not when rate limited", () => {
  expect(waitBeforeRetry(attempt(failed(), { attempts: 5 }))).toBeDefined();
  expect(waitBeforeRetry(attempt(failed(), { attempts: 6 }))).toBeUndefined();
  expect(waitBeforeRetry(attempt(limited(), { attempts: 6 }))).toBeDefined();
});

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [5, 8_000],
  [7, MAX_WAIT_MS],
  [60, MAX_WAIT_MS],
])("backs off after attempt %i for 0 to %i ms", (attempts, longest) => {
  expect(backoff(attempts, 0)).toBe(0);
  expect(backoff(attempts, 0.5)).toBe(longest / 2);
  expect(backoff(attempts, 0.999999)).toBeLessThanOrEqual(longest);
});
