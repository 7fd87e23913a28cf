/** What an error shows of a response: the API's message, or the start of the body. */

import { InvalidResponseError, NotFoundError } from "../../provider/errors";
import { failureOf } from "./support/samples";
import { OK, operation, reading, refusal, respond, transport } from "./support/scriptedTransport";

const PREFIX = 'read inference key "ci": ';

beforeEach(() => {
  jest.useFakeTimers();
  transport.mockReset();
});
afterEach(() => jest.useRealTimers());

/** The failure of a request that is not retried. */
function failureTo(answer: { status: number; text: string }) {
  respond(answer);
  return failureOf(operation().request({ ...reading, method: "POST", isRetryable: false }));
}

test.each([
  ["the API's message of a failure", refusal(500, "database down"), "the API failed (500: database down)"],
  ["the start of a proxy's page", { status: 502, text: "<b>Bad</b>" }, "the API failed (502: <b>Bad</b>)"],
  [
    "the API's message of a refusal",
    refusal(409, "name is taken"),
    "the API rejected the request (409: name is taken)",
  ],
  ["why a success is unreadable", { status: 200, text: "<p>Hi</p>" }, "(200, not JSON, starts with: <p>Hi</p>)"],
  ["why an empty body is unreadable", { status: 200, text: "" }, "(200, not JSON)"],
  [
    "a 400 that is not in the API's format",
    { status: 400, text: "<p>No</p>" },
    "(400, not the API's error format, starts",
  ],
  ["a redirect", { status: 302, text: "" }, "(302, a redirect, which is not followed with the key)"],
])("shows %s", async (_title, answer, shown) => {
  expect((await failureTo(answer)).message.startsWith(PREFIX)).toBe(true);
  respond(answer);
  expect((await failureTo(answer)).message).toContain(shown);
});

test.each([
  ["the API's message", refusal(429, "slow down"), "429: slow down"],
  ["a default message", { status: 429, text: "<html>" }, "429: too many requests"],
])("shows %s when a rate limit persists", async (_title, answer, shown) => {
  transport.mockImplementation(async () => answer);
  const failed = failureOf(operation().request(reading));
  await jest.runAllTimersAsync();
  expect((await failed).message).toContain(shown);
});

test.each([
  ["of a different type", '{"some_name":404}', "not of the documented shape: someName)"],
  ["missing", "{}", "not of the documented shape: someName)"],
])("names the field of a response that is %s", async (_title, text, shown) => {
  expect((await failureTo({ status: 200, text })).message).toContain(shown);
});

test.each(["null", "[]", "7"])("names the whole body when the response is %s", async (text) => {
  expect((await failureTo({ status: 200, text })).message).toContain("not of the documented shape: the whole body)");
});

test.each([
  ["is below 200", 199],
  ["is 300", 300],
])("does not treat a response as a success when its status %s", async (_title, status) => {
  expect(await failureTo({ ...OK, status })).toBeInstanceOf(InvalidResponseError);
});

test.each([
  ["null", "null"],
  ["a number", "404"],
  ["an object without an error", "{}"],
  ["an error that is null", '{"error":null}'],
  ["an error that is a string", '{"error":"not found"}'],
  ["an error without a message", '{"error":{"code":404}}'],
  ["a message that is not a string", '{"error":{"code":404,"message":404}}'],
])("does not treat an object as deleted when the body of a 404 is %s", async (_title, text) => {
  expect(await failureTo({ status: 404, text })).toBeInstanceOf(InvalidResponseError);
});

test.each([
  ["without its last period", "No. Not found.", "404: No. Not found)"],
  ["with its inner spaces", "Not  found", "404: Not  found)"],
  ["in full at 300 characters", "x".repeat(300), `404: ${"x".repeat(300)})`],
  ["truncated when it is longer", "x".repeat(301), `404: ${"x".repeat(300)}…)`],
])("shows the API's message %s", async (_title, message, shown) => {
  const error = await failureTo(refusal(404, message));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error.message).toContain(shown);
});

test.each([
  ["on one line, trimmed", "\n\n <html>\n\t<b>Bad   gateway</b> \n", "(502: <html> <b>Bad gateway</b>)"],
  ["in full at 80 characters", "y".repeat(80), `(502: ${"y".repeat(80)})`],
  ["truncated when it is longer", "y".repeat(81), `(502: ${"y".repeat(80)}…)`],
])("shows the start of a page %s", async (_title, text, shown) => {
  expect((await failureTo({ status: 502, text })).message).toContain(shown);
});

test.each([
  ["config", "read", ", set OPENROUTER_MANAGEMENT_KEY or add --run-program"],
  ["config", "delete", ", set OPENROUTER_MANAGEMENT_KEY or add --run-program"],
  ["provider", "delete", ", add --run-program"],
  ["config", "update", undefined],
  ["provider", "create", undefined],
  ["environment", "read", undefined],
  ["environment", "delete", undefined],
] as const)("adds to the error of a key from the %s in a %s: %s", async (source, verb, advice) => {
  respond(refusal(401));
  const { message } = await failureOf(operation({ source, verb }).request(reading));
  expect(message.includes("If this is the key of the last `pulumi up`")).toBe(advice !== undefined);
  if (advice) expect(message).toContain(advice);
});
