/** The state of each kind: live values in the program's words where the meaning is the same, and nothing else. */
import { guardrail } from "../../provider/resources/guardrail";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import { scripted } from "./support/fakeApi";
import { CREATED_AT, checked, contextOf, GUARDRAIL, HASH, KEY, wireGuardrail, wireKey } from "./support/samples";

const keyInputs = (given: object) => checked(inferenceKey, { name: "ci", ...given });
const guardrailInputs = (given: object) => checked(guardrail, { name: "safe", ...given });

async function keyState(given: object, live: object) {
  const fake = scripted({ data: wireKey(live), key: KEY });
  return (await inferenceKey.create(contextOf(fake), keyInputs(given))).outputs;
}
async function guardrailState(given: object, live: object) {
  const fake = scripted({ data: wireGuardrail(live) });
  return (await guardrail.create(contextOf(fake), guardrailInputs(given))).outputs;
}

describe("the state of a key", () => {
  test("has only name, label and creation time when nothing is set", async () => {
    const { key, ...outputs } = await keyState({}, {});
    expect(key.reveal()).toBe(KEY);
    expect(outputs).toStrictEqual({ name: "ci", label: "sk-or-v1-5e4...e1b", createdAt: CREATED_AT });
  });

  test("keeps inputs that no response has", async () => {
    const given = { keepers: { a: "b" }, __defaultName: true };
    expect(await keyState(given, {})).toMatchObject(given);
  });

  test.each<[string, object, object]>([
    [
      "an expiry with its UTC offset and fraction",
      { expiresAt: "2027-01-01T02:00:00.5+02:00" },
      { expires_at: "2027-01-01T00:00:00Z" },
    ],
    ["an external user", { externalUser: "a" }, { external_user: "a" }],
    ["a creator", { creatorUserId: "user_a" }, { creator_user_id: "user_a" }],
    ["a large limit", { limit: 33.333333333333336 }, { limit: 33.333333333333336 }],
  ])("keeps %s as declared, and a refresh finds no drift", async (_title, given, live) => {
    const outputs = await keyState(given, live);
    expect(outputs).toMatchObject(given);
    const found = await inferenceKey.read(contextOf(scripted({ data: wireKey(live) })), HASH, outputs);
    expect(found?.outputs).toMatchObject(given);
    expect(found && inferenceKey.diff(outputs, found.inputs)).toEqual({ changed: false, replaces: [] });
  });

  test("keeps the declared expiry when the API omits it, but not when the API shows null", async () => {
    const expiresAt = "2027-01-01T02:00:00+02:00";
    const state = await keyState({ expiresAt }, { expires_at: expiresAt });
    const { expires_at, ...withoutExpiry } = wireKey() as Record<string, unknown>;
    const read = async (data: object) => (await inferenceKey.read(contextOf(scripted({ data })), HASH, state))?.outputs;
    expect((await read(withoutExpiry))?.expiresAt).toBe(expiresAt);
    expect(await read(wireKey())).not.toHaveProperty("expiresAt");
  });

  test("has the live expiry in UTC when it differs", async () => {
    const state = await keyState({ expiresAt: "2027-01-01T00:00:00Z" }, { expires_at: "2027-01-01T00:00:00Z" });
    const fake = scripted({ data: wireKey({ expires_at: "2028-01-01T02:00:00.123+02:00" }) });
    const found = await inferenceKey.read(contextOf(fake), HASH, state);
    expect(found?.inputs.expiresAt).toBe("2028-01-01T00:00:00Z");
  });

  test.each([
    ["nothing when there is no name", {}, ""],
    ["the name when there is one", { name: "ci" }, "ci"],
  ])("identifies its object by %s", (_title, properties, name) => {
    expect(inferenceKey.nameOf(properties)).toBe(name);
    expect(guardrail.nameOf(properties)).toBe(name);
  });
});

describe("the state of a guardrail", () => {
  test("has only name and creation time when nothing is set", async () => {
    expect(await guardrailState({}, {})).toStrictEqual({ name: "safe", createdAt: CREATED_AT });
  });

  test("keeps `__defaultName`, and records switches that the API shows as false when unset", async () => {
    const outputs = await guardrailState({ __defaultName: true }, { enforce_zdr_xai: false, enforce_zdr_other: null });
    expect(outputs).toStrictEqual({
      name: "safe",
      createdAt: CREATED_AT,
      __defaultName: true,
      __falseWhenUnset: ["enforceZdrXai"],
    });
    const found = await guardrail.read(contextOf(scripted({ data: wireGuardrail() })), GUARDRAIL, outputs);
    expect(found?.inputs).toStrictEqual({ name: "safe", __defaultName: true });
  });

  test.each<[string, object, object]>([
    ["the order and duplicates of a list", { allowedProviders: ["b", "a", "b"] }, { allowed_providers: ["a", "b"] }],
    [
      "the order of filters and the default scope",
      {
        contentFilterBuiltins: [
          { slug: "regex-prompt-injection", action: "flag", scanScope: "all_messages" },
          { slug: "email", action: "flag" },
        ],
      },
      {
        content_filter_builtins: [
          { slug: "email", action: "flag", label: "[EMAIL]" },
          { slug: "regex-prompt-injection", action: "flag" },
        ],
      },
    ],
    [
      "the order of custom filters",
      {
        contentFilters: [
          { pattern: "b", action: "flag", label: null },
          { pattern: "a", action: "block" },
        ],
      },
      {
        content_filters: [
          { pattern: "a", action: "block" },
          { pattern: "b", action: "flag" },
        ],
      },
    ],
    [
      "a workspace id in capitals",
      { workspaceId: "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA" },
      { workspace_id: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" },
    ],
  ])("keeps %s as declared, and a refresh finds no drift", async (_title, given, live) => {
    const outputs = await guardrailState(given, live);
    expect(outputs).toMatchObject(given);
    const found = await guardrail.read(contextOf(scripted({ data: wireGuardrail(live) })), GUARDRAIL, outputs);
    expect(found?.outputs).toEqual(outputs);
    expect(found && guardrail.diff(outputs, found.inputs)).toEqual({ changed: false, replaces: [] });
  });

  test("keeps the declared positions in a list that drifted", async () => {
    const outputs = await guardrailState({ allowedProviders: ["c", "a"] }, { allowed_providers: ["a", "c"] });
    const fake = scripted({ data: wireGuardrail({ allowed_providers: ["a", "b", "c"] }) });
    const found = await guardrail.read(contextOf(fake), GUARDRAIL, outputs);
    expect(found?.inputs.allowedProviders).toEqual(["c", "a", "b"]);
  });

  test("keeps the declared positions of drifted filters by slug and by pattern", async () => {
    const given = {
      contentFilterBuiltins: [
        { slug: "phone", action: "flag" },
        { slug: "email", action: "redact" },
      ],
      contentFilters: [
        { pattern: "b", action: "flag" },
        { pattern: "a", action: "flag" },
      ],
    };
    const outputs = await guardrailState(given, {
      content_filter_builtins: given.contentFilterBuiltins,
      content_filters: given.contentFilters,
    });
    const live = wireGuardrail({
      content_filter_builtins: [
        { slug: "email", action: "block" },
        { slug: "phone", action: "flag" },
      ],
      content_filters: [
        { pattern: "a", action: "block" },
        { pattern: "b", action: "flag" },
      ],
    });
    const { inputs } = (await guardrail.read(contextOf(scripted({ data: live })), GUARDRAIL, outputs)) ?? {};
    expect(inputs?.contentFilterBuiltins).toEqual([
      { slug: "phone", action: "flag" },
      { slug: "email", action: "block" },
    ]);
    expect(inputs?.contentFilters).toEqual([
      { pattern: "b", action: "flag" },
      { pattern: "a", action: "block" },
    ]);
  });

  test("has no workspace when the guardrail is older than workspaces", async () => {
    expect(await guardrailState({}, { workspace_id: null })).not.toHaveProperty("workspaceId");
    const state = { name: "safe", createdAt: CREATED_AT, workspaceId: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" };
    const fake = scripted({ data: wireGuardrail({ workspace_id: null }) });
    expect((await guardrail.read(contextOf(fake), GUARDRAIL, state))?.outputs).not.toHaveProperty("workspaceId");
  });
});
