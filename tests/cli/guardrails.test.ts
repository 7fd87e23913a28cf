/** `guardrails` on a simulated account. */
import { guardrailsCommand } from "../../cli/guardrails/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { fillOddly } from "./support/oddAccount";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const guardrails = (args: readonly string[] = [], place: Place = {}) =>
  run(guardrailsCommand, args, { env: credentials(simulator()), ...place });
const createGuardrail = (name: string, settings: object = {}) =>
  simulator().dashboard.createGuardrail({ name, ...settings });
const createKey = (name: string) => simulator().dashboard.createKey({ name }).key.hash;
const refuse = (path: string | RegExp, status = 403) =>
  simulator().faults.add({ path, effect: "status", status, times: Number.POSITIVE_INFINITY });

test("lists all guardrails by name with budget, assignments, models and zero data retention", async () => {
  const { dashboard, account } = simulator();
  const ada = dashboard.addMember({ email: "ada@shop.example" });
  const strict = createGuardrail("strict", {
    ...{ limit_usd: 20, reset_interval: "daily", allowed_models: ["openai/gpt-4o-mini"] },
    ...{ enforce_zdr_anthropic: true, enforce_zdr_openai: true, enforce_zdr_google: true },
    ...{ enforce_zdr_xai: true, enforce_zdr_other: true },
  });
  createGuardrail("lax", { ignored_models: ["openai/o3"], enforce_zdr_openai: true });
  dashboard.assign(strict.id, { keys: [createKey("ci"), createKey("web")], members: [ada.id] });
  const { out, err, code } = await guardrails();
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["NAME", "ID", "BUDGET", "KEYS", "MEMBERS", "MODELS", "ZDR"],
    ["lax", expect.any(String), "none", "0", "0", "all but 1", "some"],
    ["strict", strict.id.slice(0, 8), "$20 a day", "2", "1", "1 allowed", "yes"],
    [""],
  ]);
  const name = `Workspace ${account.default_workspace_id} Default`;
  createGuardrail(name, { id: account.workspaces[0]?.default_guardrail_id });
  expect((await guardrails()).out).toMatch(/^Workspace .* Default .* none +all +all +all +no$/m);
});

test("has every setting of each guardrail in the JSON", async () => {
  const { full, workspaceId } = fillOddly(simulator());
  const { command, data } = JSON.parse((await guardrails(["--json"])).out);
  expect(command).toBe("guardrails");
  expect(data.guardrails.find(({ id }: { id: string }) => id === full)).toMatchObject({
    ...{ name: "full", limitUsd: 12.5, resetInterval: "daily", ignoredModels: ["openai/o3-2025-04-16"] },
    ...{ allowedDataRegions: ["europe"], enforceZdrAnthropic: true, includeByokInBudgets: true },
    workspace: { id: workspaceId, name: "Team A" },
    ...{ isWorkspaceDefault: false, assignedKeys: 1, assignedMembers: 1 },
  });
});

test("shows every setting of one, and the keys and members that have it", async () => {
  const { full, guarded, workspaceId } = fillOddly(simulator());
  const { out, code } = await guardrails(["show", "full"]);
  expect(code).toBe(0);
  for (const line of [
    /^guardrail +"full"$/,
    /^description +two lines of "text" and `\$\{code\}`$/,
    new RegExp(`^workspace +"Team A" \\(${workspaceId}\\)$`),
    /^assigned +to 1 key and 1 member$/,
    /^budget +\$12.50 a day, for each key and member$/,
    /^allowed models +openai\/gpt-4o-mini, deepseek\/deepseek-r1-0528:free$/,
    /^zero data retention, Anthropic +yes$/,
    /^zero data retention, OpenAI +no$/,
    /^zero data retention, Google +no$/,
    /^retention for safety monitoring, Google +not set$/,
    /^built-in filters +email \(redact\), regex-prompt-injection \(block, user_only\)$/,
    /^custom filters +sk-or-v1-\[0-9a-f\]\{64\} \(redact, \[it's a "key"\]\)$|^custom filters +\[secret\]/,
    /^paid endpoints that train on prompts +no$/,
    /^BYOK spending counts +yes$/,
    new RegExp(`^full +${guarded.slice(0, 8)} +\\d{4}-`),
    /^unknown +ada@example.com +user_\w+ +\d{4}-/,
  ]) {
    expect(out.split("\n").filter((each) => line.test(each))).toHaveLength(1);
  }
  expect(JSON.parse((await guardrails(["show", full, "--json"])).out)).toMatchObject({
    command: "guardrails show",
    data: {
      keys: [{ hash: guarded, name: "full", assignedAt: expect.anything() }],
      members: [{ name: null, email: "ada@example.com" }],
    },
  });
});

test("says that a default guardrail applies to all, and what is unset", async () => {
  const { account } = simulator();
  const name = `Workspace ${account.default_workspace_id} Default`;
  createGuardrail(name, { id: account.workspaces[0]?.default_guardrail_id });
  const { out } = await guardrails(["show", name]);
  expect(out).toMatch(/^assigned +to all keys and members of the workspace, as its default$/m);
  expect(out).toMatch(/^budget +none$/m);
  expect(out).toMatch(/^allowed models +all$/m);
});

test("finds one by id, by a prefix of its id, and by id even where no list has it", async () => {
  const { id } = createGuardrail("strict");
  createGuardrail("other");
  for (const wanted of [id, id.toUpperCase(), id.slice(0, 8)]) {
    expect((await guardrails(["show", wanted])).out).toMatch(/^guardrail +"strict"$/m);
  }
  const legacy = createGuardrail("legacy", { workspace_id: null });
  expect((await guardrails(["show", legacy.id])).out).toMatch(/^workspace +none$/m);
});

test("exits with 2 and candidates when a name means none or several", async () => {
  const { id } = createGuardrail("shop/strict");
  createGuardrail(id.slice(0, 8));
  const both = await guardrails(["show", id.slice(0, 8)]);
  expect(both).toMatchObject({ code: 2, out: "" });
  expect(both.err).toContain(
    "is both the name of a guardrail and an id prefix of another; pass a longer prefix of the id:",
  );
  const similar = await guardrails(["show", "strict"]);
  expect(similar).toMatchObject({ code: 2, out: "" });
  expect(similar.err).toMatch(new RegExp(`Similar names:\n {2}${id} {2}.* {2}shop/strict\n$`));
  expect((await guardrails(["show", "a".repeat(64)])).err).toContain("that is the hash of a key");
});

test("makes 13 calls for 1,000 assigned keys, however many guardrails have them", async () => {
  const hashes = Array.from({ length: 1_000 }, (_, number) => createKey(`key ${number}`));
  for (let number = 0; number < 20; number++) {
    simulator().dashboard.assign(createGuardrail(`${number}`).id, { keys: hashes.splice(0, 50) });
  }
  const { data } = JSON.parse((await guardrails(["--json"])).out);
  expect(data.guardrails.map(({ assignedKeys }: { assignedKeys: number }) => assignedKeys)).toEqual(Array(20).fill(50));
  expect(simulator().requests).toHaveLength(13);
});

test.each([400, 403, 404])(
  "reads the assignments of each guardrail when the API refuses the list of all with %i",
  async (status) => {
    simulator().dashboard.assign(createGuardrail("strict").id, { keys: [createKey("ci")] });
    refuse(/^\/guardrails\/assignments\//, status);
    const { out, code } = await guardrails();
    expect(code).toBe(0);
    expect(out).toMatch(/^strict +[0-9a-f]{8} +none +1 +0 /m);
  },
);

test("names what can't be read, and exits with 2", async () => {
  createGuardrail("strict");
  refuse(/\/assignments\/members/);
  const { out, err, code } = await guardrails();
  expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining("strict") });
  expect(err).toMatch(/^Not everything could be read: read the assigned members of guardrail .*403/);
});

test("fits 80 columns and prints no control character, whatever the names are", async () => {
  const { full } = fillOddly(simulator());
  for (const args of [[], ["show", full]]) {
    const { out } = await guardrails(args, { width: 80 });
    const tooLong = out.split("\n").filter((line) => line.length > 80 && !/^(description|workspace) /.test(line));
    expect(tooLong).toEqual([]);
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  }
});

test("shows numbers that it may not read as unknown, and as null in JSON", async () => {
  createGuardrail("strict");
  refuse(/\/assignments\/keys/);
  expect((await guardrails()).out).toMatch(/^strict +\w+ +none +unknown +0 /m);
  const { data } = JSON.parse((await guardrails(["--json"])).out);
  expect(data.guardrails).toMatchObject([{ assignedKeys: null, assignedMembers: 0 }]);
});
