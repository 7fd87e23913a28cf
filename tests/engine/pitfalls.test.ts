/**
 * Mistakes that other tools for this API make, each tested in a whole `up`. Other tests cover more of them: `drift`
 * (nulls, deleted keys), `accounts` and `accountsCredentials` (wrong keys), `contract` (paths and fields), `sentinel`
 * (secrets on disk), `lostResponses` (duplicates and orphans).
 */
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
  touched,
  writes,
} from "./support/declaredStack";

const settings = (): Declaration => ({
  limited: { kind: "InferenceKey", args: { limit: 12, limitReset: "monthly" } },
  raised: { kind: "InferenceKey", args: { limit: 10 } },
  off: { kind: "InferenceKey", args: { disabled: true } },
  expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T01:00:00+01:00" } },
  expired: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00Z" } },
  budget: { kind: "Guardrail", args: { limitUsd: 60, resetInterval: "daily" } },
  private: { kind: "Guardrail", args: { enforceZdr: true, allowedModels: ["openai/gpt-4.1"] } },
  "same-name": { kind: "InferenceKey", args: { name: "of another user" } },
});

const keyWith = ({ simulator }: DeclaredStack, hash: string | undefined) =>
  simulator.account.keys.find((key) => key.hash === hash);

test("creates what is declared, and has nothing to do afterwards", async () => {
  const s = await openDeclaredStack();
  const foreign = s.simulator.dashboard.createKey({ name: "of another user", limit: 1 }).key.hash;

  expect(errorsOf(await s.up(settings()))).toBe("");
  const state = await s.resources();

  // `disabled: true` takes effect at create, and an expiry with an offset is converted.
  expect(keyWith(s, state.off?.id)).toMatchObject({ disabled: true });
  expect(keyWith(s, state.expiring?.id)?.expires_at).toEqual(new Date("2099-01-01T00:00:00Z"));
  // Names are not identities.
  expect(state["same-name"]?.id).not.toBe(foreign);
  expect(s.simulator.account.keys.filter(({ name }) => name === "of another user")).toHaveLength(2);
  // Usage changes with every call, so it is not an output.
  const outputs = Object.values(state).flatMap((resource) => Object.keys(resource.outputs));
  expect({ usage: outputs.filter((name) => /usage|remaining|spent/i.test(name)) }).toEqual({ usage: [] });
  // The API renames zero data retention and short model names.
  const nextUp = await s.up();
  expect({ ...effectsOf(nextUp), calls: nextUp.calls }).toEqual({ ...NO_EFFECTS, calls: [] });
});

test("finds an assignment on the second page when the first one is short", async () => {
  const s = await openDeclaredStack();
  const { dashboard } = s.simulator;
  const crowded = dashboard.createGuardrail({ name: "crowded" }).id;
  const keys = Array.from({ length: 150 }, (_, index) => dashboard.createKey({ name: `key ${index}` }).key.hash);
  dashboard.assign(crowded, { keys });
  // The API cuts pages before it removes the assignments of deleted keys.
  for (const hash of keys.slice(3, 6)) dashboard.deleteKey(hash);
  const args = { guardrailId: { idOf: "crowded" }, keyHash: { idOf: "key" } };
  const declaration: Declaration = {
    key: { kind: "InferenceKey" },
    crowded: { kind: "Guardrail", args: { name: "crowded", adopt: crowded } },
    last: { kind: "GuardrailKeyAssignment", args },
  };
  expect(errorsOf(await s.up(declaration))).toBe("");

  expect(effectsOf(await s.refresh())).toEqual(NO_EFFECTS);

  expect(Object.keys(await s.resources())).toContain("last");
});

test("updates in place, clears with null, and replaces only for a different expiry", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(settings()))).toBe("");
  const before = await s.resources();

  const changed = await s.up({
    ...settings(),
    limited: { kind: "InferenceKey" },
    raised: { kind: "InferenceKey", args: { limit: 12 } },
    expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00.000Z" } },
    expired: { kind: "InferenceKey", args: { expiresAt: "2099-02-01T00:00:00Z" } },
    budget: { kind: "Guardrail" },
  });

  expect(errorsOf(changed)).toBe("");
  expect({
    limited: patchesOf(changed, before.limited?.id),
    budget: patchesOf(changed, before.budget?.id),
    raised: patchesOf(changed, before.raised?.id),
  }).toEqual({
    limited: [{ limit: null, limit_reset: null }],
    // The API rejects a limit without its interval, also when both are null.
    budget: [{ limit_usd: null, reset_interval: null }],
    raised: [{ limit: 12 }],
  });
  expect(keyWith(s, before.limited?.id)).toMatchObject({ limit: null, limit_reset: null });
  expect(stepsOf(changed).raised).toEqual(["update"]);
  // The same timestamp in another representation is not a change.
  expect(touched(changed)).not.toContain("expiring");
  // A different expiry needs a new key, which is created before the old one is deleted.
  expect(keyWith(s, await s.idOf("expired"))?.expires_at).toEqual(new Date("2099-02-01T00:00:00Z"));
  const calls = writes(changed.calls).filter((call) => !call.startsWith("PATCH"));
  expect(calls).toEqual(["POST /keys", `DELETE /keys/${before.expired?.id}`]);
});

function patchesOf({ calls }: Outcome, id: string | undefined): unknown[] {
  const patches = calls.filter(({ method, path }) => method === "PATCH" && path.endsWith(`/${id}`));
  return patches.map(({ body }) => body);
}

test("fails when an assignment names an unknown key hash", async () => {
  const s = await openDeclaredStack();
  const args = { guardrailId: { idOf: "safe" }, keyHash: "ab".repeat(32) };
  const outcome = await s.up({ safe: { kind: "Guardrail" }, unknown: { kind: "GuardrailKeyAssignment", args } });
  expectFailure(outcome, "there is no such key in this account");
  expect(await s.resource("unknown")).toBeUndefined();
});
