/** Management keys that are scoped to a workspace or read-only, and an account without a default workspace. */
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
/** An object of each kind in the default workspace and in the other. */
let home: { workspace: string; key: string; guardrail: string };
let other: typeof home;

beforeEach(async () => {
  simulator = await startSimulator();
  const { dashboard, account } = simulator;
  const objectsIn = (workspace: string) => {
    const key = dashboard.createKey({ name: "ci", workspace_id: workspace }).key.hash;
    const guardrail = dashboard.createGuardrail({ name: "safe", workspace_id: workspace }).id;
    dashboard.assign(guardrail, { keys: [key], members: [account.owner_user_id] });
    return { workspace, key, guardrail };
  };
  home = objectsIn(String(account.default_workspace_id));
  other = objectsIn(dashboard.addWorkspace({ name: "Other", slug: "other" }).id);
});
afterEach(() => simulator.close());

const asKey = (key: string) => ({
  ask: (call: string, body?: unknown) =>
    rawClient(simulator).ask(call, { key, ...(body === undefined ? {} : { body }) }),
});

describe("a management key scoped to a workspace", () => {
  let ask: ReturnType<typeof asKey>["ask"];
  beforeEach(() => {
    ask = asKey(simulator.dashboard.addManagementKey({ workspaceId: other.workspace })).ask;
  });

  test("lists its workspace only, which is also its default", async () => {
    expect((await ask("GET /workspaces")).body).toMatchObject({ data: [{ id: other.workspace }], total_count: 1 });
    expect((await ask("GET /keys")).body.data).toMatchObject([{ hash: other.key }]);
    expect((await ask("GET /guardrails")).body).toMatchObject({ data: [{ id: other.guardrail }], total_count: 1 });
    for (const kind of ["keys", "members"]) {
      expect((await ask(`GET /guardrails/assignments/${kind}`)).body).toMatchObject({
        data: [{ guardrail_id: other.guardrail }],
        total_count: 1,
      });
    }
    expect((await ask("POST /keys", { name: "new" })).body.data).toMatchObject({ workspace_id: other.workspace });
    expect((await ask("GET /key")).body.data).toMatchObject({ is_management_key: true, workspace_id: other.workspace });
  });

  test("gets 403 for any other workspace", async () => {
    const calls: [string, unknown?][] = [
      [`GET /workspaces/${home.workspace}`],
      ["GET /workspaces/default"],
      [`GET /keys?workspace_id=${home.workspace}`],
      [`GET /guardrails?workspace_id=${home.workspace}`],
      ["POST /keys", { name: "new", workspace_id: home.workspace }],
      ["POST /guardrails", { name: "new", workspace_id: home.workspace }],
      [`GET /keys/${home.key}`],
      [`PATCH /keys/${home.key}`, { name: "renamed" }],
      [`PATCH /keys/${other.key}`, { workspace_id: home.workspace }],
      [`DELETE /keys/${home.key}`],
      [`GET /guardrails/${home.guardrail}`],
      [`PATCH /guardrails/${home.guardrail}`, { name: "renamed" }],
      [`PATCH /guardrails/${simulator.account.workspaces[0]?.default_guardrail_id}`, { description: "mine" }],
      [`DELETE /guardrails/${home.guardrail}`],
      [`GET /guardrails/${home.guardrail}/assignments/keys`],
      [`POST /guardrails/${home.guardrail}/assignments/keys/remove`, { key_hashes: [home.key] }],
      [`GET /activity?workspace_id=${home.workspace}`],
    ];
    const before = JSON.stringify(simulator.account);
    for (const [call, body] of calls) {
      const { status, body: answer } = await ask(call, body);
      expect([call, status, answer.error.message]).toEqual([
        call,
        403,
        "This management key is scoped to another workspace",
      ]);
    }
    expect(JSON.stringify(simulator.account)).toBe(before);
  });

  test("reads the activity of its workspace only", async () => {
    simulator.clock.set(new Date("2026-03-18T12:00:00Z"));
    for (const { key } of [home, other]) simulator.dashboard.useKey(key, key === home.key ? 1 : 2);
    simulator.clock.advance(86_400_000);
    expect((await ask("GET /activity")).body.data).toMatchObject([{ usage: 2 }]);
  });
});

test("returns 403 to a read-only key for every write", async () => {
  const { ask } = asKey(simulator.dashboard.addManagementKey({ readOnly: true }));
  expect((await ask(`GET /keys/${home.key}`)).status).toBe(200);
  const before = JSON.stringify(simulator.account);
  for (const [call, body] of [
    ["POST /keys", { name: "new" }],
    [`PATCH /keys/${home.key}`, { name: "renamed" }],
    [`DELETE /guardrails/${home.guardrail}`],
    [`POST /guardrails/${home.guardrail}/assignments/keys`, { key_hashes: [home.key] }],
  ] as const) {
    const { status, body: answer } = await ask(call, body);
    expect([status, answer.error.message]).toEqual([403, "This management key does not have write access"]);
  }
  expect(JSON.stringify(simulator.account)).toBe(before);
});

test("returns 400 without a default workspace unless the request names one", async () => {
  simulator.dashboard.deleteWorkspace(home.workspace);
  const { ask } = rawClient(simulator);
  for (const call of ["GET /keys", "GET /guardrails"]) expect((await ask(call)).status).toBe(400);
  for (const call of ["POST /keys", "POST /guardrails"]) {
    expect((await ask(call, { body: { name: "new" } })).status).toBe(400);
    const inOther = { name: `new ${call}`, workspace_id: other.workspace };
    expect((await ask(call, { body: inOther })).status).toBe(201);
  }
  expect((await ask("GET /workspaces")).body.data).toMatchObject([{ id: other.workspace }]);
  expect((await ask(`GET /keys/${other.key}`)).status).toBe(200);
});
