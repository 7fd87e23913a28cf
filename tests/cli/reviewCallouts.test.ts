/** What a review calls out about keys and guardrails. */
import { assigned, guardrail, key, type Program, previewOf } from "./support/previews";
import { calloutsOf, expiring, FAR_EXPIRY, monthly, report, reportOf, review } from "./support/reviews";
import { file } from "./support/states";

const models = (...allowedModels: string[]) => guardrail({ allowedModels });
const daily = (limitUsd: number) => guardrail({ limitUsd, resetInterval: "daily" });

/** The call-outs of one kind. */
async function ofKind(kind: string, before: Program, after: Program): Promise<string[]> {
  const { callouts } = await report(before, after);
  return callouts.filter((each) => each.kind === kind).map(({ text }) => text);
}

describe("calls out what may cut off clients, and --forbid fails for it", () => {
  test.each<[kind: string, Program, Program, string]>([
    [
      "disable",
      { a: expiring(monthly(5)) },
      { a: expiring({ ...monthly(5), disabled: true }) },
      "Key a: disabled; requests with it fail.",
    ],
    [
      "lower",
      { a: expiring(monthly(5)) },
      { a: expiring(monthly(4)) },
      "Key a: limit lowered ($5 a month → $4 a month).",
    ],
    ["narrow", { g: models("a", "b") }, { g: models("a") }, "Guardrail g: model b is no longer allowed."],
    ["narrow", { g: guardrail() }, { g: models("a", "b") }, "Guardrail g: only models a, b are allowed."],
    [
      "narrow",
      { g: guardrail() },
      { g: guardrail({ ignoredProviders: ["x"] }) },
      "Guardrail g: provider x is now ignored.",
    ],
    ["lower", { g: daily(2) }, { g: daily(1) }, "Guardrail g: budget lowered ($2 a day → $1 a day)."],
    [
      "expire",
      { a: expiring(monthly(5)) },
      { a: key({ ...monthly(5), expiresAt: "2027-01-01T00:00:00Z" }) },
      "Key a: expires earlier (2099-01-01T00:00:00Z → 2027-01-01T00:00:00Z).",
    ],
  ])("%s: %j → %j", async (kind, before, after, text) => {
    expect(await calloutsOf(before, after)).toEqual([`${kind}: ${text}`]);
    expect((await review(before, after, "--forbid", kind)).code).toBe(1);
    expect((await review(before, before, "--forbid", kind)).code).toBe(0);
  });

  test("when a key moves to a guardrail with fewer models", async () => {
    const both = { a: expiring(monthly(5)), wide: guardrail(), narrow: models("a") };
    const [before, after] = [assigned("wide", "a"), assigned("narrow", "a")];
    expect(await ofKind("narrow", { ...both, link: before }, { ...both, link: after })).toEqual([
      "Key a: after the move, only model a is allowed.",
    ]);
  });
});

test("calls out a deleted key, and a retained one differently", async () => {
  const before = { a: key(monthly(1)), b: key(monthly(1), { retainOnDelete: true }) };
  expect(await calloutsOf(before, {})).toEqual([
    "delete: Key a: deleted; clients lose access at once.",
    "release: Key b: removed from the stack, but keeps working (retainOnDelete).",
  ]);
});

test("names the resources that use a replaced key, except its assignment", async () => {
  const app = { kind: "AppSecret", inputs: { token: { of: "a" } } } as const;
  const others = { app, g: guardrail(), "a-g": assigned("g", "a") };
  const version = (rotation: number) => ({ ...others, a: key(monthly(1), { rotation }) });
  expect((await report(version(1), version(2))).keys[0]?.consumers).toEqual(["Secret app"]);
  expect(await ofKind("replace", version(1), version(2))).toEqual([
    "Key a: replaced; the old secret stops working. In this stack, Secret app gets the new secret; update all other clients.",
  ]);
});

test.each<[string, Program, string]>([
  ["nothing", {}, ", and no guardrail limits its spending."],
  ["a guardrail", { g: daily(9) }, "; guardrail g caps it at $9 a day."],
  ["no budget", { g: guardrail() }, ", and guardrail g has no budget either."],
])("says what limits a key without a limit: %s", async (_what, guardrails, text) => {
  const others = guardrails.g ? { ...guardrails, "a-g": assigned("g", "a") } : {};
  expect(await ofKind("no-limit", { ...others, a: key(monthly(5)) }, { ...others, a: key() })).toEqual([
    `Key a: no limit (was $5 a month)${text}`,
  ]);
});

test("calls out a key without an expiry date only when it changes", async () => {
  const before = { calm: key(monthly(1)) };
  const after = { ...before, added: key(monthly(1)), dated: expiring(monthly(1)) };
  expect(await ofKind("no-expiry", before, after)).toEqual(["Key added: no expiry date."]);
});

test.each([
  ["twice", monthly(10), monthly(20), []],
  ["more than twice", monthly(10), monthly(21), ["Key a: limit raised ($10 a month → $21 a month)."]],
  [
    "by its reset",
    { limit: 10, limitReset: "weekly" },
    { limit: 10, limitReset: "daily" },
    ["Key a: limit raised ($10 a week → $10 a day)."],
  ],
  ["from $0", monthly(0), monthly(1), ["Key a: limit raised ($0 a month → $1 a month)."]],
])("calls out a limit that is raised by more than the factor: %s", async (_how, from, to, texts) => {
  expect(await ofKind("raised", { a: key(from) }, { a: key(to) })).toEqual(texts);
});

test("calls out a raised limit only when the key may spend more", async () => {
  const under = (limit: number) => ({ g: daily(20), a: expiring(monthly(limit)), link: assigned("g", "a") });
  expect(await calloutsOf(under(700), under(5000))).toEqual([]);
  expect(await calloutsOf(under(7), under(50))).toEqual(["raised: Key a: limit raised ($7 a month → $50 a month)."]);
});

test("calls out a limit that becomes recurring", async () => {
  const [before, after] = [{ a: expiring({ limit: 300 }) }, { a: expiring(monthly(250)) }];
  expect(await calloutsOf(before, after)).toEqual([
    "recurring: Key a: limit becomes recurring ($300 once → $250 a month).",
  ]);
  expect((await review(before, after, "--forbid", "recurring")).code).toBe(1);
});

test("calls out a limit that no longer resets", async () => {
  expect(await calloutsOf({ a: expiring(monthly(250)) }, { a: expiring({ limit: 300 }) })).toEqual([
    "once: Key a: limit no longer resets ($250 a month → $300 once).",
  ]);
});

test.each([
  [{ allowedModels: ["a"] }, { allowedModels: ["a", "b", "c"] }, "models b, c are now allowed."],
  [{ allowedModels: ["a"] }, {}, "all models are allowed (previously only a)."],
  [{ ignoredProviders: ["a", "b"] }, { ignoredProviders: ["a"] }, "provider b is no longer ignored."],
  [{ ignoredModels: ["a"] }, {}, "model a is no longer ignored."],
])("calls out a guardrail that allows more: %j → %j", async (from, to, text) => {
  expect(await calloutsOf({ g: guardrail(from) }, { g: guardrail(to) })).toEqual([`widened: Guardrail g: ${text}`]);
});

test("calls out a guardrail that allows fewer models and ignores more only as narrowed", async () => {
  const before = { g: models("a", "b") };
  const found = await report(before, { g: guardrail({ allowedModels: ["a"], ignoredModels: ["c"] }) });
  expect(found.callouts.map(({ kind }) => kind)).toEqual(["narrow", "narrow"]);
  expect(found.guardrails).toHaveLength(1);
});

describe("calls out weaker data retention", () => {
  test.each<[string, Record<string, boolean>, Record<string, boolean>, string]>([
    [
      "one vendor",
      { enforceZdrOpenai: true, enforceZdrXai: true },
      { enforceZdrXai: true },
      "zero data retention is turned off for OpenAI.",
    ],
    [
      "enforceZdr, except for a vendor that stays on",
      { enforceZdr: true },
      { enforceZdrXai: true },
      "zero data retention is turned off for Anthropic, OpenAI, Google, other models.",
    ],
    [
      "safety monitoring",
      {},
      { allowSafetyRetentionGoogle: true },
      "retention for safety monitoring is allowed for Google.",
    ],
  ])("of %s", async (_what, from, to, text) => {
    expect(await calloutsOf({ g: guardrail(from) }, { g: guardrail(to) })).toEqual([`zdr-off: Guardrail g: ${text}`]);
  });

  test("of a key that moves", async () => {
    const both = { strict: guardrail({ enforceZdrOpenai: true }), free: guardrail(), a: expiring(monthly(20)) };
    const [before, after] = [assigned("strict", "a"), assigned("free", "a")];
    expect(await calloutsOf({ ...both, link: before }, { ...both, link: after })).toEqual([
      "zdr-off: Key a: after the move, zero data retention is turned off for OpenAI.",
      "moved: Key a: moves from guardrail strict to free.",
    ]);
  });
});

describe("calls out a move", () => {
  const both = { x: guardrail(), y: guardrail(), a: expiring(monthly(20)) };

  test("when one assignment is deleted and a different one created", async () => {
    const found = await calloutsOf({ ...both, one: assigned("x", "a") }, { ...both, two: assigned("y", "a") });
    expect(found).toEqual(["moved: Key a: moves from guardrail x to y."]);
  });

  test("when an assignment is removed", async () => {
    expect(await calloutsOf({ ...both, link: assigned("x", "a") }, both)).toEqual([
      "moved: Key a: removed from guardrail x.",
    ]);
  });

  test("but not when a replaced key has no known hash yet", async () => {
    const version = (rotation: number) => ({
      ...both,
      a: key({ ...monthly(20), ...FAR_EXPIRY }, { rotation }),
      link: assigned("x", "a"),
    });
    expect(await ofKind("moved", version(1), version(2))).toEqual([]);
  });

  test("to a different workspace", async () => {
    const [from, to] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
    const inWorkspace = (workspaceId: string) => ({ a: expiring({ ...monthly(1), workspaceId }) });
    expect(await calloutsOf(inWorkspace(from), inWorkspace(to))).toEqual([
      `moved: Key a: moves from workspace ${from} to workspace ${to} and keeps its secret.`,
    ]);
  });

  test("when only the assignment is in the preview", async () => {
    const preview = previewOf({ ...both, link: assigned("x", "a") }, { ...both, link: assigned("y", "a") });
    const { callouts } = await reportOf([file(preview)]);
    expect(callouts.map(({ text }) => text)).toEqual(["Key a: moves from guardrail x to y."]);
  });
});

test("groups call-outs with the same message", async () => {
  const { out } = await review({}, { a: key(monthly(1)), b: key(monthly(1)), c: key(monthly(1)) });
  expect(out).toContain("- Keys `a`, `b`, `c`: no expiry date.");
});
