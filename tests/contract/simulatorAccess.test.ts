/** Which keys may call what in the simulator. */
import { startApi } from "./support/api";
import { rawClient } from "./support/rawClient";

test.each([
  ["no key", null, [401, "Missing Authentication header"]],
  ["an empty key", "", [401, "Missing Authentication header"]],
  ["an unknown key", "sk-or-v1-unknown", [401, "User not found."]],
] as const)("rejects %s", async (_name, key, [status, message]) => {
  const { ask } = await startApi();
  const answer = await ask("GET /keys", { key });
  expect([answer.status, answer.body]).toEqual([status, { error: { message, code: status } }]);
});

test("rejects an inference key with 403 where documented and 401 elsewhere, or with the status of inferenceKeyStatus", async () => {
  const { simulator, ask } = await startApi();
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
  expect(new Set(await statuses())).toEqual(new Set([401]));
  simulator.switches.inferenceKeyStatus = 403;
  expect(new Set(await statuses())).toEqual(new Set([403]));
});

test("returns the kind of key, and 401 for a disabled or expired key", async () => {
  const { simulator, ask } = await startApi();
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

test("returns 404 for an object of a different account, or 403 with otherAccountsObject", async () => {
  const { simulator, newKey, newGuardrail } = await startApi();
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

test("accepts an added management key and rejects a revoked one", async () => {
  const { simulator, ask } = await startApi();
  const next = simulator.dashboard.addManagementKey();
  simulator.dashboard.revokeManagementKey(simulator.managementKey);
  expect([(await ask("GET /keys")).status, (await ask("GET /keys", { key: next })).status]).toEqual([401, 200]);
});
