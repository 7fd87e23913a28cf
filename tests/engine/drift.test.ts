/** What somebody changes behind the program's back is found by a refresh and put back by one `up`. */
import type { Guardrail, Key } from "../../testing/index";
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  touched,
  writes,
} from "./support/declaredStack";

let s: DeclaredStack;
let declaration: Declaration;
let before: Record<string, StateResource>;

const id = (name: string, state = before) => String(state[name]?.id);
const keyOf = (name: string, state = before): Key | undefined =>
  s.simulator.account.keys.find(({ hash }) => hash === id(name, state));
const guardrailOf = (name: string, state = before): Guardrail | undefined =>
  s.simulator.account.guardrails.find((guardrail) => guardrail.id === id(name, state));
const pairs = () => [
  ...s.simulator.account.keyAssignments.map((row) => `${row.guardrail_id}/${row.key_hash}`),
  ...s.simulator.account.memberAssignments.map((row) => `${row.guardrail_id}/${row.user_id}`),
];

beforeAll(async () => {
  s = await openDeclaredStack();
  const [ada, bo] = ["ada", "bo"].map((name) => s.simulator.dashboard.addMember({ email: `${name}@first.example` }).id);
  const assigned = (guardrail: string, key: string) => ({
    kind: "GuardrailKeyAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: key } },
  });
  const member = (userId: string | undefined) => ({
    kind: "GuardrailMemberAssignment" as const,
    args: { guardrailId: { idOf: "set" }, userId },
  });
  declaration = {
    limited: { kind: "InferenceKey", args: { limit: 10, limitReset: "monthly" } },
    bare: { kind: "InferenceKey" },
    "deleted-key": { kind: "InferenceKey", args: { limit: 3 } },
    expiring: { kind: "InferenceKey", args: { expiresAt: "2099-01-01T00:00:00Z" } },
    "never-expiring": { kind: "InferenceKey" },
    used: { kind: "InferenceKey", args: { limit: 5 } },
    set: {
      kind: "Guardrail",
      args: { limitUsd: 50, resetInterval: "daily", allowedModels: ["openai/gpt-4.1", "openai/o3"] },
    },
    "bare-guardrail": { kind: "Guardrail" },
    "deleted-guardrail": { kind: "Guardrail", args: { description: "comes back" } },
    unassigned: assigned("set", "limited"),
    moved: assigned("set", "bare"),
    "of-deleted-key": assigned("set", "deleted-key"),
    "of-deleted-guardrail": assigned("deleted-guardrail", "used"),
    "member-unassigned": member(ada),
    "member-moved": member(bo),
  };
  await s.up(declaration);
});
afterAll(() => s.close());

describe("without drift", () => {
  let refreshed: Outcome;
  beforeAll(async () => {
    await s.refresh();
    before = await s.resources();
    s.simulator.dashboard.useKey(id("used"), 1.25);
    s.simulator.dashboard.useKey(id("bare"), 2);
    refreshed = await s.refresh();
  });

  test("a refresh changes nothing in the state and writes nothing, whatever was used meanwhile", async () => {
    expect(errorsOf(refreshed)).toBe("");
    expect(touched(refreshed)).toEqual([]);
    expect(writes(refreshed.calls)).toEqual([]);
    const after = await s.resources();
    for (const [name, { inputs, outputs }] of Object.entries(before)) {
      expect({ name, ...after[name] }).toMatchObject({ name, inputs, outputs });
    }
  });

  test("an up after it has nothing to do and makes no API call", async () => {
    const outcome = await s.up();
    expect(touched(outcome)).toEqual([]);
    expect(outcome.calls).toEqual([]);
  });

  test("a refresh tells who made an assignment and when", () => {
    expect(before.moved?.outputs).toMatchObject({ assignedBy: s.simulator.account.owner_user_id });
    expect(before["member-moved"]?.outputs.createdAt).toMatch(/^20\d\d-/);
  });
});

describe("after changes in the dashboard, one up with refresh", () => {
  let healed: Outcome;
  let after: Record<string, StateResource>;
  let pairsBefore: string[];
  beforeAll(async () => {
    const { dashboard } = s.simulator;
    const [ada, bo] = ["member-unassigned", "member-moved"].map((name) => String(before[name]?.inputs.userId));
    pairsBefore = pairs();
    dashboard.updateKey(id("limited"), { limit: 99, limit_reset: null, name: "mine now" });
    dashboard.updateKey(id("bare"), { limit: 7, limit_reset: "daily", include_byok_in_limit: true, disabled: true });
    dashboard.updateKey(id("expiring"), { expires_at: new Date("2100-01-01T00:00:00Z") });
    dashboard.updateKey(id("never-expiring"), { expires_at: new Date("2100-01-01T00:00:00Z") });
    dashboard.updateGuardrail(id("set"), { limit_usd: 60, allowed_models: ["openai/gpt-4.1", "openai/gpt-5"] });
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
    dashboard.unassign(id("set"), { keys: [id("limited")], members: [ada as string] });
    dashboard.assign(id("bare-guardrail"), { keys: [id("bare")], members: [bo as string] });
    dashboard.deleteKey(id("deleted-key"));
    dashboard.deleteGuardrail(id("deleted-guardrail"));
    healed = await s.up(undefined, { refresh: true });
    after = await s.resources();
  });

  test("succeeds", () => expect(errorsOf(healed)).toBe(""));

  test("puts back inputs that are set", () => {
    expect(keyOf("limited")).toMatchObject({ limit: 10, limit_reset: "monthly", name: "declared/test/limited" });
    expect(guardrailOf("set")).toMatchObject({
      limit_usd: 50,
      reset_interval: "daily",
      allowed_models: ["openai/gpt-4.1-2025-04-14", "openai/o3-2025-04-16"],
    });
  });

  test("takes away what was set on inputs that are left out", () => {
    const none = { limit: null, limit_reset: null, include_byok_in_limit: false, disabled: false };
    expect(keyOf("bare")).toMatchObject(none);
    expect(guardrailOf("bare-guardrail")).toMatchObject({
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
  });

  test("writes the drifted fields and no others", () => {
    const patch = healed.calls.find(({ method, path }) => method === "PATCH" && path === `/keys/${id("limited")}`);
    expect(Object.keys(patch?.body as object).sort()).toEqual(["limit", "limit_reset", "name"]);
    const budget = healed.calls.find(({ method, path }) => method === "PATCH" && path === `/guardrails/${id("set")}`);
    expect(Object.keys(budget?.body as object).sort()).toEqual(["allowed_models", "limit_usd", "reset_interval"]);
  });

  test("makes a deleted key and a deleted guardrail again", () => {
    expect(id("deleted-key", after)).not.toBe(id("deleted-key"));
    expect(keyOf("deleted-key", after)).toMatchObject({ limit: 3, name: "declared/test/deleted-key" });
    expect(guardrailOf("deleted-guardrail", after)).toMatchObject({ description: "comes back" });
  });

  test("replaces a key whose expiry was changed or set, which the API can't take back", () => {
    expect(id("expiring", after)).not.toBe(id("expiring"));
    expect(keyOf("expiring", after)?.expires_at).toEqual(new Date("2099-01-01T00:00:00Z"));
    expect(keyOf("never-expiring", after)?.expires_at).toBeNull();
    expect(keyOf("expiring")).toBeUndefined();
    expect(keyOf("never-expiring")).toBeUndefined();
  });

  test("assigns again what was taken away or moved, and what lost its key or guardrail", () => {
    const now = (pair: string) =>
      pair
        .replace(id("deleted-key"), id("deleted-key", after))
        .replace(id("deleted-guardrail"), id("deleted-guardrail", after));
    const live = pairs().filter((pair) => !pair.includes(id("deleted-key")));
    expect(live.sort()).toEqual(pairsBefore.map(now).sort());
  });

  test("leaves alone what did not drift", () => {
    expect(id("used", after)).toBe(id("used"));
    expect(touched(healed)).not.toContain("used");
  });

  test("leaves nothing to do for the next one", async () => {
    const outcome = await s.up();
    expect(touched(outcome)).toEqual([]);
    expect(outcome.calls).toEqual([]);
  });
});
