/** What a review makes of a change: which keys are touched, what they may spend before and after, and what is called out. */
import { reviewCommand } from "../../cli/review/command";
import { assigned, guardrail, key, member, type Program, previewOf, stateOf } from "./support/previews";
import { file } from "./support/states";
import { run } from "./support/terminal";

const NOW = Date.parse("2026-11-21T00:00:00Z");

interface Report {
  stack: string;
  scope: string;
  totals: Record<"month" | "once", Record<"keys" | "before" | "after" | "difference", number>> &
    Record<"becomeUnlimited" | "unknownAfter", string[]>;
  unknownValues: number;
  callouts: { kind: string; urn: string; text: string }[];
  keys: {
    key: string;
    change: string;
    settings: { setting: string; before: string | null; after: string | null }[];
    guardrail: { before: string | null; after: string | null };
    atMost: { before: Figure | string; after: Figure | string };
    consumers: string[];
  }[];
  guardrails: { guardrail: string; change: string; atMostEach: object; keys: number; members: number }[];
  members: { member: string; guardrail: object; atMost: { before: unknown; after: unknown } }[];
}

interface Figure {
  usd: number;
  per: "month" | "once";
}

async function report(preview: string, state?: string): Promise<Report> {
  const args = [file(preview), ...(state ? ["--state", file(state)] : []), "--format", "json"];
  const { out, err } = await run((terminal) => reviewCommand(terminal, () => NOW), args);
  if (err) throw new Error(err);
  return JSON.parse(out).data;
}

function change(before: Program, after: Program): Promise<Report> {
  return report(previewOf(before, after), stateOf(before));
}

/** Of each key, its change and what it may spend: a number is USD a month. */
function keysOf({ keys }: Report): Record<string, unknown[]> {
  const short = (exposure: Figure | string) => {
    if (typeof exposure === "string") return exposure;
    return exposure.per === "month" ? exposure.usd : `${exposure.usd} once`;
  };
  return Object.fromEntries(
    keys.map(({ key, change, atMost }) => [key, [change, short(atMost.before), short(atMost.after)]]),
  );
}

const aMonth = (usd: number) => ({ usd, per: "month" });

function textsOf({ callouts }: Report, kind: string): string[] {
  return callouts.filter((each) => each.kind === kind).map(({ text }) => text);
}

const month = (limit: number) => ({ limit, limitReset: "monthly" });
const forever = { expiresAt: "2099-01-01T00:00:00Z" };

describe("which keys a change touches", () => {
  test("those that are made, changed and deleted, with what they may spend before and after", async () => {
    const before = { gone: key(month(5)), raised: key(month(10)), calm: key(month(1)) };
    const after = { made: key({ limit: 7, limitReset: "daily" }), raised: key(month(30)), calm: key(month(1)) };
    const found = await change(before, after);
    expect(keysOf(found)).toEqual({ gone: ["deleted", 5, 0], made: ["new", 0, 217], raised: ["changed", 10, 30] });
    expect(found).toMatchObject({
      stack: "budgets/prod",
      scope: "stack",
      totals: { month: { before: 16, after: 248, difference: 232 } },
    });
  });

  test("a key whose guardrail's budget changes, though nothing of its own does", async () => {
    const links = { "a-g": assigned("g", "a"), "b-g": assigned("g", "b"), a: key(month(500)), b: key(month(20)) };
    const budget = (limitUsd: number) => guardrail({ limitUsd, resetInterval: "monthly" });
    const found = await change({ g: budget(100), ...links }, { g: budget(300), ...links });
    expect(keysOf(found)).toEqual({ a: ["affected", 100, 300] });
    expect(found.guardrails).toMatchObject([
      { guardrail: "g", atMostEach: { before: aMonth(100), after: aMonth(300) }, keys: 2 },
    ]);
    expect(found.totals.month).toMatchObject({ before: 120, after: 320 });
  });

  test("a guardrail's budget is not shared: two keys may each spend it", async () => {
    const g = guardrail({ limitUsd: 10, resetInterval: "monthly" });
    const found = await change({}, { g, a: key(), b: key(), "a-g": assigned("g", "a"), "b-g": assigned("g", "b") });
    expect(keysOf(found)).toEqual({ a: ["new", 0, 10], b: ["new", 0, 10] });
    expect(found.totals).toMatchObject({ month: { keys: 2, after: 20 }, becomeUnlimited: [], unknownAfter: [] });
  });

  test("members are listed apart and never added to keys", async () => {
    const budget = (limitUsd: number) => guardrail({ limitUsd, resetInterval: "daily" });
    const found = await change(
      { g: budget(1), anna: member("g", "user_anna") },
      { g: budget(2), anna: member("g", "user_anna"), bob: member("g", "user_bob") },
    );
    expect(found.members).toMatchObject([
      { member: "user_bob", atMost: { before: null, after: aMonth(62) } },
      { member: "user_anna", atMost: { before: aMonth(31), after: aMonth(62) } },
    ]);
    expect(found.totals.month.after).toBe(0);
  });

  test("a disabled or expired key counts as 0, and what enables it counts in full", async () => {
    const before = {
      off: key({ ...month(5), disabled: true }),
      old: key({ ...month(6), expiresAt: "2026-01-01T00:00:00Z" }),
    };
    const after = { off: key(month(5)), old: key({ ...month(9), expiresAt: "2026-01-01T00:00:00Z" }) };
    expect(keysOf(await change(before, after))).toEqual({ off: ["changed", 0, 5], old: ["changed", 0, 0] });
  });

  test("keys that the stack only reads are no part of it", async () => {
    const found = await change({}, { theirs: key(month(99), { external: true }), ours: key(month(1)) });
    expect(keysOf(found)).toEqual({ ours: ["new", 0, 1] });
    expect(found.totals.month).toMatchObject({ keys: 1, after: 1 });
  });

  test("a guardrail that the stack only reads bounds its keys all the same", async () => {
    const theirs = { ...guardrail({ limitUsd: 3, resetInterval: "monthly" }), external: true };
    const found = await change({ theirs }, { theirs, a: key(month(50)), "a-g": assigned("theirs", "a") });
    expect(keysOf(found)).toEqual({ a: ["new", 0, 3] });
  });

  test("the order of a list is no change", async () => {
    const models = (allowedModels: string[]) => ({ g: guardrail({ allowedModels }), a: key(month(1)) });
    expect((await change(models(["a", "b"]), models(["b", "a"]))).guardrails).toEqual([]);
  });
});

describe("assignments", () => {
  const cheap = guardrail({ limitUsd: 5, resetInterval: "monthly", enforceZdrOpenai: true });
  const dear = guardrail({ limitUsd: 50, resetInterval: "monthly" });
  const both = { cheap, dear, a: key({ ...month(20), ...forever }) };

  test("a key that moves may spend what its new guardrail allows, and loses what that doesn't enforce", async () => {
    const found = await change({ ...both, "a-g": assigned("cheap", "a") }, { ...both, "a-g": assigned("dear", "a") });
    expect(keysOf(found)).toEqual({ a: ["changed", 5, 20] });
    expect(textsOf(found, "moved")).toEqual(["Key a: moves from guardrail cheap to dear."]);
    expect(textsOf(found, "zdr-off")).toEqual(["Key a: by moving, zero data retention switched off for OpenAI."]);
  });

  test("it is a move too when one assignment is deleted and another one made", async () => {
    const found = await change({ ...both, one: assigned("cheap", "a") }, { ...both, two: assigned("dear", "a") });
    expect(textsOf(found, "moved")).toEqual(["Key a: moves from guardrail cheap to dear."]);
  });

  test("an assignment that is taken away leaves the key its own limit", async () => {
    const found = await change({ ...both, "a-g": assigned("cheap", "a") }, both);
    expect(keysOf(found)).toEqual({ a: ["changed", 5, 20] });
    expect(textsOf(found, "moved")).toEqual(["Key a: moves from guardrail cheap to none."]);
  });

  test("a replaced key keeps its guardrail: that its hash isn't known yet is no move", async () => {
    const link = { cheap, "a-g": assigned("cheap", "a") };
    const found = await change(
      { ...link, a: key(month(20), { rotation: 1 }) },
      { ...link, a: key(month(20), { rotation: 2 }) },
    );
    expect(keysOf(found)).toEqual({ a: ["replaced", 5, 5] });
    expect(textsOf(found, "moved")).toEqual([]);
  });

  test("a replaced guardrail is still the one of its keys", async () => {
    const link = { a: key(month(20)), "a-g": assigned("g", "a") };
    const g = (rotation: number) => ({ ...cheap, rotation });
    expect(keysOf(await change({ ...link, g: g(1) }, { ...link, g: g(2) }))).toEqual({});
  });

  test("a guardrail of elsewhere is shown by its id, and its budget is not guessed", async () => {
    const link = {
      kind: "GuardrailKeyAssignment",
      inputs: { guardrailId: "11112222-aaaa", keyHash: { of: "a" } },
    } as const;
    const found = await change({ a: key(month(20)) }, { a: key(month(20)), link });
    expect(found.keys).toMatchObject([
      { guardrail: { before: null, after: "11112222-aaa of elsewhere" }, atMost: { after: aMonth(20) } },
    ]);
  });
});

describe("callouts", () => {
  test("a deleted key cuts off its clients; one that is retained does not", async () => {
    const found = await change({ a: key(month(1)), b: key(month(1), { retainOnDelete: true }) }, {});
    expect(textsOf(found, "delete")).toEqual(["Key a: deleted; its clients lose access at once."]);
    expect(textsOf(found, "release")).toEqual(["Key b: no longer in the stack, and still working (retainOnDelete)."]);
  });

  test("a replaced key names what takes it in this stack, but not its assignment", async () => {
    const app = { kind: "AppSecret", inputs: { token: { of: "a" } } } as const;
    const others = { app, g: guardrail(), "a-g": assigned("g", "a") };
    const version = (rotation: number) => ({ ...others, a: key(month(1), { rotation }) });
    const found = await change(version(1), version(2));
    expect(found.keys[0]?.consumers).toEqual(["Secret app"]);
    expect(textsOf(found, "replace")[0]).toContain("it goes to Secret app;");
  });

  test.each<[string, Program, string]>([
    ["nothing", {}, "nothing bounds what it may spend."],
    ["a guardrail", { g: guardrail({ limitUsd: 9, resetInterval: "daily" }) }, "its guardrail g bounds it: $9 a day."],
    [
      "a guardrail without budget",
      { g: guardrail() },
      "its guardrail g has no budget either: nothing bounds what it may spend.",
    ],
  ])("a key without limit is said to be bounded by %s", async (_what, guardrails, words) => {
    const links = guardrails.g ? { ...guardrails, "a-g": assigned("g", "a") } : {};
    const found = await change({ ...links, a: key(month(5)) }, { ...links, a: key() });
    expect(textsOf(found, "no-limit")).toEqual([`Key a: no limit of its own (it was $5 a month); ${words}`]);
  });

  test("keys without expiry are named if the change touches them", async () => {
    const found = await change(
      { calm: key(month(1)) },
      { calm: key(month(1)), made: key(month(1)), dated: key({ ...month(1), ...forever }) },
    );
    expect(textsOf(found, "no-expiry")).toEqual(["Key made: no expiry."]);
  });

  test.each([
    ["twice", month(10), month(20), []],
    ["more than twice", month(10), month(21), ["Key a: limit raised, $10 a month → $21 a month."]],
    [
      "by its reset",
      { limit: 10, limitReset: "weekly" },
      { limit: 10, limitReset: "daily" },
      ["Key a: limit raised, $10 a week → $10 a day."],
    ],
    ["from nothing", month(0), month(1), ["Key a: limit raised, $0 a month → $1 a month."]],
  ])("a limit raised %s", async (_how, from, to, texts) => {
    expect(textsOf(await change({ a: key(from) }, { a: key(to) }), "raised")).toEqual(texts);
  });

  test.each([
    [{ allowedModels: ["a"] }, { allowedModels: ["a", "b", "c"] }, "allowed models added: b, c."],
    [{ allowedModels: ["a"] }, {}, "no allowed models any more, all are allowed (they were a)."],
    [{ ignoredProviders: ["a", "b"] }, { ignoredProviders: ["a"] }, "no longer among the ignored providers: b."],
    [{ ignoredModels: ["a"] }, {}, "no longer among the ignored models: a."],
  ])("a guardrail gets wider: %j → %j", async (from, to, words) => {
    expect(textsOf(await change({ g: guardrail(from) }, { g: guardrail(to) }), "widened")).toEqual([
      `Guardrail g: ${words}`,
    ]);
  });

  test("a guardrail that gets narrower is not called wider", async () => {
    const found = await change(
      { g: guardrail({ allowedModels: ["a", "b"] }) },
      { g: guardrail({ allowedModels: ["a"], ignoredModels: ["c"] }) },
    );
    expect(found.callouts.map(({ kind }) => kind)).toEqual(["narrow", "narrow"]);
    expect(found.guardrails).toHaveLength(1);
  });

  test("zero data retention that is switched off is named by vendor", async () => {
    const found = await change(
      { g: guardrail({ enforceZdrOpenai: true, enforceZdrXai: true }) },
      { g: guardrail({ enforceZdrXai: true }) },
    );
    expect(textsOf(found, "zdr-off")).toEqual(["Guardrail g: zero data retention switched off for OpenAI."]);
  });
});

describe("values that can't be shown", () => {
  const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

  test("are known after apply, and counted", async () => {
    const found = await change(
      { a: key(month(5)) },
      { a: key(month(5)), b: key({ limit: UNKNOWN }), c: key({ ...month(1), expiresAt: UNKNOWN }) },
    );
    expect(keysOf(found)).toEqual({ b: ["new", 0, "known after apply"], c: ["new", 0, 1] });
    expect(found).toMatchObject({ unknownValues: 2, totals: { month: { after: 6 }, unknownAfter: ["b"] } });
  });

  test("a secret limit that changes is a change, though both look alike", async () => {
    const preview = JSON.parse(previewOf({ a: key({ limit: 1 }) }, { a: key({ limit: 2 }) }));
    const update = preview.steps[1];
    for (const state of [update.oldState, update.newState]) state.inputs.limit = "[secret]";
    const found = await report(JSON.stringify(preview));
    expect(found.keys).toMatchObject([
      { settings: [{ setting: "limit", before: "secret (once)", after: "secret (once)" }] },
    ]);
  });
});

describe("steps of other kinds", () => {
  const before = { a: key(month(5)) };
  const after = { a: key(month(9)) };

  test("an alias: the state has the resource under its former name", async () => {
    const preview = previewOf(before, after).replaceAll("::a", "::b");
    const state = stateOf(before);
    const aliased = JSON.parse(preview);
    aliased.steps[1].oldState.urn = aliased.steps[1].oldState.urn.replace(/::b$/, "::a");
    const found = await report(JSON.stringify(aliased), state);
    expect(keysOf(found)).toEqual({ "b (budgets/prod/a)": ["changed", 5, 9] });
    expect(found.totals.month.before).toBe(5);
  });

  test("the old one of a replacement, and what an earlier run left to delete, are no deletions", async () => {
    const version = (rotation: number) => ({ a: key(month(5), { rotation }) });
    const preview = JSON.parse(previewOf(version(1), version(2)));
    const replace = preview.steps[1];
    preview.steps.push({ ...replace, op: "delete-replaced", newState: null });
    const state = JSON.parse(stateOf({ ...version(1), calm: key(month(7)) }));
    const calm = state.deployment.resources.at(-1);
    state.deployment.resources.push({ ...calm, id: "older", delete: true, inputs: { limit: 1000 } });
    const found = await report(JSON.stringify(preview), JSON.stringify(state));
    expect(keysOf(found)).toEqual({ a: ["replaced", 5, 5] });
    expect(found.totals.month.before).toBe(12);
  });

  test("a key that a refresh finds gone is new: it may spend nothing before", async () => {
    const preview = JSON.parse(previewOf({}, before));
    preview.steps.unshift({
      op: "refresh",
      urn: preview.steps[1].urn,
      oldState: { ...preview.steps[1].newState, id: "x" },
    });
    expect(keysOf(await report(JSON.stringify(preview), stateOf(before)))).toEqual({ a: ["new", 0, 5] });
  });

  test("an import adopts a key, whose settings before are not known", async () => {
    const preview = JSON.parse(previewOf({}, before));
    preview.steps[1].op = "import";
    expect(keysOf(await report(JSON.stringify(preview), stateOf({})))).toEqual({ a: ["adopted", "not known", 5] });
  });
});

describe("without the state", () => {
  test("it says so, and a key of which only the assignment is known has no figure", async () => {
    const both = { x: guardrail(), y: guardrail(), a: key(month(20)) };
    const found = await report(
      previewOf({ ...both, "a-g": assigned("x", "a") }, { ...both, "a-g": assigned("y", "a") }),
    );
    expect(found.scope).toBe("changes");
    expect(keysOf(found)).toEqual({ a: ["changed", "not in this preview", "not in this preview"] });
    expect(textsOf(found, "moved")).toEqual(["Key a: moves from guardrail x to y."]);
  });

  test("a preview that leaves nothing out is about the whole stack", async () => {
    expect((await report(previewOf({}, { a: key(month(1)) }))).scope).toBe("stack");
  });
});
