/** Workspaces, members, models and spending: the API's rules in the simulator. */
import { startApi } from "./support/api";

test("finds a workspace by id and by slug", async () => {
  const { rowsOf, dataOf, errorOf } = await startApi();
  const [workspace] = await rowsOf("GET /workspaces");
  expect(await dataOf("GET /workspaces/default")).toEqual(workspace);
  expect(await dataOf(`GET /workspaces/${workspace?.id}`)).toEqual(workspace);
  expect((await errorOf("GET /workspaces/nowhere"))[0]).toBe(404);
});

test("returns members for an organization only", async () => {
  const { ask, simulator } = await startApi();
  expect((await ask("GET /organization/members")).body).toMatchObject({
    data: [{ role: "org:admin" }],
    total_count: 1,
  });
  const personal = simulator.addAccount({ personal: true });
  expect((await ask("GET /organization/members", { key: personal.managementKey })).status).toBe(404);
});

test("lists models without credentials, and omits hidden ones with credentials", async () => {
  const { ask, simulator } = await startApi();
  const ids = async (query: string, key: string | null) => {
    const { body } = await ask(`GET /models${query}`, { key });
    return (body.data as { id: string }[]).map(({ id }) => id);
  };
  expect(await ids("", null)).toContain("x-ai/grok-4");
  expect(await ids("", simulator.managementKey)).not.toContain("x-ai/grok-4");
  expect(await ids("", null)).not.toContain("openai/text-embedding-3-large");
  const all = await ids("?output_modalities=all", null);
  expect(all).toContain("openai/text-embedding-3-large");
  expect([
    ...(await ids("?output_modalities=all&limit=10", null)),
    ...(await ids("?output_modalities=all&offset=10", null)),
  ]).toEqual(all);
  expect(all).not.toContain("openai/gpt-4.5-preview");
});

test("filters models by zero data retention", async () => {
  const { ask, dataOf } = await startApi();
  const ids = async (query: string) =>
    ((await ask(`GET /models?output_modalities=all${query}`)).body.data as { id: string }[]).map(({ id }) => id);
  const zdr = await ids("&zdr=true");
  expect(zdr).toContain("openai/gpt-4o");
  expect(zdr).not.toContain("openai/o3");
  const endpoints = (await dataOf("GET /endpoints/zdr")) as unknown as { model_name: string }[];
  expect(endpoints.map(({ model_name }) => model_name)).toContain("OpenAI: GPT-4o");
  expect(endpoints.map(({ model_name }) => model_name)).not.toContain("OpenAI: o3");
});

test("returns the endpoints of a model by slug or canonical slug, and those of a variant separately", async () => {
  const { dataOf, errorOf } = await startApi();
  const providers = async (name: string) => {
    const { endpoints } = (await dataOf(`GET /models/${name}/endpoints`)) as {
      endpoints: { provider_name: string }[];
    };
    return endpoints.map(({ provider_name }) => provider_name);
  };
  expect(await providers("openai/gpt-5")).toEqual(["OpenAI", "Azure"]);
  expect(await providers("openai/gpt-5-2025-08-07")).toEqual(["OpenAI", "Azure"]);
  expect(await providers("deepseek/deepseek-r1%3Afree")).toEqual(["Chutes"]);
  expect((await errorOf("GET /models/openai/gpt-9/endpoints"))[0]).toBe(404);
  expect((await errorOf("GET /models/openai/gpt-4.5-preview/endpoints"))[0]).toBe(404);
});

test("adds up spending in credits and activity, which has completed days only", async () => {
  const { simulator, dataOf, rowsOf, errorOf } = await startApi();
  const { key } = simulator.dashboard.createKey({ name: "ci" });
  simulator.dashboard.useKey(key.hash, 2, { cached_tokens: 600 });
  simulator.dashboard.useKey(key.hash, 3);
  expect(await dataOf("GET /credits")).toEqual({ total_credits: 100, total_usage: 5 });
  expect(await rowsOf("GET /activity")).toEqual([]);
  simulator.clock.advance(86_400_000);
  expect(await rowsOf("GET /activity")).toMatchObject([
    {
      date: "2026-03-18",
      model: "openai/gpt-4.1",
      model_permaslug: "openai/gpt-4.1-2025-04-14",
      usage: 5,
      requests: 2,
      cached_tokens: 600,
    },
  ]);
  expect((await rowsOf("GET /activity"))[0]).not.toHaveProperty("workspace_id");
  expect(await rowsOf("GET /activity?group_by=workspace")).toMatchObject([{ workspace_id: key.workspace_id }]);
  expect(await rowsOf(`GET /activity?api_key_hash=${"0".repeat(64)}`)).toEqual([]);
  expect((await errorOf("GET /activity?date=2026-03-19"))[0]).toBe(400);
  simulator.clock.advance(31 * 86_400_000);
  expect(await rowsOf("GET /activity")).toEqual([]);
});

test("returns the API's 404 for an unknown path, and a web page outside the base path", async () => {
  const { errorOf, simulator } = await startApi();
  expect((await errorOf("GET /nothing"))[0]).toBe(404);
  const { origin } = new URL(simulator.url);
  expect((await fetch(`${origin}/keys`)).headers.get("content-type")).toContain("text/html");
});

test("accepts a trailing slash, or redirects to it when trailingSlash is required", async () => {
  const { ask, simulator, send } = await startApi();
  expect((await ask("POST /keys/", { body: { name: "ci" } })).status).toBe(201);
  simulator.switches.trailingSlash = "required";
  const redirected = await send("POST /keys", { body: { name: "ci" }, redirect: "manual" });
  expect([redirected.status, redirected.headers.get("location")]).toEqual([307, "/api/v1/keys/"]);
  expect((await ask("POST /keys", { body: { name: "ci" } })).status).toBe(201);
});
