/** What the client sends, and which error a response becomes. */
import * as errors from "../../provider/errors";
import { failureOf, KEY } from "./support/samples";
import {
  creating,
  MANAGEMENT_KEY,
  OK,
  operation,
  reading,
  refusal,
  respond,
  sent,
  settled,
  transport,
} from "./support/scriptedTransport";

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, "random").mockReturnValue(0);
  transport.mockReset();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test("converts names in both directions and encodes each part of the path", async () => {
  respond({ status: 200, text: '{"some_name":"x","more":1}' });
  const query = { workspaceId: "a b", offset: 0, limit: undefined };
  const call = { ...reading, path: ["keys", "a/../b c"], query, body: { limitReset: null } };
  expect(await operation().request(call)).toEqual({ someName: "x" });
  const [request] = sent();
  expect(request?.url.href).toBe("https://openrouter.ai/api/v1/keys/a%2F..%2Fb%20c?workspace_id=a+b&offset=0");
  expect(request?.body).toBe('{"limit_reset":null}');
  expect(request?.headers).toEqual({
    accept: "application/json",
    "content-type": "application/json",
    authorization: `Bearer ${MANAGEMENT_KEY}`,
  });
});

test.each(["..", ".", "%2e%2E", ""])("never sends a different path when an id is %j", async (id) => {
  transport.mockResolvedValue(OK);
  await operation()
    .request({ ...reading, path: ["guardrails", id, "assignments"] })
    .catch(() => undefined);
  for (const { url } of sent()) expect(url.pathname).toMatch(/^\/api\/v1\/guardrails\/[^/]+\/assignments$/);
});

test("sends no authorization when a call is not authenticated", async () => {
  respond(OK);
  await operation().request({ ...reading, authenticated: false });
  expect(sent()[0]?.headers).toEqual({ accept: "application/json" });
});

test.each([
  ["a 400", refusal(400), errors.ApiError],
  ["a 404", refusal(404), errors.NotFoundError],
  ["a 401", refusal(401), errors.AuthenticationError],
  ["a 403", refusal(403), errors.AuthenticationError],
  ["a 409", refusal(409), errors.ApiError],
  ["a proxy's 404", { status: 404, text: "<html>Not Found</html>" }, errors.InvalidResponseError],
  ["a 404 in a different format", { status: 404, text: '{"error":"not found"}' }, errors.InvalidResponseError],
  ["a cut-off 404", { status: 404, text: '{"error":{"message":"not fo' }, errors.InvalidResponseError],
  ["a redirect", { status: 302, text: "" }, errors.InvalidResponseError],
  ["a redirect in the API's format", refusal(307), errors.InvalidResponseError],
  ["HTML", { status: 200, text: "<html>" }, errors.InvalidResponseError],
  ["an empty body", { status: 200, text: "" }, errors.InvalidResponseError],
  ["a cut-off body", { status: 201, text: '{"some_name":"x' }, errors.InvalidResponseError],
  ["a different shape", { status: 200, text: '{"some_name":404}' }, errors.InvalidResponseError],
])("rejects without a retry when the response is %s", async (_title, response, expected) => {
  respond(response);
  const error = await failureOf(operation().request(reading));
  expect(error.constructor).toBe(expected);
  expect(error.message).toMatch(/^read inference key "ci": /);
  expect(transport).toHaveBeenCalledTimes(1);
});

test.each([
  ["a 500", refusal(500)],
  ["a proxy's 503", { status: 503, text: "<html>" }],
  ["a 408", refusal(408)],
  ["a timeout", new errors.TimeoutError("op", 20)],
  ["a lost connection", new errors.ConnectionError("op", "unknown", "ECONNRESET", undefined)],
])("retries a read but not a create after %s", async (_title, failure) => {
  respond(failure, failure, OK);
  expect(await settled(operation().request(reading))).toEqual({ someName: "x" });
  expect(transport).toHaveBeenCalledTimes(3);
  transport.mockReset();
  respond(failure);
  expect(await failureOf(settled(operation().request(creating)))).toMatchObject({ outcome: "unknown" });
  expect(transport).toHaveBeenCalledTimes(1);
});

test.each([
  ["a 429", refusal(429)],
  ["a refused connection", new errors.ConnectionError("op", "unsent", "ECONNREFUSED", undefined)],
])("retries a create after %s", async (_title, failure) => {
  respond(failure, OK);
  await settled(operation().request(creating));
  expect(transport).toHaveBeenCalledTimes(2);
});

test("waits as long as a 429 requests, and logs it with the object", async () => {
  const log = jest.fn();
  respond({ ...refusal(429), retryAfter: "12" }, OK);
  const work = operation({ log }).request(reading);
  await jest.advanceTimersByTimeAsync(11_999);
  expect(transport).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(1);
  await work;
  expect(log.mock.calls).toEqual([['retrying inference key "ci" in 12 s: rate limited']]);
});

test("logs the API's failure as the reason when the wait comes from a 503", async () => {
  const log = jest.fn();
  respond({ ...refusal(503), retryAfter: "3" }, OK);
  await settled(operation({ log }).request(reading));
  expect(log.mock.calls).toEqual([['retrying inference key "ci" in 3 s: the API is failing']]);
});

test("does not log a short wait", async () => {
  const log = jest.fn();
  respond({ ...refusal(429), retryAfter: "2" }, OK);
  await settled(operation({ log }).request(reading));
  expect(log).not.toHaveBeenCalled();
});

test.each([
  ["a read", reading, "30", 4],
  ["a create, which reserves 40 s,", creating, "30", 3],
  ["a read that may return at once", reading, undefined, 13],
])("retries %s until its time is up when every response is a 429", async (_title, call, retryAfter, attempts) => {
  jest.mocked(Math.random).mockReturnValue(0.5);
  transport.mockResolvedValue({ ...refusal(429), ...(retryAfter ? { retryAfter } : {}) });
  const started = Date.now();
  expect(await failureOf(settled(operation().request(call)))).toBeInstanceOf(errors.RateLimitError);
  expect(Date.now() - started).toBeLessThanOrEqual(120_000);
  expect(transport).toHaveBeenCalledTimes(attempts);
});

test.each([
  ["an API message", refusal(400, `bad ${KEY} and ${MANAGEMENT_KEY}`)],
  ["a page of a proxy", { status: 502, text: `<p>${KEY} ${MANAGEMENT_KEY}</p>` }],
  ["a 403 that is not JSON", { status: 403, text: `${KEY} ${MANAGEMENT_KEY}` }],
  ["a success that is not JSON", { status: 200, text: `${MANAGEMENT_KEY} ${KEY}` }],
  ["a different shape", { status: 200, text: JSON.stringify({ some_name: { key: KEY } }) }],
  ["a cut-off response to a create", { status: 201, text: `{"key":"${KEY.slice(0, 40)}` }],
  ["a key with a zero-width character in it", refusal(400, `${KEY.slice(0, 20)}\u200b${KEY.slice(20)}`)],
])("shows no key when the response is %s", async (_title, response) => {
  respond(response);
  const error = await failureOf(operation().request({ ...reading, isRetryable: false }));
  for (const text of [error.message, error.stack ?? "", JSON.stringify(error)]) {
    expect(text).not.toContain(KEY.slice(0, 30));
    expect(text).not.toContain(KEY.slice(-30));
    expect(text).not.toContain(MANAGEMENT_KEY);
  }
});

test("shows only the start of a long page", async () => {
  respond({ status: 400, text: `<html>${"x".repeat(5_000)}` });
  expect((await failureOf(operation().request(reading))).message.length).toBeLessThan(300);
});

// The last gate lets a newline pass, so foreign values are cleaned where they enter a message.
test("keeps an API message on one line, so that CI runs no command in it", async () => {
  respond(refusal(400, "bad\n::error::owned\u001b[31m"));
  const error = await failureOf(operation().request(reading));
  expect(error.message).toContain("400: bad ::error::owned)");
});
