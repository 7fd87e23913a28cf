import { ApiError, NotFoundError, PartialFailureError, ServerError } from "../../provider/errors";
import { guardrail } from "../../provider/resources/guardrail";
import type { GuardrailOutputs } from "../../provider/resources/guardrailFields";
import { OPERATION, scripted } from "./support/fakeApi";
import {
  CREATED_AT,
  checked,
  contextOf,
  failureOf,
  GUARDRAIL,
  OTHER_WORKSPACE,
  throughState,
  WORKSPACE,
  wireGuardrail,
} from "./support/samples";

const inputsOf = (given: object = {}) => checked(guardrail, { name: "safe", ...given });
const shown = (settings: object = {}) => ({ data: wireGuardrail(settings) });
const patch = (body: object) => ({ method: "PATCH", path: `/guardrails/${GUARDRAIL}`, body });
const gone = new NotFoundError(OPERATION, 404, "Resource not found");
const broken = new ServerError(OPERATION, 500, "Internal Server Error");
const rejection = new ApiError(OPERATION, 400, "Invalid request parameters");

function stateWith(outputs: object = {}): GuardrailOutputs {
  return { name: "safe", createdAt: CREATED_AT, ...outputs };
}

const ALL = {
  description: "for CI",
  limitUsd: 50,
  resetInterval: "daily",
  allowedModels: ["a/b"],
  ignoredModels: ["c/d"],
  allowedProviders: ["openai"],
  ignoredProviders: ["azure"],
  allowedDataRegions: ["europe"],
  contentFilterBuiltins: [{ slug: "regex-prompt-injection", action: "block", scanScope: "user_only" }],
  contentFilters: [{ pattern: "\\d+", action: "redact", label: "[N]" }],
  enforceZdrAnthropic: true,
  enforceZdrOpenai: false,
  enforceZdrGoogle: true,
  enforceZdrXai: true,
  enforceZdrOther: true,
  enableFreeModelPublication: true,
  enableFreeModelTraining: false,
  enablePaidModelTraining: true,
  includeByokInBudgets: true,
};
const ALL_ON_WIRE = {
  description: "for CI",
  limit_usd: 50,
  reset_interval: "daily",
  allowed_models: ["a/b"],
  ignored_models: ["c/d"],
  allowed_providers: ["openai"],
  ignored_providers: ["azure"],
  allowed_data_regions: ["europe"],
  content_filter_builtins: [{ slug: "regex-prompt-injection", action: "block", scan_scope: "user_only" }],
  content_filters: [{ pattern: "\\d+", action: "redact", label: "[N]" }],
  enforce_zdr_anthropic: true,
  enforce_zdr_openai: false,
  enforce_zdr_google: true,
  enforce_zdr_xai: true,
  enforce_zdr_other: true,
  enable_free_model_publication: true,
  enable_free_model_training: false,
  enable_paid_model_training: true,
  include_byok_in_budgets: true,
};

describe("create", () => {
  test.each([
    ["a name alone", {}, {}],
    ["everything", { ...ALL, workspaceId: OTHER_WORKSPACE }, { ...ALL_ON_WIRE, workspace_id: OTHER_WORKSPACE }],
    ["a budget of 0", { limitUsd: 0, resetInterval: "weekly" }, { limit_usd: 0, reset_interval: "weekly" }],
  ])("sends one POST with %s", async (_title, given, body) => {
    const fake = scripted(shown(body));
    const { id, outputs } = await guardrail.create(contextOf(fake), inputsOf(given));
    expect(fake.sent).toEqual([{ method: "POST", path: "/guardrails", body: { name: "safe", ...body } }]);
    expect(id).toBe(GUARDRAIL);
    expect(outputs).toMatchObject({ ...given, createdAt: CREATED_AT });
    expect(guardrail.diff(throughState(outputs), inputsOf(given))).toEqual({ changed: false, replaces: [] });
  });

  test("sends enforceZdr as the five vendor switches, never as the deprecated field", async () => {
    const vendors = ["anthropic", "openai", "google", "xai", "other"];
    const five = Object.fromEntries(vendors.map((vendor) => [`enforce_zdr_${vendor}`, true]));
    const fake = scripted(shown({ ...five, enforce_zdr: null }));
    await guardrail.create(contextOf(fake), inputsOf({ enforceZdr: true }));
    expect(fake.sent).toEqual([{ method: "POST", path: "/guardrails", body: { name: "safe", ...five } }]);
  });

  test("ignores labels and default scopes that the API adds to built-in filters", async () => {
    const email = { slug: "email", action: "redact" };
    const fake = scripted(
      shown({ content_filter_builtins: [{ ...email, label: "[EMAIL]", scan_scope: "all_messages" }] }),
    );
    const declared = inputsOf({ contentFilterBuiltins: [email] });
    const { outputs } = await guardrail.create(contextOf(fake), declared);
    expect(fake.sent).toHaveLength(1);
    expect(guardrail.diff(outputs, declared)).toEqual({ changed: false, replaces: [] });
  });

  test("writes nothing more when the API reorders lists, or shows omitted ones as empty or null", async () => {
    const lists = { allowed_providers: ["z", "a"], ignored_providers: [], content_filters: [], allowed_models: null };
    const fake = scripted(shown(lists));
    await guardrail.create(contextOf(fake), inputsOf({ allowedProviders: ["a", "z"] }));
    expect(fake.sent).toHaveLength(1);
  });

  test("treats false for an omitted switch as unset, and a later true as drift", async () => {
    const fake = scripted(shown({ enforce_zdr_xai: false }), shown({ enforce_zdr_xai: true }));
    const { outputs } = await guardrail.create(contextOf(fake), inputsOf());
    expect(fake.sent).toHaveLength(1);
    expect(outputs).not.toHaveProperty("enforceZdrXai");
    const found = await guardrail.read(contextOf(fake), GUARDRAIL, throughState(outputs));
    expect(found?.inputs).toEqual({ name: "safe", enforceZdrXai: true });
  });

  test("sends false for a switch that the API shows as false when unset", async () => {
    const fake = scripted(shown({ enforce_zdr_xai: false }));
    const declared = inputsOf({ enforceZdrXai: false });
    const outputs = await guardrail.update(
      contextOf(fake),
      GUARDRAIL,
      stateWith({ __falseWhenUnset: ["enforceZdrXai"] }),
      declared,
    );
    expect(fake.sent).toEqual([patch({ enforce_zdr_xai: false })]);
    expect(outputs).not.toHaveProperty("__falseWhenUnset");
    expect(guardrail.diff(outputs, declared).changed).toBe(false);
  });

  test("fails after two writes and keeps the id when the API accepts a field but does not apply it", async () => {
    const fake = scripted(shown(), shown(), shown());
    const error = await failureOf(guardrail.create(contextOf(fake), inputsOf({ description: "a" })));
    expect(fake.lines()).toEqual([
      "POST /guardrails",
      `PATCH /guardrails/${GUARDRAIL}`,
      `PATCH /guardrails/${GUARDRAIL}`,
    ]);
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error).toMatchObject({ id: GUARDRAIL, outputs: { name: "safe" } });
    expect(error.message).toMatch(/accepted description but shows a different value/);
  });

  test("fails without a partial state when the POST fails", async () => {
    expect(await failureOf(guardrail.create(contextOf(scripted(rejection)), inputsOf()))).toBe(rejection);
  });
});

describe("update", () => {
  const clearing = Object.keys(ALL)
    .filter((name) => name !== "limitUsd" && name !== "resetInterval")
    .map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] as const);

  test.each(clearing)("clears %s by sending only its empty value", async (name, wire) => {
    const cleared = name === "includeByokInBudgets" ? false : null;
    const fake = scripted(shown({ ...ALL_ON_WIRE, [wire]: cleared }));
    const { [name as keyof typeof ALL]: _, ...rest } = ALL;
    const outputs = await guardrail.update(contextOf(fake), GUARDRAIL, stateWith(ALL), inputsOf(rest));
    expect(fake.sent).toEqual([patch({ [wire]: cleared })]);
    expect(outputs).not.toHaveProperty(name);
  });

  test.each([
    ["the budget is cleared", {}, { limit_usd: null, reset_interval: null }],
    ["the limit changes", { limitUsd: 60, resetInterval: "daily" }, { limit_usd: 60, reset_interval: "daily" }],
    ["the interval changes", { limitUsd: 50, resetInterval: "weekly" }, { limit_usd: 50, reset_interval: "weekly" }],
  ])("sends limit and interval together when %s", async (_title, given, body) => {
    const fake = scripted(shown(body));
    const state = stateWith({ limitUsd: 50, resetInterval: "daily" });
    await guardrail.update(contextOf(fake), GUARDRAIL, state, inputsOf(given));
    expect(fake.sent).toEqual([patch(body)]);
  });

  test("sends the whole list when one element is added", async () => {
    const fake = scripted(shown({ allowed_providers: ["a", "b", "c"] }));
    const state = stateWith({ allowedProviders: ["a", "b"] });
    await guardrail.update(contextOf(fake), GUARDRAIL, state, inputsOf({ allowedProviders: ["c", "b", "a"] }));
    expect(fake.sent).toEqual([patch({ allowed_providers: ["a", "b", "c"] })]);
  });

  test("leaves a budget from the dashboard to the next refresh, because no preview has shown it", async () => {
    const fake = scripted(shown({ description: "b", limit_usd: 9, reset_interval: "daily" }));
    const outputs = await guardrail.update(contextOf(fake), GUARDRAIL, stateWith(), inputsOf({ description: "b" }));
    expect(fake.sent).toEqual([patch({ description: "b" })]);
    expect(outputs).not.toHaveProperty("limitUsd");
  });

  test("reads the guardrail and writes the rest when the state shows no change", async () => {
    const fake = scripted(shown(), shown({ description: "a" }));
    await guardrail.update(contextOf(fake), GUARDRAIL, stateWith({ description: "a" }), inputsOf({ description: "a" }));
    expect(fake.lines()).toEqual([`GET /guardrails/${GUARDRAIL}`, `PATCH /guardrails/${GUARDRAIL}`]);
  });

  test("passes on a rejected PATCH, and keeps the state when the outcome of the PATCH is unknown", async () => {
    const update = (cause: Error) =>
      guardrail.update(contextOf(scripted(cause)), GUARDRAIL, stateWith(), inputsOf({ description: "a" }));
    expect(await failureOf(update(gone))).toBe(gone);
    expect(await failureOf(update(broken))).toMatchObject({ id: GUARDRAIL, outputs: stateWith() });
  });
});

describe("read", () => {
  const drifts = Object.keys(ALL).map((name) => [name, name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)] as const);

  test.each(drifts)("returns %s as an input when it was set outside Pulumi", async (name, wire) => {
    const drift = ALL_ON_WIRE[wire as keyof typeof ALL_ON_WIRE];
    const found = await guardrail.read(contextOf(scripted(shown({ [wire]: drift }))), GUARDRAIL, stateWith());
    expect(found?.inputs).toEqual({ name: "safe", [name]: ALL[name as keyof typeof ALL] });
  });

  test.each(drifts)("omits %s from the inputs when it was cleared outside Pulumi", async (name) => {
    const found = await guardrail.read(contextOf(scripted(shown())), GUARDRAIL, stateWith(ALL));
    expect(found?.inputs).not.toHaveProperty(name);
    expect(guardrail.diff(found?.outputs as GuardrailOutputs, inputsOf(ALL)).changed).toBe(true);
  });

  test("returns the workspace as an input only when it was declared", async () => {
    const declared = stateWith({ workspaceId: WORKSPACE });
    const fake = scripted(shown(), shown());
    expect((await guardrail.read(contextOf(fake), GUARDRAIL, declared))?.inputs.workspaceId).toBe(WORKSPACE);
    const chosen = await guardrail.read(contextOf(fake), GUARDRAIL, stateWith());
    expect(chosen?.inputs).toEqual({ name: "safe" });
    expect(chosen?.outputs).not.toHaveProperty("workspaceId");
  });

  test("returns nothing for a 404, and passes on any other failure", async () => {
    expect(await guardrail.read(contextOf(scripted(gone)), GUARDRAIL, stateWith())).toBeUndefined();
    expect(await failureOf(guardrail.read(contextOf(scripted(broken)), GUARDRAIL, stateWith()))).toBe(broken);
  });
});

test("deletes with one DELETE", async () => {
  const fake = scripted({ deleted: true });
  await guardrail.delete(contextOf(fake), GUARDRAIL, stateWith());
  expect(fake.lines()).toEqual([`DELETE /guardrails/${GUARDRAIL}`]);
});
