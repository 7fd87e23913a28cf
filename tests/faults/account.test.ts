/**
 * What a process can't have met in the state: a first `up`, `--target`, a key that sees only a part, a default workspace
 * that was deleted. The pin `openrouter:account` covers it.
 */
import { type SimulatedAccount, type Simulator, startSimulator } from "../../testing/simulator/index";
import { type Declaration, InProcessStack } from "./support/inProcessStack";

let simulator: Simulator;
let other: SimulatedAccount;
beforeEach(async () => {
  simulator = await startSimulator();
  other = simulator.addAccount();
});
afterEach(() => simulator.close());

const MINUTE_MS = 60_000;
const key = (args: Record<string, unknown> = {}): Declaration => ({ k: { kind: "InferenceKey", args } });
const another = (args: Record<string, unknown> = {}): Declaration => ({ l: { kind: "InferenceKey", args } });
const stackWith = (managementKey: string) =>
  new InProcessStack({ OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: managementKey });
const pinned = (...ids: (string | null | undefined)[]) => ({ config: { "openrouter:account": ids.join(",") } });
const workspaceOf = ({ account }: { account: SimulatedAccount["account"] }) => account.default_workspace_id ?? "";
const writes = () => simulator.requests.filter(({ method }) => method !== "GET").length;

test.each([
  ["the organization", () => simulator.account.organization_id],
  ["the oldest workspace", () => workspaceOf(simulator)],
])("refuses a first up with the key of another account than the one that %s pins", async (_what, pin) => {
  const { ok, said } = await stackWith(other.managementKey).up(key(), pinned(pin()));
  expect(ok).toBe(false);
  expect(said[0]).toContain(`openrouter:account pins ${pin()}`);
  expect(said[0]).toContain(`the account of this management key is ${other.account.organization_id}`);
  expect([writes(), other.account.keys.length]).toEqual([0, 0]);
});

test.each([
  ["the organization", () => simulator.account.organization_id],
  ["the oldest workspace", () => workspaceOf(simulator)],
])("creates with the key of the account that %s pins", async (_what, pin) => {
  const stack = stackWith(simulator.managementKey);
  expect(await stack.up(key(), pinned(pin()))).toMatchObject({ ok: true, steps: ["create k"] });
  expect(await stack.up(key({ limit: 1 }), pinned(pin()))).toMatchObject({ ok: true, steps: ["update k"] });
});

test("refuses to create what is targeted alone, or replaced without a diff, when the pin differs", async () => {
  const stack = stackWith(simulator.managementKey);
  await stack.up(key());
  // With --target and --target-replace the process meets nothing of the state before it creates.
  const targeted = stackWith(other.managementKey);
  expect((await targeted.up(key(), pinned(workspaceOf(simulator)))).ok).toBe(false);
  expect([simulator.account.keys.length, other.account.keys.length]).toEqual([1, 0]);
});

describe("with a key that is limited to one workspace", () => {
  let workspace: string;
  let scoped: Record<string, string>;
  let stack: InProcessStack;
  beforeEach(async () => {
    workspace = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    scoped = { OPENROUTER_MANAGEMENT_KEY: simulator.dashboard.addManagementKey({ workspaceId: workspace }) };
    stack = stackWith(simulator.managementKey);
    await stack.up(key());
  });

  test("refuses a create, because it can't tell whether the account is the same, and names the pin", async () => {
    const { ok, said } = await stack.up({ ...key(), ...another({ workspaceId: workspace }) }, { env: scoped });
    expect(ok).toBe(false);
    expect(said[0]).toContain(`limited to workspace ${workspace}`);
    expect(said[0]).toContain(`pulumi config set openrouter:account ${workspaceOf(simulator)}`);
    expect(simulator.account.keys).toHaveLength(1);
  });

  test("never takes what it can't see for gone", async () => {
    const before = structuredClone(stack.state);
    simulator.clock.advance(2 * MINUTE_MS);
    const { ok } = await stack.refresh({ env: scoped });
    expect(ok).toBe(false);
    expect(stack.state).toEqual(before);
  });

  test("creates when both are pinned as one account", async () => {
    const config = pinned(workspaceOf(simulator), workspace);
    const { ok } = await stack.up({ ...key(), ...another({ workspaceId: workspace }) }, { env: scoped, ...config });
    expect(ok).toBe(true);
    expect(simulator.account.keys).toHaveLength(2);
  });
});

describe("after the default workspace was deleted", () => {
  let first: string;
  let second: string;
  let stack: InProcessStack;
  beforeEach(async () => {
    first = workspaceOf(simulator);
    second = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    stack = stackWith(simulator.managementKey);
    await stack.up(key({ workspaceId: second }));
    simulator.dashboard.deleteWorkspace(first);
  });

  test("goes on with what is still there", async () => {
    expect(await stack.refresh()).toMatchObject({ ok: true });
    expect(await stack.up(key({ workspaceId: second, limit: 1 }))).toMatchObject({ ok: true, steps: ["update k"] });
  });

  test("refuses a create with a text of its own that names the pin, and creates with it", async () => {
    const declaration = { ...key({ workspaceId: second }), ...another({ workspaceId: second }) };
    const { ok, said } = await stack.up(declaration);
    expect(ok).toBe(false);
    expect(said[0]).toContain("has no default workspace any more");
    expect(said[0]).toContain(`pulumi config set openrouter:account ${first}`);
    const pin = pinned(first, simulator.account.organization_id);
    expect(await stack.up(declaration, pin)).toMatchObject({ ok: true });
  });
});
