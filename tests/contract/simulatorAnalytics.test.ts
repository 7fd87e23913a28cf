/** `/analytics/query`: the API's rules in the simulator, and the provider's client on it. */
import { queryAnalytics } from "../../provider/api/analytics";
import { startOperation } from "../../provider/api/client";
import { fixedKey } from "../../provider/api/credential";
import { Secret } from "../../provider/secret";
import type { Simulator } from "../../testing/simulator/index";
import { startApi } from "./support/api";

const QUERY = "POST /analytics/query";
const MARCH = { start: "2026-03-01T00:00:00Z", end: "2026-04-01T00:00:00Z" };

/** One key with a use today, and another one with a use yesterday. */
async function startWithUses() {
  const api = await startApi();
  const { dashboard } = api.simulator;
  const [ci, web] = ["ci", "web"].map((name) => dashboard.createKey({ name }).key.hash) as [string, string];
  dashboard.useKey(ci, 2, { requests: 3, prompt_tokens: 100, reasoning_tokens: 7, byok_usage: 0.5 });
  dashboard.useKey(web, 1, { at: new Date("2026-03-17T08:00:00Z"), model: "x-ai/grok-4", provider_name: "xAI" });
  const rows = async (body: object) => {
    const { data } = await api.dataOf(QUERY, { time_range: MARCH, ...body });
    return data as Record<string, unknown>[];
  };
  return { ...api, ci, web, rows };
}

function apiOf({ url, managementKey }: Simulator) {
  const credential = fixedKey(new Secret(managementKey));
  const settings = { credential, baseUrl: url, source: "environment" as const };
  return startOperation(
    { settings, log: () => {}, clock: {}, written: () => {} },
    { verb: "read", object: "analytics" },
  );
}

test("sums metrics over the whole range, with counts as strings", async () => {
  const { dataOf } = await startWithUses();
  const metrics = ["credits_usage", "byok_usage", "total_usage", "request_count", "reasoning_tokens"];
  expect(await dataOf(QUERY, { metrics, time_range: MARCH })).toEqual({
    data: [{ credits_usage: 3, byok_usage: 0.5, total_usage: 3.5, request_count: "4", reasoning_tokens: "7" }],
    metadata: { query_time_ms: expect.any(Number), row_count: 1, truncated: false },
  });
});

test("groups by day, the newest first, and includes today, unlike the activity", async () => {
  const { rows, rowsOf } = await startWithUses();
  expect(await rows({ metrics: ["credits_usage"], granularity: "day" })).toEqual([
    { date__day: "2026-03-18", credits_usage: 2 },
    { date__day: "2026-03-17", credits_usage: 1 },
  ]);
  expect(await rowsOf("GET /activity")).toMatchObject([{ date: "2026-03-17", usage: 1 }]);
});

test("groups by two dimensions, with names of keys, workspaces and users", async () => {
  const { rows, simulator } = await startWithUses();
  const order_by = { field: "credits_usage", direction: "asc" };
  const metrics = ["credits_usage"];
  expect(await rows({ metrics, dimensions: ["api_key_id", "workspace"], order_by })).toEqual([
    { api_key_id: "web", workspace: "Default", credits_usage: 1 },
    { api_key_id: "ci", workspace: "Default", credits_usage: 2 },
  ]);
  const [member] = simulator.account.members;
  expect(await rows({ metrics, dimensions: ["user"] })).toMatchObject([{ user_email: member?.email }]);
});

test("filters by the hash of a key", async () => {
  const { rows, web } = await startWithUses();
  const filters = [{ field: "api_key_id", operator: "eq", value: web }];
  expect(await rows({ metrics: ["credits_usage"], filters })).toEqual([{ credits_usage: 1 }]);
});

test("limits the rows, and says that some are omitted", async () => {
  const { dataOf } = await startWithUses();
  const body = { metrics: ["credits_usage"], granularity: "day", time_range: MARCH, limit: 1 };
  expect(await dataOf(QUERY, body)).toMatchObject({ data: [{}], metadata: { row_count: 1, truncated: true } });
});

test.each([
  ["no metric", { metrics: [] }, /metrics/],
  ["an unknown metric", { metrics: ["happiness"] }, /metrics/],
  [
    "three dimensions",
    { metrics: ["credits_usage"], dimensions: ["model", "user", "workspace"] },
    /dimensions: Too big/,
  ],
  [
    "a time without seconds",
    { metrics: ["credits_usage"], time_range: { ...MARCH, start: "2026-03-01T00:00Z" } },
    /start/,
  ],
  [
    "a range that is reversed",
    { metrics: ["credits_usage"], time_range: { start: MARCH.end, end: MARCH.start } },
    /start/,
  ],
  [
    "providers over two months",
    { metrics: ["credits_usage"], dimensions: ["provider"], time_range: { ...MARCH, end: "2026-05-01T00:00:00Z" } },
    /31 days/,
  ],
])("rejects %s", async (_what, body, message) => {
  const { errorOf } = await startApi();
  expect(await errorOf(QUERY, body)).toEqual([400, expect.stringMatching(message)]);
});

test("rejects an inference key (403) and a missing key (401), and accepts a read-only management key", async () => {
  const { ask, send, simulator } = await startApi();
  const body = { metrics: ["credits_usage"] };
  const { secret } = simulator.dashboard.createKey({ name: "inference" });
  const readOnly = simulator.dashboard.addManagementKey({ readOnly: true });
  const statusOf = async (key: string | null) => (await send(QUERY, { body, key })).status;
  expect([await statusOf(secret), await statusOf(null), await statusOf(readOnly)]).toEqual([403, 401, 200]);
  expect((await ask(QUERY, { body, key: secret })).body.error.message).toBe(
    "Only management keys can perform this operation",
  );
});

test("shows a scoped management key only the usage of its workspace", async () => {
  const { ask, simulator } = await startWithUses();
  const { id } = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const key = simulator.dashboard.addManagementKey({ workspaceId: id });
  const { body } = await ask(QUERY, { body: { metrics: ["credits_usage"] }, key });
  expect(body.data).toMatchObject({ data: [] });
});

describe("the provider's client", () => {
  const range = { start: new Date(MARCH.start), end: new Date(MARCH.end) };

  test("reads usage by day and key", async () => {
    const { simulator } = await startWithUses();
    const { rows } = await queryAnalytics(apiOf(simulator), { ...range, dimensions: ["apiKeyId"], byDay: true });
    expect(rows).toMatchObject([
      {
        date: "2026-03-18",
        apiKeyId: "ci",
        usage: 2,
        byokUsage: 0.5,
        requests: 3,
        promptTokens: 100,
        reasoningTokens: 7,
      },
      { date: "2026-03-17", apiKeyId: "web", usage: 1 },
    ]);
  });

  test("filters by key and user", async () => {
    const { simulator, ci } = await startWithUses();
    const query = { ...range, dimensions: [], byDay: false };
    const userId = String(simulator.account.owner_user_id);
    expect((await queryAnalytics(apiOf(simulator), { ...query, keyHash: ci, userId })).rows).toMatchObject([
      { usage: 2 },
    ]);
    expect((await queryAnalytics(apiOf(simulator), { ...query, userId: "user_unknown" })).rows).toEqual([]);
  });

  test("accepts counts as numbers, unused amounts as null, and the other name of the day", async () => {
    const { simulator } = await startWithUses();
    const row = { created_at__day: "2026-03-18T00:00:00Z", credits_usage: null, request_count: 3 };
    simulator.faults.add({
      path: "/analytics/query",
      effect: "shape",
      body: () => ({ data: { data: [row], metadata: { query_time_ms: 1, row_count: 1, truncated: true } } }),
    });
    const { rows, truncated } = await queryAnalytics(apiOf(simulator), { ...range, dimensions: [], byDay: true });
    expect({ rows, truncated }).toMatchObject({
      rows: [{ date: "2026-03-18", usage: 0, requests: 3 }],
      truncated: true,
    });
  });
});
