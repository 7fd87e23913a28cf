/** Changes in the dashboard: a refresh detects them, and one `up` reverts them. */
import type { SimulatedAccount } from "../../testing/index";
import {
  type Declaration,
  effectsOf,
  errorsOf,
  NO_EFFECTS,
  type Outcome,
  openDeclaredStack,
  touched,
} from "./support/declaredStack";

/** A stack with keys, guardrails and assignments, most of them named by what a test does to them. */
async function openWithAllKinds() {
  const s = await openDeclaredStack();
  const [ada, bo] = ["ada@first.example", "bo@first.example"].map(
    (email) => s.simulator.dashboard.addMember({ email }).id,
  );
  const assigned = (guardrail: string, key: string) => ({
    kind: "GuardrailKeyAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: key } },
  });
  const member = (userId: string | undefined) => ({
    kind: "GuardrailMemberAssignment" as const,
    args: { guardrailId: { idOf: "budget" }, userId },
  });
  const budget = { limitUsd: 50, resetInterval: "daily", allowedModels: ["openai/gpt-4.1", "openai/o3"] };
  const declaration: Declaration = {
    limited: { kind: "InferenceKey", args: { limit: 10, limitReset: "monthly" } },
    bare: { kind: "InferenceKey" },
    "deleted-key": { kind: "InferenceKey", args: { limit: 3 } },
    expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00Z" } },
    "never-expiring": { kind: "InferenceKey" },
    used: { kind: "InferenceKey", args: { limit: 5 } },
    budget: { kind: "Guardrail", args: budget },
    "bare-guardrail": { kind: "Guardrail" },
    "deleted-guardrail": { kind: "Guardrail", args: { description: "recreated" } },
    unassigned: assigned("budget", "limited"),
    moved: assigned("budget", "bare"),
    "of-deleted-key": assigned("budget", "deleted-key"),
    "of-deleted-guardrail": assigned("deleted-guardrail", "used"),
    "member-unassigned": member(ada),
    "member-moved": member(bo),
  };
  expect(errorsOf(await s.up(declaration))).toBe("");
  const state = await s.resources();
  return { s, state, id: (name: string) => String(state[name]?.id), ada: String(ada), bo: String(bo) };
}

test("changes nothing when only usage has changed since the last refresh", async () => {
  const { s, id } = await openWithAllKinds();
  expect(errorsOf(await s.refresh())).toBe("");
  const before = await s.resources();
  // The first refresh reads who created an assignment and when.
  expect(before.moved?.outputs).toMatchObject({ assignedBy: s.simulator.account.owner_user_id });
  expect(before["member-moved"]?.outputs.createdAt).toMatch(/^20\d\d-/);

  s.simulator.dashboard.useKey(id("used"), 1.25);
  s.simulator.dashboard.useKey(id("bare"), 2);
  const refreshed = await s.refresh();
  const nextUp = await s.up();

  expect({ refreshed: effectsOf(refreshed), nextUp: { ...effectsOf(nextUp), calls: nextUp.calls } }).toEqual({
    refreshed: NO_EFFECTS,
    nextUp: { ...NO_EFFECTS, calls: [] },
  });
  const after = await s.resources();
  for (const [name, { inputs, outputs }] of Object.entries(before)) {
    expect({ name, ...after[name] }).toMatchObject({ name, inputs, outputs });
  }
});

test("reverts every kind of dashboard change in one up with refresh", async () => {
  const { s, id, ada, bo } = await openWithAllKinds();
  const { account, dashboard } = s.simulator;
  const assignmentsBefore = assignmentsIn(account);

  dashboard.updateKey(id("limited"), { limit: 99, limit_reset: null, name: "renamed" });
  dashboard.updateKey(id("bare"), { limit: 7, limit_reset: "daily", include_byok_in_limit: true, disabled: true });
  dashboard.updateKey(id("expiring"), { expires_at: new Date("2100-01-01T00:00:00Z") });
  dashboard.updateKey(id("never-expiring"), { expires_at: new Date("2100-01-01T00:00:00Z") });
  dashboard.updateGuardrail(id("budget"), { limit_usd: 60, allowed_models: ["openai/gpt-4.1", "openai/gpt-5"] });
  dashboard.updateGuardrail(id("bare-guardrail"), {
    description: "x",
    limit_usd: 1,
    reset_interval: "weekly",
    ignored_models: ["openai/o3"],
    allowed_data_regions: ["us"],
    content_filters: [{ pattern: "a", action: "block" }],
    enforce_zdr_openai: true,
    enable_free_model_training: false,
    include_byok_in_budgets: true,
  });
  dashboard.unassign(id("budget"), { keys: [id("limited")], members: [ada] });
  dashboard.assign(id("bare-guardrail"), { keys: [id("bare")], members: [bo] });
  dashboard.deleteKey(id("deleted-key"));
  dashboard.deleteGuardrail(id("deleted-guardrail"));

  const healed = await s.up(undefined, { refresh: true });
  expect(errorsOf(healed)).toBe("");
  const newIds = Object.fromEntries(Object.entries(await s.resources()).map(([name, resource]) => [name, resource.id]));

  expectSettingsReverted(account, id);
  expectOnlyDriftWritten(healed, id);

  // Deleted objects are recreated. An expiry can't be updated, so those keys are replaced.
  const keyOf = (hash: string | undefined) => account.keys.find((key) => key.hash === hash);
  const recreated = ["deleted-key", "deleted-guardrail", "expiring", "never-expiring"];
  expect({ withNewId: recreated.filter((name) => newIds[name] !== id(name)) }).toEqual({ withNewId: recreated });
  expect(keyOf(newIds["deleted-key"])).toMatchObject({ limit: 3, name: "declared/test/deleted-key" });
  expect(keyOf(newIds.expiring)?.expires_at).toEqual(new Date("2099-01-01T00:00:00Z"));
  expect(keyOf(newIds["never-expiring"])?.expires_at).toBeNull();
  const replacedKeysLeft = ["expiring", "never-expiring"].filter((name) => keyOf(id(name)));
  expect({ replacedKeysLeft }).toEqual({ replacedKeysLeft: [] });
  const guardrail = account.guardrails.find((each) => each.id === newIds["deleted-guardrail"]);
  expect(guardrail).toMatchObject({ description: "recreated" });

  // Every assignment is back, with the ids of the recreated key and guardrail.
  const withNewIds = assignmentsBefore.map((pair) =>
    ["deleted-key", "deleted-guardrail"].reduce((renamed, name) => renamed.replace(id(name), newIds[name] ?? ""), pair),
  );
  const live = assignmentsIn(account).filter((pair) => !pair.includes(id("deleted-key")));
  expect(live.sort()).toEqual(withNewIds.sort());

  expect({ idOfUsed: newIds.used, touched: touched(healed) }).toEqual({
    idOfUsed: id("used"),
    touched: expect.not.arrayContaining(["used"]),
  });
  const nextUp = await s.up();
  expect({ ...effectsOf(nextUp), calls: nextUp.calls }).toEqual({ ...NO_EFFECTS, calls: [] });
});

/** Declared inputs have their declared values again, and omitted ones no value. */
function expectSettingsReverted({ keys, guardrails }: Account, id: (name: string) => string): void {
  const live = (name: string) =>
    [...keys, ...guardrails].find((each) => ("hash" in each ? each.hash : each.id) === id(name));
  expect(live("limited")).toMatchObject({ limit: 10, limit_reset: "monthly", name: "declared/test/limited" });
  expect(live("budget")).toMatchObject({
    limit_usd: 50,
    reset_interval: "daily",
    allowed_models: ["openai/gpt-4.1-2025-04-14", "openai/o3-2025-04-16"],
  });
  const unset = { limit: null, limit_reset: null, include_byok_in_limit: false, disabled: false };
  expect(live("bare")).toMatchObject(unset);
  expect(live("bare-guardrail")).toMatchObject({
    description: null,
    limit_usd: null,
    reset_interval: null,
    ignored_models: null,
    allowed_data_regions: null,
    content_filters: null,
    enforce_zdr_openai: null,
    enable_free_model_training: null,
    include_byok_in_budgets: false,
  });
}

function expectOnlyDriftWritten({ calls }: Outcome, id: (name: string) => string): void {
  const patchedFields = (path: string) => {
    const patch = calls.find((call) => call.method === "PATCH" && call.path === path);
    return Object.keys((patch?.body ?? {}) as object).sort();
  };
  expect({
    key: patchedFields(`/keys/${id("limited")}`),
    guardrail: patchedFields(`/guardrails/${id("budget")}`),
  }).toEqual(
    // Both fields of a budget are always sent together.
    { key: ["limit", "limit_reset", "name"], guardrail: ["allowed_models", "limit_usd", "reset_interval"] },
  );
}

type Account = SimulatedAccount["account"];

function assignmentsIn({ keyAssignments, memberAssignments }: Account): string[] {
  return [
    ...keyAssignments.map((row) => `${row.guardrail_id}/${row.key_hash}`),
    ...memberAssignments.map((row) => `${row.guardrail_id}/${row.user_id}`),
  ];
}
