/** A key that moves to another workspace, and what may become of its guardrail. */
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
let ask: ReturnType<typeof rawClient>["ask"];
let home: string;
let target: string;
let hash: string;

beforeEach(async () => {
  simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z") });
  ask = rawClient(simulator).ask;
  home = String(simulator.account.default_workspace_id);
  target = simulator.dashboard.addWorkspace({ name: "Target", slug: "target" }).id;
  hash = simulator.dashboard.createKey({ name: "ci", limit: 5 }).key.hash;
});
afterEach(() => simulator.close());

const patch = async (body: object) => (await ask(`PATCH /keys/${hash}`, { body })).body;
const rows = async () => (await ask("GET /guardrails/assignments/keys")).body.data as Record<string, unknown>[];

function guarded(fields: object = {}): string {
  const { id } = simulator.dashboard.createGuardrail({ name: "g", limit_usd: 5, reset_interval: "daily", ...fields });
  simulator.dashboard.assign(id, { keys: [hash] });
  return id;
}

test("moves a key with its value and settings", async () => {
  expect(await patch({ workspace_id: target, name: "moved" })).toMatchObject({
    data: { hash, name: "moved", limit: 5, workspace_id: target, updated_at: "2026-03-18T12:00:00Z" },
  });
  expect((await ask(`GET /keys?workspace_id=${target}`)).body.data).toMatchObject([{ hash }]);
  expect((await ask("GET /keys")).body.data).toEqual([]);
});

test("changes nothing when a key moves to its own workspace", async () => {
  const guardrail = guarded();
  simulator.switches.movedKeyAssignment = "rejected";
  expect(await patch({ workspace_id: home })).toMatchObject({ data: { workspace_id: home } });
  expect(await rows()).toMatchObject([{ guardrail_id: guardrail, key_hash: hash }]);
});

test("rejects a workspace that is unknown or given by slug", async () => {
  const nowhere = "00000000-0000-4000-8000-000000000000";
  expect(await patch({ workspace_id: nowhere })).toMatchObject({ error: { code: 400 } });
  expect(await patch({ workspace_id: "target" })).toMatchObject({ error: { message: "workspace_id: Invalid UUID" } });
  expect(simulator.account.keys).toMatchObject([{ workspace_id: home, updated_at: null }]);
});

test("ignores the workspace when keyMove is ignored, and rejects a PATCH of nothing else", async () => {
  simulator.switches.keyMove = "ignored";
  expect(await patch({ workspace_id: target, name: "renamed" })).toMatchObject({
    data: { name: "renamed", workspace_id: home },
  });
  const refusal = { code: 400, message: "No update fields provided" };
  expect(await patch({ workspace_id: target })).toEqual({ error: refusal });
});

describe("moving a key with a guardrail of its old workspace", () => {
  let guardrail: string;
  beforeEach(() => {
    guardrail = guarded();
  });

  test("keeps the assignment by default", async () => {
    await patch({ workspace_id: target });
    expect(await rows()).toMatchObject([{ guardrail_id: guardrail, key_hash: hash }]);
  });

  test("assigns a copy in the new workspace when movedKeyAssignment is copied", async () => {
    simulator.switches.movedKeyAssignment = "copied";
    await patch({ workspace_id: target });
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row?.guardrail_id).not.toBe(guardrail);
    const copy = await ask(`GET /guardrails/${row?.guardrail_id}`);
    expect(copy.body.data).toMatchObject({ name: "g", limit_usd: 5, reset_interval: "daily", workspace_id: target });
    expect((await ask(`GET /guardrails/${guardrail}`)).status).toBe(200);
  });

  test("drops the assignment when movedKeyAssignment is dropped", async () => {
    simulator.switches.movedKeyAssignment = "dropped";
    await patch({ workspace_id: target });
    expect(await rows()).toEqual([]);
  });

  test("rejects the whole move when movedKeyAssignment is rejected", async () => {
    simulator.switches.movedKeyAssignment = "rejected";
    expect(await patch({ workspace_id: target, name: "renamed" })).toMatchObject({ error: { code: 409 } });
    expect(simulator.account.keys).toMatchObject([{ name: "ci", workspace_id: home, updated_at: null }]);
    expect(await rows()).toMatchObject([{ guardrail_id: guardrail }]);
  });
});

test.each(["kept", "copied", "dropped", "rejected"] as const)(
  "keeps the assignment to a guardrail without workspace when movedKeyAssignment is %s",
  async (movedKeyAssignment) => {
    simulator.switches.movedKeyAssignment = movedKeyAssignment;
    const legacy = guarded({ workspace_id: null });
    await patch({ workspace_id: target });
    expect(await rows()).toMatchObject([{ guardrail_id: legacy, key_hash: hash }]);
  },
);

test("assigns a guardrail of the new workspace after the move", async () => {
  guarded();
  await patch({ workspace_id: target });
  const { id } = simulator.dashboard.createGuardrail({ name: "there", workspace_id: target });
  const assigned = await ask(`POST /guardrails/${id}/assignments/keys`, { body: { key_hashes: [hash] } });
  expect(assigned.body).toEqual({ assigned_count: 1 });
  expect(await rows()).toMatchObject([{ guardrail_id: id }]);
});
