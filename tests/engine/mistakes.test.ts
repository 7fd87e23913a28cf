/** What a program gets wrong, and what it is told. */
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, touched } from "./support/declaredStack";

let s: DeclaredStack;
beforeAll(async () => {
  s = await openDeclaredStack();
});
afterAll(() => s.close());

const UUID = "11111111-2222-4333-8444-555555555555";
const HASH = "ab".repeat(32);
const RAW_KEY = `sk-or-v1-${"0123456789abcdef".repeat(4)}`;

test("all problems of a key are told at once, without the values", async () => {
  const args = { limit: -987654, limitReset: "a-private-word", expiresAt: "some-other-day", adopt: RAW_KEY };
  const outcome = await s.preview({ bad: { kind: "InferenceKey", args } });
  expect(outcome.ok).toBe(false);
  const said = errorsOf(outcome);
  for (const name of Object.keys(args)) expect(said).toContain(`${name}: `);
  for (const value of ["987654", "a-private-word", "some-other-day", "01234567"]) {
    expect(`${outcome.output}${said}`).not.toContain(value);
  }
});

test("half a budget and an empty list of a guardrail are refused with what to write instead", async () => {
  const args = { limitUsd: 5, allowedModels: [], ignoredProviders: [] };
  const outcome = await s.preview({ bad: { kind: "Guardrail", args } });
  expect(outcome.ok).toBe(false);
  const said = errorsOf(outcome);
  expect(said).toContain("limitUsd, resetInterval: set both or neither");
  expect(said).toContain("allowedModels: must not be empty; omit it to allow all models");
  expect(said).toContain("ignoredProviders: must not be empty; omit it to ignore no provider");
});

test("a raw key in place of its hash is refused and not repeated", async () => {
  const args = { guardrailId: UUID, keyHash: RAW_KEY };
  const outcome = await s.preview({ bad: { kind: "GuardrailKeyAssignment", args } });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toContain("keyHash: must be the hash of a key, not the key itself");
});

test("the same key in two assignments is an error that names both", async () => {
  const args = { guardrailId: UUID, keyHash: HASH };
  const twice: Declaration = {
    "first-one": { kind: "GuardrailKeyAssignment", args },
    "second-one": { kind: "GuardrailKeyAssignment", args },
  };
  const outcome = await s.preview(twice);
  expect(outcome.ok).toBe(false);
  expect(outcome.output).toMatch(/"first-one" and "second-one" assign the same key/);
});

test("the option `import` is refused with a sentence that names `adopt`", async () => {
  const outcome = await s.preview({ bad: { kind: "InferenceKey", opts: { import: HASH } } });
  expect(outcome.ok).toBe(false);
  expect(outcome.output).toMatch(/Remove the `import` option and pass the id as `adopt`/);
});

test("a preview of everything new, with ids that are not known yet, passes", async () => {
  const outcome = await s.preview({
    ci: { kind: "InferenceKey" },
    safe: { kind: "Guardrail", args: { description: { outputOf: ["ci", "label"] } } },
    second: { kind: "InferenceKey", args: { name: { outputOf: ["ci", "createdAt"] } } },
    "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
    member: { kind: "GuardrailMemberAssignment", args: { guardrailId: { idOf: "safe" }, userId: { idOf: "second" } } },
  });
  expect(errorsOf(outcome)).toBe("");
  expect(touched(outcome)).toEqual(["ci", "ci-safe", "member", "safe", "second"]);
  expect(outcome.calls).toEqual([]);
});

test("an unknown model is an error that names it, when the API does not", async () => {
  s.simulator.switches.unknownModelMessage = "plain";
  const args = { allowedModels: ["openai/gpt-4.1", "openai/gpt-typo"] };
  const outcome = await s.up({ bad: { kind: "Guardrail", args } });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toContain("openai/gpt-typo");
  expect(errorsOf(outcome)).not.toContain("openai/gpt-4.1");
});

test("get of a missing object fails", async () => {
  const outcome = await s.up({ missing: { kind: "Guardrail", get: UUID } });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toMatch(/there is no such object in this account.*Check the id that is passed to `get`/);
});

describe("get of what exists", () => {
  let hash: string;
  let made: Awaited<ReturnType<DeclaredStack["up"]>>;
  beforeAll(async () => {
    const { dashboard } = s.simulator;
    const theirs = dashboard.createKey({ name: "theirs", limit: 5 });
    s.isSecret(theirs.secret);
    hash = theirs.key.hash;
    const guardrailId = dashboard.createGuardrail({ name: "theirs" }).id;
    dashboard.assign(guardrailId, { keys: [hash] });
    made = await s.up({
      key: { kind: "InferenceKey", get: hash },
      guardrail: { kind: "Guardrail", get: guardrailId },
      pair: { kind: "GuardrailKeyAssignment", get: `${guardrailId}/${hash}` },
      copy: { kind: "InferenceKey", args: { limit: { outputOf: ["key", "limit"] } } },
    });
  });

  test("reads it, and its outputs can be used", async () => {
    expect(errorsOf(made)).toBe("");
    const { copy, ...read } = await s.resources();
    expect(read).toMatchObject({ key: { external: true }, guardrail: { external: true }, pair: { external: true } });
    expect(copy?.outputs.limit).toBe(5);
  });

  test("manages nothing: destroy leaves it", async () => {
    expect((await s.destroy()).ok).toBe(true);
    const { keys, guardrails, keyAssignments } = s.simulator.account;
    expect([keys.map(({ hash }) => hash), guardrails.length, keyAssignments.length]).toEqual([[hash], 1, 1]);
  });
});
