/** Mistakes in a program, and the errors it gets. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  HOST,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";

const UUID = "11111111-2222-4333-8444-555555555555";
const HASH = "ab".repeat(32);
const RAW_KEY = `sk-or-v1-${"0123456789abcdef".repeat(4)}`;

test("reports all problems of a key at once, without the values", async () => {
  const s = await openDeclaredStack();
  const args = { limit: -987654, limitReset: "a-private-word", expiresAt: "some-other-day", adopt: RAW_KEY };
  const outcome = await s.preview({ bad: { kind: "InferenceKey", args } });
  for (const name of Object.keys(args)) expectFailure(outcome, `${name}: `);
  for (const value of ["987654", "a-private-word", "some-other-day", "01234567"]) {
    expect(`${outcome.output}${errorsOf(outcome)}`).not.toContain(value);
  }
});

test("shows what to write instead when a guardrail has half a budget and empty lists", async () => {
  const s = await openDeclaredStack();
  const args = { limitUsd: 5, allowedModels: [], ignoredProviders: [] };
  const outcome = await s.preview({ bad: { kind: "Guardrail", args } });
  expectFailure(outcome, "limitUsd, resetInterval: set both or neither");
  expectFailure(outcome, "allowedModels: must not be empty; omit it to allow all models");
  expectFailure(outcome, "ignoredProviders: must not be empty; omit it to ignore no provider");
});

test("rejects a raw key instead of its hash, without printing it", async () => {
  const s = await openDeclaredStack();
  const args = { guardrailId: UUID, keyHash: RAW_KEY };
  const outcome = await s.preview({ bad: { kind: "GuardrailKeyAssignment", args } });
  expectFailure(outcome, "keyHash: must be the hash of a key, not the key itself");
  expect(`${outcome.output}${errorsOf(outcome)}`).not.toContain(RAW_KEY);
});

test("names both assignments when they assign the same key", async () => {
  const s = await openDeclaredStack();
  const args = { guardrailId: UUID, keyHash: HASH };
  const declaration: Declaration = {
    "first-one": { kind: "GuardrailKeyAssignment", args },
    "second-one": { kind: "GuardrailKeyAssignment", args },
  };
  const { ok, output } = await s.preview(declaration);
  expect({ ok, output }).toEqual({
    ok: false,
    output: expect.stringMatching(/"first-one" and "second-one" assign the same key/),
  });
});

test("suggests `adopt` when a resource has the option `import`", async () => {
  const s = await openDeclaredStack();
  const { ok, output } = await s.preview({ bad: { kind: "InferenceKey", opts: { import: HASH } } });
  const advice =
    HOST === "native"
      ? /Check the id that is passed to `get` or `import`/
      : /Instead of `import`, pass the id as `adopt`/;
  expect({ ok, output }).toEqual({
    ok: false,
    output: expect.stringMatching(advice),
  });
});

test("previews new resources that depend on unknown ids and outputs of each other, without a call", async () => {
  const s = await openDeclaredStack();
  const outcome = await s.preview({
    ci: { kind: "InferenceKey" },
    safe: { kind: "Guardrail", args: { description: { outputOf: ["ci", "label"] } } },
    second: { kind: "InferenceKey", args: { name: { outputOf: ["ci", "createdAt"] } } },
    "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
    member: { kind: "GuardrailMemberAssignment", args: { guardrailId: { idOf: "safe" }, userId: { idOf: "second" } } },
  });
  expect({ ...effectsOf(outcome), calls: outcome.calls }).toEqual({
    ...NO_EFFECTS,
    touched: ["ci", "ci-safe", "member", "safe", "second"],
    calls: [],
  });
});

test("names the unknown model when the API does not", async () => {
  const s = await openDeclaredStack({ switches: { unknownModelMessage: "plain" } });
  const args = { allowedModels: ["openai/gpt-4.1", "openai/gpt-typo"] };
  const outcome = await s.up({ bad: { kind: "Guardrail", args } });
  expectFailure(outcome, "openai/gpt-typo");
  expect(errorsOf(outcome)).not.toContain("openai/gpt-4.1");
});

test("fails when `get` is given the id of a missing object", async () => {
  const s = await openDeclaredStack();
  const outcome = await s.up({ missing: { kind: "Guardrail", get: UUID } });
  expectFailure(outcome, /there is no such object in this account.*Check the id that is passed to `get`/);
});

test("reads an existing object by `get`, and leaves it alone when the stack is destroyed", async () => {
  const s = await openDeclaredStack();
  const { dashboard, account } = s.simulator;
  const theirs = dashboard.createKey({ name: "theirs", limit: 5 });
  s.addSecret(theirs.secret);
  const { hash } = theirs.key;
  const guardrailId = dashboard.createGuardrail({ name: "theirs" }).id;
  dashboard.assign(guardrailId, { keys: [hash] });

  const outcome = await s.up({
    key: { kind: "InferenceKey", get: hash },
    guardrail: { kind: "Guardrail", get: guardrailId },
    pair: { kind: "GuardrailKeyAssignment", get: `${guardrailId}/${hash}` },
    copy: { kind: "InferenceKey", args: { limit: { outputOf: ["key", "limit"] } } },
  });
  expect(errorsOf(outcome)).toBe("");
  const { copy, ...read } = await s.resources();
  expect(read).toMatchObject({ key: { external: true }, guardrail: { external: true }, pair: { external: true } });
  expect({ limitFromTheReadKey: copy?.outputs.limit }).toEqual({ limitFromTheReadKey: 5 });

  expect(errorsOf(await s.destroy())).toBe("");
  expect({
    keys: account.keys.map((key) => key.hash),
    guardrails: account.guardrails.length,
    assignments: account.keyAssignments.length,
  }).toEqual({ keys: [hash], guardrails: 1, assignments: 1 });
});
