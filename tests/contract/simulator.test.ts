/** The API's rules, as the simulator keeps them. */
import { createHash } from "node:crypto";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./rawClient";

let simulator: Simulator;
let ask: ReturnType<typeof rawClient>["ask"];

beforeEach(async () => {
  simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z"), seed: "rules" });
  ask = rawClient(simulator).ask;
});
afterEach(() => simulator.close());

/** A field of the answer's `data`. */
async function dataOf(call: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await ask(call, body === undefined ? {} : { body });
  expect(answer.status).toBeLessThan(300);
  return answer.body.data;
}

async function rowsOf(call: string): Promise<Record<string, unknown>[]> {
  return (await ask(call)).body.data;
}

async function refusal(call: string, body?: unknown): Promise<[status: number, message: string]> {
  const { status, body: answer } = await ask(call, body === undefined ? {} : { body });
  expect(answer.error.code).toBe(status);
  return [status, answer.error.message];
}

const newKey = async (fields: object = {}) => String((await dataOf("POST /keys", { name: "ci", ...fields })).hash);
const newGuardrail = async (fields: object = {}) =>
  String((await dataOf("POST /guardrails", { name: "production", ...fields })).id);

describe("inference keys", () => {
  test("a new key's secret stands beside data, once, and its hash is the key's SHA-256", async () => {
    const { status, body } = await ask("POST /keys", { body: { name: "ci", limit: 5 } });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^sk-or-v1-[0-9a-f]{64}$/);
    const { hash } = body.data as { hash: string };
    expect(hash).toBe(createHash("sha256").update(String(body.key)).digest("hex"));
    const later = JSON.stringify([await ask(`GET /keys/${hash}`), await ask("GET /keys")]);
    expect(later).toContain(hash);
    expect(later).not.toContain(body.key);
  });

  test("a key has the API's defaults", async () => {
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

  test("disabled is not taken on create, and is on update", async () => {
    const key = await dataOf("POST /keys", { name: "ci", disabled: true });
    expect(key.disabled).toBe(false);
    expect(await dataOf(`PATCH /keys/${key.hash}`, { disabled: true })).toMatchObject({ disabled: true });
  });

  test("a patch keeps what it leaves out and clears what is null", async () => {
    const hash = await newKey({ limit: 5, limit_reset: "daily" });
    expect(await dataOf(`PATCH /keys/${hash}`, { limit: 0 })).toMatchObject({ limit: 0, limit_reset: "daily" });
    expect(await dataOf(`PATCH /keys/${hash}`, { limit: null, limit_reset: null })).toMatchObject({
      limit: null,
      limit_reset: null,
      updated_at: "2026-03-18T12:00:00Z",
    });
  });

  test("what a patch does not take is ignored, and alone it is refused", async () => {
    const hash = await newKey({ expires_at: "2030-01-01T00:00:00Z" });
    const sent = { expires_at: "2031-01-01T00:00:00Z", creator_user_id: "user_other" };
    const { creator_user_id } = await dataOf(`GET /keys/${hash}`);
    simulator.switches.unknownBodyFields = "refused";
    expect(await dataOf(`PATCH /keys/${hash}`, { name: "renamed", ...sent })).toMatchObject({
      name: "renamed",
      expires_at: "2030-01-01T00:00:00Z",
      creator_user_id,
    });
    for (const body of [sent, {}]) {
      expect(await refusal(`PATCH /keys/${hash}`, body)).toEqual([400, "No update fields provided"]);
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
  ])("a create with %j is refused", async (body, message) => {
    expect(await refusal("POST /keys", body)).toEqual([400, message]);
    expect(simulator.account.keys).toEqual([]);
  });

  test("unknown fields are ignored, or refused if the switch says so", async () => {
    await newKey({ label: "mine" });
    simulator.switches.unknownBodyFields = "refused";
    expect(await refusal("POST /keys", { name: "ci", label: "mine" })).toEqual([400, 'Unrecognized key: "label"']);
  });

  test("create may put off limit_reset and include_byok_in_limit until a patch", async () => {
    simulator.switches.createHonoursReset = false;
    const sent = { limit_reset: "daily", include_byok_in_limit: true };
    const hash = await newKey({ limit: 5, ...sent });
    expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ limit_reset: null, include_byok_in_limit: false });
    expect(await dataOf(`PATCH /keys/${hash}`, sent)).toMatchObject(sent);
  });

  test("a deleted key is gone, and deleting it again is a 404", async () => {
    const hash = await newKey();
    expect((await ask(`DELETE /keys/${hash}`)).body).toEqual({ deleted: true });
    expect(await refusal(`DELETE /keys/${hash}`)).toEqual([404, "API key not found"]);
    expect((await refusal(`GET /keys/${hash}`))[0]).toBe(404);
  });

  test("the list has pages of 100, newest first, without disabled keys unless asked for", async () => {
    const hashes = Array.from({ length: 120 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
    simulator.dashboard.updateKey(hashes[119] as string, { disabled: true });
    const first = await rowsOf("GET /keys");
    const second = await rowsOf("GET /keys?offset=100");
    expect([first.length, second.length, (await rowsOf("GET /keys?offset=200")).length]).toEqual([100, 19, 0]);
    expect([...first, ...second].map((key) => key.hash)).toEqual(hashes.slice(0, 119).reverse());
    expect((await rowsOf("GET /keys?include_disabled=true"))[0]).toMatchObject({ hash: hashes[119] });
    simulator.switches.disabledKeysListed = true;
    expect((await rowsOf("GET /keys"))[0]).toMatchObject({ hash: hashes[119] });
  });

  test("the list is without expired keys unless asked for; a server that does not know the parameter shows them", async () => {
    const { hash } = simulator.dashboard.createKey({ name: "old", expires_at: simulator.clock.now() }).key;
    expect(await rowsOf("GET /keys")).toEqual([]);
    expect(await rowsOf("GET /keys?include_expired=false")).toEqual([]);
    expect(await rowsOf("GET /keys?include_expired=true")).toMatchObject([{ hash }]);
    expect(await dataOf(`GET /keys/${hash}`)).toMatchObject({ hash });
    simulator.switches.includeExpired = "refused";
    simulator.switches.unknownQuery = "ignored";
    expect(await refusal("GET /keys?include_expired=true")).toEqual([400, 'Unrecognized key: "include_expired"']);
    expect(await rowsOf("GET /keys")).toMatchObject([{ hash }]);
  });

  test("the list is of one workspace and takes no limit", async () => {
    const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
    const hash = await newKey({ workspace_id: other.id });
    expect(await rowsOf("GET /keys")).toEqual([]);
    expect(await rowsOf(`GET /keys?workspace_id=${other.id}`)).toMatchObject([{ hash }]);
    expect(await refusal("GET /keys?limit=10")).toEqual([400, 'Unrecognized key: "limit"']);
    expect((await refusal("GET /keys?include_disabled=yes"))[0]).toBe(400);
    expect((await refusal("GET /keys?offset=-1"))[0]).toBe(400);
    simulator.switches.unknownQuery = "ignored";
    expect(await rowsOf("GET /keys?limit=10")).toEqual([]);
  });

  test("every answer has the time of the last use and the partner's user, and none has the partner's key", async () => {
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

  test("usage counts up, by day, by week from Monday and by month, and lowers what remains", async () => {
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
});

describe("guardrails", () => {
  test("models are stored as canonical slugs, in order, each once, with their variant", async () => {
    const allowed_models = [
      "openai/gpt-4.1",
      "deepseek/deepseek-r1:free",
      "openai/gpt-4.1-2025-04-14",
      "openai/gpt-4.1:nitro",
      "openai/gpt-4.5-preview",
    ];
    expect((await dataOf("POST /guardrails", { name: "g", allowed_models })).allowed_models).toEqual([
      "openai/gpt-4.1-2025-04-14",
      "deepseek/deepseek-r1:free",
      "openai/gpt-4.1-2025-04-14:nitro",
      "openai/gpt-4.5-preview",
    ]);
  });

  test("an unknown model is refused, by name unless the switch says otherwise", async () => {
    const sent = { name: "g", allowed_models: ["openai/gpt-4.1", "nobody/nothing"] };
    expect(await refusal("POST /guardrails", sent)).toEqual([400, "Invalid allowed_models: nobody/nothing"]);
    simulator.switches.unknownModelMessage = "plain";
    expect(await refusal("POST /guardrails", sent)).toEqual([400, "Invalid allowed_models"]);
  });

  test("enforce_zdr is copied to the vendors that the request leaves out", async () => {
    const sent = { name: "g", enforce_zdr: true, enforce_zdr_openai: false };
    expect(await dataOf("POST /guardrails", sent)).toMatchObject({
      enforce_zdr: null,
      enforce_zdr_anthropic: true,
      enforce_zdr_openai: false,
      enforce_zdr_google: true,
      enforce_zdr_xai: true,
      enforce_zdr_other: true,
    });
  });

  test("labels of built-in filters are the server's", async () => {
    const content_filter_builtins = [
      { slug: "email", action: "redact", label: "mine" },
      { slug: "regex-prompt-injection", action: "flag", scan_scope: "user_only" },
    ];
    const guardrail = await dataOf("POST /guardrails", { name: "g", content_filter_builtins });
    expect(guardrail.content_filter_builtins).toEqual([
      { slug: "email", action: "redact", label: "[EMAIL]" },
      { slug: "regex-prompt-injection", action: "flag", label: "[PROMPT_INJECTION]", scan_scope: "user_only" },
    ]);
  });

  test.each([
    [{ limit_usd: 5 }, "limit_usd and reset_interval must be provided together"],
    [{ limit_usd: null }, "limit_usd and reset_interval must be provided together"],
    [{ reset_interval: "daily" }, "limit_usd and reset_interval must be provided together"],
    [{ limit_usd: 5, reset_interval: null }, "limit_usd and reset_interval must be provided together"],
    [{ limit_usd: -5, reset_interval: "daily" }, "limit_usd: Too small: expected number to be >=0"],
    [{ allowed_models: [] }, "allowed_models: Too small: expected array to have >=1 items"],
    [{ ignored_providers: [] }, "ignored_providers: Too small: expected array to have >=1 items"],
    [{ allowed_data_regions: [] }, "allowed_data_regions: Too small: expected array to have >=1 items"],
    [{ include_byok_in_budgets: null }, "include_byok_in_budgets: Invalid input: expected boolean, received null"],
    [{ content_filters: [{ pattern: "(?=x)", action: "block" }] }, "invalid_regex_pattern"],
    [{ content_filters: [{ pattern: "(a)\\1", action: "block" }] }, "invalid_regex_pattern"],
    [{ content_filters: [{ pattern: "(a+)+", action: "block" }] }, "invalid_regex_pattern"],
    [{ content_filters: [{ pattern: "(", action: "block" }] }, "invalid_regex_pattern"],
    [{ content_filters: [{ pattern: "(?<!x)y", action: "block" }] }, "invalid_regex_pattern"],
    [{ content_filters: [{ pattern: "(?<n>a)\\k<n>", action: "block" }] }, "invalid_regex_pattern"],
    [
      { content_filter_builtins: [{ slug: "email", action: "block", scan_scope: "user_only" }] },
      "content_filter_builtins: 0: scan_scope: only for regex-prompt-injection",
    ],
    [
      { allowed_data_regions: ["eu"] },
      'allowed_data_regions: 0: Invalid option: expected one of "global"|"europe"|"us"',
    ],
    [{ description: "x".repeat(1001) }, "description: Too big: expected string to have <=1000 characters"],
  ])("%j is refused on create and on update", async (fields, message) => {
    expect(await refusal("POST /guardrails", { name: "g", ...fields })).toEqual([400, message]);
    const id = await newGuardrail();
    expect(await refusal(`PATCH /guardrails/${id}`, fields)).toEqual([400, message]);
    expect(simulator.account.guardrails).toMatchObject([{ updated_at: null }]);
  });

  test("a pattern has 100,000 characters at most", async () => {
    const sent = (length: number) => ({
      name: "g",
      content_filters: [{ pattern: "x".repeat(length), action: "block" }],
    });
    expect((await ask("POST /guardrails", { body: sent(100_000) })).status).toBe(201);
    expect(await refusal("POST /guardrails", sent(100_001))).toEqual([400, "invalid_regex_pattern"]);
  });

  test("retention for safety is allowed, forbidden or left to the account, for google and for others", async () => {
    const sent = { allow_safety_retention_google: false, allow_safety_retention_other: true };
    const id = await newGuardrail(sent);
    expect(await dataOf(`GET /guardrails/${id}`)).toMatchObject(sent);
    const cleared = { allow_safety_retention_google: null, allow_safety_retention_other: null };
    expect(await dataOf(`PATCH /guardrails/${id}`, cleared)).toMatchObject(cleared);
    simulator.switches.unsetBooleans = "false";
    expect(await dataOf(`GET /guardrails/${id}`)).toMatchObject({ allow_safety_retention_google: false });
  });

  test("a patch keeps what it leaves out, clears what is null and replaces whole lists", async () => {
    const id = await newGuardrail({ limit_usd: 5, reset_interval: "daily", allowed_providers: ["openai", "azure"] });
    const change = { limit_usd: null, reset_interval: null, allowed_providers: ["google"] };
    expect(await dataOf(`PATCH /guardrails/${id}`, change)).toMatchObject({ name: "production", ...change });
    expect(await dataOf(`PATCH /guardrails/${id}`, {})).toMatchObject(change);
  });

  test("a name may be used twice on create, unless switched, and not on update", async () => {
    await newGuardrail();
    const second = await newGuardrail();
    expect((await refusal(`PATCH /guardrails/${second}`, { name: "production" }))[0]).toBe(409);
    await dataOf(`PATCH /guardrails/${second}`, { name: "other" });
    simulator.switches.duplicateGuardrailNames = "refused";
    expect((await refusal("POST /guardrails", { name: "other" }))[0]).toBe(409);
  });

  test("the list has pages and a total, of one workspace", async () => {
    for (let n = 0; n < 3; n++) simulator.dashboard.createGuardrail({ name: `g${n}` });
    const { body } = await ask("GET /guardrails?limit=2&offset=1");
    expect(body).toMatchObject({ data: [{ name: "g1" }, { name: "g0" }], total_count: 3 });
    expect((await refusal("GET /guardrails?limit=101"))[0]).toBe(400);
  });

  test("without a default workspace, a create has to name one", async () => {
    simulator.dashboard.deleteWorkspace(simulator.account.default_workspace_id as string);
    expect((await refusal("POST /guardrails", { name: "g" }))[0]).toBe(400);
    expect((await refusal("GET /guardrails"))[0]).toBe(400);
  });

  test("how an answer says nothing is a matter of switches", async () => {
    const id = await newGuardrail({ content_filters: [], enforce_zdr: true });
    const read = () => dataOf(`GET /guardrails/${id}`);
    expect(await read()).toMatchObject({ content_filters: [], enable_paid_model_training: null, enforce_zdr: null });
    simulator.switches.unsetBooleans = "false";
    simulator.switches.enforceZdrAnswered = "stored";
    expect(await read()).toMatchObject({ enable_paid_model_training: false, enforce_zdr: true });
    simulator.switches.nullGuardrailFields = "left out";
    expect(await read()).not.toHaveProperty("description");
  });
});

describe("the default guardrail", () => {
  const defaultGuardrail = () => String(simulator.account.workspaces[0]?.default_guardrail_id);

  test("can't be read or listed before its first patch, which makes it", async () => {
    const id = defaultGuardrail();
    expect((await refusal(`GET /guardrails/${id}`))[0]).toBe(404);
    expect(await rowsOf("GET /guardrails")).toEqual([]);
    const name = `Workspace ${simulator.account.default_workspace_id} Default`;
    expect(await dataOf(`PATCH /guardrails/${id}`, { enforce_zdr: true })).toMatchObject({ id, name });
    expect(await rowsOf("GET /guardrails")).toMatchObject([{ id }]);
  });

  test("a refused patch doesn't make it", async () => {
    expect((await refusal(`PATCH /guardrails/${defaultGuardrail()}`, { name: "mine" }))[0]).toBe(400);
    expect(simulator.account.guardrails).toEqual([]);
  });

  test("can't be assigned or deleted", async () => {
    const id = defaultGuardrail();
    await dataOf(`PATCH /guardrails/${id}`, {});
    const body = { key_hashes: [await newKey()] };
    const message =
      "Cannot assign keys to a default guardrail. Default guardrails apply to all unassigned keys automatically.";
    expect(await refusal(`POST /guardrails/${id}/assignments/keys`, body)).toEqual([400, message]);
    expect(await refusal(`POST /guardrails/${id}/assignments/keys/remove`, body)).toEqual([400, message]);
    expect((await refusal(`DELETE /guardrails/${id}`))[0]).toBe(400);
    simulator.switches.defaultGuardrailRemoval = "ignored";
    const answer = await ask(`POST /guardrails/${id}/assignments/keys/remove`, { body });
    expect(answer.body).toEqual({ unassigned_count: 0 });
  });

  test("deleted on the website, it is as before the first patch", async () => {
    const id = defaultGuardrail();
    await dataOf(`PATCH /guardrails/${id}`, { description: "mine" });
    simulator.dashboard.deleteGuardrail(id);
    expect((await refusal(`GET /guardrails/${id}`))[0]).toBe(404);
    expect(await dataOf(`PATCH /guardrails/${id}`, {})).toMatchObject({ description: null });
  });
});

describe("assignments", () => {
  const assign = (id: string, ...key_hashes: string[]) =>
    ask(`POST /guardrails/${id}/assignments/keys`, { body: { key_hashes } });
  const assignMembers = (id: string, ...member_user_ids: string[]) =>
    ask(`POST /guardrails/${id}/assignments/members`, { body: { member_user_ids } });

  test("assigning moves a key, and removing acts on the named guardrail only", async () => {
    const [key, first, second] = [await newKey(), await newGuardrail(), await newGuardrail()];
    expect((await assign(first, key)).body).toEqual({ assigned_count: 1 });
    expect((await assign(second, key)).body).toEqual({ assigned_count: 1 });
    expect(await rowsOf(`GET /guardrails/${first}/assignments/keys`)).toEqual([]);
    const removal = await ask(`POST /guardrails/${first}/assignments/keys/remove`, { body: { key_hashes: [key] } });
    expect(removal).toMatchObject({ status: 200, body: { unassigned_count: 0 } });
    expect(await rowsOf("GET /guardrails/assignments/keys")).toMatchObject([
      { guardrail_id: second, key_hash: key, key_name: "ci" },
    ]);
  });

  test("many are assigned, moved and removed in one call, each once, and an empty list is refused", async () => {
    const [first, second] = [await newGuardrail(), await newGuardrail()];
    const keys = Array.from({ length: 150 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
    const [key = ""] = keys;
    expect((await assign(first, ...keys, key)).body).toEqual({ assigned_count: 150 });
    expect((await assign(second, ...keys.slice(100))).body).toEqual({ assigned_count: 50 });
    expect(await rowsOf(`GET /guardrails/${first}/assignments/keys?limit=100`)).toHaveLength(100);
    const removal = { body: { key_hashes: [...keys, key] } };
    expect((await ask(`POST /guardrails/${first}/assignments/keys/remove`, removal)).body).toEqual({
      unassigned_count: 100,
    });
    expect(await rowsOf(`GET /guardrails/${second}/assignments/keys?limit=100`)).toHaveLength(50);
    expect((await assign(first)).status).toBe(400);
    expect((await assignMembers(first)).status).toBe(400);
  });

  test("unknown hashes are skipped with a 200, and only the count tells", async () => {
    const [key, guardrail] = [await newKey(), await newGuardrail()];
    expect(await assign(guardrail, key, "0".repeat(64))).toMatchObject({ status: 200, body: { assigned_count: 1 } });
  });

  test("a repeated assignment counts, unless switched", async () => {
    const [key, guardrail] = [await newKey(), await newGuardrail()];
    await assign(guardrail, key);
    expect((await assign(guardrail, key)).body).toEqual({ assigned_count: 1 });
    simulator.switches.repeatedAssignmentCounts = false;
    expect((await assign(guardrail, key)).body).toEqual({ assigned_count: 0 });
    expect(simulator.account.keyAssignments).toHaveLength(1);
  });

  test("a new key may be unknown at first", async () => {
    simulator.switches.newKeyUnknownToAssignment = 2;
    const [key, guardrail] = [await newKey(), await newGuardrail()];
    const counts = [];
    for (let n = 0; n < 3; n++) counts.push((await assign(guardrail, key)).body.assigned_count);
    expect(counts).toEqual([0, 0, 1]);
  });

  test("keys of another workspace are refused, all of them, but a legacy guardrail takes any", async () => {
    const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
    const [here, there] = [await newKey(), await newKey({ workspace_id: other.id })];
    const message = "Some keys do not belong to the same workspace as the guardrail";
    expect(await assign(await newGuardrail(), here, there)).toMatchObject({
      status: 400,
      body: { error: { message } },
    });
    expect(simulator.account.keyAssignments).toEqual([]);
    const legacy = simulator.dashboard.createGuardrail({ name: "legacy", workspace_id: null });
    expect((await assign(legacy.id, here, there)).body).toEqual({ assigned_count: 2 });
    const [owner] = simulator.account.members;
    expect((await assignMembers(legacy.id, String(owner?.id))).body.error.message).toBe(
      "Guardrail has no workspace_id",
    );
  });

  test("members are assigned all or none, once in a workspace", async () => {
    const member = simulator.dashboard.addMember({ email: "m@first.example" });
    const [first, second] = [await newGuardrail(), await newGuardrail()];
    expect((await assignMembers(first, member.id, "user_nobody")).body.error.message).toBe(
      "Some users are not members of the workspace",
    );
    expect(simulator.account.memberAssignments).toEqual([]);
    await assignMembers(first, member.id);
    await assignMembers(second, member.id);
    expect(await rowsOf("GET /guardrails/assignments/members")).toMatchObject([
      { guardrail_id: second, user_id: member.id, organization_id: simulator.account.organization_id },
    ]);
    const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
    const third = await newGuardrail({ workspace_id: other.id });
    expect((await assignMembers(third, member.id)).status).toBe(400);
    const removal = { body: { member_user_ids: [member.id] } };
    expect((await ask(`POST /guardrails/${second}/assignments/members/remove`, removal)).body).toEqual({
      unassigned_count: 1,
    });
  });

  test("pages are short where keys were deleted, and the total counts their rows still", async () => {
    const guardrail = await newGuardrail();
    const keys = Array.from({ length: 6 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
    await assign(guardrail, ...keys);
    simulator.dashboard.deleteKey(keys[0] as string);
    await ask(`DELETE /keys/${keys[1]}`);
    const page = (offset: number) => ask(`GET /guardrails/${guardrail}/assignments/keys?limit=2&offset=${offset}`);
    expect((await page(0)).body).toEqual({ data: [], total_count: 6 });
    expect((await page(2)).body).toMatchObject({ data: [{ key_hash: keys[2] }, {}], total_count: 6 });
  });

  test("a guardrail that is gone is a 404, and its assignments went with it", async () => {
    const [key, guardrail] = [await newKey(), await newGuardrail()];
    await assign(guardrail, key);
    await ask(`DELETE /guardrails/${guardrail}`);
    expect((await assign(guardrail, key)).body.error).toEqual({ message: "Guardrail not found", code: 404 });
    expect((await refusal(`GET /guardrails/${guardrail}/assignments/keys`))[0]).toBe(404);
    expect(await rowsOf("GET /guardrails/assignments/keys")).toEqual([]);
  });

  test("an empty list of hashes is refused", async () => {
    expect((await assign(await newGuardrail())).status).toBe(400);
  });
});

describe("the rest of the account", () => {
  test("a workspace is found by id and by slug", async () => {
    const [workspace] = await rowsOf("GET /workspaces");
    expect(await dataOf("GET /workspaces/default")).toEqual(workspace);
    expect(await dataOf(`GET /workspaces/${workspace?.id}`)).toEqual(workspace);
    expect((await refusal("GET /workspaces/nowhere"))[0]).toBe(404);
  });

  test("only an organization has members", async () => {
    expect((await ask("GET /organization/members")).body).toMatchObject({
      data: [{ role: "org:admin" }],
      total_count: 1,
    });
    const personal = simulator.addAccount({ personal: true });
    expect((await ask("GET /organization/members", { key: personal.managementKey })).status).toBe(404);
  });

  test("models need no credentials, and with some the account's hidden ones are missing", async () => {
    const ids = async (query: string, key: string | null) => {
      const { body } = await ask(`GET /models${query}`, { key });
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids("", null)).toContain("x-ai/grok-4");
    expect(await ids("", simulator.managementKey)).not.toContain("x-ai/grok-4");
    simulator.switches.catalogueWithCredentials = "whole";
    expect(await ids("", simulator.managementKey)).toContain("x-ai/grok-4");
    expect(await ids("", null)).not.toContain("openai/text-embedding-3-large");
    const all = await ids("?output_modalities=all", null);
    expect(all).toContain("openai/text-embedding-3-large");
    expect([
      ...(await ids("?output_modalities=all&limit=20", null)),
      ...(await ids("?output_modalities=all&offset=20", null)),
    ]).toEqual(all);
    expect(all).not.toContain("openai/gpt-4.5-preview");
  });

  test("zero data retention narrows the catalogue to models that have such an endpoint", async () => {
    const ids = async (query: string) =>
      ((await ask(`GET /models?output_modalities=all${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    const zdr = await ids("&zdr=true");
    expect(zdr).toContain("openai/gpt-4o");
    expect(zdr).not.toContain("openai/o3");
    const endpoints = (await dataOf("GET /endpoints/zdr")) as unknown as { model_name: string }[];
    expect(endpoints.map(({ model_name }) => model_name)).toContain("OpenAI: GPT-4o");
    expect(endpoints.map(({ model_name }) => model_name)).not.toContain("OpenAI: o3");
  });

  test("every documented filter and order of the catalogue is taken, and what it has no facts for narrows nothing", async () => {
    const ids = async (query: string) => {
      const { body } = await ask(`GET /models?output_modalities=all&${query}`, { key: null });
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    const all = await ids("");
    for (const query of ["category=programming", "arch=GPT", "distillable=true", "region=eu", "sort=newest"]) {
      expect(await ids(query)).toEqual(all);
    }
    expect(await ids("model_authors=openai,qwen")).toEqual(all.filter((id) => /^(openai|qwen)\//.test(id)));
    expect(await ids("providers=Azure")).toContain("openai/gpt-5");
    expect(await ids("providers=Azure")).not.toContain("x-ai/grok-4");
    expect(await ids("input_modalities=image")).not.toContain("deepseek/deepseek-r1");
    expect(await ids("context=1000000")).toContain("anthropic/claude-sonnet-4.5");
    expect(await ids("context=1000000")).not.toContain("anthropic/claude-sonnet-4");
    expect(await ids("min_price=15&max_price=15&min_output_price=75")).toEqual(["anthropic/claude-opus-4.1"]);
    expect((await ids("sort=pricing-low-to-high")).at(-1)).toBe((await ids("sort=pricing-high-to-low"))[0]);
    expect(await ids("sort=context-high-to-low")).toHaveLength(all.length);
    expect((await refusal("GET /models?sort=cheapest"))[0]).toBe(400);
    expect((await refusal("GET /models?colour=blue"))[0]).toBe(400);
  });

  test("the endpoints of a model are found by its slug or canonical slug, those of its variant apart", async () => {
    const providers = async (name: string) => {
      const { endpoints } = (await dataOf(`GET /models/${name}/endpoints`)) as {
        endpoints: { provider_name: string }[];
      };
      return endpoints.map(({ provider_name }) => provider_name);
    };
    expect(await providers("openai/gpt-5")).toEqual(["OpenAI", "Azure"]);
    expect(await providers("openai/gpt-5-2025-08-07")).toEqual(["OpenAI", "Azure"]);
    expect(await providers("deepseek/deepseek-r1%3Afree")).toEqual(["Chutes"]);
    expect((await refusal("GET /models/openai/gpt-9/endpoints"))[0]).toBe(404);
    expect((await refusal("GET /models/openai/gpt-4.5-preview/endpoints"))[0]).toBe(404);
  });

  test("credits and activity add up what was spent; activity has completed days only", async () => {
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
    expect((await refusal("GET /activity?date=2026-03-19"))[0]).toBe(400);
    simulator.clock.advance(31 * 86_400_000);
    expect(await rowsOf("GET /activity")).toEqual([]);
  });

  test("a wrong path is a 404 of the API, and outside the base path there is a website", async () => {
    expect((await refusal("GET /nothing"))[0]).toBe(404);
    const { origin } = new URL(simulator.url);
    expect((await fetch(`${origin}/keys`)).headers.get("content-type")).toContain("text/html");
  });

  test("a slash at the end is optional, or asked for with a 307 that keeps the method", async () => {
    expect((await ask("POST /keys/", { body: { name: "ci" } })).status).toBe(201);
    simulator.switches.trailingSlash = "required";
    const { send } = rawClient(simulator);
    const redirected = await send("POST /keys", { body: { name: "ci" }, redirect: "manual" });
    expect([redirected.status, redirected.headers.get("location")]).toEqual([307, "/api/v1/keys/"]);
    expect((await ask("POST /keys", { body: { name: "ci" } })).status).toBe(201);
  });
});

describe("who may do what", () => {
  test.each([
    ["no key", null, [401, "Missing Authentication header"]],
    ["an empty key", "", [401, "Missing Authentication header"]],
    ["an unknown key", "sk-or-v1-unknown", [401, "User not found."]],
  ] as const)("%s is refused", async (_name, key, [status, message]) => {
    const answer = await ask("GET /keys", { key });
    expect([answer.status, answer.body]).toEqual([status, { error: { message, code: status } }]);
  });

  test("an inference key is refused with 403 where that's documented, with 401 elsewhere, or as switched", async () => {
    const { secret: key } = simulator.dashboard.createKey({ name: "ci" });
    const statuses = async () => [
      (await ask("POST /keys", { key, body: { name: "x" } })).status,
      (await ask("GET /keys", { key })).status,
      (await ask("GET /keys/x", { key })).status,
      (await ask("PATCH /keys/x", { key })).status,
      (await ask("DELETE /keys/x", { key })).status,
      (await ask("GET /guardrails", { key })).status,
      (await ask("GET /workspaces", { key })).status,
      (await ask("GET /credits", { key })).status,
    ];
    expect(await statuses()).toEqual([403, 401, 401, 403, 401, 403, 403, 403]);
    simulator.switches.inferenceKeyStatus = 401;
    simulator.switches.creditsWithInferenceKey = "allowed";
    expect(await statuses()).toEqual([401, 401, 401, 401, 401, 401, 401, 200]);
    simulator.switches.inferenceKeyStatus = { "GET /keys": 403, "GET /guardrails": 401 };
    expect(await statuses()).toEqual([403, 403, 401, 403, 401, 401, 403, 200]);
  });

  test("GET /key tells the kind of key, and a disabled or expired key is nobody's", async () => {
    const { key, secret } = simulator.dashboard.createKey({ name: "ci", expires_at: new Date("2026-03-19T00:00:00Z") });
    const kind = async (each: string) => {
      const { body } = await ask("GET /key", { key: each });
      return (body.data as { is_management_key: boolean }).is_management_key;
    };
    expect([await kind(simulator.managementKey), await kind(secret)]).toEqual([true, false]);
    simulator.clock.advance(86_400_000);
    expect((await ask("GET /key", { key: secret })).status).toBe(401);
    simulator.dashboard.updateKey(key.hash, { expires_at: null, disabled: true });
    expect((await ask("GET /key", { key: secret })).status).toBe(401);
  });

  test("accounts don't see each other", async () => {
    const other = simulator.addAccount();
    const [hash, guardrail] = [await newKey(), await newGuardrail()];
    const { ask: askOther } = rawClient(simulator, other);
    expect((await askOther("GET /keys")).body).toEqual({ data: [] });
    expect((await askOther(`GET /keys/${hash}`)).status).toBe(404);
    expect((await askOther(`DELETE /guardrails/${guardrail}`)).status).toBe(404);
    simulator.switches.otherAccountsObject = 403;
    expect((await askOther(`GET /keys/${hash}`)).status).toBe(403);
    expect((await askOther(`GET /keys/${"0".repeat(64)}`)).status).toBe(404);
  });

  test("a management key can be replaced by another", async () => {
    const next = simulator.dashboard.addManagementKey();
    simulator.dashboard.revokeManagementKey(simulator.managementKey);
    expect([(await ask("GET /keys")).status, (await ask("GET /keys", { key: next })).status]).toEqual([401, 200]);
  });

  test("errors name the caller if switched", async () => {
    simulator.switches.errorsNameUser = true;
    expect((await ask("GET /keys/x")).body.user_id).toBe(simulator.account.owner_user_id);
    expect((await ask("GET /keys/x", { key: null })).body).not.toHaveProperty("user_id");
  });
});

describe("what a test controls", () => {
  test("the same seed makes the same account", async () => {
    const again = await startSimulator({ now: new Date("2026-03-18T12:00:00Z"), seed: "rules" });
    expect([again.managementKey, again.account]).toEqual([simulator.managementKey, simulator.account]);
    const random = await startSimulator();
    expect(random.managementKey).not.toBe(simulator.managementKey);
    await Promise.all([again.close(), random.close()]);
  });

  test("timestamps follow the clock, in the form that is switched", async () => {
    simulator.clock.set(new Date("2026-03-18T12:00:00.25Z"));
    const forms = [];
    for (const form of ["seconds", "milliseconds", "microseconds"] as const) {
      simulator.switches.timestamps = form;
      const { created_at, expires_at } = await dataOf("POST /keys", {
        name: "ci",
        expires_at: "2030-01-01T00:00:00.5Z",
      });
      forms.push(created_at, expires_at);
    }
    expect(forms).toEqual([
      "2026-03-18T12:00:00Z",
      "2030-01-01T00:00:00.500Z",
      "2026-03-18T12:00:00.250Z",
      "2030-01-01T00:00:00.500Z",
      "2026-03-18T12:00:00.250000+00:00",
      "2030-01-01T00:00:00.500000+00:00",
    ]);
  });

  test("a clock that was not set runs", async () => {
    const running = await startSimulator();
    const before = Date.now();
    running.clock.advance(3_600_000);
    expect(running.clock.now().getTime() - before).toBeGreaterThanOrEqual(3_600_000);
    await running.close();
  });

  test("requests are logged in order, with who asked and what was answered", async () => {
    await newKey();
    await ask("GET /keys?offset=1", { key: null });
    expect(simulator.requests).toMatchObject([
      {
        method: "POST",
        path: "/keys",
        body: { name: "ci" },
        status: 201,
        authorization: "management",
        account: "first",
      },
      { method: "GET", path: "/keys", query: { offset: "1" }, status: 401, authorization: "none", account: undefined },
    ]);
    simulator.dashboard.createKey({ name: "unseen" });
    simulator.clearRequests();
    expect(simulator.requests).toEqual([]);
  });

  test("the log holds no secret, wherever it was sent", async () => {
    const { managementKey } = simulator;
    const partners = "a-partner-key-that-is-long-enough-to-be-taken";
    await ask("POST /keys", { body: { name: managementKey, external: { user: "u", api_key: partners } } });
    await ask(`GET /keys/${managementKey}?workspace_id=${managementKey}`);
    await ask(`GET /keys/sk-or-v1-${"b".repeat(64)}`);
    await ask("POST /keys", { body: `{"name":"${managementKey}` });
    const custom = await startSimulator({ managementKey: "any form of key".replaceAll(" ", "-") });
    await rawClient(custom).ask("POST /keys", { body: { name: "any-form-of-key" } });
    const log = JSON.stringify([simulator.requests, custom.requests]);
    for (const secret of [managementKey, partners, "b".repeat(64), "any-form-of-key"])
      expect(log).not.toContain(secret);
    // The names were sent: the same search finds them where they are kept.
    expect(JSON.stringify(simulator.account.keys)).toContain(managementKey);
    expect(log).toContain("[secret]");
    await custom.close();
  });

  test("each answer takes the latency, and calls under way are counted", async () => {
    simulator.latency = 30;
    const start = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => ask("GET /keys")));
    expect(performance.now() - start).toBeGreaterThan(28);
    expect(simulator.mostInFlight).toBe(5);
  });

  test("a hook is called on both sides of a commit", async () => {
    const seen: unknown[] = [];
    simulator.onRequest = (point, { method }) => {
      seen.push([point, method, simulator.account.keys.length]);
    };
    await newKey();
    await new Promise(setImmediate);
    expect(seen).toEqual([
      ["before commit", "POST", 0],
      ["after commit", "POST", 1],
      ["over", "POST", 1],
    ]);
  });

  test("a simulator ends at once, even with calls under way", async () => {
    const held = await startSimulator();
    const hold = held.faults.hold({});
    const call = rawClient(held).ask("GET /keys");
    await hold.arrived;
    await Promise.all([expect(call).rejects.toThrow(), held.close()]);
  });
});
