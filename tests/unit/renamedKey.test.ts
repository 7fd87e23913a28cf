/** A key that a user renamed in the dashboard. After a refresh the state has the name, so it is in every message. */
import { send } from "../../provider/api/transport";
import { dynamicProvider } from "../../provider/dynamic/host";
import type { DynamicProvider } from "../../provider/dynamic/protocol";
import { newProcess } from "../../provider/host/process";
import { lifecycleOf } from "../../provider/resources";
import { failureOf, HASH, KEY, OTHER_HASH, WORKSPACE, wireKey } from "./support/samples";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));
const transport = jest.mocked(send);

const MANAGEMENT_KEY = "management-key-without-a-known-format";
const __origin = { version: 1, account: WORKSPACE };

beforeEach(() => {
  jest.useFakeTimers();
  transport.mockReset();
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const printed = () => jest.mocked(console.log).mock.calls.map(([line]) => String(line));

function provider(): DynamicProvider {
  return dynamicProvider(lifecycleOf("InferenceKey"), newProcess({ OPENROUTER_MANAGEMENT_KEY: MANAGEMENT_KEY }));
}

async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}

/** An API that shows the key under its new name, and has the name in its error messages. */
function rejecting(name: string, status: number): void {
  transport.mockImplementation(async ({ method, url }) => {
    const body = url.pathname.endsWith("/workspaces")
      ? { data: [{ id: WORKSPACE, name, slug: "s", created_at: "2024-01-01T00:00:00Z" }], total_count: 1 }
      : { data: wireKey({ name }) };
    const isRejected = method !== "GET" || status === 403;
    const rejection = { error: { code: status, message: `no key ${name}` } };
    return isRejected ? { status, text: JSON.stringify(rejection) } : { status: 200, text: JSON.stringify(body) };
  });
}

function expectHarmless(output: string): void {
  expect(output).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(output).not.toMatch(/^\s*::/m);
  expect(output).not.toContain(KEY.slice(9));
  expect(output).not.toContain(MANAGEMENT_KEY);
}

describe.each([
  ["an escape sequence", "ci\u001b[2J\u001b]0;title\u0007"],
  ["a line break and a command for CI", "ci\n::error::owned"],
  ["an inference key", `ci ${KEY}`],
  ["the management key in use", `ci ${MANAGEMENT_KEY}`],
  ["a key with an escape sequence inside", `ci ${KEY.slice(0, 30)}\u001b[0m${KEY.slice(30)}`],
])("renamed to %s", (_title, name) => {
  const state = { name, limit: 5, key: KEY, label: "sk-or-v1-5e4...e1b", createdAt: "2024-01-01T00:00:00Z", __origin };

  test.each<[string, number, (host: DynamicProvider) => Promise<unknown>]>([
    // With ignoreChanges the engine passes the name of the state.
    ["diff", 400, (host) => host.check({}, {}).then(() => host.diff(HASH, state, { name, adopt: OTHER_HASH }))],
    ["update", 400, (host) => host.update(HASH, state, { name, limit: 6 })],
    ["update to the old name", 400, (host) => host.update(HASH, state, { name: "ci" })],
    ["delete", 400, (host) => host.delete(HASH, state)],
    ["refresh", 403, (host) => host.read(HASH, state)],
  ])("is removed from the error when %s fails", async (_verb, status, operation) => {
    rejecting(name, status);
    const error = await failureOf(settled(operation(provider())));
    expect(error.message).toContain("ci");
    for (const output of [error.message, error.stack ?? "", String(error), ...printed()]) expectHarmless(output);
  });

  test("is removed from the log line about a wait", async () => {
    transport.mockResolvedValueOnce({ status: 429, retryAfter: "20", text: '{"error":{"code":429,"message":"slow"}}' });
    transport.mockResolvedValue({ status: 204, text: "" });
    await settled(provider().delete(HASH, state)).catch(() => undefined);
    expect(printed()).toEqual([expect.stringContaining('inference key "ci')]);
    for (const line of printed()) expectHarmless(line);
  });
});
