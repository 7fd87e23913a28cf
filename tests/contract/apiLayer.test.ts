/** The provider's own client against the simulator: what it asks for, and what it makes of the answers. */
import { startOperation } from "../../provider/api/client";
import { Concurrency } from "../../provider/api/concurrency";
import { fixedKey } from "../../provider/api/credential";
import { createKey, listKeys, readKey, updateKey } from "../../provider/api/keys";
import { allOf } from "../../provider/api/pages";
import { Secret } from "../../provider/secret";
import { type Simulator, startSimulator } from "../../sdk/testing/simulator";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

function api(managementKey = simulator.managementKey) {
  const credential = fixedKey(new Secret(managementKey));
  const settings = { credential, baseUrl: simulator.url, source: "environment" as const };
  const surroundings = { settings, log: () => {}, clock: {}, concurrency: new Concurrency(), written: () => {} };
  return startOperation(surroundings, { verb: "read", object: "the account" });
}

const queries = () => simulator.requests.filter(({ path }) => path === "/keys").map(({ query }) => query);

describe("the keys of a workspace", () => {
  const expired = () =>
    simulator.dashboard.createKey({ name: "expired", expires_at: new Date("2020-01-01T00:00:00Z") });

  test("are complete: expired and disabled ones too", async () => {
    expired();
    simulator.dashboard.createKey({ name: "disabled", disabled: true });
    const names = (await allOf(listKeys(api()))).map(({ name }) => name);
    expect(names).toEqual(["disabled", "expired"]);
    expect(queries().every(({ include_expired }) => include_expired === "true")).toBe(true);
  });

  test("are asked for without the parameter that an older server refuses, and it's tried once", async () => {
    simulator.switches.includeExpired = "refused";
    expired();
    for (let times = 0; times < 2; times++) {
      expect((await allOf(listKeys(api()))).map(({ name }) => name)).toEqual(["expired"]);
    }
    expect(queries().filter(({ include_expired }) => include_expired)).toHaveLength(1);
  });

  test("are not asked for a second time after another refusal", async () => {
    simulator.faults.add({ effect: "status", status: 400, message: "workspace_id: Invalid UUID" });
    await expect(allOf(listKeys(api()))).rejects.toThrow("400: workspace_id: Invalid UUID");
    expect(queries()).toHaveLength(1);
    simulator.faults.add({ effect: "status", status: 403, message: "include_expired is not for this key" });
    await expect(allOf(listKeys(api()))).rejects.toThrow("403");
    expect(queries()).toHaveLength(2);
  });
});

test("a key shows its last use, its partner's user and its workspace, and moves", async () => {
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
