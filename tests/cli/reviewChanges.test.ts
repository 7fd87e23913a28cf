/** Which keys, guardrails and members a review shows for a change, and what they may spend before and after. */
import { assigned, guardrail, key, member, type Program, previewOf, stateOf } from "./support/previews";
import { expiring, FAR_EXPIRY, figuresOf, monthly, report, reportOf, runReview } from "./support/reviews";
import { file } from "./support/states";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const month = (usd: number) => ({ usd, per: "month" });
const budget = (limitUsd: number, resetInterval = "monthly") => guardrail({ limitUsd, resetInterval });

describe("shows a key", () => {
  test("when it is created, changed or deleted", async () => {
    const before = { gone: key(monthly(5)), raised: key(monthly(10)), calm: key(monthly(1)) };
    const after = { added: key({ limit: 7, limitReset: "daily" }), raised: key(monthly(30)), calm: key(monthly(1)) };
    const found = await report(before, after);
    expect(figuresOf(found)).toEqual({ gone: ["deleted", 5, 0], added: ["new", 0, 217], raised: ["changed", 10, 30] });
    expect(found).toMatchObject({
      stack: "budgets/prod",
      scope: "stack",
      totals: { month: { before: 16, after: 248, difference: 232 } },
    });
  });

  test("when the budget of its guardrail changes what it may spend", async () => {
    const links = { "a-g": assigned("g", "a"), "b-g": assigned("g", "b"), a: key(monthly(500)), b: key(monthly(20)) };
    const found = await report({ g: budget(100), ...links }, { g: budget(300), ...links });
    expect(figuresOf(found)).toEqual({ a: ["affected", 100, 300] });
    expect(found.guardrails).toMatchObject([
      { guardrail: "g", atMostEach: { before: month(100), after: month(300) }, keys: 2 },
    ]);
    expect(found.totals.month).toMatchObject({ before: 120, after: 320 });
  });

  test("when a refresh finds it deleted, as a new one", async () => {
    const after = { a: key(monthly(5)) };
    const preview = JSON.parse(previewOf({}, after));
    const [, { urn, newState }] = preview.steps;
    preview.steps.unshift({ op: "refresh", urn, oldState: { ...newState, id: "x" } });
    const found = await reportOf([file(JSON.stringify(preview)), "--state", file(stateOf(after))]);
    expect(figuresOf(found)).toEqual({ a: ["new", 0, 5] });
  });

  test("when it has an alias, with its former state", async () => {
    const before = { a: key(monthly(5)) };
    const preview = JSON.parse(previewOf(before, { a: key(monthly(9)) }).replaceAll("::a", "::b"));
    preview.steps[1].oldState.urn = preview.steps[1].oldState.urn.replace(/::b$/, "::a");
    const found = await reportOf([file(JSON.stringify(preview)), "--state", file(stateOf(before))]);
    expect(figuresOf(found)).toEqual({ "b (budgets/prod/a)": ["changed", 5, 9] });
    expect(found.totals.month.before).toBe(5);
  });

  test("when it is imported, with an unknown figure before", async () => {
    const preview = JSON.parse(previewOf({}, { a: key(monthly(5)) }));
    preview.steps[1].op = "import";
    const found = await reportOf([file(JSON.stringify(preview)), "--state", file(stateOf({}))]);
    expect(figuresOf(found)).toEqual({ a: ["adopted", "not known", 5] });
  });

  test("when it is replaced, and not the old one that is deleted", async () => {
    const version = (rotation: number) => ({ a: key(monthly(5), { rotation }) });
    const preview = JSON.parse(previewOf(version(1), version(2)));
    preview.steps.push({ ...preview.steps[1], op: "delete-replaced", newState: null });
    const state = JSON.parse(stateOf({ ...version(1), calm: key(monthly(7)) }));
    const calm = state.deployment.resources.at(-1);
    state.deployment.resources.push({ ...calm, id: "older", delete: true, inputs: { limit: 1000 } });
    const found = await reportOf([file(JSON.stringify(preview)), "--state", file(JSON.stringify(state))]);
    expect(figuresOf(found)).toEqual({ a: ["replaced", 5, 5] });
    expect(found.totals.month.before).toBe(12);
  });

  test("unless the stack only reads it", async () => {
    const found = await report({}, { theirs: key(monthly(99), { external: true }), ours: key(monthly(1)) });
    expect(figuresOf(found)).toEqual({ ours: ["new", 0, 1] });
    expect(found.totals.month).toMatchObject({ keys: 1, after: 1 });
  });
});

describe("counts", () => {
  test("a guardrail's budget for each of its keys", async () => {
    const links = { "a-g": assigned("g", "a"), "b-g": assigned("g", "b") };
    const found = await report({}, { g: budget(10), a: key(), b: key(), ...links });
    expect(figuresOf(found)).toEqual({ a: ["new", 0, 10], b: ["new", 0, 10] });
    expect(found.totals).toMatchObject({ month: { keys: 2, after: 20 }, becomeUnlimited: [], unknownAfter: [] });
  });

  test("members separately from keys", async () => {
    const found = await report(
      { g: budget(1, "daily"), anna: member("g", "user_anna") },
      { g: budget(2, "daily"), anna: member("g", "user_anna"), bob: member("g", "user_bob") },
    );
    expect(found.members).toMatchObject([
      { member: "user_bob", atMost: { before: null, after: month(62) } },
      { member: "user_anna", atMost: { before: month(31), after: month(62) } },
    ]);
    expect(found.totals.month.after).toBe(0);
  });

  test("a disabled or expired key as 0, and in full when it is enabled", async () => {
    const expired = { expiresAt: "2026-01-01T00:00:00Z" };
    const before = { off: key({ ...monthly(5), disabled: true }), old: key({ ...monthly(6), ...expired }) };
    const after = { off: key(monthly(5)), old: key({ ...monthly(9), ...expired }) };
    expect(figuresOf(await report(before, after))).toEqual({ off: ["changed", 0, 5], old: ["changed", 0, 0] });
  });

  test("the budget of a guardrail that the stack only reads", async () => {
    const theirs = { ...budget(3), external: true };
    const found = await report({ theirs }, { theirs, a: key(monthly(50)), "a-g": assigned("theirs", "a") });
    expect(figuresOf(found)).toEqual({ a: ["new", 0, 3] });
  });

  test("the new guardrail of a key that moves", async () => {
    const both = { cheap: budget(5), dear: budget(50), a: expiring(monthly(20)) };
    const found = await report({ ...both, link: assigned("cheap", "a") }, { ...both, link: assigned("dear", "a") });
    expect(figuresOf(found)).toEqual({ a: ["changed", 5, 20] });
  });

  test("the key's own limit when its assignment is removed", async () => {
    const both = { cheap: budget(5), a: expiring(monthly(20)) };
    expect(figuresOf(await report({ ...both, link: assigned("cheap", "a") }, both))).toEqual({ a: ["changed", 5, 20] });
  });

  test("the same guardrail when the key or the guardrail is replaced", async () => {
    const stack = (keyVersion: number, guardrailVersion: number): Program => ({
      a: key(monthly(20), { rotation: keyVersion }),
      g: { ...budget(5), rotation: guardrailVersion },
      link: assigned("g", "a"),
    });
    expect(figuresOf(await report(stack(1, 1), stack(2, 1)))).toEqual({ a: ["replaced", 5, 5] });
    expect(figuresOf(await report(stack(1, 1), stack(1, 2)))).toEqual({});
  });

  test("the key's own limit under a guardrail outside the stack", async () => {
    const inputs = { guardrailId: "11112222-aaaa", keyHash: { of: "a" } };
    const before = { a: key(monthly(20)) };
    const found = await report(before, { ...before, link: { kind: "GuardrailKeyAssignment", inputs } });
    expect(found.keys).toMatchObject([
      { guardrail: { before: null, after: "11112222-aaa (outside this stack)" }, atMost: { after: month(20) } },
    ]);
  });

  test("no figure for a key when only its assignment is in the preview", async () => {
    const both = { x: guardrail(), y: guardrail(), a: key(monthly(20)) };
    const preview = previewOf({ ...both, link: assigned("x", "a") }, { ...both, link: assigned("y", "a") });
    const found = await reportOf([file(preview)]);
    expect(found.scope).toBe("changes");
    expect(figuresOf(found)).toEqual({ a: ["changed", "not in this preview", "not in this preview"] });
  });

  test("the whole stack without a state when the preview omits nothing", async () => {
    expect((await reportOf([file(previewOf({}, { a: key(monthly(1)) }))])).scope).toBe("stack");
  });
});

describe("a value that can't be shown", () => {
  test("is counted when it is known after apply", async () => {
    const before = { a: key(monthly(5)) };
    const after = { ...before, b: key({ limit: UNKNOWN }), c: key({ ...monthly(1), expiresAt: UNKNOWN }) };
    const found = await report(before, after);
    expect(figuresOf(found)).toEqual({ b: ["new", 0, "known after apply"], c: ["new", 0, 1] });
    expect(found).toMatchObject({ unknownValues: 2, totals: { month: { after: 6 }, unknownAfter: ["b"] } });
  });

  test("has the guardrail's budget as its maximum", async () => {
    const under = (inputs: object) => ({ g: budget(20, "daily"), a: expiring(inputs), link: assigned("g", "a") });
    const found = await report(under(monthly(7)), under({ limit: UNKNOWN }));
    expect(figuresOf(found)).toEqual({ a: ["changed", 7, 620] });
  });

  test("is a change when Pulumi reports a difference of two secrets", async () => {
    const preview = JSON.parse(previewOf({ a: key({ limit: 1 }) }, { a: key({ limit: 2 }) }));
    const [, update] = preview.steps;
    for (const side of [update.oldState, update.newState]) side.inputs.limit = "[secret]";
    expect((await reportOf([file(JSON.stringify(preview))])).keys).toMatchObject([
      { settings: [{ setting: "limit", before: "secret (once)", after: "secret (once)" }] },
    ]);
  });

  test("has no figure before, so that the whole figure after counts against --max-increase", async () => {
    const under = (limit: number) => ({ g: budget(9), a: expiring(monthly(limit)), link: assigned("g", "a") });
    const preview = JSON.parse(previewOf(under(3), under(8)));
    const changed = new Set(preview.steps.map(({ urn }: { urn: string }) => urn));
    for (const each of JSON.parse(stateOf(under(3))).deployment.resources) {
      if (!changed.has(each.urn)) preview.steps.push({ op: "same", urn: each.urn, oldState: each, newState: each });
    }
    for (const { oldState } of preview.steps) if (oldState?.inputs?.limit) oldState.inputs.limit = "[secret]";
    const path = file(JSON.stringify(preview));
    expect((await reportOf([path])).keys).toMatchObject([
      { atMost: { before: "secret", after: { usd: 8 }, kind: "unknownBefore" } },
    ]);
    expect((await runReview([path, "--max-increase", "7.99"])).code).toBe(1);
    expect((await runReview([path, "--max-increase", "8"])).code).toBe(0);
  });
});

describe("shows no change when a setting is written differently", () => {
  test("with enforceZdr for its switches, lists in any order, defaults and time zones", async () => {
    const switches = ["Anthropic", "Openai", "Google", "Xai", "Other"].map((vendor) => [`enforceZdr${vendor}`, true]);
    const filter = { slug: "regex-prompt-injection", action: "block" };
    const before = {
      g: guardrail({
        ...Object.fromEntries(switches),
        allowedModels: ["a", "b"],
        contentFilterBuiltins: [filter],
      }),
      a: key({ ...monthly(1), ...FAR_EXPIRY }),
    };
    const after = {
      g: guardrail({
        enforceZdr: true,
        allowedModels: ["b", "a", "b"],
        contentFilterBuiltins: [{ ...filter, scanScope: "all_messages" }],
      }),
      a: key({ ...monthly(1), disabled: false, expiresAt: "2099-01-01T01:00:00+01:00" }),
    };
    expect(await report(before, after)).toMatchObject({ keys: [], guardrails: [], callouts: [] });
  });

  test("and only the changed settings when others are written differently too", async () => {
    const program = (limit: number) => ({
      g: guardrail({ enforceZdr: true, ignoredProviders: ["b", "a"], limitUsd: limit, resetInterval: "daily" }),
      a: key({ ...monthly(limit), disabled: false, keepers: {}, expiresAt: "2099-01-01T01:00:00+01:00" }),
    });
    const { keys, guardrails, callouts } = await report(program(1), program(1.5));
    const settings = [...keys, ...guardrails].map((row) => row.settings.map(({ setting }) => setting));
    expect(settings).toEqual([["limit"], ["budget"]]);
    expect(callouts).toEqual([]);
  });

  /** A preview with unchanged steps, and these outputs of every object in the state. */
  function withOutputs(before: Program, after: Program, outputs: object): string[] {
    const { steps, ...rest } = JSON.parse(previewOf(before, after));
    for (const { oldState } of steps) if (oldState) oldState.outputs = { ...oldState.inputs, ...outputs };
    return [file(JSON.stringify({ steps, ...rest }))];
  }

  test("with a different name of the same model, when the state has its canonical name", async () => {
    const [before, after] = [
      { g: guardrail({ allowedModels: ["acme/m"] }) },
      { g: guardrail({ allowedModels: ["acme/m-2026-01-01"] }) },
    ];
    const outputs = { __models: { "acme/m": "acme/m-2026-01-01" } };
    expect(await reportOf(withOutputs(before, after, outputs))).toMatchObject({ guardrails: [], callouts: [] });
    expect((await reportOf(withOutputs(before, after, {}))).callouts).not.toEqual([]);
  });

  const [HOME, OTHER] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-2222222222aa"];

  test.each<[string, string | undefined, string | undefined, object]>([
    ["omitting the current workspace", OTHER, undefined, { workspaceId: OTHER }],
    ["declaring the current workspace", undefined, OTHER.toUpperCase(), { workspaceId: OTHER }],
    ["declaring the default workspace", undefined, HOME, {}],
    ["omitting the default workspace", HOME, undefined, {}],
  ])("by %s", async (_how, from, to, outputs) => {
    const inWorkspace = (workspaceId?: string) => ({
      a: expiring({ ...monthly(1), ...(workspaceId && { workspaceId }) }),
    });
    const origin = { __origin: { version: 1, account: HOME } };
    const args = withOutputs(inWorkspace(from), inWorkspace(to), { ...outputs, ...origin });
    expect((await reportOf(args)).callouts).toEqual([]);
  });

  test("but a move from the default workspace", async () => {
    const origin = { __origin: { version: 1, account: HOME } };
    const after = { a: expiring({ ...monthly(1), workspaceId: OTHER }) };
    const { callouts } = await reportOf(withOutputs({ a: expiring(monthly(1)) }, after, origin));
    expect(callouts.map(({ text }) => text)).toEqual([
      `Key a: moves from the default workspace to workspace ${OTHER} and keeps its secret.`,
    ]);
  });
});
