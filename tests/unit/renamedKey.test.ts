/** A key that somebody renamed in the dashboard: the state has the name after a refresh, and it is in every text. */
import { send } from "../../provider/api/transport";
import { dynamicProvider } from "../../provider/dynamic/host";
import { newProcess } from "../../provider/dynamic/process";
import type { DynamicProvider } from "../../provider/dynamic/protocol";
import { lifecycleOf } from "../../provider/resources";
import { failureOf, HASH, KEY, OTHER_HASH, WORKSPACE, wireKey } from "./support/samples";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));
const transport = jest.mocked(send);

const MANAGEMENT_KEY = "management-key-of-no-known-form";
const __origin = { version: 1, account: WORKSPACE };
const printed: string[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  transport.mockReset();
  printed.length = 0;
  jest.spyOn(console, "log").mockImplementation((line) => void printed.push(String(line)));
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function provider(): DynamicProvider {
  return dynamicProvider(lifecycleOf("InferenceKey"), newProcess({ OPENROUTER_MANAGEMENT_KEY: MANAGEMENT_KEY }));
}

async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}

/** The API shows the key under its new name, and says it again in what it refuses. */
function refusing(name: string, status: number): void {
  transport.mockImplementation(async ({ method, url }) => {
    const body = url.pathname.endsWith("/workspaces")
      ? { data: [{ id: WORKSPACE, name, slug: "s", created_at: "2024-01-01T00:00:00Z" }], total_count: 1 }
      : { data: wireKey({ name }) };
    const isRefused = method !== "GET" || status === 403;
    const refusal = { error: { code: status, message: `no key ${name}` } };
    return isRefused ? { status, text: JSON.stringify(refusal) } : { status: 200, text: JSON.stringify(body) };
  });
}

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toContain(KEY.slice(9));
  expect(text).not.toContain(MANAGEMENT_KEY);
}

describe.each([
  ["an escape sequence", "ci\u001b[2J\u001b]0;title\u0007"],
  ["a line break and a command for CI", "ci\n::error::owned"],
  ["a real key", `ci ${KEY}`],
  ["the management key in use", `ci ${MANAGEMENT_KEY}`],
  ["a key that an escape sequence divides", `ci ${KEY.slice(0, 30)}\u001b[0m${KEY.slice(30)}`],
])("renamed to %s", (_title, name) => {
  const state = { name, limit: 5, key: KEY, label: "sk-or-v1-5e4...e1b", createdAt: "2024-01-01T00:00:00Z", __origin };

  test.each<[string, number, (host: DynamicProvider) => Promise<unknown>]>([
    // With ignoreChanges, the name of the state is the one that the engine passes.
    ["diff", 400, (host) => host.check({}, {}).then(() => host.diff(HASH, state, { name, adopt: OTHER_HASH }))],
    ["update", 400, (host) => host.update(HASH, state, { name, limit: 6 })],
    ["update back", 400, (host) => host.update(HASH, state, { name: "ci" })],
    ["delete", 400, (host) => host.delete(HASH, state)],
    ["refresh", 403, (host) => host.read(HASH, state)],
  ])("%s fails without it", async (_verb, status, operation) => {
    refusing(name, status);
    const error = await failureOf(settled(operation(provider())));
    expect(error.message).toContain("ci");
    for (const said of [error.message, error.stack ?? "", String(error), ...printed]) expectHarmless(said);
  });

  test("a wait is said without it", async () => {
    transport.mockResolvedValueOnce({ status: 429, retryAfter: "20", text: '{"error":{"code":429,"message":"slow"}}' });
    transport.mockResolvedValue({ status: 204, text: "" });
    await settled(provider().delete(HASH, state)).catch(() => undefined);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toContain('inference key "ci');
    for (const line of printed) expectHarmless(line);
  });
});
