/** Whose account an object is in: several in one program, and what must not happen with the key of another one. */
import type { SimulatedAccount, Simulator } from "../../testing/index";
import { startSimulator } from "../../testing/index";
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  type StateResource,
  stepsOf,
  summary,
  touched,
  writes,
} from "./support/declaredStack";

describe("two explicit Providers beside the default one", () => {
  let s: DeclaredStack;
  let emea: SimulatedAccount;
  let apac: SimulatedAccount;
  afterAll(() => s.close());

  /** The second account by its key, the third by a mapped variable. */
  const declaration = (limit: number): Declaration => ({
    emea: { kind: "Provider", args: { managementKey: { envOf: "EMEA_KEY" }, baseUrl: { envOf: "EMEA_URL" } } },
    apac: { kind: "Provider", opts: { envVarMappings: { APAC_KEY: "OPENROUTER_MANAGEMENT_KEY" } } },
    "default-key": { kind: "InferenceKey" },
    "emea-key": { kind: "InferenceKey", args: { limit }, opts: { provider: "emea" } },
    "apac-key": { kind: "InferenceKey", opts: { provider: "apac" } },
  });
  const names = ({ account }: SimulatedAccount) => account.keys.map(({ name }) => name.split("/").at(-1));
  let env: Record<string, string>;
  beforeAll(async () => {
    s = await openDeclaredStack();
    [emea, apac] = [s.simulator.addAccount({ name: "emea" }), s.simulator.addAccount({ name: "apac" })];
    for (const { managementKey } of [emea, apac]) s.isSecret(managementKey);
    env = { EMEA_KEY: emea.managementKey, EMEA_URL: s.simulator.url, APAC_KEY: apac.managementKey };
    const made = await s.up(declaration(1), { env });
    expect(errorsOf(made)).toBe("");
  });

  test("each resource is made in the account of its provider, also by a mapped variable", () => {
    expect([names(s.simulator), names(emea), names(apac)]).toEqual([["default-key"], ["emea-key"], ["apac-key"]]);
  });

  test("a Provider with a management key takes neither key nor base URL from the environment", async () => {
    const elsewhere = { OPENROUTER_MANAGEMENT_KEY: apac.managementKey, OPENROUTER_BASE_URL: "http://127.0.0.1:9" };
    const updated = await s.up(declaration(2), { env: { ...env, ...elsewhere } });
    expect(errorsOf(updated)).toBe("");
    expect(summary(updated.calls)).toEqual([`PATCH /keys/${emea.account.keys[0]?.hash}`]);
  });

  test("destroy empties each account with its own key", async () => {
    expect((await s.destroy({ env })).ok).toBe(true);
    expect([names(s.simulator), names(emea), names(apac)]).toEqual([[], [], []]);
  });
});

describe("with the management key of another account", () => {
  let s: DeclaredStack;
  let elsewhere: Simulator;
  let env: Record<string, string>;
  let before: Record<string, StateResource>;
  afterAll(() => Promise.all([s.close(), elsewhere.close()]));

  const declaration = (limit: number): Declaration => ({
    ci: { kind: "InferenceKey", args: { limit } },
    safe: { kind: "Guardrail" },
    "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
  });
  const live = () => {
    const { keys, guardrails, keyAssignments } = s.simulator.account;
    return [keys.length, guardrails.length, keyAssignments.length];
  };
  beforeAll(async () => {
    s = await openDeclaredStack();
    elsewhere = await startSimulator();
    const other = s.simulator.addAccount();
    for (const { managementKey } of [other, elsewhere]) s.isSecret(managementKey);
    env = { OPENROUTER_MANAGEMENT_KEY: other.managementKey };
    await s.up(declaration(1));
    before = await s.resources();
  });
  afterEach(async () => {
    expect(live()).toEqual([1, 1, 1]);
    expect(await s.resources()).toEqual(before);
  });

  test.each(["refresh", "destroy"] as const)("%s is an error, and the state keeps everything", async (operation) => {
    const outcome = await s[operation]({ env });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("this management key belongs to a different account");
  });

  test("an update is an error, and the state keeps everything", async () => {
    const outcome = await s.up(declaration(2), { env });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("this management key belongs to a different account");
  });

  test("through another base URL a refresh is an error that names both, and the state keeps everything", async () => {
    const there = { OPENROUTER_BASE_URL: elsewhere.url, OPENROUTER_MANAGEMENT_KEY: elsewhere.managementKey };
    const outcome = await s.refresh({ env: there });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain(`at the base URL ${s.simulator.url}, and this run uses ${elsewhere.url}`);
  });

  test("through another base URL of the same account everything works", async () => {
    const there = { OPENROUTER_BASE_URL: s.simulator.url.replace("127.0.0.1", "localhost") };
    expect(errorsOf(await s.refresh({ env: there }))).toBe("");
    const created = await s.up({ ...declaration(1), more: { kind: "InferenceKey" } }, { env: there });
    expect(errorsOf(created)).toBe("");
    expect(errorsOf(await s.up(declaration(1)))).toBe("");
    expect(errorsOf(await s.refresh())).toBe("");
    // The refresh has shown who assigned the pair.
    before = await s.resources();
  });

  test("another key of the same account changes nothing", async () => {
    const rotated = s.simulator.dashboard.addManagementKey();
    s.isSecret(rotated);
    const outcome = await s.up(declaration(1), { refresh: true, env: { OPENROUTER_MANAGEMENT_KEY: rotated } });
    expect(errorsOf(outcome)).toBe("");
    expect(touched(outcome)).toEqual([]);
    expect(writes(outcome.calls)).toEqual([]);
    before = await s.resources();
  });

  test("an inference key in its place is an error that says where to make a management key", async () => {
    const { ci } = await s.stack.outputs({ showSecrets: true });
    const outcome = await s.up(declaration(2), { env: { OPENROUTER_MANAGEMENT_KEY: String(ci) } });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toMatch(
      /40[13]: Only management keys.*https:\/\/openrouter\.ai\/settings\/management-keys/,
    );
    expect(stepsOf(outcome)).toMatchObject({ ci: ["update"] });
  });
});
