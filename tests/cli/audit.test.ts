/** `audit` on a simulated account and states: output and exit codes. */
import { join } from "node:path";
import { auditCommand } from "../../cli/audit/command";
import { startSimulator } from "../../testing/simulator/index";
import { openDeclaredStack } from "../engine/support/declaredStack";
import { credentials, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function audit(args: readonly string[], place: Place = {}) {
  return run(auditCommand, args, { env: credentials(simulator()), ...place });
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

function createKey(name: string, settings: Record<string, unknown> = {}) {
  return simulator().dashboard.createKey({ name, ...settings }).key;
}

test("shows each object as managed or unmanaged, with the command that removes an unmanaged one", async () => {
  const ci = createKey("budgets/prod/ci");
  const web = createKey("budgets/prod/web");
  const anna = createKey("anna");
  const strict = simulator().dashboard.createGuardrail({ name: "budgets/prod/strict" });
  const { keys, guardrails } = await report(stackExport([{ kind: "InferenceKey", name: "ci", id: ci.hash }]));
  const of = (each: Report["keys"][number]) => [each.name, each.status, each.remove];
  expect(keys.map(of)).toEqual([
    ["anna", "unmanaged", `npx pulumi-openrouter remove key ${anna.hash}`],
    ["budgets/prod/ci", "managed", null],
    ["budgets/prod/web", "unmanaged", `npx pulumi-openrouter remove key ${web.hash}`],
  ]);
  expect(guardrails.map(of)).toEqual([
    ["budgets/prod/strict", "unmanaged", `npx pulumi-openrouter remove guardrail ${strict.id}`],
  ]);
});

test("shows a key as orphaned only when a state has a pending create of the same name", async () => {
  createKey("budgets/prod/another");
  createKey("my name");
  const pending = JSON.parse(stackExport([], [{ kind: "InferenceKey", name: "ci" }]));
  pending.deployment.pending_operations[0].resource.inputs.name = "my name";
  const { keys } = await report(JSON.stringify(pending));
  expect(keys.map(({ status }) => status)).toEqual(["unmanaged", "orphaned"]);
  expect(keys[1]?.hint).toBe("likely left by budgets/prod, which was interrupted while creating a key of this name");
});

test("counts an object of any state as managed, and names its stack", async () => {
  const [a, b] = [createKey("budgets/prod/ci"), createKey("budgets/dev/ci")];
  const prod = stackExport([{ kind: "InferenceKey", name: "ci", id: a.hash }]);
  const dev = stackExport([{ kind: "InferenceKey", name: "ci", id: b.hash }], [], "dev");
  expect((await report(prod, dev)).keys.map(({ managedBy }) => managedBy)).toEqual([["budgets/dev"], ["budgets/prod"]]);
  const [other] = (await report(prod)).keys;
  expect(other).toMatchObject({
    status: "unmanaged",
    hint: "may belong to the stack budgets/dev, whose state was not passed",
  });
});

test("shows a key as unmanaged when a stack only reads it, and names that stack", async () => {
  const { hash } = createKey("shared");
  const { keys } = await report(stackExport([{ kind: "InferenceKey", name: "s", id: hash, external: true }]));
  expect(keys).toMatchObject([{ status: "unmanaged", hint: "budgets/prod reads it" }]);
});

test("finds keys without limit, expiry, guardrail or use, in all workspaces and among disabled keys", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  createKey("bare", { workspace_id: id, disabled: true });
  const full = createKey("full", { limit: 5, expires_at: new Date("2099-01-01") });
  const guardrail = simulator().dashboard.createGuardrail({ name: "g" });
  simulator().dashboard.assign(guardrail.id, { keys: [full.hash] });
  simulator().dashboard.useKey(full.hash, 1);
  const { keys } = await report(stackExport([]));
  expect(keys.map(({ findings }) => findings)).toEqual([
    ["unmanaged", "no-limit", "no-expiry", "no-guardrail", "never-used"],
    ["unmanaged"],
  ]);
});

test("finds a key of a deleted workspace by its hash in the state", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = createKey("budgets/prod/ci", { workspace_id: id });
  simulator().dashboard.deleteWorkspace(id);
  const found = await report(stackExport([{ kind: "InferenceKey", name: "ci", id: hash }]));
  expect(found).toMatchObject({ keys: [{ status: "managed" }], missing: [] });
});

test("reports no finding for the default guardrail of a workspace, which can't be deleted", async () => {
  const [workspace] = simulator().account.workspaces;
  simulator().dashboard.createGuardrail({ name: `Workspace ${workspace?.id} Default` });
  expect((await report(stackExport([]))).guardrails).toMatchObject([{ status: "default", findings: [], remove: null }]);
});

test("lists objects of a state that are not in the account, and says which belong to a different account", async () => {
  const gone = { kind: "InferenceKey", name: "gone", id: "a".repeat(64) } as const;
  const home = { __origin: { version: 1, account: "another workspace" } };
  const state = stackExport([gone, { ...gone, name: "theirs", id: "b".repeat(64), outputs: home }]);
  expect((await report(state)).missing.map(({ why }) => why)).toEqual(["not in this account", "in another account"]);
  const { out, err } = await audit([file(state)]);
  expect(out).toContain('key "theirs" of budgets/prod (bbbbbbbbbbbb): in another account');
  expect(err).toContain("belong to a different account");
});

test("exits with 1 only when a finding of --fail-on occurs", async () => {
  createKey("budgets/prod/left", { limit: 5 });
  const state = file(stackExport([], [{ kind: "InferenceKey", name: "left" }]));
  expect((await audit([state])).code).toBe(0);
  expect(await audit([state, "--fail-on", "unmanaged,no-limit"])).toMatchObject({ code: 0, err: "" });
  const failed = await audit([state, "--fail-on", "orphaned", "--fail-on", "no-expiry,unmanaged"]);
  expect(failed).toMatchObject({ code: 1, err: "The audit found 1 orphaned, 1 no-expiry.\n" });
});

test("changes nothing in the account", async () => {
  createKey("left");
  simulator().dashboard.createGuardrail({ name: "g" });
  await audit([file(stackExport([]))]);
  expect(simulator().requests.map(({ method }) => method)).not.toContainEqual(expect.not.stringMatching(/^GET$/));
});

test("fits tables into 80 columns and prints no control character, whatever the names are", async () => {
  for (const name of ["x".repeat(150), "\u001b[31mred", "a\nb", "\u202edeb"]) {
    createKey(name, { limit: 123456.78, limit_reset: "monthly", disabled: true });
    simulator().dashboard.createGuardrail({ name, limit_usd: 123456.78, reset_interval: "monthly" });
  }
  const { out } = await audit([file(stackExport([]))], { env: credentials(simulator()), width: 80 });
  const tables = out.split("\n").filter((line) => /unmanaged +\$/.test(line));
  expect(tables).toHaveLength(8);
  for (const line of tables) expect(line.length).toBeLessThanOrEqual(80);
  for (const text of ["\u001b", "\u202e", "a\nb"]) expect(out).not.toContain(text);
});

test("prints no secret, wherever the state or the account has one", async () => {
  const secret = "sk-or-v1-0123456789abcdef0123456789abcdef";
  createKey(`x ${secret}`);
  createKey(`long${"-".repeat(12)}${secret}`);
  const state = stackExport(
    [{ kind: "InferenceKey", name: secret, id: secret, outputs: { key: secret, __v: secret } }],
    [{ kind: "Guardrail", name: secret }],
  );
  for (const args of [[], ["--json"]]) {
    const { out, err } = await audit([file(state), ...args]);
    expect(out).toContain("[secret]");
    expect(`${out}${err}`).not.toContain(secret.slice(-12));
  }
  expect(JSON.stringify(simulator().requests)).not.toContain(secret);
});

test("redacts a key in a name before truncating the name", async () => {
  createKey(`${"y".repeat(30)}sk-or-v1-${"7".repeat(24)}`);
  expect((await audit([file(stackExport([]))])).out).not.toContain("7".repeat(7));
});

test.each([
  ["text", "no json", "is not a stack export"],
  ["a list", "[]", "is not a stack export"],
  ["a checkpoint of the file backend", '{"version":3,"checkpoint":{}}', "is not a stack export"],
  ["an older version", '{"version":2,"deployment":{}}', "is a stack export of version 2"],
  ["a newer version", '{"version":5,"deployment":{}}', "is a stack export of version 5"],
  ["other resources", '{"version":3,"deployment":{"resources":[{"urn":7}]}}', "deployment.resources.0.urn"],
])("exits with 2 and names the source when the input is %s", async (_what, input, message) => {
  const { out, err, code } = await audit(["-"], { input });
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toMatch(/^standard input [^\n]+\n$/);
  expect(err).toContain(message);
});

test.each([
  [[], "pass the file of a `pulumi stack export`"],
  [["/nowhere.json"], "read /nowhere.json: no such file"],
  [["-", "--fail-on", "nothing"], "Findings are unmanaged, orphaned"],
  [["--unknown"], "unknown option"],
])("exits with 2 on wrong usage: %j", async (args, message) => {
  const { err, code } = await audit(args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("exits with 2 and one line when the management key is missing or refused", async () => {
  const args = [file(stackExport([])), "--fail-on", "unmanaged"];
  const none = await audit(args, { env: {} });
  expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/^no OpenRouter management key: [^\n]+\n$/) });
  const refused = await audit(args, { env: { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-x" } });
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/^read the list of workspaces: [^\n]+\n$/) });
});

test("warns that the stack is not known when a state has no resources", async () => {
  const { err } = await audit(["-"], { input: '{"version":3,"deployment":{"manifest":{}}}' });
  expect(err).toContain("standard input has no resources");
});

test("reads a recorded export of the real CLI", async () => {
  const recorded = join(__dirname, "../recordings/stack-export.json");
  const { states, missing } = JSON.parse((await audit([recorded, "--json"])).out).data;
  expect(states).toMatchObject([{ stack: expect.stringMatching(/^[\w-]+\/[\w-]+$/) }]);
  expect(missing.length).toBeGreaterThan(0);
});

test("shows exactly the objects that an `up` created as managed", async () => {
  const declared = await openDeclaredStack();
  try {
    const up = await declared.up({
      ci: { kind: "InferenceKey", args: { limit: 5 } },
      safe: { kind: "Guardrail" },
      "ci-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "ci" } } },
    });
    expect(up.ok).toBe(true);
    const [created] = declared.simulator.account.keys;
    const prefix = created?.name.replace(/ci$/, "");
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

test("counts a key as used when it spent nothing because the model is free", async () => {
  const { hash } = createKey("free");
  simulator().dashboard.useKey(hash, 0);
  const { keys } = await report(stackExport([]));
  expect(keys[0]?.findings).not.toContain("never-used");
});

test("prints the account and the command that pins it", async () => {
  const { out } = await audit([file(stackExport([]))]);
  const id = simulator().account.organization_id;
  expect(out).toMatch(new RegExp(`^Account: ${id} \\(pin it with: pulumi config set openrouter:account ${id}\\)\\n`));
  const personal = await startSimulator({ personal: true });
  const own = await audit([file(stackExport([]))], { env: credentials(personal) });
  expect(own.out).toContain(`Account: ${personal.account.workspaces[0]?.id} (pin it`);
  await personal.close();
});

test("names a workspace that a scoped key may not read, and counts nothing as missing", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  const { hash } = createKey("hidden", { workspace_id: id });
  const refusal = { effect: "status", status: 403, times: Number.POSITIVE_INFINITY } as const;
  simulator().faults.add({ ...refusal, where: ({ query }) => query.workspace_id === id });
  simulator().faults.add({ ...refusal, path: `/keys/${hash}` });
  const state = file(stackExport([{ kind: "InferenceKey", name: "hidden", id: hash }]));
  const { out, err, code } = await audit([state]);
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(`^Not everything could be read: read the keys of workspace ${id}: .*403`, "m"));
  expect(out).toContain(": not readable");
  expect(out).not.toContain("not in this account");
});
