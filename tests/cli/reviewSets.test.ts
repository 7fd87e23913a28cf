/** A set of assignments in a review: it counts as its pairs, and what only a set can do is said. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review/command";
import { UNKNOWN } from "../../formats/values";
import { assigned, guardrail, hash, key, member, type Program, previewOf, set, stateOf } from "./support/previews";
import { file } from "./support/states";
import { run } from "./support/terminal";

const NOW = Date.parse("2026-11-21T00:00:00Z");
const FORMATS = ["text", "markdown", "html", "json"] as const;

interface Options {
  format?: (typeof FORMATS)[number];
  state?: Program | "none";
  gates?: string[];
}

function review(before: Program, after: Program, { format = "text", state = before, gates = [] }: Options = {}) {
  const given = state === "none" ? [] : ["--state", file(stateOf(state))];
  const args = [file(previewOf(before, after)), ...given, "--format", format, ...gates];
  return run((terminal) => reviewCommand(terminal, () => NOW), args);
}

interface Report {
  callouts: { kind: string; urn: string; text: string }[];
  keys: {
    key: string;
    change: string;
    guardrail: object;
    assignedBy: { before: object | null; after: object | null };
  }[];
  members: { member: string; guardrail: object; assignedBy: object; urn: string }[];
  assignmentSets: { set: string; text: string; keys: Record<string, unknown>; members: Record<string, unknown> }[];
  totals: { month: { before: number; after: number } };
  unknownValues: number;
}

async function json(before: Program, after: Program, options: Options = {}): Promise<Report> {
  const { out, err } = await review(before, after, { ...options, format: "json" });
  if (err && !options.gates) throw new Error(err);
  return JSON.parse(out).data;
}

async function lines(before: Program, after: Program, options: Options = {}): Promise<string[]> {
  return (await json(before, after, options)).assignmentSets.map(({ text }) => text);
}

/** Only of sets. */
async function calledOut(before: Program, after: Program): Promise<string[]> {
  const { callouts } = await json(before, after);
  const own = callouts.filter(({ urn }) => urn.includes(":GuardrailAssignments::"));
  return own.map(({ kind, text }) => `${kind}: ${text}`);
}

const RECORDINGS = join(__dirname, "../recordings/review");

function recorded(preview: string, state: string | undefined, format: (typeof FORMATS)[number] = "json") {
  const path = (name: string) => join(RECORDINGS, `${name}.json`);
  const args = [path(preview), ...(state ? ["--state", path(state)] : []), "--format", format];
  return run((terminal) => reviewCommand(terminal, () => NOW), args);
}

const month = (limit: number) => key({ limit, limitReset: "monthly", expiresAt: "2099-01-01T00:00:00Z" });
const safe = guardrail({ limitUsd: 50, resetInterval: "monthly" });
const strict = guardrail({ limitUsd: 10, resetInterval: "monthly" });
const names = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`);
const keys = (count: number): Program => Object.fromEntries(names(count).map((name) => [name, month(100)]));
const pairs = (count: number): Program =>
  Object.fromEntries(names(count).map((name) => [`${name}-safe`, assigned("safe", name)]));
const stack = (count: number, more: Program = {}): Program => ({ safe, strict, ...keys(count), ...more });

describe("from pairs to a set", () => {
  const both = (count: number) =>
    [
      stack(count, { ...pairs(count), anna: member("safe", "user_anna") }),
      stack(count, { services: set("safe", names(count), { userIds: ["user_anna"] }) }),
    ] as const;
  const [before, after] = both(12);

  test.each(FORMATS)("of a recorded preview shows no difference in money, and one line: %s", async (format) => {
    const { out } = await recorded("pairs-to-set", "pairs-state", format);
    const golden = join(RECORDINGS, "golden", `pairs-to-set.${format}`);
    expect(out.replace(/("version": )"[^"]*"/, '$1"0"')).toBe(readFileSync(golden, "utf8"));
  });

  test("one line for 300", async () => {
    const { out } = await review(...both(300));
    expect(out).toContain("No difference in money. All 300 keys: at most $15,000 a month, unchanged.");
    expect(out).toContain('"services": new, 301 single assignments become part of it, unchanged.');
    expect(out.split("\n").length).toBeLessThan(20);
  });

  test("and back", async () => {
    const { keys, members, totals } = await json(after, before);
    expect({ keys, members, totals }).toMatchObject({
      keys: [],
      members: [],
      totals: { month: { before: 600, after: 600 } },
    });
    expect(await lines(after, before)).toEqual([
      "GuardrailAssignments services: deleted, 13 single assignments take its place, unchanged.",
    ]);
  });

  test("without the state, which leaves out the keys that don't change", async () => {
    const { keys, members } = await json(before, after, { state: "none" });
    expect({ keys, members }).toEqual({ keys: [], members: [] });
  });

  test("a key that the set forgets is shown", async () => {
    const forgetful = stack(3, { services: set("safe", ["k0", "k1"]) });
    expect((await json(stack(3, pairs(3)), forgetful)).keys).toMatchObject([
      { key: "k2", guardrail: { before: "safe", after: null }, assignedBy: { after: null } },
    ]);
  });
});

describe("unknown hashes are resolved by the keys that the set depends on", () => {
  const held = { before: null, after: "safe" };

  test.each([
    ["one by one", false],
    ["as a whole", true],
  ])("at the first up, %s", async (_how, joined) => {
    const { keys, totals, unknownValues } = await json({}, stack(2, { s: { ...set("safe", names(2)), joined } }));
    expect(keys).toMatchObject([{ guardrail: held }, { guardrail: held }]);
    expect(keys[0]?.assignedBy).toMatchObject({ before: null, after: { kind: "GuardrailAssignments", name: "s" } });
    expect({ after: totals.month.after, unknownValues }).toEqual({ after: 100, unknownValues: joined ? 1 : 0 });
  });

  test("of one more key, with the others known", async () => {
    const before = stack(5, { s: set("safe", names(4)) });
    const after = stack(6, { s: set("safe", ["k0", "k1", "k2", "k4", "k5"]) });
    const { keys } = await json(before, after);
    expect(keys.map(({ key, guardrail }) => [key, guardrail])).toEqual([
      ["k3", { before: "safe", after: null }],
      ["k4", held],
      ["k5", held],
    ]);
    expect(await lines(before, after)).toEqual(["GuardrailAssignments s: +2 keys, -1 key."]);
  });

  test("of a list that is unknown as a whole, and how many it has is said", async () => {
    const after = stack(6, { s: { ...set("safe", ["k0", "k1", "k2", "k4", "k5"]), joined: true } });
    expect(await lines(stack(5, { s: set("safe", names(4)) }), after)).toEqual([
      "GuardrailAssignments s: +2 keys, -1 key, its list counted as the 5 keys that it depends on.",
    ]);
  });

  test("of a key that is replaced", async () => {
    const before = stack(2, { s: set("safe", names(2)) });
    const rotated = { ...before, k1: { ...month(100), rotation: 1 } };
    expect((await json(before, rotated)).keys).toMatchObject([
      { key: "k1", change: "replaced", guardrail: { before: "safe", after: "safe" } },
    ]);
    expect(await calledOut(before, rotated)).toEqual([]);
    expect(await lines(before, rotated)).toEqual([
      "GuardrailAssignments s: the same keys, with new hashes of those that are replaced.",
    ]);
  });

  test("and not guessed where their number differs", async () => {
    const before = stack(3, { s: set("safe", names(3)) });
    const after = stack(4, { s: set("safe", ["k0", UNKNOWN, "k3"]) });
    const { keys, unknownValues } = await json(before, after);
    const open = "known after apply";
    expect(keys.map(({ key, guardrail }) => [key, guardrail])).toEqual([
      ["k3", { before: null, after: open }],
      ["k1", { before: "safe", after: open }],
      ["k2", { before: "safe", after: open }],
    ]);
    expect(unknownValues).toBe(4);
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: 2 keys may stay or go, 2 keys will be known after apply.",
    ]);
  });

  test("and not guessed for a list that depends on no key", async () => {
    const before = stack(1, { s: set("safe", ["k0"]) });
    const after = stack(1, { s: { ...set("safe", []), inputs: { guardrailId: { of: "safe" }, keyHashes: UNKNOWN } } });
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: 1 key may stay or go, its keys will be known after apply.",
    ]);
    const { out } = await review({ safe }, { safe, s: after.s as Program[string] });
    expect(out).toContain("No key or guardrail changes. 1 value will be known after apply.");
  });

  test("a hash in a list that is unknown as a whole may stay", async () => {
    const before = stack(1, { s: set("safe", ["k0", hash("a")]) });
    const after = stack(2, { s: { ...set("safe", ["k0", "k1", hash("a")]), joined: true } });
    expect(await lines(before, after)).toEqual([
      "GuardrailAssignments s: +1 key, 1 key may stay or go, its list counted as the 2 keys that it depends on.",
    ]);
  });
});

test.each([
  ["sets-first", undefined, "new, +3 keys, +1 member.", ["k0", "k1", "k2"]],
  ["sets-one-more", "sets-state", "+1 key, -1 key.", ["k1", "k3"]],
  ["sets-one-more", undefined, "+1 key, -1 key.", ["285e38859bcc", "k3"]],
  ["sets-replaced", "sets-state", "the same keys, with new hashes of those that are replaced.", ["k2"]],
  [
    "sets-after-refresh",
    "sets-state",
    "+1 key, -1 key, of which 1 not of this stack (1a329486d5a8).",
    ["1a329486d5a8 of elsewhere", "k2"],
  ],
])("the recorded preview %s, with the state %s", async (preview, state, text, touched) => {
  const { keys, assignmentSets } = JSON.parse((await recorded(preview, state)).out).data as Report;
  expect(assignmentSets).toMatchObject([{ text: `GuardrailAssignments services: ${text}` }]);
  expect(keys.map(({ key }) => key).sort()).toEqual(touched);
});

test("keys assigned outside the program are named by their hashes", async () => {
  const before = stack(2, { s: set("safe", ["k0", hash("a"), "k1", hash("b")]) });
  const after = stack(2, { s: set("safe", names(2)) });
  expect(await lines(before, after)).toEqual([
    "GuardrailAssignments s: -2 keys, of which 2 not of this stack (aaaaaaaaaaaa, bbbbbbbbbbbb).",
  ]);
  expect((await review(before, after, { state: "none" })).out).toContain("-2 keys.");
});

describe("what a set no longer holds is called out", () => {
  const full = stack(3, { s: set("safe", names(3), { userIds: ["user_anna"] }) });
  const with_ = (inputs: object, more: Program = {}) =>
    stack(3, { s: { kind: "GuardrailAssignments", inputs: { guardrailId: { of: "safe" }, ...inputs } }, ...more });
  const all = { keyHashes: names(3).map((of) => ({ of })), userIds: ["user_anna"] };

  test("a list that is emptied", async () => {
    expect(await calledOut(full, with_({ keyHashes: [], userIds: [] }))).toEqual([
      "emptied: GuardrailAssignments s: lists no keys any more: 3 keys lose guardrail safe.",
      "emptied: GuardrailAssignments s: lists no members any more: 1 member loses guardrail safe.",
    ]);
  });

  test("but not if another resource has them, or they get another guardrail", async () => {
    const others = { ...pairs(2), "k2-strict": assigned("strict", "k2") };
    expect(await calledOut(full, with_({ ...all, keyHashes: [] }, others))).toEqual([]);
    expect(await calledOut(full, with_({ ...all, keyHashes: [] }, pairs(2)))).toEqual([
      "emptied: GuardrailAssignments s: lists no keys any more: 1 key loses guardrail safe; 2 assignments stay by other resources.",
    ]);
  });

  test("a set that is deleted, unless its keys are too", async () => {
    expect(await calledOut(full, stack(3))).toEqual([
      "emptied: GuardrailAssignments s: deleted: 3 keys and 1 member lose guardrail safe.",
    ]);
    expect(await calledOut(stack(3, { s: set("safe", names(3)) }), {})).toEqual([]);
  });

  test("a gate refuses it", async () => {
    const gates = ["--forbid", "emptied"];
    expect(await review(full, stack(3), { gates })).toMatchObject({ code: 1, err: expect.stringContaining("3 keys") });
    expect(await review(full, full, { gates })).toMatchObject({ code: 0 });
  });

  test("a list that the set no longer manages: its keys keep the guardrail, and cost the same", async () => {
    const after = with_({ userIds: ["user_anna"] });
    expect(await calledOut(full, after)).toEqual([
      "unmanaged: GuardrailAssignments s: no longer manages keys: 3 keys keep guardrail safe, and no resource declares it any more.",
    ]);
    expect((await json(full, after)).keys).toEqual([]);
  });

  test("a set that leaves the stack, and nothing if its guardrail is deleted", async () => {
    const retained = { ...full, s: { ...(full.s as Program[string]), retainOnDelete: true } };
    const { s: _, ...without } = retained;
    expect(await calledOut(retained, without)).toEqual([
      "unmanaged: GuardrailAssignments s: no longer in the stack (retainOnDelete): 3 keys and 1 member keep guardrail safe, and no resource declares it any more.",
    ]);
    const gone = keys(3);
    expect((await json(retained, gone)).keys).toHaveLength(3);
    expect(await calledOut(retained, gone)).toEqual([
      "emptied: GuardrailAssignments s: no longer in the stack: 3 keys and 1 member lose guardrail safe.",
    ]);
  });

  test("exclusivity that begins or ends", async () => {
    const shared = stack(3, { s: set("safe", names(3), { ...all, exclusive: false }) });
    expect(await calledOut(full, shared)).toEqual([
      "exclusive: GuardrailAssignments s: no longer exclusive: keys and members assigned outside the program stay.",
    ]);
    const begins =
      "exclusive: GuardrailAssignments s: exclusive from now on: pulumi up removes guardrail safe from keys and members that the set does not list.";
    expect(await calledOut(shared, full)).toEqual([begins]);
    expect(await calledOut(with_({ keyHashes: all.keyHashes }), full)).toEqual([begins.replace("keys and ", "")]);
    expect(await calledOut(stack(3, pairs(3)), full)).toEqual([begins]);
    const { s, ...rest } = full;
    expect(await calledOut(full, { ...rest, renamed: s as Program[string] })).toEqual([]);
    expect(await calledOut({}, full)).toEqual([]);
  });
});

test("what was assigned outside the program stays when a set is no longer exclusive", async () => {
  const before = stack(2, { s: set("safe", [...names(2), hash("a")]) });
  const state = JSON.parse(stateOf(before));
  const old = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::s"));
  old.outputs = { ...old.inputs, __foreign: [hash("a")] };
  const preview = JSON.parse(previewOf(before, stack(2, { s: set("safe", names(2), { exclusive: false }) })));
  preview.steps.find(({ urn }: { urn: string }) => urn === old.urn).oldState = old;
  const args = [file(JSON.stringify(preview)), "--state", file(JSON.stringify(state)), "--format", "json"];
  const { data } = JSON.parse((await run((terminal) => reviewCommand(terminal, () => NOW), args)).out);
  expect(data).toMatchObject({
    keys: [],
    assignmentSets: [{ text: "GuardrailAssignments s: no longer exclusive, 1 key keeps the guardrail unmanaged." }],
  });
});

test("a set of another guardrail moves its keys and members", async () => {
  const before = stack(2, { s: set("safe", names(2), { userIds: ["user_anna"] }) });
  const after = stack(2, { s: set("strict", names(2), { userIds: ["user_anna"] }) });
  const { keys, members, totals } = await json(before, after);
  expect(keys).toMatchObject([{ guardrail: { before: "safe", after: "strict" } }, {}]);
  expect(members).toMatchObject([{ member: "user_anna", guardrail: { before: "safe", after: "strict" } }]);
  expect(totals.month).toMatchObject({ before: 100, after: 20 });
  expect(await lines(before, after)).toEqual([
    "GuardrailAssignments s: guardrail safe → strict, 2 keys moved, 1 member moved.",
  ]);
});

test("members count by who they are, whichever resource has them", async () => {
  const before = stack(0, { a: member("safe", "user_anna"), b: set("strict", [], { userIds: ["user_bob"] }) });
  const after = stack(0, { a: member("safe", "user_bob"), b: set("strict", [], { userIds: ["user_anna"] }) });
  expect((await json(before, after)).members).toMatchObject([
    { member: "user_anna", guardrail: { before: "safe", after: "strict" } },
    { member: "user_bob", guardrail: { before: "strict", after: "safe" } },
  ]);
});

test("a member that another set takes does not keep the guardrail of a list that is no longer managed", async () => {
  const before = stack(0, { a: set("safe", [], { userIds: ["user_anna"] }), b: set("strict", []) });
  const after = stack(0, { a: set("safe", []), b: set("strict", [], { userIds: ["user_anna"] }) });
  const { members } = await json(before, after);
  expect(members).toMatchObject([{ guardrail: { before: "safe", after: "strict" } }]);
});

test("of a member with two guardrails, only the one that goes is shown", async () => {
  const before = stack(0, { a: member("safe", "user_anna"), b: member("strict", "user_anna") });
  const { members } = await json(before, stack(0, { a: member("strict", "user_anna") }));
  expect(members).toMatchObject([{ member: "user_anna", guardrail: { before: "safe", after: null } }]);
});

test("--require guardrail takes the keys of a set for guarded", async () => {
  const gates = ["--require", "guardrail"];
  expect(await review({}, stack(2, { s: set("safe", names(2)) }), { gates })).toMatchObject({ code: 0 });
  expect(await review({}, stack(2, { s: set("safe", ["k0"]) }), { gates })).toMatchObject({
    code: 1,
    err: expect.stringContaining('without a guardrail: "k1"'),
  });
});

test("of a set whose last change failed halfway, what was done counts", async () => {
  const before = stack(2, { s: set("safe", names(2)) });
  const state = JSON.parse(stateOf(before));
  const half = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::s"));
  half.outputs = { ...half.inputs, keyHashes: ["id-of-k0"], __origin: { version: 1, unfinished: true } };
  const preview = JSON.parse(previewOf(before, before));
  preview.steps.push({ op: "update", urn: half.urn, oldState: half, newState: { ...half, outputs: half.inputs } });
  const args = [file(JSON.stringify(preview)), "--state", file(JSON.stringify(state)), "--format", "json"];
  const { out } = await run((terminal) => reviewCommand(terminal, () => NOW), args);
  expect(JSON.parse(out).data.assignmentSets).toMatchObject([{ text: "GuardrailAssignments s: +1 key." }]);
});
