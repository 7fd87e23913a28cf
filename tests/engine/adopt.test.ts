/** Existing keys and guardrails under management: what `adopt` changes, what it keeps, and what it never destroys. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  stepsOf,
  summary,
  touched,
  writes,
} from "./support/declaredStack";

let s: DeclaredStack;
let key: string;
let guardrail: string;
/** A second key of the same name: names are no identity. */
let namesake: string;
const EXPIRY = "2099-01-01T00:00:00Z";

beforeAll(async () => {
  s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  const [other, live] = [{ limit: 1 }, { limit: 5, limit_reset: "daily", expires_at: new Date(EXPIRY) }].map((fields) =>
    dashboard.createKey({ name: "ci", ...fields }),
  );
  for (const { secret } of [other, live].flatMap((each) => each ?? [])) s.isSecret(secret);
  key = String(live?.key.hash);
  namesake = String(other?.key.hash);
  guardrail = dashboard.createGuardrail({ name: "safe", description: "old", allowed_models: ["openai/o3"] }).id;
});
afterAll(() => s.close());

function declaration(adopting: boolean, args: Record<string, unknown> = {}): Declaration {
  const adopt = (id: string) => (adopting ? { adopt: id } : {});
  return {
    ci: { kind: "InferenceKey", args: { name: "ci", limit: 25, expiresAt: EXPIRY, ...adopt(key), ...args } },
    safe: {
      kind: "Guardrail",
      args: { name: "safe", allowedModels: ["openai/o3"], limitUsd: 5, resetInterval: "daily", ...adopt(guardrail) },
    },
    "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
  };
}

/** The key under another name in the program. */
function renamed({ ci, "ci-safe": assigned, ...rest }: Declaration): Declaration {
  const args = { ...assigned?.args, keyHash: { idOf: "renamed" } };
  return { ...rest, ...(ci && { renamed: ci }), ...(assigned && { "ci-safe": { ...assigned, args } }) };
}

describe("an up that adopts", () => {
  let adopted: Outcome;
  let state: Record<string, StateResource>;
  beforeAll(async () => {
    adopted = await s.up(declaration(true));
    state = await s.resources();
  });

  test("keeps the ids and makes nothing", () => {
    expect(errorsOf(adopted)).toBe("");
    expect([state.ci?.id, state.safe?.id]).toEqual([key, guardrail]);
    expect(summary(adopted.calls)).not.toContain("POST /keys");
    expect(summary(adopted.calls)).not.toContain("POST /guardrails");
  });

  test("brings the settings to what is declared, by what differs and no more", () => {
    const bodies = adopted.calls.filter(({ method }) => method === "PATCH").map(({ path, body }) => [path, body]);
    expect(Object.fromEntries(bodies)).toEqual({
      [`/keys/${key}`]: { limit: 25, limit_reset: null },
      [`/guardrails/${guardrail}`]: { description: null, limit_usd: 5, reset_interval: "daily" },
    });
  });

  test("has no key to show", async () => {
    expect((await s.stack.outputs({ showSecrets: true })).ci).toBe("");
  });

  test("leaves another key of the same name alone", () => {
    expect(s.simulator.account.keys.find(({ hash }) => hash === namesake)).toMatchObject({ limit: 1 });
  });
});

test("removing `adopt` later is no change, nor is a refresh of what was adopted", async () => {
  const outcome = await s.up(declaration(false), { refresh: true });
  expect(touched(outcome)).toEqual([]);
  expect(writes(outcome.calls)).toEqual([]);
});

test("adding `adopt` later is no change", async () => {
  const outcome = await s.up(declaration(true));
  expect(touched(outcome)).toEqual([]);
  expect(outcome.calls).toEqual([]);
});

test("a replacement while `adopt` is present is refused, with what to do", async () => {
  const outcome = await s.up(declaration(true, { keepers: { rotated: "1" } }));
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toMatch(/a change of keepers replaces the object that `adopt` keeps. Remove `adopt` first/);
  expect(writes(outcome.calls)).toEqual([]);
});

test("a resource that is renamed in the program and adopts its own object does not destroy it", async () => {
  const outcome = await s.up(renamed(declaration(true)));
  expect(errorsOf(outcome)).toBe("");
  expect(stepsOf(outcome)).toMatchObject({ renamed: ["create"], ci: ["delete"] });
  expect(writes(outcome.calls)).toEqual([]);
  expect(s.simulator.account.keys.map(({ hash }) => hash)).toContain(key);
});

test("after removing `adopt` a replacement makes a new key, then deletes the old one, and has a key to show", async () => {
  const outcome = await s.up(renamed(declaration(false, { keepers: { rotated: "1" } })));
  expect(errorsOf(outcome)).toBe("");
  expect(stepsOf(outcome)).toMatchObject({ renamed: ["replace", "delete-replaced"] });
  const calls = writes(outcome.calls);
  expect(calls.indexOf("POST /keys")).toBeLessThan(calls.indexOf(`DELETE /keys/${key}`));
  expect(s.simulator.account.keys.map(({ hash }) => hash)).toEqual([namesake, (await s.resource("renamed"))?.id]);
  expect((await s.stack.outputs({ showSecrets: true })).renamed).toMatch(/^sk-or-/);
});

describe("what is adopted and differs in what can't be changed", () => {
  let refused: Outcome;
  let live: string;
  beforeAll(async () => {
    live = s.simulator.dashboard.createKey({ name: "fixed", expires_at: new Date(EXPIRY) }).key.hash;
    const args = { name: "fixed", adopt: live, expiresAt: "2098-06-01T00:00:00Z" };
    const rest = renamed(declaration(false, { keepers: { rotated: "1" } }));
    refused = await s.up({ ...rest, fixed: { kind: "InferenceKey", args } });
  });

  test("is an error that shows both", () => {
    expect(refused.ok).toBe(false);
    expect(errorsOf(refused)).toContain(`expiresAt is ${EXPIRY}, declared is 2098-06-01T00:00:00Z`);
  });

  test("is neither changed nor taken into the state", async () => {
    expect(writes(refused.calls)).toEqual([]);
    expect(await s.resource("fixed")).toBeUndefined();
  });
});

test("destroy deletes what was adopted like any other, and nothing that was not", async () => {
  const outcome = await s.destroy();
  expect(errorsOf(outcome)).toBe("");
  expect(s.simulator.account.guardrails).toEqual([]);
  expect(s.simulator.account.keys.map(({ name }) => name)).toEqual(["ci", "fixed"]);
  expect(s.simulator.account.keys[0]?.hash).toBe(namesake);
});
