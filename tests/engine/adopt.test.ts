/** Existing keys and guardrails under management: what `adopt` changes, what it keeps, and what it never destroys. */
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
  stepsOf,
  summary,
  writes,
} from "./support/declaredStack";

const EXPIRY = "2099-01-01T00:00:00Z";

/** An account with a key and a guardrail to adopt, and a second key with the same name. */
async function openWithExistingObjects() {
  const s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  const sameName = dashboard.createKey({ name: "ci", limit: 1 });
  const live = dashboard.createKey({ name: "ci", limit: 5, limit_reset: "daily", expires_at: new Date(EXPIRY) });
  for (const { secret } of [sameName, live]) s.addSecret(secret);
  const { id } = dashboard.createGuardrail({ name: "safe", description: "old", allowed_models: ["openai/o3"] });
  return { s, ids: { key: live.key.hash, guardrail: id }, sameName: sameName.key.hash };
}

type Ids = Awaited<ReturnType<typeof openWithExistingObjects>>["ids"];

/** A guarded key under a given resource name. With ids, key and guardrail are adopted. */
function program(adopted: Ids | undefined, args: Record<string, unknown> = {}, name = "ci"): Declaration {
  const keyArgs = { name: "ci", limit: 25, expiresAt: EXPIRY, ...(adopted && { adopt: adopted.key }), ...args };
  const budget = { limitUsd: 5, resetInterval: "daily" };
  const guardrailArgs = { name: "safe", allowedModels: ["openai/o3"], ...budget };
  return {
    [name]: { kind: "InferenceKey", args: keyArgs },
    safe: { kind: "Guardrail", args: { ...guardrailArgs, ...(adopted && { adopt: adopted.guardrail }) } },
    "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: name } } },
  };
}

test("adopts by id, updates what differs, and treats `adopt` as no change afterwards", async () => {
  const { s, ids, sameName } = await openWithExistingObjects();

  const adopted = await s.up(program(ids));
  const bodies = adopted.calls.filter(({ method }) => method === "PATCH").map(({ path, body }) => [path, body]);
  expect({ errors: errorsOf(adopted), updates: Object.fromEntries(bodies) }).toEqual({
    errors: "",
    updates: {
      [`/keys/${ids.key}`]: { limit: 25, limit_reset: null },
      [`/guardrails/${ids.guardrail}`]: { description: null, limit_usd: 5, reset_interval: "daily" },
    },
  });
  const creates = summary(adopted.calls).filter((call) => ["POST /keys", "POST /guardrails"].includes(call));
  expect({ creates, key: await s.idOf("ci"), guardrail: await s.idOf("safe") }).toEqual({ creates: [], ...ids });
  // OpenRouter shows the value of a key only at creation.
  expect((await s.stack.outputs({ showSecrets: true })).ci).toBe("");
  const untouched = s.simulator.account.keys.find(({ hash }) => hash === sameName);
  expect(untouched).toMatchObject({ name: "ci", limit: 1 });

  const withoutAdopt = effectsOf(await s.up(program(undefined), { refresh: true }));
  const again = await s.up(program(ids));
  expect({ withoutAdopt, withAdoptAgain: effectsOf(again) }).toEqual({
    withoutAdopt: NO_EFFECTS,
    withAdoptAgain: NO_EFFECTS,
  });
  expect(again.calls).toEqual([]);
});

test("replaces an adopted key only after `adopt` is removed, and deletes it like any other", async () => {
  const { s, ids, sameName } = await openWithExistingObjects();
  const liveHashes = () => s.simulator.account.keys.map(({ hash }) => hash);
  const rotation = { keepers: { rotated: "1" } };
  expect(errorsOf(await s.up(program(ids)))).toBe("");

  // A replacement would create a new key, and `adopt` names the old one.
  const refused = await s.up(program(ids, rotation));
  expectFailure(refused, /changing keepers would replace the object that `adopt` keeps. Remove `adopt` first/);
  expect(writes(refused.calls)).toEqual([]);

  // A new resource name is a create and a delete for Pulumi: the object has to survive the delete.
  const renamed = await s.up(program(ids, {}, "renamed"));
  expect({ errors: errorsOf(renamed), writes: writes(renamed.calls) }).toEqual({ errors: "", writes: [] });
  expect(stepsOf(renamed)).toMatchObject({ renamed: ["create"], ci: ["delete"] });
  expect(liveHashes()).toContain(ids.key);

  // Without `adopt` the key is replaced: first the new one, which has a value to show, then the delete.
  const rotated = await s.up(program(undefined, rotation, "renamed"));
  expect({ errors: errorsOf(rotated), steps: stepsOf(rotated).renamed }).toEqual({
    errors: "",
    steps: ["replace", "delete-replaced"],
  });
  const calls = writes(rotated.calls);
  expect(calls).toEqual(expect.arrayContaining(["POST /keys", `DELETE /keys/${ids.key}`]));
  expect(calls.indexOf("POST /keys")).toBeLessThan(calls.indexOf(`DELETE /keys/${ids.key}`));
  expect(liveHashes()).toEqual([sameName, await s.idOf("renamed")]);
  expect((await s.stack.outputs({ showSecrets: true })).renamed).toMatch(/^sk-or-/);

  // Destroy deletes the adopted guardrail, and no key outside the stack.
  expect(errorsOf(await s.destroy())).toBe("");
  expect({ guardrails: s.simulator.account.guardrails, keys: liveHashes() }).toEqual({
    guardrails: [],
    keys: [sameName],
  });
});

test("refuses to adopt, showing both values, when an immutable setting differs", async () => {
  const s = await openDeclaredStack();
  const { hash } = s.simulator.dashboard.createKey({ name: "fixed", expires_at: new Date(EXPIRY) }).key;
  const args = { name: "fixed", adopt: hash, expiresAt: "2098-06-01T00:00:00Z" };

  const refused = await s.up({ fixed: { kind: "InferenceKey", args } });

  expectFailure(refused, `expiresAt is ${EXPIRY}, declared is 2098-06-01T00:00:00Z`);
  expect({ writes: writes(refused.calls), state: await s.resources() }).toEqual({ writes: [], state: {} });
  expect(s.simulator.account.keys).toMatchObject([{ hash, name: "fixed" }]);
});
