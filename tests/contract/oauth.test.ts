/** Workload identity: exchanging a trusted token for one that acts as a management key. */
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { rawClient } from "./support/rawClient";

let simulator: Simulator;
let policy: string;

beforeEach(async () => {
  simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z") });
  policy = simulator.dashboard.addFederationPolicy({ subjectTokens: ["trusted"] }).id;
});
afterEach(() => simulator.close());

const FORM = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: "trusted",
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
};

async function exchange(fields: Record<string, string> = {}) {
  const body = new URLSearchParams({ ...FORM, federation_policy_id: policy, ...fields });
  const response = await fetch(`${simulator.url}/oauth/token`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const statusWith = async (key: unknown) => (await rawClient(simulator).ask("GET /keys", { key: String(key) })).status;

test("exchanges a trusted token for an access token that is valid for 15 minutes", async () => {
  const { status, body } = await exchange({ scope: "management" });
  expect([status, body]).toEqual([
    200,
    {
      access_token: expect.any(String),
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 900,
      scope: "management",
    },
  ]);
  expect(await statusWith(body.access_token)).toBe(200);
  simulator.clock.advance(899_999);
  expect(await statusWith(body.access_token)).toBe(200);
  simulator.clock.advance(1);
  expect(await statusWith(body.access_token)).toBe(401);
  expect(await statusWith((await exchange()).body.access_token)).toBe(200);
});

test("limits the access token to the lifetime of the subject token", async () => {
  const now = simulator.clock.now().getTime() / 1000;
  const jwt = (exp: number) => `x.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.x`;
  policy = simulator.dashboard.addFederationPolicy({ subjectTokens: (token) => token.startsWith("x.") }).id;
  expect((await exchange({ subject_token: jwt(now + 60) })).body).toMatchObject({ expires_in: 60 });
  expect((await exchange({ subject_token: jwt(now + 3600) })).body).toMatchObject({ expires_in: 900 });
  expect((await exchange({ subject_token: jwt(now) })).body).toMatchObject({ error: "invalid_grant" });
});

test.each([
  [{ subject_token: "of another issuer" }, "invalid_grant"],
  [{ federation_policy_id: "unknown" }, "invalid_grant"],
  [{ grant_type: "client_credentials" }, "unsupported_grant_type"],
  [{ subject_token_type: "urn:ietf:params:oauth:token-type:access_token" }, "invalid_request"],
  [{ subject_token: "" }, "invalid_request"],
  [{ scope: "inference" }, "invalid_scope"],
  [{ scope: "everything" }, "invalid_request"],
])("rejects %j with an RFC 6749 error instead of the API's envelope", async (fields, error) => {
  const { status, body } = await exchange(fields);
  expect([status, body]).toEqual([400, { error, error_description: expect.any(String) }]);
  expect(simulator.account.accessTokens).toEqual([]);
});

test("accepts a form on this route only, and nothing else on it", async () => {
  const fields = { ...FORM, federation_policy_id: policy };
  const { ask, send } = rawClient(simulator);
  expect((await ask("POST /oauth/token", { body: fields })).body).toMatchObject({ error: "invalid_request" });
  const response = await send("POST /keys", { body: String(new URLSearchParams({ name: "ci" })) });
  expect(response.status).toBe(400);
});

test("gives the access token the permissions of the policy's key, until key or policy are removed", async () => {
  const { dashboard } = simulator;
  const managementKey = dashboard.addManagementKey({ readOnly: true });
  const { id } = dashboard.addFederationPolicy({ subjectTokens: ["trusted"], managementKey });
  const { access_token } = (await exchange({ federation_policy_id: id })).body;
  const created = await rawClient(simulator).ask("POST /keys", { key: String(access_token), body: { name: "ci" } });
  expect([await statusWith(access_token), created.status]).toEqual([200, 403]);
  dashboard.revokeManagementKey(managementKey);
  expect(await statusWith(access_token)).toBe(401);
  const other = (await exchange()).body.access_token;
  dashboard.removeFederationPolicy(policy);
  expect(await statusWith(other)).toBe(401);
  expect((await exchange()).body).toMatchObject({ error: "invalid_grant" });
});

test("returns faults as RFC 6749 errors, and logs no token", async () => {
  const { access_token } = (await exchange()).body;
  await statusWith(access_token);
  simulator.faults.add({ effect: "status", status: 503 });
  expect(await exchange()).toEqual({
    status: 503,
    body: { error: "temporarily_unavailable", error_description: "Service unavailable" },
  });
  await rawClient(simulator).ask("POST /oauth/token", { body: "subject_token=trusted" });
  const log = JSON.stringify(simulator.requests);
  expect(log).toContain(policy);
  expect(log).not.toContain("trusted");
  expect(log).not.toContain(access_token);
});
