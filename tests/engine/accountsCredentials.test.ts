/** Where the management key comes from when the environment has none. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";

const declaration: Declaration = {
  ci: { kind: "InferenceKey", args: { limit: 1 } },
  safe: { kind: "Guardrail", args: { allowedModels: ["openai/gpt-4.1"] } },
  "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
};

test("previews without credentials and without a call", async () => {
  const s = await openDeclaredStack({ credentials: false });
  const outcome = await s.preview(declaration);
  expect({ ...effectsOf(outcome), calls: outcome.calls }).toEqual({
    ...NO_EFFECTS,
    touched: ["ci", "ci-safe", "safe"],
    calls: [],
  });
});

test("lists every place for a management key when an up finds none", async () => {
  const s = await openDeclaredStack({ credentials: false });
  const outcome = await s.up(declaration);
  for (const place of [
    "OPENROUTER_MANAGEMENT_KEY",
    "OPENROUTER_PROVISIONING_KEY",
    "OPENROUTER_MGMT_KEY",
    "openrouter:managementKey",
    "https://openrouter.ai/settings/management-keys",
  ]) {
    expectFailure(outcome, place);
  }
  expect(outcome.calls).toEqual([]);
});

test("asks for a valid management key, without showing the given one, when the API does not know it", async () => {
  const s = await openDeclaredStack({ credentials: false });
  const outcome = await s.up(declaration, { env: { OPENROUTER_MGMT_KEY: "of-no-account" } });
  expectFailure(outcome, /401: User not found.*Use a valid management key/);
  expect(errorsOf(outcome)).not.toContain("of-no-account");
});

test("names the variable, without a call, when its value can't be an HTTP header", async () => {
  const s = await openDeclaredStack({ credentials: false });
  const outcome = await s.up(declaration, { env: { OPENROUTER_MGMT_KEY: "two\nlines" } });
  expectFailure(outcome, "the management key in OPENROUTER_MGMT_KEY");
  expect(errorsOf(outcome)).not.toMatch(/connection|two|lines/);
  expect(outcome.calls).toEqual([]);
});

test("warns once per run when the configuration has a management key in plain text", async () => {
  const s = await openDeclaredStack();
  const config = { "openrouter:managementKey": "a-key-in-plain-text" };
  for (const run of [1, 2]) {
    const { diagnostics } = await s.preview(declaration, { config });
    const warnings = diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    expect({ run, warnings }).toEqual({
      run,
      warnings: [expect.stringContaining("pulumi config set --secret openrouter:managementKey")],
    });
    expect(warnings.join()).not.toContain("a-key-in-plain-text");
  }
});

test("uses the key of the configuration until it is revoked, and the environment's afterwards", async () => {
  const s = await openDeclaredStack({ credentials: false });
  const config = { "openrouter:managementKey": { secret: s.simulator.managementKey } };
  expect(errorsOf(await s.up(declaration, { config }))).toBe("");
  expect(s.simulator.account.keys).toHaveLength(1);

  // A refresh uses the key that the last up stored. After its revocation the refresh fails and drops nothing.
  const before = await s.resources();
  s.simulator.dashboard.revokeManagementKey(s.simulator.managementKey);
  expectFailure(await s.refresh(), "If this is the key of the last `pulumi up`");
  expect(await s.resources()).toEqual(before);

  // A key in the environment takes precedence over the stored one.
  const fresh = s.simulator.dashboard.addManagementKey();
  s.addSecret(fresh);
  expect(errorsOf(await s.destroy({ env: { OPENROUTER_PROVISIONING_KEY: fresh } }))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});
