/** `audit` as it is used: a simulated account against states, what is printed and the exit code. */
import { join } from "node:path";
import { auditCommand } from "../../cli/audit/command";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { openDeclaredStack } from "../engine/support/declaredStack";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

function credentials({ url, managementKey }: Simulator): NodeJS.ProcessEnv {
  return { OPENROUTER_BASE_URL: url, OPENROUTER_MANAGEMENT_KEY: managementKey };
}

function audit(args: readonly string[], place: Place = {}) {
  return run(auditCommand, args, { env: credentials(simulator), ...place });
}

interface Report {
  keys: {
    name: string;
    status: string;
    hint?: string;
    findings: string[];
    remove: string | null;
    managedBy: string[];
  }[];
  guardrails: Report["keys"];
  missing: { urn: string; why: string }[];
}

async function report(...states: string[]): Promise<Report> {
  return JSON.parse((await audit(["--json", ...states.map(file)])).out).data;
}

function makeKey(name: string, settings: Record<string, unknown> = {}) {
  return simulator.dashboard.createKey({ name, ...settings }).key;
}

test("each object is managed or unmanaged, and what no state has comes with the command for it", async () => {
  const ci = makeKey("budgets/prod/ci");
  const lost = makeKey("budgets/prod/web");
  const anna = makeKey("anna");
  const strict = simulator.dashboard.createGuardrail({ name: "budgets/prod/strict" });
  const { keys, guardrails } = await report(stackExport([{ kind: "InferenceKey", name: "ci", id: ci.hash }]));
  const of = (each: Report["keys"][number]) => [each.name, each.status, each.remove];
  expect(keys.map(of)).toEqual([
    ["anna", "unmanaged", `npx pulumi-openrouter remove key ${anna.hash}`],
    ["budgets/prod/ci", "managed", null],
    ["budgets/prod/web", "unmanaged", `npx pulumi-openrouter remove key ${lost.hash}`],
  ]);
  expect(guardrails.map(of)).toEqual([
    ["budgets/prod/strict", "unmanaged", `npx pulumi-openrouter remove guardrail ${strict.id}`],
  ]);
});

test("only a pending create of the very name makes a key a possible leftover of a run", async () => {
  makeKey("budgets/prod/another");
  makeKey("my name");
  const pending = JSON.parse(stackExport([], [{ kind: "InferenceKey", name: "ci" }]));
  pending.deployment.pending_operations[0].resource.inputs.name = "my name";
  const { keys } = await report(JSON.stringify(pending));
  expect(keys.map(({ status }) => status)).toEqual(["unmanaged", "interrupted"]);
  expect(keys[1]?.hint).toBe("possible leftover: budgets/prod was interrupted while it created a key of this name");
});

test("several states are one: what any of them has is managed, and by which is told", async () => {
  const [a, b] = [makeKey("budgets/prod/ci"), makeKey("budgets/dev/ci")];
  const prod = stackExport([{ kind: "InferenceKey", name: "ci", id: a.hash }]);
  const dev = stackExport([{ kind: "InferenceKey", name: "ci", id: b.hash }], [], "dev");
  expect((await report(prod, dev)).keys.map(({ managedBy }) => managedBy)).toEqual([["budgets/dev"], ["budgets/prod"]]);
  const [other] = (await report(prod)).keys;
  expect(other).toMatchObject({
    status: "unmanaged",
    hint: "may be of the stack budgets/dev, whose state is not here",
  });
});

test("what a stack only reads is not managed by it, and that it reads it is said", async () => {
  const { hash } = makeKey("shared");
  const { keys } = await report(stackExport([{ kind: "InferenceKey", name: "s", id: hash, external: true }]));
  expect(keys).toMatchObject([{ status: "unmanaged", hint: "budgets/prod reads it" }]);
});

test("keys are found without limit, expiry, guardrail and use, in all workspaces and when they are off", async () => {
  const { id } = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  makeKey("bare", { workspace_id: id, disabled: true });
  const full = makeKey("full", { limit: 5, expires_at: new Date("2099-01-01") });
  const guardrail = simulator.dashboard.createGuardrail({ name: "g" });
  simulator.dashboard.assign(guardrail.id, { keys: [full.hash] });
  simulator.dashboard.useKey(full.hash, 1);
  const { keys } = await report(stackExport([]));
  expect(keys.map(({ findings }) => findings)).toEqual([
    ["unmanaged", "no-limit", "no-expiry", "no-guardrail", "never-used"],
    ["unmanaged"],
  ]);
});

test("a key in a workspace that was deleted is found by its hash in the state", async () => {
  const { id } = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = makeKey("budgets/prod/ci", { workspace_id: id });
  simulator.dashboard.deleteWorkspace(id);
  const found = await report(stackExport([{ kind: "InferenceKey", name: "ci", id: hash }]));
  expect(found).toMatchObject({ keys: [{ status: "managed" }], missing: [] });
});

test("the guardrail that each workspace has by itself is no finding, for nobody can delete it", async () => {
  const [workspace] = simulator.account.workspaces;
  simulator.dashboard.createGuardrail({ name: `Workspace ${workspace?.id} Default` });
  expect((await report(stackExport([]))).guardrails).toMatchObject([{ status: "default", findings: [], remove: null }]);
});

test("what is in a state and not in the account is told, and whether it is another account's", async () => {
  const gone = { kind: "InferenceKey", name: "gone", id: "a".repeat(64) } as const;
  const home = { __origin: { version: 1, account: "another workspace" } };
  const state = stackExport([gone, { ...gone, name: "theirs", id: "b".repeat(64), outputs: home }]);
  expect((await report(state)).missing.map(({ why }) => why)).toEqual(["not in this account", "in another account"]);
  const { out, err } = await audit([file(state)]);
  expect(out).toContain('key "theirs" of budgets/prod (bbbbbbbbbbbb): in another account');
  expect(err).toContain("belong to a different account");
});

test("--fail-on exits with 1 if there is any of them, and only then", async () => {
  makeKey("budgets/prod/left", { limit: 5 });
  const state = file(stackExport([], [{ kind: "InferenceKey", name: "left" }]));
  expect((await audit([state])).code).toBe(0);
  expect(await audit([state, "--fail-on", "unmanaged,no-limit"])).toMatchObject({ code: 0, err: "" });
  const failed = await audit([state, "--fail-on", "interrupted", "--fail-on", "no-expiry,unmanaged"]);
  expect(failed).toMatchObject({ code: 1, err: "The audit found 1 interrupted, 1 no-expiry.\n" });
});

test("nothing is changed", async () => {
  makeKey("left");
  simulator.dashboard.createGuardrail({ name: "g" });
  await audit([file(stackExport([]))]);
  expect(simulator.requests.map(({ method }) => method)).not.toContainEqual(expect.not.stringMatching(/^GET$/));
});

test("the tables fit a screen of 80 columns whatever the names are, and no name steers the terminal", async () => {
  for (const name of ["x".repeat(150), "\u001b[31mred", "a\nb", "\u202edeb"]) {
    makeKey(name, { limit: 123456.78, limit_reset: "monthly", disabled: true });
    simulator.dashboard.createGuardrail({ name, limit_usd: 123456.78, reset_interval: "monthly" });
  }
  const { out } = await audit([file(stackExport([]))], { env: credentials(simulator), width: 80 });
  const tables = out.split("\n").filter((line) => /unmanaged +\$/.test(line));
  expect(tables).toHaveLength(8);
  for (const line of tables) expect(line.length).toBeLessThanOrEqual(80);
  for (const text of ["\u001b", "\u202e", "a\nb"]) expect(out).not.toContain(text);
});

test("no secret is printed, wherever the state or the account holds one", async () => {
  const secret = "sk-or-v1-0123456789abcdef0123456789abcdef";
  makeKey(`x ${secret}`);
  makeKey(`long${"-".repeat(12)}${secret}`);
  const state = stackExport(
    [{ kind: "InferenceKey", name: secret, id: secret, outputs: { key: secret, __v: secret } }],
    [{ kind: "Guardrail", name: secret }],
  );
  for (const args of [[], ["--json"]]) {
    const { out, err } = await audit([file(state), ...args]);
    expect(out).toContain("[secret]");
    expect(`${out}${err}`).not.toContain(secret.slice(-12));
  }
  expect(JSON.stringify(simulator.requests)).not.toContain(secret);
});

test("a key that is cut to fit is taken out before", async () => {
  makeKey(`${"y".repeat(30)}sk-or-v1-${"7".repeat(24)}`);
  expect((await audit([file(stackExport([]))])).out).not.toContain("7".repeat(7));
});

test.each([
  ["text", "no json", "is not a stack export"],
  ["a list", "[]", "is not a stack export"],
  ["a checkpoint of the file backend", '{"version":3,"checkpoint":{}}', "is not a stack export"],
  ["an older version", '{"version":2,"deployment":{}}', "is a stack export of version 2"],
  ["a newer version", '{"version":5,"deployment":{}}', "is a stack export of version 5"],
  ["other resources", '{"version":3,"deployment":{"resources":[{"urn":7}]}}', "deployment.resources.0.urn"],
])("%s in place of a stack export is refused with 2, and said where it was read", async (_what, input, said) => {
  const { out, err, code } = await audit(["-"], { input });
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toMatch(/^standard input [^\n]+\n$/);
  expect(err).toContain(said);
});

test.each([
  [[], "pass the file of a `pulumi stack export`"],
  [["/nowhere.json"], "/nowhere.json can't be read: there is no such file"],
  [["-", "--fail-on", "nothing"], "Findings are unmanaged, interrupted"],
  [["--unknown"], "unknown option"],
])("wrong usage is exit code 2: %j", async (args, said) => {
  const { err, code } = await audit(args);
  expect(code).toBe(2);
  expect(err).toContain(said);
});

test("without a management key, or with one that is refused, it is one line and exit code 2, not a finding's 1", async () => {
  const args = [file(stackExport([])), "--fail-on", "unmanaged"];
  const none = await audit(args, { env: {} });
  expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/^no OpenRouter management key; [^\n]+\n$/) });
  const refused = await audit(args, { env: { ...credentials(simulator), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-x" } });
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/^read the list of workspaces: [^\n]+\n$/) });
});

test("a state without resources is said to tell nothing of names", async () => {
  const { err } = await audit(["-"], { input: '{"version":3,"deployment":{"manifest":{}}}' });
  expect(err).toContain("standard input has no resources");
});

test("a recorded export of the real CLI is read", async () => {
  const recorded = join(__dirname, "../recordings/stack-export.json");
  const { states, missing } = JSON.parse((await audit([recorded, "--json"])).out).data;
  expect(states).toMatchObject([{ stack: expect.stringMatching(/^[\w-]+\/[\w-]+$/) }]);
  expect(missing.length).toBeGreaterThan(0);
});

test("what an `up` made is managed, and nothing else is", async () => {
  const declared = await openDeclaredStack();
  try {
    const up = await declared.up({
      ci: { kind: "InferenceKey", args: { limit: 5 } },
      safe: { kind: "Guardrail" },
      "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
    });
    expect(up.ok).toBe(true);
    const [made] = declared.simulator.account.keys;
    const prefix = made?.name.replace(/ci$/, "");
    declared.simulator.dashboard.createKey({ name: `${prefix}left` });
    const input = JSON.stringify(await declared.stack.exportState());
    const { out } = await audit(["-", "--json"], { input, env: credentials(declared.simulator) });
    const { keys, guardrails, missing }: Report = JSON.parse(out).data;
    expect(keys.map(({ status }) => status)).toEqual(["managed", "unmanaged"]);
    expect(keys[0]?.findings).toEqual(["no-expiry", "never-used"]);
    expect({ guardrails, missing }).toMatchObject({ guardrails: [{ status: "managed" }], missing: [] });
  } finally {
    await declared.close();
  }
});

test("a key that spent nothing on free models was used nevertheless", async () => {
  const { hash } = makeKey("free");
  simulator.dashboard.useKey(hash, 0);
  const { keys } = await report(stackExport([]));
  expect(keys[0]?.findings).not.toContain("never-used");
});

test("the account is named with the command that pins it", async () => {
  const { out } = await audit([file(stackExport([]))]);
  const id = simulator.account.organization_id;
  expect(out).toMatch(new RegExp(`^Account: ${id} \\(pin it with: pulumi config set openrouter:account ${id}\\)\\n`));
  const personal = await startSimulator({ personal: true });
  const own = await audit([file(stackExport([]))], { env: credentials(personal) });
  expect(own.out).toContain(`Account: ${personal.account.workspaces[0]?.id} (pin it`);
  await personal.close();
});

test("a workspace that a scoped key may not read is named, and nothing counts as missing", async () => {
  const { id } = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = makeKey("hidden", { workspace_id: id });
  const refusal = { effect: "status", status: 403, times: Number.POSITIVE_INFINITY } as const;
  simulator.faults.add({ ...refusal, where: ({ query }) => query.workspace_id === id });
  simulator.faults.add({ ...refusal, path: `/keys/${hash}` });
  const state = file(stackExport([{ kind: "InferenceKey", name: "hidden", id: hash }]));
  const { out, err, code } = await audit([state]);
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(`^Not everything could be read: read the keys of workspace ${id}: .*403`, "m"));
  expect(out).toContain(": not readable");
  expect(out).not.toContain("not in this account");
});
