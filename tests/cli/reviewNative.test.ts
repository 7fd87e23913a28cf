/** Reviews of recorded previews of the native provider: their figures equal those of the dynamic one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { credentials, eachTestOnASimulator } from "./support/account";
import { assigned, guardrail, key, type Program, previewOf, stateOf } from "./support/previews";
import { figuresOf, monthly, type Report, recorded, reportOf, runReview } from "./support/reviews";
import { file, onNative } from "./support/states";

const of = (preview: string, state?: string) => [recorded(preview), ...(state ? ["--state", recorded(state)] : [])];
const textOf = (name: string) => readFileSync(recorded(name), "utf8");

/** Without what differs between two accounts, between the providers, and in the order of the program's resources. */
function neutral(report: Report): unknown {
  const text = onNative(JSON.stringify(report))
    .replace(/[0-9a-f]{64}/g, "HASH")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/user_\w{27}/g, "USER");
  return sorted(JSON.parse(text));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sorted(inner)]));
}

describe("shows the same as for the dynamic provider", () => {
  test.each([
    ["the first preview", of("native-first"), of("dynamic-first")],
    ["a change", of("native-change", "native-state"), of("dynamic-change", "dynamic-state")],
    ["a change without the state", of("native-change"), of("dynamic-change")],
    ["a change with a move", of("move-change", "dynamic-state"), of("dynamic-change", "dynamic-state")],
    ["a change with a move, without the state", of("move-change"), of("dynamic-change")],
    ["a change with a move back", of("move-back-change", "native-state"), of("dynamic-change", "dynamic-state")],
    ["a change with a move back, without the state", of("move-back-change"), of("dynamic-change")],
    ["an adoption", of("native-adopt", "native-state"), of("dynamic-adopt", "dynamic-state")],
  ])("for %s", async (_, args, twin) => {
    const report = neutral(await reportOf(args));
    expect(report).toEqual(neutral(await reportOf(twin)));
    expect(report).not.toMatchObject({ keys: [] });
  });

  test.each([
    ["native-change", "native-state", "text"],
    ["native-change", "native-state", "markdown"],
    ["native-import", "native-state", "text"],
    ["native-import-all", undefined, "text"],
  ])("as recorded: %s with the state %s as %s", async (preview, state, format) => {
    const { out } = await runReview([...of(preview, state), "--format", format]);
    const golden = join(__dirname, "../recordings/review/golden", `${preview}.${format}`);
    expect(out).toBe(readFileSync(golden, "utf8"));
  });
});

describe("a move to the native provider", () => {
  test.each([
    ["with the state", of("move-same", "dynamic-state")],
    ["without the state", of("move-same")],
    ["with an explicit provider", of("move-explicit", "dynamic-state")],
  ])("changes nothing %s", async (_, args) => {
    const { keys, guardrails, members, assignmentSets, callouts } = await reportOf(args);
    expect([keys, guardrails, members, assignmentSets, callouts]).toEqual([[], [], [], [], []]);
  });

  test("is a new key and a deleted one when Pulumi deletes the key of the dynamic provider", async () => {
    const program = { a: key(monthly(5)) };
    const preview = JSON.parse(onNative(previewOf({}, program)));
    preview.steps.push(...JSON.parse(previewOf(program, {})).steps.slice(1));
    const found = await reportOf([file(JSON.stringify(preview)), "--state", file(stateOf(program))]);
    expect(found.keys.map(({ change }) => change).sort()).toEqual(["deleted", "new"]);
  });
});

describe("an imported object", () => {
  const simulator = eachTestOnASimulator();
  const online = (text: string, ...args: string[]) =>
    reportOf([file(text), ...args], { env: credentials(simulator()) });
  const importIds = (text: string): string[] =>
    [...text.matchAll(/"importID":"([^"/]+)"/g)].map(([, id]) => String(id));

  /** The recorded preview with the ids of a key and a guardrail of the account. */
  function withIds(name: string, hash: string, guardrail = ""): string {
    const text = textOf(name);
    return importIds(text).reduce((all, id) => all.replaceAll(id, id.length === 64 ? hash : guardrail), text);
  }

  test("has its figure before the change from Pulumi, also in the parts that the program changes", async () => {
    const { keys, guardrails, assignmentSets, totals } = await reportOf(of("native-import-all"));
    expect(keys.map(({ key, change, atMost }) => [key, change, atMost.before, atMost.after])).toEqual([
      ["paired", "adopted", { usd: 500, per: "month" }, { usd: 500, per: "month" }],
      ["found (by hand)", "adopted", { usd: 50, per: "month" }, { usd: 50, per: "month" }],
    ]);
    expect(guardrails).toMatchObject([{ guardrail: "fence", change: "adopted", settings: [] }]);
    expect(assignmentSets).toMatchObject([{ text: "GuardrailAssignments fenced: adopted." }]);
    expect(totals.month.difference).toBe(0);
    const changed = await reportOf(of("native-import", "native-state"));
    expect(changed.keys).toMatchObject([{ settings: [{ before: "$50 a month", after: "$70 a month" }] }]);
  });

  test("counts in full when it gets a guardrail and may have had a lower one", async () => {
    const args = of("native-import", "native-state");
    const found = await reportOf(args);
    expect(figuresOf(found)).toEqual({ "found (by hand)": ["adopted", "not known", 70] });
    expect((await runReview([...args, "--max-increase", "69"])).code).toBe(1);
    expect((await runReview([...args, "--max-increase", "70"])).code).toBe(0);
    const { code, err } = await runReview([...args, "--forbid", "lower"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("guardrail outside this stack are not known"),
    });
  });

  test("counts the difference when the account shows its guardrail", async () => {
    const { dashboard } = simulator();
    const { hash } = dashboard.createKey({ name: "by hand", limit: 50, limit_reset: "monthly" }).key;
    const fence = dashboard.createGuardrail({ name: "fence", limit_usd: 25, reset_interval: "weekly" }).id;
    const low = dashboard.createGuardrail({ name: "low", limit_usd: 10, reset_interval: "monthly" }).id;
    dashboard.assign(low, { keys: [hash] });
    const found = await online(withIds("native-import", hash, fence));
    expect(figuresOf(found)).toEqual({ "found (by hand)": ["adopted", 10, 70] });
    expect(found.callouts.map(({ text }) => text)).toContain("Key found (by hand): moves from guardrail low to fence.");
  });

  test("has the settings that Pulumi has read, although the account has others meanwhile", async () => {
    const { dashboard } = simulator();
    const { hash } = dashboard.createKey({ name: "by hand", limit: 40, limit_reset: "monthly" }).key;
    const fence = dashboard.createGuardrail({ name: "fence", limit_usd: 25, reset_interval: "weekly" }).id;
    const found = await online(withIds("native-import", hash, fence));
    expect(figuresOf(found)).toEqual({ "found (by hand)": ["adopted", 50, 70] });
  });

  test("has its live settings in a preview of `pulumi import`, which has no inputs", async () => {
    const { hash } = simulator().dashboard.createKey({ name: "x", limit: 50, limit_reset: "monthly" }).key;
    const preview = withIds("native-import-command", hash);
    expect(figuresOf(await online(preview))).toEqual({ "imported (x)": ["adopted", 50, 50] });
    const offline = await reportOf([file(preview)]);
    expect(figuresOf(offline)).toEqual({ imported: ["adopted", "known after apply", "known after apply"] });
    expect(offline.totals.unknownAfter).toEqual(["imported"]);
  });

  test("keeps its assignments in a preview of `pulumi import --file`", async () => {
    const { keys, members, assignmentSets } = await reportOf(of("native-import-file"));
    expect(keys).toMatchObject([{ key: "found", change: "adopted" }]);
    expect(members).toEqual([]);
    expect(assignmentSets).toMatchObject([{ change: "adopted", text: expect.stringContaining("known after apply") }]);
  });

  test("fails no review because the state doesn't have it", async () => {
    const { code, err } = await runReview(of("native-import", "native-state"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

describe("of a state with resources of both providers", () => {
  const before: Program = { a: key(monthly(5)), b: key(monthly(7)) };
  const after: Program = { a: key(monthly(9)), b: key(monthly(7)) };

  test("counts each object once", async () => {
    const state = JSON.parse(stateOf(before));
    const [root, a, b] = state.deployment.resources;
    const native = JSON.parse(onNative(JSON.stringify(b)));
    state.deployment.resources = [root, a, native];
    const found = await reportOf([file(previewOf(before, after)), "--state", file(JSON.stringify(state))]);
    expect(found.totals.month).toMatchObject({ before: 12, after: 16 });
  });

  test("keeps two objects of one name apart", async () => {
    const state = JSON.parse(stateOf(before));
    const [, a] = state.deployment.resources;
    state.deployment.resources.push({ ...JSON.parse(onNative(JSON.stringify(a))), id: "another" });
    const preview = onNative(previewOf({ a: before.a as Program[string] }, { a: after.a as Program[string] }));
    const found = await reportOf([file(preview), "--state", file(JSON.stringify(state))]);
    expect(found.totals.month).toMatchObject({ keys: 3, before: 17, after: 21 });
  });

  test("keeps them apart when the preview only refers to one", async () => {
    const state = JSON.parse(stateOf(before));
    const [, a] = state.deployment.resources;
    state.deployment.resources.push({ ...JSON.parse(onNative(JSON.stringify(a))), id: "another" });
    const more = { g: guardrail({ limitUsd: 1, resetInterval: "monthly" }), link: assigned("g", "a") };
    const preview = onNative(previewOf(before, { ...before, ...more })).replaceAll("id-of-a", "another");
    const found = await reportOf([file(preview), "--state", file(JSON.stringify(state))]);
    expect(found.totals.month).toMatchObject({ keys: 3, before: 17, after: 13 });
  });
});

test.each(["__proto__", "constructor", "toString", "InferenceKeyX", "inferenceKey", "", "InferenceKey:x"])(
  "ignores resources of the hostile type openrouter:index:%s",
  async (kind) => {
    const type = `openrouter:index:${kind}`;
    const hostile = (text: string) => onNative(text).replaceAll("openrouter:index:InferenceKey", type);
    const program = { a: key(monthly(5)), b: key(monthly(6)) };
    const args = [
      file(hostile(previewOf(program, { a: key(monthly(9)), c: key({}) }))),
      "--state",
      file(hostile(stateOf(program))),
    ];
    const { keys, guardrails, assignmentSets, totals } = await reportOf(args);
    expect([keys, guardrails, assignmentSets, totals.month.keys]).toEqual([[], [], [], 0]);
  },
);
