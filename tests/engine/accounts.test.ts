/** Several accounts in one program, and operations with credentials of the wrong account. */
import type { SimulatedAccount } from "../../testing/index";
import {
  type Declaration,
  type DeclaredStack,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  type Outcome,
  openDeclaredStack,
  stepsOf,
  summary,
} from "./support/declaredStack";

test("uses the account of each resource's Provider when a program has three", async () => {
  const s = await openDeclaredStack();
  const [emea, apac] = [s.simulator.addAccount({ name: "emea" }), s.simulator.addAccount({ name: "apac" })];
  for (const { managementKey } of [emea, apac]) s.addSecret(managementKey);
  const env = { EMEA_KEY: emea.managementKey, EMEA_URL: s.simulator.url, APAC_KEY: apac.managementKey };
  const declaration = (limit: number): Declaration => ({
    emea: { kind: "Provider", args: { managementKey: { envOf: "EMEA_KEY" }, baseUrl: { envOf: "EMEA_URL" } } },
    apac: { kind: "Provider", opts: { envVarMappings: { APAC_KEY: "OPENROUTER_MANAGEMENT_KEY" } } },
    "default-key": { kind: "InferenceKey" },
    "emea-key": { kind: "InferenceKey", args: { limit }, opts: { provider: "emea" } },
    "apac-key": { kind: "InferenceKey", opts: { provider: "apac" } },
  });
  const names = ({ account }: SimulatedAccount) => account.keys.map(({ name }) => name.split("/").at(-1));
  const live = () => ({ default: names(s.simulator), emea: names(emea), apac: names(apac) });

  // Each key is created in its own account: by the environment, by the Provider's key, by a mapped variable.
  expect(errorsOf(await s.up(declaration(1), { env }))).toBe("");
  expect(live()).toEqual({ default: ["default-key"], emea: ["emea-key"], apac: ["apac-key"] });

  // A Provider with a management key takes neither key nor base URL from the environment.
  const elsewhere = { OPENROUTER_MANAGEMENT_KEY: apac.managementKey, OPENROUTER_BASE_URL: "http://127.0.0.1:9" };
  const updated = await s.up(declaration(2), { env: { ...env, ...elsewhere } });
  expect({ errors: errorsOf(updated), calls: summary(updated.calls) }).toEqual({
    errors: "",
    calls: [`PATCH /keys/${emea.account.keys[0]?.hash}`],
  });

  // Destroy deletes each key with the credentials of its account.
  expect(errorsOf(await s.destroy({ env }))).toBe("");
  expect(live()).toEqual({ default: [], emea: [], apac: [] });
});

const guardedKey = (limit: number): Declaration => ({
  ci: { kind: "InferenceKey", args: { limit } },
  safe: { kind: "Guardrail" },
  "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
});

function liveObjects({ simulator }: DeclaredStack): Record<string, number> {
  const { keys, guardrails, keyAssignments } = simulator.account;
  return { keys: keys.length, guardrails: guardrails.length, assignments: keyAssignments.length };
}

const ONE_OF_EACH = { keys: 1, guardrails: 1, assignments: 1 };

test("fails every operation and keeps the state when the management key belongs to a different account", async () => {
  const s = await openDeclaredStack();
  const other = s.simulator.addAccount();
  const { simulator: otherServer } = await openDeclaredStack();
  for (const { managementKey } of [other, otherServer]) s.addSecret(managementKey);
  expect(errorsOf(await s.up(guardedKey(1)))).toBe("");
  const before = await s.resources();
  const env = { OPENROUTER_MANAGEMENT_KEY: other.managementKey };
  const otherUrl = { OPENROUTER_BASE_URL: otherServer.url, OPENROUTER_MANAGEMENT_KEY: otherServer.managementKey };
  const differentAccount = "this management key belongs to a different account";
  const differentServer = `at the base URL ${s.simulator.url}, and this run uses ${otherServer.url}`;

  const operations: Record<string, [() => Promise<Outcome>, string]> = {
    refresh: [() => s.refresh({ env }), differentAccount],
    destroy: [() => s.destroy({ env }), differentAccount],
    up: [() => s.up(guardedKey(2), { env }), differentAccount],
    "refresh at a different base URL": [() => s.refresh({ env: otherUrl }), differentServer],
  };
  for (const [operation, [run, message]] of Object.entries(operations)) {
    expectFailure(await run(), message);
    expect({ operation, live: liveObjects(s), state: await s.resources() }).toEqual({
      operation,
      live: ONE_OF_EACH,
      state: before,
    });
  }
});

test("works as before when the base URL or the management key changes within the account", async () => {
  const s = await openDeclaredStack();
  const rotated = s.simulator.dashboard.addManagementKey();
  s.addSecret(rotated);
  expect(errorsOf(await s.up(guardedKey(1)))).toBe("");

  // A second name of the same server.
  const env = { OPENROUTER_BASE_URL: s.simulator.url.replace("127.0.0.1", "localhost") };
  expect(errorsOf(await s.refresh({ env }))).toBe("");
  expect(errorsOf(await s.up({ ...guardedKey(1), more: { kind: "InferenceKey" } }, { env }))).toBe("");
  expect(errorsOf(await s.up(guardedKey(1)))).toBe("");
  expect(errorsOf(await s.refresh())).toBe("");

  // A second management key.
  const withRotated = await s.up(guardedKey(1), { refresh: true, env: { OPENROUTER_MANAGEMENT_KEY: rotated } });
  expect(effectsOf(withRotated)).toEqual(NO_EFFECTS);
  expect(liveObjects(s)).toEqual(ONE_OF_EACH);
});

test("shows where to create a management key when an inference key is used instead", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(guardedKey(1)))).toBe("");
  const before = await s.resources();
  const { ci } = await s.stack.outputs({ showSecrets: true });

  const outcome = await s.up(guardedKey(2), { env: { OPENROUTER_MANAGEMENT_KEY: String(ci) } });

  expectFailure(outcome, /40[13]: Only management keys.*https:\/\/openrouter\.ai\/settings\/management-keys/);
  expect(stepsOf(outcome)).toMatchObject({ ci: ["update"] });
  expect({ live: liveObjects(s), state: await s.resources() }).toEqual({ live: ONE_OF_EACH, state: before });
});
