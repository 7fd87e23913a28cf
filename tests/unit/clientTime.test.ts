/** How long the client retries a request, and how it infers the server's clock. */

import { CALL_TIMEOUT_MS, OPERATION_BUDGET_MS } from "../../provider/api/retry";
import { DeadlineError, RateLimitError, ServerError } from "../../provider/errors";
import { failureOf } from "./support/samples";
import {
  creating,
  OK,
  operation,
  reading,
  refusal,
  respond,
  sent,
  settled,
  transport,
} from "./support/scriptedTransport";

const NOW = Date.UTC(2026, 10, 21, 10, 30, 0);
const httpDate = (ahead: number) => new Date(NOW + ahead).toUTCString();

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  transport.mockReset();
});
afterEach(() => jest.useRealTimers());

test("gives up after six attempts when the API fails each time", async () => {
  transport.mockImplementation(async () => refusal(503));
  expect(await failureOf(settled(operation().request(reading)))).toBeInstanceOf(ServerError);
  expect(transport).toHaveBeenCalledTimes(6);
});

test("limits a request to the remaining time of the operation", async () => {
  respond({ ...refusal(429), retryAfter: "30" }, OK);
  await settled(operation().request(reading));
  expect(sent().map(({ timeout }) => timeout)).toEqual([OPERATION_BUDGET_MS, OPERATION_BUDGET_MS - 30_000]);
});

test.each([
  ["a create when less is left than two calls may take", creating, 2 * CALL_TIMEOUT_MS, 0],
  ["a create when just enough is left", creating, 2 * CALL_TIMEOUT_MS + 1, 1],
  ["a read when no time is left", reading, 0, 0],
  ["a read when any time is left", reading, 1, 1],
  ["a retryable write when any time is left", { ...reading, method: "PATCH" as const }, 1, 1],
])("sends or does not send %s", async (_title, call, left, times) => {
  const api = operation();
  jest.setSystemTime(NOW + OPERATION_BUDGET_MS - left);
  respond(OK);
  const outcome = await api.request(call).catch((error) => error);
  expect(transport).toHaveBeenCalledTimes(times);
  if (times === 0) expect(outcome).toBeInstanceOf(DeadlineError);
  else expect(outcome).toEqual({ someName: "x" });
});

test("reports a write after each attempt, even a failed one", async () => {
  const written = jest.fn();
  respond({ ...refusal(429), retryAfter: "1" }, refusal(400));
  await failureOf(settled(operation({ written }).request(creating)));
  expect(written).toHaveBeenCalledTimes(2);
  respond(OK);
  await operation({ written }).request({ ...reading, method: "DELETE" });
  expect(written).toHaveBeenCalledTimes(3);
});

test("reports no write for a read", async () => {
  const written = jest.fn();
  respond(refusal(503), OK);
  await settled(operation({ written }).request(reading));
  expect(written).not.toHaveBeenCalled();
});

test("does not know the server's time before its first response", () => {
  expect(operation().serverTime()).toBeUndefined();
});

test.each([
  ["ahead of ours", 60_000],
  ["behind ours", -60_000],
])("returns the server's time when its clock is %s", async (_title, ahead) => {
  const api = operation();
  respond({ ...OK, date: httpDate(ahead) });
  await api.request(reading);
  jest.setSystemTime(NOW + 5_000);
  expect(api.serverTime()).toBe(NOW + 5_000 + ahead);
});

test("infers the clock from an error response too", async () => {
  const api = operation();
  respond({ ...refusal(404), date: httpDate(7_000) });
  await failureOf(api.request(reading));
  expect(api.serverTime()).toBe(NOW + 7_000);
});

test.each([
  ["no date", undefined],
  ["an invalid date", "yesterday"],
])("keeps the clock when a response has %s", async (_title, date) => {
  const api = operation();
  respond({ ...OK, ...(date ? { date } : {}) }, { ...OK, date: httpDate(1_000) }, { ...OK, ...(date ? { date } : {}) });
  await api.request(reading);
  expect(api.serverTime()).toBeUndefined();
  await api.request(reading);
  await api.request(reading);
  expect(api.serverTime()).toBe(NOW + 1_000);
});

test("keeps the furthest clock when responses with a late date come before and after", async () => {
  const api = operation();
  for (const ahead of [1_000, 3_000, 2_000]) {
    respond({ ...OK, date: httpDate(ahead) });
    await api.request(reading);
  }
  expect(api.serverTime()).toBe(NOW + 3_000);
});

test("infers no clock from an unauthenticated request, which a different server may serve", async () => {
  const api = operation();
  respond({ ...OK, date: httpDate(9_000) });
  await api.request({ ...reading, authenticated: false });
  expect(api.serverTime()).toBeUndefined();
  expect(sent()[0]?.headers).not.toHaveProperty("authorization");
});

test("shares the clock with the other operations of the process", async () => {
  const clock = {};
  respond({ ...OK, date: httpDate(4_000) });
  await operation({ clock }).request(reading);
  expect(operation({ clock }).serverTime()).toBe(NOW + 4_000);
});

test("fails with the last error when no time is left to wait", async () => {
  const api = operation();
  jest.setSystemTime(NOW + OPERATION_BUDGET_MS - 10_000);
  respond({ ...refusal(429), retryAfter: "10" });
  expect(await failureOf(settled(api.request(reading)))).toBeInstanceOf(RateLimitError);
  expect(transport).toHaveBeenCalledTimes(1);
});
