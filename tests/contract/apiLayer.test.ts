/** The provider's API client against the simulator: its requests, and its results. */
import { startOperation } from "../../provider/api/client";
import { fixedKey } from "../../provider/api/credential";
import { readCurrentKey } from "../../provider/api/currentKey";
import { createKey, listKeys, readKey, updateKey } from "../../provider/api/keys";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces } from "../../provider/api/workspaces";
import { NotFoundError } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { type Simulator, startSimulator } from "../../testing/simulator/index";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

function api(managementKey = simulator.managementKey) {
  const credential = fixedKey(new Secret(managementKey));
  const settings = { credential, baseUrl: simulator.url, source: "environment" as const };
  const apiContext = { settings, log: () => {}, clock: {}, written: () => {} };
  return startOperation(apiContext, { verb: "read", object: "the account" });
}

const queries = () => simulator.requests.filter(({ path }) => path === "/keys").map(({ query }) => query);

describe("listing the keys of a workspace", () => {
  const expired = () =>
    simulator.dashboard.createKey({ name: "expired", expires_at: new Date("2020-01-01T00:00:00Z") });

  test("includes expired and disabled keys", async () => {
    expired();
    simulator.dashboard.createKey({ name: "disabled", disabled: true });
    const names = (await allOf(listKeys(api()))).map(({ name }) => name);
    expect(names).toEqual(["disabled", "expired"]);
    expect(queries().every(({ include_expired }) => include_expired === "true")).toBe(true);
  });

  test("omits include_expired after an older server has rejected it once", async () => {
    simulator.switches.includeExpired = "rejected";
    expired();
    for (let times = 0; times < 2; times++) {
      expect((await allOf(listKeys(api()))).map(({ name }) => name)).toEqual(["expired"]);
    }
    expect(queries().filter(({ include_expired }) => include_expired)).toHaveLength(1);
  });

  test("doesn't retry after a different error", async () => {
    simulator.faults.add({ effect: "status", status: 400, message: "workspace_id: Invalid UUID" });
    await expect(allOf(listKeys(api()))).rejects.toThrow("400: workspace_id: Invalid UUID");
    expect(queries()).toHaveLength(1);
    simulator.faults.add({ effect: "status", status: 403, message: "include_expired is not for this key" });
    await expect(allOf(listKeys(api()))).rejects.toThrow("403");
    expect(queries()).toHaveLength(2);
  });
});

test("returns a key's last use, external user and workspace, and moves it", async () => {
  const { key } = await createKey(api(), { name: "ci", external: { user: "customer" } });
  expect(key).toMatchObject({ lastUsedAt: null, externalUser: "customer" });
  simulator.dashboard.useKey(key.hash, 1);
  expect((await readKey(api(), key.hash)).lastUsedAt).toMatch(/Z$/);
  const { id } = simulator.dashboard.addWorkspace({ name: "Target", slug: "target" });
  expect(await updateKey(api(), key.hash, { workspaceId: id })).toMatchObject({ workspaceId: id });
  simulator.switches.keyMove = "ignored";
  const home = String(simulator.account.default_workspace_id);
  expect(await updateKey(api(), key.hash, { name: "renamed", workspaceId: home })).toMatchObject({ workspaceId: id });
});

test("reads the kind, the workspace and the limit of the current key", async () => {
  const { account, dashboard } = simulator;
  expect(await readCurrentKey(api())).toMatchObject({
    isManagementKey: true,
    organizationId: account.organization_id,
    workspaceId: null,
    limit: null,
  });
  const scoped = dashboard.addManagementKey({ workspaceId: String(account.default_workspace_id) });
  expect(await readCurrentKey(api(scoped))).toMatchObject({ workspaceId: account.default_workspace_id });
  const { key, secret } = dashboard.createKey({ name: "ci", limit: 5, limit_reset: "daily" });
  dashboard.useKey(key.hash, 2);
  expect(await readCurrentKey(api(secret))).toMatchObject({
    isManagementKey: false,
    label: key.label,
    workspaceId: key.workspace_id,
    limit: 5,
    limitReset: "daily",
    limitRemaining: 3,
    usage: 2,
    budgets: [{ scope: "key_limit", limitUsd: 5, spendUsd: 2, remainingUsd: 3, resetInterval: "daily" }],
    effectiveBudget: { scope: "key_limit", guardrailId: null, budgetId: null, includeByok: false },
  });
});

test("reads the current key from a server that doesn't return the organization and budgets", async () => {
  simulator.faults.add({
    effect: "shape",
    body: ({ data: { organization_id, budgets, effective_budget, ...data } }: { data: Record<string, unknown> }) => ({
      data,
    }),
  });
  expect(await readCurrentKey(api())).toMatchObject({
    ...{ organizationId: null, budgets: null, effectiveBudget: null, isManagementKey: true },
  });
});

test("reads a budget of a scope that this release doesn't know", async () => {
  simulator.faults.add({
    effect: "shape",
    body: ({ data }: { data: object }) => ({
      data: { ...data, budgets: [{ scope: "galaxy", limit_usd: 1, policy_id: "p" }] },
    }),
  });
  expect((await readCurrentKey(api())).budgets).toMatchObject([{ scope: "galaxy", limitUsd: 1, remainingUsd: null }]);
});

describe("a rejected key", () => {
  const advice = async (work: Promise<unknown>) => (await work.catch((error: Error) => error)) as Error;

  test("is reported as scoped, and doesn't make objects count as deleted", async () => {
    const { id } = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
    const { hash } = simulator.dashboard.createKey({ name: "ci" }).key;
    const error = await advice(readKey(api(simulator.dashboard.addManagementKey({ workspaceId: id })), hash));
    expect(error).not.toBeInstanceOf(NotFoundError);
    expect(error.message).toBe(
      "read the account: the API rejected the management key (403: This management key is scoped to another workspace). " +
        "The key may be scoped to one workspace or read-only: use one with write access to this workspace.",
    );
  });

  test("is reported as read-only on a write", async () => {
    const reading = simulator.dashboard.addManagementKey({ readOnly: true });
    expect(await allOf(listWorkspaces(api(reading)))).toHaveLength(1);
    const { message } = await advice(createKey(api(reading), { name: "ci" }));
    expect(message).toContain("The key may be scoped to one workspace or read-only");
    expect(message).not.toContain("Use a valid management key");
  });

  test("is reported with where to create a management key, for both statuses", async () => {
    const { secret } = simulator.dashboard.createKey({ name: "ci" });
    for (const status of [401, 403] as const) {
      simulator.switches.inferenceKeyStatus = status;
      const { message } = await advice(allOf(listWorkspaces(api(secret))));
      expect(message).toContain(`(${status}: Only management keys can perform this operation)`);
      expect(message).toContain("Use a valid management key");
    }
  });
});
