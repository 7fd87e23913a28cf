import { z } from "zod";
import type { Call } from "../../provider/api/call";
import { startOperation } from "../../provider/api/client";
import { Concurrency } from "../../provider/api/concurrency";
import { fixedKey } from "../../provider/api/credential";
import { type HttpRequest, type HttpResponse, send } from "../../provider/api/transport";
import * as errors from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { failureOf, KEY } from "./support/samples";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));
const transport = jest.mocked(send);

const MANAGEMENT_KEY = "management-key-of-no-known-form";
const said: string[] = [];
const call: Call<{ someName: string }> = {
  method: "GET",
  path: ["keys", "a/../b c"],
  query: { workspaceId: "a b", offset: 0, limit: undefined },
  result: z.object({ someName: z.string() }),
};
const creating = { ...call, method: "POST" as const, path: ["keys"], body: { limitReset: null }, isRetryable: false };
const OK: HttpResponse = { status: 200, text: '{"some_name":"x","more":1}' };
const refusal = (status: number, message = "no"): HttpResponse => ({
  status,
  text: JSON.stringify({ error: { code: status, message } }),
});

function operation(source: "environment" | "config" = "environment", verb: "read" | "create" = "read") {
  const settings = {
    credential: fixedKey(new Secret(MANAGEMENT_KEY)),
    baseUrl: "https://openrouter.ai/api/v1",
    source,
  };
  return startOperation(
    { settings, log: (line) => said.push(line), clock: {}, concurrency: new Concurrency(), written: () => undefined },
    { verb, object: 'inference key "ci"' },
  );
}

function answers(...all: (HttpResponse | Error)[]): void {
  for (const each of all) {
    transport.mockImplementationOnce(async () => {
      if (each instanceof Error) throw each;
      return each;
    });
  }
}

/** Lets every wait pass at once. */
async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}

beforeEach(() => {
  jest.useFakeTimers();
  transport.mockReset();
  said.length = 0;
});
afterEach(() => jest.useRealTimers());

test("names go out and come back in the form of each side, and no part of a path leaves its place", async () => {
  answers(OK);
  expect(await operation().request({ ...call, body: { limitReset: null } })).toEqual({ someName: "x" });
  const sent = transport.mock.calls[0]?.[0] as HttpRequest;
  expect(sent.url.href).toBe("https://openrouter.ai/api/v1/keys/a%2F..%2Fb%20c?workspace_id=a+b&offset=0");
  expect(sent.body).toBe('{"limit_reset":null}');
  expect(sent.headers).toEqual({
    accept: "application/json",
    "content-type": "application/json",
    authorization: `Bearer ${MANAGEMENT_KEY}`,
  });
});

test.each(["..", ".", "%2e%2E", ""])("an id of %j never reaches another path", async (id) => {
  transport.mockImplementation(async () => OK);
  await operation()
    .request({ ...call, path: ["guardrails", id, "assignments"] })
    .catch(() => undefined);
  for (const [{ url }] of transport.mock.calls) {
    expect(url.pathname).toMatch(/^\/api\/v1\/guardrails\/[^/]+\/assignments$/);
  }
});

test("a request without credentials has none", async () => {
  answers(OK);
  await operation().request({ ...call, authenticated: false });
  expect(transport.mock.calls[0]?.[0].headers).toEqual({ accept: "application/json" });
});

test.each([
  ["a refusal", refusal(400), errors.ApiError],
  ["not found", refusal(404), errors.NotFoundError],
  ["no key", refusal(401), errors.AuthenticationError],
  ["an inference key", refusal(403), errors.AuthenticationError],
  ["a conflict", refusal(409), errors.ApiError],
  ["404 of a proxy", { status: 404, text: "<html>Not Found</html>" }, errors.InvalidResponseError],
  ["404 in another format", { status: 404, text: '{"error":"not found"}' }, errors.InvalidResponseError],
  ["404 cut off", { status: 404, text: '{"error":{"message":"not fo' }, errors.InvalidResponseError],
  ["a redirect", { status: 302, text: "" }, errors.InvalidResponseError],
  ["a redirect in the API's format", { ...refusal(307) }, errors.InvalidResponseError],
  ["HTML", { status: 200, text: "<html>" }, errors.InvalidResponseError],
  ["an empty answer", { status: 200, text: "" }, errors.InvalidResponseError],
  ["a cut-off answer", { status: 201, text: '{"some_name":"x' }, errors.InvalidResponseError],
  ["another shape", { status: 200, text: '{"some_name":404}' }, errors.InvalidResponseError],
])("%s is an error of its own class, and only the API's 404 is not found", async (_title, answer, expected) => {
  answers(answer);
  const error = await failureOf(operation().request(call));
  expect(error.constructor).toBe(expected);
  expect(error.message).toMatch(/^read inference key "ci": /);
  expect(transport).toHaveBeenCalledTimes(1);
});

test.each([
  ["500", refusal(500)],
  ["503 of a proxy", { status: 503, text: "<html>" }],
  ["408", refusal(408)],
  ["a time-out", new errors.TimeoutError("op", 20)],
  ["a lost connection", new errors.ConnectionError("op", "unknown", "ECONNRESET", undefined)],
])("%s is sent again, but a create is not", async (_title, failure) => {
  answers(failure, failure, OK);
  expect(await settled(operation().request(call))).toEqual({ someName: "x" });
  expect(transport).toHaveBeenCalledTimes(3);
  transport.mockReset();
  answers(failure);
  const error = await failureOf(settled(operation().request(creating)));
  expect((error as unknown as errors.RequestError).outcome).toBe("unknown");
  expect(transport).toHaveBeenCalledTimes(1);
});

test.each([
  ["429", refusal(429)],
  ["no connection", new errors.ConnectionError("op", "unsent", "ECONNREFUSED", undefined)],
])("%s is sent again, a create too", async (_title, failure) => {
  answers(failure, OK);
  await settled(operation().request(creating));
  expect(transport).toHaveBeenCalledTimes(2);
});

test("the wait that 429 asks for is kept, and said in one line that names the object", async () => {
  answers({ ...refusal(429), retryAfter: "12" }, OK);
  const work = operation().request(call);
  await jest.advanceTimersByTimeAsync(11_999);
  expect(transport).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(1);
  await work;
  expect(said).toEqual(['waiting 12 s for inference key "ci": the API asked for it']);
});

test("a short wait is not said", async () => {
  answers({ ...refusal(429), retryAfter: "2" }, OK);
  await settled(operation().request(call));
  expect(said).toEqual([]);
});

test("an operation that was always told to wait ends within its two minutes", async () => {
  transport.mockImplementation(async () => ({ ...refusal(429), retryAfter: "30" }));
  const started = Date.now();
  const error = await failureOf(settled(operation().request(call)));
  expect(error).toBeInstanceOf(errors.RateLimitError);
  expect(Date.now() - started).toBeLessThanOrEqual(120_000);
});

test.each([
  ["what the API says", refusal(400, `bad ${KEY} and ${MANAGEMENT_KEY}`)],
  ["the first words of HTML", { status: 502, text: `<p>${KEY} ${MANAGEMENT_KEY}</p>` }],
  ["the first words of a refusal that is no JSON", { status: 403, text: `${KEY} ${MANAGEMENT_KEY}` }],
  ["the first words of a success that is no JSON", { status: 200, text: `${MANAGEMENT_KEY} ${KEY}` }],
  ["an answer of another shape", { status: 200, text: JSON.stringify({ some_name: { key: KEY } }) }],
  ["a cut-off answer to a create", { status: 201, text: `{"key":"${KEY.slice(0, 40)}` }],
])("%s is shown without keys", async (_title, answer) => {
  answers(answer);
  const error = await failureOf(operation().request({ ...call, isRetryable: false }));
  for (const text of [error.message, error.stack ?? "", JSON.stringify(error)]) {
    expect(text).not.toContain(KEY.slice(0, 30));
    expect(text).not.toContain(MANAGEMENT_KEY);
  }
});

test("a long answer is shown by its first words", async () => {
  answers({ status: 400, text: `<html>${"x".repeat(5_000)}` });
  expect((await failureOf(operation().request(call))).message.length).toBeLessThan(300);
});

test.each([
  ["config", "read", true],
  ["config", "create", false],
  ["environment", "read", false],
] as const)("a refused key from the %s in a %s tells of a stored key: %s", async (source, verb, told) => {
  answers(refusal(401));
  const { message } = await failureOf(operation(source, verb).request(call));
  expect(message).toMatch(/must be a valid management key.*https:\/\/openrouter\.ai\/settings/);
  expect(message.includes("--run-program")).toBe(told);
});

// Foreign values are to be cleaned where they enter a text: the last gate lets a newline pass.
test("a message of the API begins no line of its own, which CI would take for a command", async () => {
  answers(refusal(400, "bad\n::error::owned\u001b[31m"));
  const error = await failureOf(operation().request(call));
  expect(error.message).toContain("400: bad ::error::owned)");
});
