/** The native provider beside the dynamic one: a stack moves between them, imports, and shows creates in a preview. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
  stepsOf,
  summary,
  touched,
} from "./support/declaredStack";

const DYNAMIC = { env: { DECLARED_HOST: "dynamic" } };
const NATIVE = { env: { DECLARED_HOST: "native" } };

const TEAM: Declaration = {
  ci: { kind: "InferenceKey", args: { limit: 25, limitReset: "monthly", keepers: { rotated: "1" } } },
  strict: {
    kind: "Guardrail",
    args: { limitUsd: 5, resetInterval: "daily", allowedModels: ["anthropic/claude-sonnet-4.5"], enforceZdr: true },
  },
  pair: { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "strict" }, keyHash: { idOf: "ci" } } },
};
const LESS: Declaration = { ...TEAM, ci: { kind: "InferenceKey", args: { limit: 20, limitReset: "monthly" } } };

test("moves a stack to the native provider and back, without a call and with the same keys", async () => {
  const s = await openDeclaredStack();
  await s.up(TEAM, DYNAMIC);
  const [before, secret] = [await s.resources(), await s.stack.outputs({ showSecrets: true })];

  const there = await s.up(TEAM, NATIVE);
  expect({ ...effectsOf(there), calls: summary(there.calls) }).toEqual({ ...NO_EFFECTS, calls: [] });
  expect(effectsOf(await s.refresh(NATIVE))).toEqual(NO_EFFECTS);
  expect(effectsOf(await s.up(TEAM, NATIVE))).toEqual(NO_EFFECTS);

  const back = await s.up(TEAM, DYNAMIC);
  expect({ ...effectsOf(back), calls: summary(back.calls) }).toEqual({ ...NO_EFFECTS, calls: [] });
  expect(effectsOf(await s.refresh(DYNAMIC))).toEqual(NO_EFFECTS);
  const after = await s.resources();
  for (const name of Object.keys(TEAM)) expect(after[name]?.id).toBe(before[name]?.id);
  expect(await s.stack.outputs({ showSecrets: true })).toEqual(secret);

  expect(errorsOf(await s.destroy(DYNAMIC))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});

test("moves back a stack that only the native provider has written", async () => {
  const s = await openDeclaredStack();
  await s.up(TEAM, NATIVE);
  const back = await s.up(TEAM, DYNAMIC);
  expect({ ...effectsOf(back), calls: summary(back.calls) }).toEqual({ ...NO_EFFECTS, calls: [] });
  expect(effectsOf(await s.refresh(DYNAMIC))).toEqual(NO_EFFECTS);
  expect(touched(await s.up(LESS, DYNAMIC))).toEqual(["ci", "pair"]);
});

test("imports objects of the dashboard, and changes only what the program declares differently", async () => {
  const s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  const { key } = dashboard.createKey({ name: "made by hand", limit: 10, limit_reset: "weekly" });
  const guardrail = dashboard.createGuardrail({
    name: "by hand",
    allowed_models: ["anthropic/claude-4.5-sonnet-20250929"],
  });
  const declaration: Declaration = {
    same: {
      kind: "InferenceKey",
      args: { name: "made by hand", limit: 10, limitReset: "weekly" },
      opts: { import: key.hash },
    },
    short: {
      kind: "Guardrail",
      args: { name: "by hand", allowedModels: ["anthropic/claude-sonnet-4.5"] },
      opts: { import: guardrail.id },
    },
  };
  const imported = await s.up(declaration, NATIVE);
  expect(effectsOf(imported)).toMatchObject({ errors: "", writes: [] });
  expect(stepsOf(imported)).toEqual({ same: ["import", "same"], short: ["import", "same"] });
  expect(effectsOf(await s.up(declaration, NATIVE))).toEqual(NO_EFFECTS);

  const { key: changed } = dashboard.createKey({ name: "with another limit", limit: 10 });
  const more: Declaration = {
    ...declaration,
    changed: { kind: "InferenceKey", args: { name: "with another limit", limit: 30 }, opts: { import: changed.hash } },
  };
  const outcome = await s.up(more, NATIVE);
  expect(stepsOf(outcome).changed).toEqual(["import", "update"]);
  expect(s.simulator.account.keys.find(({ hash }) => hash === changed.hash)?.limit).toBe(30);
});

test("reads with `get` what the dynamic provider reads, and a set by its own id too", async () => {
  const s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  const { hash } = dashboard.createKey({ name: "theirs", limit: 10 }).key;
  const { id } = dashboard.createGuardrail({ name: "theirs", allowed_models: ["openai/gpt-4o-mini"] });
  dashboard.assign(id, { keys: [hash] });
  const seen: Declaration = {
    key: { kind: "InferenceKey", get: hash },
    guardrail: { kind: "Guardrail", get: id },
    set: { kind: "GuardrailAssignments", get: id },
    same: { kind: "GuardrailAssignments", get: `${id}/assignments` },
  };
  const read = async (host: typeof NATIVE) => {
    expect(errorsOf(await s.up(seen, host))).toBe("");
    const resources = Object.entries(await s.resources()).filter(([name]) => name in seen);
    return Object.fromEntries(resources.map(([name, { id, outputs }]) => [name, { id, outputs }]));
  };
  const expected = await read(DYNAMIC);
  expect(expected.same).toEqual(expected.set);
  expect(expected.set?.outputs).toMatchObject({ keyHashes: [hash], userIds: [] });
  expect(await read(NATIVE)).toEqual(expected);
});

test("says what to check when there is nothing to import", async () => {
  const s = await openDeclaredStack();
  const lost: Declaration = { lost: { kind: "InferenceKey", opts: { import: "ab".repeat(32) } } };
  expectFailure(await s.up(lost, NATIVE), "there is no such object in this account. Check the id");
  const aKey: Declaration = { lost: { kind: "InferenceKey", opts: { import: `sk-or-v1-${"ab".repeat(32)}` } } };
  expectFailure(await s.up(aKey, NATIVE), "the id has the wrong format");
});

test("shows in the preview of a create what the inputs fix, without a call", async () => {
  const s = await openDeclaredStack();
  const { output, calls, ok } = await s.preview(TEAM, NATIVE);
  expect({ ok, calls: summary(calls) }).toEqual({ ok: true, calls: [] });
  expect(output).toContain("openrouter:index:InferenceKey ci create");
});

test("creates, changes and deletes what a program declares, with one call each", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(TEAM, NATIVE))).toBe("");
  const update = await s.up(LESS, NATIVE);
  expect(stepsOf(update).ci).toEqual(["replace", "delete-replaced"]);
  expect(touched(await s.up({ strict: TEAM.strict as Declaration[string] }, NATIVE))).toEqual(["ci", "pair"]);
  expect(errorsOf(await s.destroy(NATIVE))).toBe("");
  expect(s.simulator.account.guardrails.filter(({ name }) => name.startsWith("declared/"))).toEqual([]);
});
