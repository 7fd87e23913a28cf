/**
 * Accounts that the state can't identify: at the first `up`, with `--target`, with a key limited to one workspace, and
 * after the default workspace was deleted. The setting `openrouter:account` pins the account.
 */
import type { SimulatedAccount } from "../../testing/simulator/index";
import type { Declaration, Outcome } from "./support/inProcessStack";
import { openSimulator, stackIn } from "./support/openSimulator";

const MINUTE_MS = 60_000;
const key = (args: Record<string, unknown> = {}): Declaration => ({ k: { kind: "InferenceKey", args } });
const secondKey = (args: Record<string, unknown> = {}): Declaration => ({ l: { kind: "InferenceKey", args } });
const pinned = (...ids: (string | null | undefined)[]) => ({ config: { "openrouter:account": ids.join(",") } });
const defaultWorkspaceOf = ({ account }: SimulatedAccount) => account.default_workspace_id ?? "";

/** Expects a failure whose first message contains all parts. */
function expectFailure({ ok, printed }: Outcome, ...parts: string[]): void {
  expect(ok).toBe(false);
  for (const part of parts) expect(printed[0]).toContain(part);
}

const PINS: [pin: string, (account: SimulatedAccount) => string | null | undefined][] = [
  ["organization", ({ account }) => account.organization_id],
  ["oldest workspace", defaultWorkspaceOf],
];

test.each(PINS)("fails the first up when the management key is not of the pinned %s", async (_pin, pinOf) => {
  const simulator = await openSimulator();
  const other = simulator.addAccount();
  const pin = pinOf(simulator);

  const outcome = await stackIn(simulator, other.managementKey).up(key(), pinned(pin));

  expectFailure(
    outcome,
    `openrouter:account pins ${pin}`,
    `the account of this management key is ${other.account.organization_id}`,
  );
  const writes = simulator.requests.filter(({ method }) => method !== "GET");
  expect({ writes, keys: other.account.keys }).toEqual({ writes: [], keys: [] });
});

test.each(PINS)("creates and updates when the management key is of the pinned %s", async (_pin, pinOf) => {
  const simulator = await openSimulator();
  const stack = stackIn(simulator, simulator.managementKey);
  const pin = pinned(pinOf(simulator));
  expect(await stack.up(key(), pin)).toMatchObject({ ok: true, steps: ["create k"] });
  expect(await stack.up(key({ limit: 1 }), pin)).toMatchObject({ ok: true, steps: ["update k"] });
});

test("creates nothing in a different account from the pinned one when the process reads nothing first", async () => {
  const simulator = await openSimulator();
  const other = simulator.addAccount();
  await stackIn(simulator, simulator.managementKey).up(key());

  // With --target or --target-replace the process creates before it sees a resource of the state.
  const targeted = await stackIn(simulator, other.managementKey).up(key(), pinned(defaultWorkspaceOf(simulator)));

  const keys = { pinned: simulator.account.keys.length, other: other.account.keys.length };
  expect({ ok: targeted.ok, keys }).toEqual({ ok: false, keys: { pinned: 1, other: 0 } });
});

describe("a management key limited to one workspace", () => {
  async function openWithLimitedKey() {
    const simulator = await openSimulator();
    const workspace = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    const limitedKey = simulator.dashboard.addManagementKey({ workspaceId: workspace });
    const stack = stackIn(simulator, simulator.managementKey);
    await stack.up(key());
    const bothKeys = { ...key(), ...secondKey({ workspaceId: workspace }) };
    return { simulator, stack, workspace, bothKeys, env: { OPENROUTER_MANAGEMENT_KEY: limitedKey } };
  }

  test("fails a create and shows how to pin the account, because it can't be identified", async () => {
    const { simulator, stack, workspace, bothKeys, env } = await openWithLimitedKey();
    const outcome = await stack.up(bothKeys, { env });
    expectFailure(
      outcome,
      `limited to workspace ${workspace}`,
      `pulumi config set openrouter:account ${defaultWorkspaceOf(simulator)}`,
    );
    expect(simulator.account.keys).toHaveLength(1);
  });

  test("fails a refresh and keeps the state instead of dropping invisible keys", async () => {
    const { simulator, stack, env } = await openWithLimitedKey();
    const before = structuredClone(stack.state);
    simulator.clock.advance(2 * MINUTE_MS);
    const { ok } = await stack.refresh({ env });
    expect({ ok, state: stack.state }).toEqual({ ok: false, state: before });
  });

  test("creates when the pin names both workspaces of the account", async () => {
    const { simulator, stack, workspace, bothKeys, env } = await openWithLimitedKey();
    const { ok } = await stack.up(bothKeys, { env, ...pinned(defaultWorkspaceOf(simulator), workspace) });
    expect({ ok, keys: simulator.account.keys.length }).toEqual({ ok: true, keys: 2 });
  });
});

describe("an account whose default workspace was deleted", () => {
  async function openWithoutDefaultWorkspace() {
    const simulator = await openSimulator();
    const first = defaultWorkspaceOf(simulator);
    const second = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    const stack = stackIn(simulator, simulator.managementKey);
    await stack.up(key({ workspaceId: second }));
    simulator.dashboard.deleteWorkspace(first);
    return { simulator, stack, first, second };
  }

  test("still refreshes and updates existing keys", async () => {
    const { stack, second } = await openWithoutDefaultWorkspace();
    expect(await stack.refresh()).toMatchObject({ ok: true });
    expect(await stack.up(key({ workspaceId: second, limit: 1 }))).toMatchObject({ ok: true, steps: ["update k"] });
  });

  test("fails a create and shows how to pin the account, and creates with the pin", async () => {
    const { simulator, stack, first, second } = await openWithoutDefaultWorkspace();
    const bothKeys = { ...key({ workspaceId: second }), ...secondKey({ workspaceId: second }) };
    expectFailure(
      await stack.up(bothKeys),
      "has no default workspace anymore",
      `pulumi config set openrouter:account ${first}`,
    );
    const pin = pinned(first, simulator.account.organization_id);
    expect(await stack.up(bothKeys, pin)).toMatchObject({ ok: true });
  });
});
