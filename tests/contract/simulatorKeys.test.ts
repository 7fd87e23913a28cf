/** `/keys`: the API's rules in the simulator. */
import { createHash } from "node:crypto";
import { startApi } from "./support/api";

test("returns a new key once, next to data, with its SHA-256 as hash", async () => {
  const { ask } = await startApi();
  const { status, body } = await ask("POST /keys", { body: { name: "ci", limit: 5 } });
  expect(status).toBe(201);
  expect(body.key).toMatch(/^sk-or-v1-[0-9a-f]{64}$/);
  const { hash } = body.data as { hash: string };
  expect(hash).toBe(createHash("sha256").update(String(body.key)).digest("hex"));
  const later = JSON.stringify([await ask(`GET /keys/${hash}`), await ask("GET /keys")]);
  expect(later).toContain(hash);
  expect(later).not.toContain(body.key);
});

test("creates a key with the API's defaults", async () => {
  const { dataOf, simulator } = await startApi();
  const key = await dataOf("POST /keys", { name: "ci" });
  expect(key).toMatchObject({
    disabled: false,
    limit: null,
    limit_remaining: null,
    limit_reset: null,
    include_byok_in_limit: false,
    usage: 0,
    expires_at: null,
    updated_at: null,
    created_at: "2026-03-18T12:00:00Z",
    workspace_id: simulator.account.default_workspace_id,
  });
  expect(key.label).toMatch(/^sk-or-v1-[0-9a-f]{3}\.\.\.[0-9a-f]{4}$/);
});

test("ignores disabled on create and applies it on update", async () => {
  const { dataOf } = await startApi();
  const key = await dataOf("POST /keys", { name: "ci", disabled: true });
  expect(key.disabled).toBe(false);
  expect(await dataOf(`PATCH /keys/${key.hash}`, { disabled: true })).toMatchObject({ disabled: true });
});

test("a patch keeps what it leaves out and clears what is null", async () => {
  const { newKey, dataOf } = await startApi();
  const hash = await newKey({ limit: 5, limit_reset: "daily" });
  expect(await dataOf(`PATCH /keys/${hash}`, { limit: 0 })).toMatchObject({ limit: 0, limit_reset: "daily" });
  expect(await dataOf(`PATCH /keys/${hash}`, { limit: null, limit_reset: null })).toMatchObject({
    limit: null,
    limit_reset: null,
    updated_at: "2026-03-18T12:00:00Z",
  });
});

test("ignores unknown fields of a PATCH and rejects a PATCH without other fields", async () => {
  const { newKey, dataOf, simulator, errorOf } = await startApi();
  const hash = await newKey({ expires_at: "2030-01-01T00:00:00Z" });
  const sent = { expires_at: "2031-01-01T00:00:00Z", creator_user_id: "user_other" };
  const { creator_user_id } = await dataOf(`GET /keys/${hash}`);
  simulator.switches.unknownBodyFields = "rejected";
  expect(await dataOf(`PATCH /keys/${hash}`, { name: "renamed", ...sent })).toMatchObject({
    name: "renamed",
    expires_at: "2030-01-01T00:00:00Z",
    creator_user_id,
  });
  for (const body of [sent, {}]) {
    expect(await errorOf(`PATCH /keys/${hash}`, body)).toEqual([400, "No update fields provided"]);
  }
});

test.each([
  [{}, "name: Invalid input: expected string, received undefined"],
  [{ name: "" }, "name: Too small: expected string to have >=1 characters"],
  [{ name: "ci", limit: "5" }, "limit: Invalid input: expected number, received string"],
  [{ name: "ci", limit: -1 }, "limit: Too small: expected number to be >=0"],
  [{ name: "ci", limit_reset: "yearly" }, 'limit_reset: Invalid option: expected one of "daily"|"weekly"|"monthly"'],
  [{ name: "ci", expires_at: "2030-01-01T00:00:00+01:00" }, "expires_at: Invalid ISO datetime"],
  [{ name: "ci", expires_at: "2030-01-01T00:00Z" }, "expires_at: Invalid ISO datetime"],
  [{ name: "ci", expires_at: "" }, "expires_at: Invalid ISO datetime"],
  [{ name: "ci", expires_at: "2030-02-30T00:00:00Z" }, "expires_at: Invalid ISO datetime"],
  [{ name: "ci", external: { user: "" } }, "external: user: Too small: expected string to have >=1 characters"],
  [{ name: "ci", workspace_id: "default" }, "workspace_id: Invalid UUID"],
  [{ name: "ci", workspace_id: "00000000-0000-4000-8000-000000000000" }, "Workspace not found"],
  ["{", "Invalid JSON"],
])("rejects a create with %j", async (body, message) => {
  const { errorOf, simulator } = await startApi();
  expect(await errorOf("POST /keys", body)).toEqual([400, message]);
  expect(simulator.account.keys).toEqual([]);
});

test("ignores or rejects unknown fields, depending on unknownBodyFields", async () => {
  const { newKey, simulator, errorOf } = await startApi();
  await newKey({ label: "mine" });
  simulator.switches.unknownBodyFields = "rejected";
  expect(await errorOf("POST /keys", { name: "ci", label: "mine" })).toEqual([400, 'Unrecognized key: "label"']);
});

test("ignores limit_reset and include_byok_in_limit on create when createAppliesReset is false", async () => {
  const { simulator, newKey, dataOf } = await startApi();
  simulator.switches.createAppliesReset = false;
  const sent = { limit_reset: "daily", include_byok_in_limit: true };
  const hash = await newKey({ limit: 5, ...sent });
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ limit_reset: null, include_byok_in_limit: false });
  expect(await dataOf(`PATCH /keys/${hash}`, sent)).toMatchObject(sent);
});

test("returns 404 for a deleted key, also to a second delete", async () => {
  const { newKey, ask, errorOf } = await startApi();
  const hash = await newKey();
  expect((await ask(`DELETE /keys/${hash}`)).body).toEqual({ deleted: true });
  expect(await errorOf(`DELETE /keys/${hash}`)).toEqual([404, "API key not found"]);
  expect((await errorOf(`GET /keys/${hash}`))[0]).toBe(404);
});

test("lists keys newest first in pages of 100, disabled ones only on request", async () => {
  const { simulator, rowsOf } = await startApi();
  const hashes = Array.from({ length: 120 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
  simulator.dashboard.updateKey(hashes[119] as string, { disabled: true });
  const first = await rowsOf("GET /keys");
  const second = await rowsOf("GET /keys?offset=100");
  expect([first.length, second.length, (await rowsOf("GET /keys?offset=200")).length]).toEqual([100, 19, 0]);
  expect([...first, ...second].map((key) => key.hash)).toEqual(hashes.slice(0, 119).reverse());
  expect((await rowsOf("GET /keys?include_disabled=true"))[0]).toMatchObject({ hash: hashes[119] });
});

test("lists expired keys only on request, or always when includeExpired is rejected", async () => {
  const { simulator, rowsOf, dataOf, errorOf } = await startApi();
  const { hash } = simulator.dashboard.createKey({ name: "old", expires_at: simulator.clock.now() }).key;
  expect(await rowsOf("GET /keys")).toEqual([]);
  expect(await rowsOf("GET /keys?include_expired=false")).toEqual([]);
  expect(await rowsOf("GET /keys?include_expired=true")).toMatchObject([{ hash }]);
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ hash });
  simulator.switches.includeExpired = "rejected";
  expect(await errorOf("GET /keys?include_expired=true")).toEqual([400, 'Unrecognized key: "include_expired"']);
  expect(await rowsOf("GET /keys")).toMatchObject([{ hash }]);
});

test("lists the keys of one workspace and rejects limit", async () => {
  const { simulator, newKey, rowsOf, errorOf } = await startApi();
  const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const hash = await newKey({ workspace_id: other.id });
  expect(await rowsOf("GET /keys")).toEqual([]);
  expect(await rowsOf(`GET /keys?workspace_id=${other.id}`)).toMatchObject([{ hash }]);
  expect(await errorOf("GET /keys?limit=10")).toEqual([400, 'Unrecognized key: "limit"']);
  expect((await errorOf("GET /keys?include_disabled=yes"))[0]).toBe(400);
  expect((await errorOf("GET /keys?offset=-1"))[0]).toBe(400);
});

test("returns the last use and the partner's user in every response, and never the partner's key", async () => {
  const { ask, simulator, dataOf, rowsOf } = await startApi();
  const external = { user: "customer", api_key: "x".repeat(40) };
  const first = await ask("POST /keys", { body: { name: "ci", external } });
  expect(first.body.data).toMatchObject({ last_used_at: null, external_user: "customer" });
  const { hash } = first.body.data as { hash: string };
  simulator.dashboard.useKey(hash, 1);
  simulator.dashboard.useKey(hash, 1, { at: new Date("2026-03-17T12:00:00Z") });
  const used = { last_used_at: "2026-03-18T12:00:00Z", external_user: "customer" };
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject(used);
  expect(await dataOf(`PATCH /keys/${hash}`, { name: "renamed" })).toMatchObject(used);
  expect(await rowsOf("GET /keys")).toMatchObject([used]);
  expect(JSON.stringify(first.body)).not.toContain(external.api_key);
});

test("counts usage by day, by week from Monday and by month, and reduces the remaining limit", async () => {
  const { newKey, simulator, dataOf } = await startApi();
  const hash = await newKey({ limit: 10, limit_reset: "daily", include_byok_in_limit: true });
  simulator.dashboard.useKey(hash, 1, { byok_usage: 0.5 });
  simulator.clock.advance(86_400_000);
  simulator.dashboard.useKey(hash, 2);
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({
    usage: 3,
    usage_daily: 2,
    usage_weekly: 3,
    usage_monthly: 3,
    byok_usage: 0.5,
    byok_usage_daily: 0,
    limit_remaining: 8,
  });
  simulator.clock.set(new Date("2026-03-22T23:59:59Z"));
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ usage_weekly: 3 });
  simulator.clock.set(new Date("2026-03-23T00:00:00Z"));
  expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ usage_weekly: 0, usage_monthly: 3, limit_remaining: 10 });
});
