/** Members of workspaces, providers and presets: the API's rules in the simulator, and what our client reads. */
import { listAllAssignments } from "../../provider/api/assignments";
import { startOperation } from "../../provider/api/client";
import { fixedKey } from "../../provider/api/credential";
import { listMembers, listWorkspaceMembers } from "../../provider/api/members";
import { allOf } from "../../provider/api/pages";
import { listPresets, readPreset } from "../../provider/api/presets";
import { listProviders } from "../../provider/api/providers";
import { Secret } from "../../provider/secret";
import type { Simulator } from "../../testing/simulator/index";
import { startApi } from "./support/api";

function apiOf({ url, managementKey }: Simulator) {
  const settings = {
    credential: fixedKey(new Secret(managementKey)),
    baseUrl: url,
    source: "environment" as const,
  };
  const context = { settings, log: () => {}, clock: {}, written: () => undefined };
  return startOperation(context, { verb: "read", object: "the account" });
}

test("lists all members of the organization in the default workspace, and only its own in another", async () => {
  const { simulator, rowsOf, errorOf } = await startApi();
  const { dashboard, account } = simulator;
  const { id } = dashboard.addWorkspace({ name: "Research", slug: "research" });
  const ada = dashboard.addMember({ email: "ada@shop.example" });
  const grace = dashboard.addMember({ email: "grace@shop.example", role: "org:admin" }, [id]);
  const owner = account.owner_user_id;
  const members = async (workspace: string) => {
    const rows = await rowsOf(`GET /workspaces/${workspace}/members`);
    return rows.map(({ user_id, role }) => [user_id, role]);
  };
  expect(await members("default")).toEqual([
    [owner, "admin"],
    [ada.id, "member"],
    [grace.id, "admin"],
  ]);
  expect(await members(id)).toEqual(await members("research"));
  expect(await members("research")).toEqual([
    [owner, "admin"],
    [grace.id, "admin"],
  ]);
  expect((await errorOf("GET /workspaces/nowhere/members"))[0]).toBe(404);
});

test("shows the members of a workspace only to a key that may access it", async () => {
  const { simulator, send } = await startApi();
  const { id } = simulator.dashboard.addWorkspace({ name: "Research", slug: "research" });
  const key = simulator.dashboard.addManagementKey({ workspaceId: id });
  expect((await send(`GET /workspaces/${id}/members`, { key })).status).toBe(200);
  expect((await send("GET /workspaces/default/members", { key })).status).toBe(403);
  expect((await send(`GET /workspaces/${id}/members`, { key: null })).status).toBe(401);
});

test("reads members across pages, with names and emails", async () => {
  const { simulator } = await startApi();
  for (let number = 1; number <= 120; number++) {
    simulator.dashboard.addMember({ email: `${number}@shop.example`, first_name: "Ada" });
  }
  const members = await allOf(listMembers(apiOf(simulator)));
  expect(members).toHaveLength(121);
  expect(members[120]).toMatchObject({ email: "120@shop.example", firstName: "Ada", role: "org:member" });
  const ofWorkspace = await allOf(listWorkspaceMembers(apiOf(simulator), "default"));
  expect(ofWorkspace.map(({ userId }) => userId)).toEqual(members.map(({ id }) => id));
});

test("lists every provider of the catalog once, without credentials", async () => {
  const { simulator } = await startApi();
  const providers = await listProviders(apiOf(simulator));
  expect(providers.filter(({ slug }) => slug === "azure")).toMatchObject([
    { name: "Azure", headquarters: "US", datacenters: ["US", "IE", "SE"], privacyPolicyUrl: expect.anything() },
  ]);
  expect(providers.find(({ slug }) => slug === "amazon-bedrock")).toMatchObject({ name: "Amazon Bedrock" });
  expect(providers.find(({ slug }) => slug === "chutes")).toMatchObject({ headquarters: null, datacenters: null });
  expect(simulator.requests.at(-1)).toMatchObject({ path: "/providers", authorization: "none" });
});

test("lists presets, the last updated first, and returns the parameters of one with unchanged names", async () => {
  const { simulator, errorOf } = await startApi();
  const schema = { properties: { first_name: { type: "string" }, lastName: {} } };
  const config = { max_tokens: 5, response_format: { json_schema: schema } };
  simulator.dashboard.addPreset({ name: "Support", slug: "support", config, system_prompt: "Be kind." });
  simulator.clock.advance(1_000);
  simulator.dashboard.addPreset({ name: "Code", slug: "code", status: "archived" });
  const api = apiOf(simulator);
  expect((await allOf(listPresets(api))).map(({ slug, status }) => [slug, status])).toEqual([
    ["code", "archived"],
    ["support", "active"],
  ]);
  expect(await readPreset(api, "support")).toMatchObject({
    ...{ name: "Support", status: "active" },
    designatedVersion: { version: 1, config, systemPrompt: "Be kind." },
  });
  expect((await errorOf("GET /presets/nothing"))[0]).toBe(404);
});

test("accepts a preset of an unknown status and without a version or parameters", async () => {
  const { simulator } = await startApi();
  simulator.dashboard.addPreset({ name: "Support", slug: "support" });
  const respond = (more: object) =>
    simulator.faults.add({
      effect: "shape",
      body: ({ data: { name, description, ...data } }: { data: Record<string, unknown> }) => ({
        data: { ...data, status: "paused", ...more },
      }),
    });
  respond({ designated_version: null });
  expect(await readPreset(apiOf(simulator), "support")).toMatchObject({ name: null, status: "paused" });
  respond({ designated_version: { version: 2, config: null } });
  expect((await readPreset(apiOf(simulator), "support")).designatedVersion).toMatchObject({ version: 2, config: null });
});

test("reads the assignments of all guardrails with the names of keys", async () => {
  const { simulator, newKey, newGuardrail, assign, assignMembers } = await startApi();
  const [hash, id] = [await newKey({ name: "web" }), await newGuardrail()];
  await assign(id, hash);
  await assignMembers(id, simulator.account.owner_user_id);
  const api = apiOf(simulator);
  expect(await allOf(listAllAssignments(api, "keys"))).toMatchObject([
    { guardrailId: id, assignee: hash, name: "web" },
  ]);
  expect(await allOf(listAllAssignments(api, "members"))).toMatchObject([
    { guardrailId: id, assignee: simulator.account.owner_user_id, name: null },
  ]);
});
