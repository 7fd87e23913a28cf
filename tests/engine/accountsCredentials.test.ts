/** Where the management key comes from, without one in the environment. */
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, touched } from "./support/declaredStack";

let s: DeclaredStack;
const declaration: Declaration = {
  ci: { kind: "InferenceKey", args: { limit: 1 } },
  safe: { kind: "Guardrail", args: { allowedModels: ["openai/gpt-4.1"] } },
  "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
};

beforeAll(async () => {
  s = await openDeclaredStack({ credentials: false });
});
afterAll(() => s.close());

test("a preview works without credentials, and asks the API nothing", async () => {
  const outcome = await s.preview(declaration);
  expect(errorsOf(outcome)).toBe("");
  expect(touched(outcome)).toEqual(["ci", "ci-safe", "safe"]);
  expect(outcome.calls).toEqual([]);
});

test("an up without credentials says every place that was looked in, and what to do", async () => {
  const outcome = await s.up();
  expect(outcome.ok).toBe(false);
  const said = errorsOf(outcome);
  const places = ["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_PROVISIONING_KEY", "OPENROUTER_MGMT_KEY"];
  for (const place of [...places, "openrouter:managementKey"]) expect(said).toContain(place);
  expect(said).toContain("https://openrouter.ai/settings/management-keys");
  expect(outcome.calls).toEqual([]);
});

test("a key that nobody knows is an error that says what kind of key is wanted", async () => {
  const outcome = await s.up(undefined, { env: { OPENROUTER_MGMT_KEY: "of-no-account" } });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toMatch(/401: User not found.*Use a valid management key/);
  expect(errorsOf(outcome)).not.toContain("of-no-account");
});

test("a key that no HTTP header can carry is an error that names its variable, without a call", async () => {
  const outcome = await s.up(undefined, { env: { OPENROUTER_MGMT_KEY: "two\nlines" } });
  expect(errorsOf(outcome)).toMatch(/the management key in OPENROUTER_MGMT_KEY/);
  expect(errorsOf(outcome)).not.toMatch(/connection|two|lines/);
});

test("a management key in plain-text configuration gets one warning for each run of the program", async () => {
  const config = { "openrouter:managementKey": "a-key-in-plain-text" };
  const env = { OPENROUTER_MANAGEMENT_KEY: s.simulator.managementKey };
  for (const _run of [1, 2]) {
    const { diagnostics } = await s.preview(undefined, { config, env });
    const warnings = diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    expect(warnings).toEqual([expect.stringContaining("pulumi config set --secret openrouter:managementKey")]);
    expect(warnings.join()).not.toContain("a-key-in-plain-text");
  }
});

test("a key in the stack configuration is used", async () => {
  const outcome = await s.up(undefined, {
    config: { "openrouter:managementKey": { secret: s.simulator.managementKey } },
  });
  expect(errorsOf(outcome)).toBe("");
  expect(s.simulator.account.keys).toHaveLength(1);
});

test("a refresh after the configured key was revoked tells of the stored one, and drops nothing", async () => {
  const before = await s.resources();
  s.simulator.dashboard.revokeManagementKey(s.simulator.managementKey);
  const outcome = await s.refresh();
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toContain("The key may be the one stored at the last `pulumi up`");
  expect(await s.resources()).toEqual(before);
});

test("the environment gives the fresh one, before the configuration", async () => {
  const fresh = s.simulator.dashboard.addManagementKey();
  s.isSecret(fresh);
  const outcome = await s.destroy({ env: { OPENROUTER_PROVISIONING_KEY: fresh } });
  expect(errorsOf(outcome)).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});
