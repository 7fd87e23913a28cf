/** Sets of assignments in a review: they count like single assignments, and have their own lines and call-outs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../../formats/values";
import { assigned, guardrail, hash, member, type Program, previewOf, set, stateOf } from "./support/previews";
import { expiring, monthly, recorded, report, reportOf, review, runReview } from "./support/reviews";
import { file } from "./support/states";

/** The lines of the sets. */
async function lines(before: Program, after: Program): Promise<string[]> {
  return (await report(before, after)).assignmentSets.map(({ text }) => text);
}

/** The call-outs of the sets. */
async function calledOut(before: Program, after: Program): Promise<string[]> {
  const { callouts } = await report(before, after);
  const own = callouts.filter(({ urn }) => urn.includes(":GuardrailAssignments::"));
  return own.map(({ kind, text }) => `${kind}: ${text}`);
}

const safe = guardrail({ limitUsd: 50, resetInterval: "monthly" });
const strict = guardrail({ limitUsd: 10, resetInterval: "monthly" });
const names = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`);
const keys = (count: number): Program => Object.fromEntries(names(count).map((name) => [name, expiring(monthly(100))]));
const pairs = (count: number): Program =>
  Object.fromEntries(names(count).map((name) => [`${name}-safe`, assigned("safe", name)]));
const stack = (count: number, more: Program = {}): Program => ({ safe, strict, ...keys(count), ...more });

describe("moving single assignments to a set", () => {
  const both = (count: number) =>
    [
      stack(count, { ...pairs(count), anna: member("safe", "user_anna") }),
      stack(count, { services: set("safe", names(count), { userIds: ["user_anna"] }) }),
    ] as const;
  const [before, after] = both(12);

  test.each(["text", "markdown", "html", "json"])("shows the recorded report as %s", async (format) => {
    const args = [recorded("pairs-to-set"), "--state", recorded("pairs-state"), "--format", format];
    const { out } = await runReview(args);
    const golden = join(__dirname, "../recordings/review/golden", `pairs-to-set.${format}`);
    expect(out.replace(/("version": )"[^"]*"/, '$1"0"')).toBe(readFileSync(golden, "utf8"));
  });

  test("takes one line for 300 keys", async () => {
    const { out } = await review(...both(300), "--format", "text");
    expect(out).toContain("No change in spending. All 300 keys: at most $15,000 a month, unchanged.");
    expect(out).toContain('"services": new, replaces 301 single assignments.');
    expect(out.split("\n").length).toBeLessThan(20);
  });

  test("and back changes no figure", async () => {
    const { keys, members, totals } = await report(after, before);
    expect({ keys, members, totals }).toMatchObject({
      keys: [],
      members: [],
      totals: { month: { before: 600, after: 600 } },
    });
    expect(await lines(after, before)).toEqual([
      "GuardrailAssignments services: deleted, replaced by 13 single assignments.",
    ]);
  });

  test("shows no unchanged key without the state", async () => {
    const { keys, members } = await reportOf([file(previewOf(before, after))]);
    expect({ keys, members }).toEqual({ keys: [], members: [] });
  });

  test("shows a key that the set omits", async () => {
    const forgetful = stack(3, { services: set("safe", ["k0", "k1"]) });
    expect((await report(stack(3, pairs(3)), forgetful)).keys).toMatchObject([
      { key: "k2", guardrail: { before: "safe", after: null }, assignedBy: { after: null } },
    ]);
  });
});

describe("resolves unknown hashes by the keys that the set depends on", () => {
  const held = { before: null, after: "safe" };

  test.each([
    ["one by one", false],
    ["as a whole", true],
  ])("when all keys are new and their hashes are unknown %s", async (_how, joined) => {
    const { keys, totals, unknownValues } = await report({}, stack(2, { s: { ...set("safe", names(2)), joined } }));
    expect(keys).toMatchObject([{ guardrail: held }, { guardrail: held }]);
    expect(keys[0]?.assignedBy).toMatchObject({ before: null, after: { kind: "GuardrailAssignments", name: "s" } });
    expect({ after: totals.month.after, unknownValues }).toEqual({ after: 100, unknownValues: joined ? 1 : 0 });
  });

  test("when one key is added and the other hashes are known", async () => {
    const before = stack(5, { s: set("safe", names(4)) });
    const after = stack(6, { s: set("safe", ["k0", "k1", "k2", "k4", "k5"]) });
    const { keys } = await report(before, after);
    expect(keys.map(({ key, guardrail }) => [key, guardrail])).toEqual([
      ["k3", { before: "safe", after: null }],
      ["k4", held],
      ["k5", held],
    ]);
    expect(await lines(before, after)).toEqual(["GuardrailAssignments s: +2 keys, -1 key."]);
  });

  test("when the whole list is unknown, and says how many keys it assumes", async () => {
    const after = stack(6, { s: { ...set("safe", ["k0", "k1", "k2", "k4", "k5"]), joined: true } });
    expect(await lines(stack(5, { s: set("safe", names(4)) }), after)).toEqual([
      "GuardrailAssignments s: +2 keys, -1 key, assuming all 5 keys that the list depends on.",
    ]);
  });

  test("when a key is replaced", async () => {
    const before = stack(2, { s: set("safe", names(2)) });
    const rotated = { ...before, k1: { ...expiring(monthly(100)), rotation: 1 } };
    expect((await report(before, rotated)).keys).toMatchObject([
      { key: "k1", change: "replaced", guardrail: { before: "safe", after: "safe" } },
    ]);
    expect(await calledOut(before, rotated)).toEqual([]);
    expect(await lines(before, rotated)).toEqual([
      "GuardrailAssignments s: the same keys, with new hashes for replaced ones.",
    ]);
  });

  test("but guesses none when the numbers differ", async () => {
    const before = stack(3, { s: set("safe", names(3)) });
    const after = stack(4, { s: set("safe", ["k0", UNKNOWN, "k3"]) });
    const { keys, unknownValues } = await report(before, after);
    const open = "known after apply";
    expect(keys.map(({ key, guardrail }) => [key, guardrail])).toEqual([
      ["k3", { before: null, after: open }],
      ["k1", { before: "safe", after: open }],
      ["k2", { before: "safe", after: open }],
    ]);
    expect(unknownValues).toBe(4);
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: 2 keys may be removed, 2 keys are known after apply.",
    ]);
  });

  test("but guesses none when the list depends on no key", async () => {
    const before = stack(1, { s: set("safe", ["k0"]) });
    const after = stack(1, { s: { ...set("safe", []), inputs: { guardrailId: { of: "safe" }, keyHashes: UNKNOWN } } });
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: 1 key may be removed, its keys are known after apply.",
    ]);
    const { out } = await review({ safe }, { safe, s: after.s as Program[string] });
    expect(out).toContain("No key or guardrail changes. Known only after apply: 1 value.");
  });

  test("but not a literal hash when the whole list is unknown", async () => {
    const before = stack(1, { s: set("safe", ["k0", hash("a")]) });
    const after = stack(2, { s: { ...set("safe", ["k0", "k1", hash("a")]), joined: true } });
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: +1 key, 1 key may be removed, assuming all 2 keys that the list depends on.",
    ]);
  });
});

test.each([
  ["sets-first", undefined, "new, +3 keys, +1 member.", ["k0", "k1", "k2"]],
  ["sets-one-more", "sets-state", "+1 key, -1 key.", ["k1", "k3"]],
  ["sets-one-more", undefined, "+1 key, -1 key.", ["285e38859bcc", "k3"]],
  ["sets-replaced", "sets-state", "the same keys, with new hashes for replaced ones.", ["k2"]],
  [
    "sets-after-refresh",
    "sets-state",
    "+1 key, -1 key, 1 of them outside this stack (1a329486d5a8).",
    ["1a329486d5a8 (outside this stack)", "k2"],
  ],
])("shows the recorded preview %s with the state %s", async (preview, state, text, touched) => {
  const { keys, assignmentSets } = await reportOf([recorded(preview), ...(state ? ["--state", recorded(state)] : [])]);
  expect(assignmentSets).toMatchObject([{ text: `GuardrailAssignments services: ${text}` }]);
  expect(keys.map(({ key }) => key).sort()).toEqual(touched);
});

test("names removed keys from outside the stack by their hashes", async () => {
  const before = stack(2, { s: set("safe", ["k0", hash("a"), "k1", hash("b")]) });
  const after = stack(2, { s: set("safe", names(2)) });
  expect(await lines(before, after)).toEqual([
    "GuardrailAssignments s: -2 keys, 2 of them outside this stack (aaaaaaaaaaaa, bbbbbbbbbbbb).",
  ]);
  expect((await runReview([file(previewOf(before, after))])).out).toContain("-2 keys.");
});

describe("calls out", () => {
  const full = stack(3, { s: set("safe", names(3), { userIds: ["user_anna"] }) });
  const with_ = (inputs: object, more: Program = {}) =>
    stack(3, { s: { kind: "GuardrailAssignments", inputs: { guardrailId: { of: "safe" }, ...inputs } }, ...more });
  const all = { keyHashes: names(3).map((of) => ({ of })), userIds: ["user_anna"] };

  test("a list that is emptied", async () => {
    expect(await calledOut(full, with_({ keyHashes: [], userIds: [] }))).toEqual([
      "emptied: GuardrailAssignments s: no longer lists keys; 3 keys lose guardrail safe.",
      "emptied: GuardrailAssignments s: no longer lists members; 1 member loses guardrail safe.",
    ]);
  });

  test("no list that is emptied when the keys are assigned elsewhere", async () => {
    const others = { ...pairs(2), "k2-strict": assigned("strict", "k2") };
    expect(await calledOut(full, with_({ ...all, keyHashes: [] }, others))).toEqual([]);
    expect(await calledOut(full, with_({ ...all, keyHashes: [] }, pairs(2)))).toEqual([
      "emptied: GuardrailAssignments s: no longer lists keys; 1 key loses guardrail safe; 2 assignments move to other resources.",
    ]);
  });

  test("a set that is deleted, unless its keys are deleted too", async () => {
    expect(await calledOut(full, stack(3))).toEqual([
      "emptied: GuardrailAssignments s: deleted; 3 keys and 1 member lose guardrail safe.",
    ]);
    expect(await calledOut(stack(3, { s: set("safe", names(3)) }), {})).toEqual([]);
  });

  test("a deleted set, and --forbid emptied fails", async () => {
    expect(await review(full, stack(3), "--forbid", "emptied")).toMatchObject({
      code: 1,
      err: expect.stringContaining("3 keys"),
    });
    expect(await review(full, full, "--forbid", "emptied")).toMatchObject({ code: 0 });
  });

  test("a list that the set no longer manages, whose keys keep the guardrail", async () => {
    const after = with_({ userIds: ["user_anna"] });
    expect(await calledOut(full, after)).toEqual([
      "unmanaged: GuardrailAssignments s: no longer manages keys; 3 keys keep guardrail safe, which no resource declares anymore.",
    ]);
    expect((await report(full, after)).keys).toEqual([]);
  });

  test("a retained set, unless its guardrail is deleted", async () => {
    const retained = { ...full, s: { ...(full.s as Program[string]), retainOnDelete: true } };
    const { s: _, ...without } = retained;
    expect(await calledOut(retained, without)).toEqual([
      "unmanaged: GuardrailAssignments s: removed from the stack (retainOnDelete); 3 keys and 1 member keep guardrail safe, which no resource declares anymore.",
    ]);
    const gone = keys(3);
    expect((await report(retained, gone)).keys).toHaveLength(3);
    expect(await calledOut(retained, gone)).toEqual([
      "emptied: GuardrailAssignments s: removed from the stack; 3 keys and 1 member lose guardrail safe.",
    ]);
  });

  test("exclusivity that begins or ends", async () => {
    const shared = stack(3, { s: set("safe", names(3), { ...all, exclusive: false }) });
    expect(await calledOut(full, shared)).toEqual([
      "exclusive: GuardrailAssignments s: no longer exclusive; keys and members assigned outside the program stay assigned.",
    ]);
    const begins =
      "exclusive: GuardrailAssignments s: becomes exclusive; pulumi up removes guardrail safe from keys and members that it does not list.";
    expect(await calledOut(shared, full)).toEqual([begins]);
    expect(await calledOut(with_({ keyHashes: all.keyHashes }), full)).toEqual([begins.replace("keys and ", "")]);
    expect(await calledOut(stack(3, pairs(3)), full)).toEqual([begins]);
    const { s, ...rest } = full;
    expect(await calledOut(full, { ...rest, renamed: s as Program[string] })).toEqual([]);
    expect(await calledOut({}, full)).toEqual([]);
  });
});

test("keeps foreign assignments when a set is no longer exclusive", async () => {
  const before = stack(2, { s: set("safe", [...names(2), hash("a")]) });
  const state = JSON.parse(stateOf(before));
  const old = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::s"));
  old.outputs = { ...old.inputs, __foreign: [hash("a")] };
  const preview = JSON.parse(previewOf(before, stack(2, { s: set("safe", names(2), { exclusive: false }) })));
  preview.steps.find(({ urn }: { urn: string }) => urn === old.urn).oldState = old;
  const found = await reportOf([file(JSON.stringify(preview)), "--state", file(JSON.stringify(state))]);
  expect(found).toMatchObject({
    keys: [],
    assignmentSets: [{ text: "GuardrailAssignments s: no longer exclusive, 1 key keeps the guardrail unmanaged." }],
  });
});

test("shows all keys and members as moved when the set gets a different guardrail", async () => {
  const before = stack(2, { s: set("safe", names(2), { userIds: ["user_anna"] }) });
  const after = stack(2, { s: set("strict", names(2), { userIds: ["user_anna"] }) });
  const { keys, members, totals } = await report(before, after);
  expect(keys).toMatchObject([{ guardrail: { before: "safe", after: "strict" } }, {}]);
  expect(members).toMatchObject([{ member: "user_anna", guardrail: { before: "safe", after: "strict" } }]);
  expect(totals.month).toMatchObject({ before: 100, after: 20 });
  expect(await lines(before, after)).toEqual([
    "GuardrailAssignments s: guardrail safe → strict, 2 keys moved, 1 member moved.",
  ]);
});

test("matches members by user, not by resource", async () => {
  const before = stack(0, { a: member("safe", "user_anna"), b: set("strict", [], { userIds: ["user_bob"] }) });
  const after = stack(0, { a: member("safe", "user_bob"), b: set("strict", [], { userIds: ["user_anna"] }) });
  expect((await report(before, after)).members).toMatchObject([
    { member: "user_anna", guardrail: { before: "safe", after: "strict" } },
    { member: "user_bob", guardrail: { before: "strict", after: "safe" } },
  ]);
});

test("shows a member as moved when a different set lists it", async () => {
  const before = stack(0, { a: set("safe", [], { userIds: ["user_anna"] }), b: set("strict", []) });
  const after = stack(0, { a: set("safe", []), b: set("strict", [], { userIds: ["user_anna"] }) });
  const { members } = await report(before, after);
  expect(members).toMatchObject([{ guardrail: { before: "safe", after: "strict" } }]);
});

test("shows only the removed guardrail of a member with two", async () => {
  const before = stack(0, { a: member("safe", "user_anna"), b: member("strict", "user_anna") });
  const { members } = await report(before, stack(0, { a: member("strict", "user_anna") }));
  expect(members).toMatchObject([{ member: "user_anna", guardrail: { before: "safe", after: null } }]);
});

test("--require guardrail accepts keys in a set", async () => {
  const gate = ["--require", "guardrail"];
  expect(await review({}, stack(2, { s: set("safe", names(2)) }), ...gate)).toMatchObject({ code: 0 });
  expect(await review({}, stack(2, { s: set("safe", ["k0"]) }), ...gate)).toMatchObject({
    code: 1,
    err: expect.stringContaining('keys without a guardrail: "k1"'),
  });
});

test("starts from the applied part when the last update of a set failed halfway", async () => {
  const before = stack(2, { s: set("safe", names(2)) });
  const state = JSON.parse(stateOf(before));
  const half = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::s"));
  half.outputs = { ...half.inputs, keyHashes: ["id-of-k0"], __origin: { version: 1, unfinished: true } };
  const preview = JSON.parse(previewOf(before, before));
  preview.steps.push({ op: "update", urn: half.urn, oldState: half, newState: { ...half, outputs: half.inputs } });
  const found = await reportOf([file(JSON.stringify(preview)), "--state", file(JSON.stringify(state))]);
  expect(found.assignmentSets).toMatchObject([{ text: "GuardrailAssignments s: +1 key." }]);
});
