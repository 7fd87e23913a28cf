/** `whoami` on a simulated account. */
import { whoamiCommand } from "../../cli/whoami/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const asManager = (...args: string[]) => run(whoamiCommand, args, { env: credentials(simulator()) });

function asKey(secret: string, args: readonly string[] = [], width?: number) {
  const env = { OPENROUTER_BASE_URL: simulator().url, OPENROUTER_API_KEY: secret };
  return run(whoamiCommand, ["--inference-key", ...args], { env, ...(width === undefined ? {} : { width }) });
}

/** A key with a limit, under a guardrail and a budget of its workspace. */
function budgetedKey() {
  const { dashboard, account } = simulator();
  const { key, secret } = dashboard.createKey({ name: "ci", limit: 60 });
  const { id } = dashboard.createGuardrail({ name: "strict", limit_usd: 20, reset_interval: "daily" });
  dashboard.assign(id, { keys: [key.hash] });
  dashboard.setWorkspaceBudget(String(account.default_workspace_id), null, 500);
  dashboard.useKey(key.hash, 5);
  return { key, secret, guardrailId: id };
}

test("shows that the management key works in all workspaces and that no budget applies", async () => {
  const { out, code } = await asManager();
  expect(code).toBe(0);
  expect(out).toMatch(/^key +management key /);
  expect(out).toMatch(/^workspace +all$/m);
  expect(out).toContain("No budget applies: a management key can't send requests to models.");
  expect(JSON.parse((await asManager("--json")).out)).toMatchObject({
    command: "whoami",
    data: { kind: "management", workspaceId: null, limit: null, budgets: [] },
  });
});

test("shows the budgets of an inference key in the order of checks, and which one binds", async () => {
  const { secret, key } = budgetedKey();
  const { out, code } = await asKey(secret, [], 80);
  const [facts = "", budgets = ""] = out.trimEnd().split("\n\n");
  expect(code).toBe(0);
  expect(facts).toContain(`workspace  ${key.workspace_id}`);
  expect(facts).toContain("limit      $60 once, $55 left");
  expect(facts).toContain("spent      $5 today, $5 this week, $5 this month, $5 ever");
  const rows = budgets.split("\n").map((line) => line.split(/ {2,}/));
  expect(rows.map(([layer, amount, spent, left]) => [layer, amount, spent, left])).toEqual([
    ["BUDGET", "AMOUNT", "SPENT", "LEFT"],
    ["guardrail of the key", "$20 a day", "$5", "$15"],
    ["workspace", "$500 once", "$5", "$495"],
    ["limit of the key", "$60 once", "$5", "$55"],
  ]);
  expect(rows.map((row) => row[5])).toEqual(["BINDS", "first", undefined, undefined]);
});

test("shows the first spent budget as the one that binds now, even if a later one has less left", async () => {
  const { secret, key } = budgetedKey();
  simulator().dashboard.useKey(key.hash, 56);
  simulator().dashboard.updateKey(key.hash, { limit: 1 });
  const { data } = JSON.parse((await asKey(secret, ["--json"])).out);
  expect(data.budgets.map(({ scope, binds }: { scope: string; binds: boolean }) => [scope, binds])).toEqual([
    ["api_key", true],
    ["workspace", false],
    ["key_limit", false],
  ]);
  expect((await asKey(secret)).out).toMatch(/guardrail of the key .* now$/m);
});

test("shows the guardrail and the budget that set an amount only on a wide screen", async () => {
  const { secret, guardrailId } = budgetedKey();
  expect((await asKey(secret, [], 140)).out).toContain(guardrailId);
  const { out } = await asKey(secret, [], 80);
  expect(out).not.toContain(guardrailId);
  expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("shows an inference key without budgets, and a server that doesn't return them", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "free" });
  expect((await asKey(secret)).out).toContain("No budget binds this key.");
  simulator().faults.add({
    effect: "shape",
    body: ({ data: { budgets, effective_budget, ...data } }: { data: Record<string, unknown> }) => ({ data }),
  });
  expect((await asKey(secret)).out).toContain("The server doesn't return the budgets of the key.");
});

test("uses OPENROUTER_API_KEY only on request", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "ci" });
  const env = { OPENROUTER_BASE_URL: simulator().url, OPENROUTER_API_KEY: secret };
  const { err, code } = await run(whoamiCommand, [], { env });
  expect({ err, code }).toEqual({ code: 2, err: expect.stringMatching(/^no OpenRouter management key/) });
  expect(simulator().requests).toEqual([]);
  const both = { ...env, ...credentials(simulator()) };
  expect(JSON.parse((await run(whoamiCommand, ["--json"], { env: both })).out).data.kind).toBe("management");
});

test("says that the inference key is missing or rejected, and never prints it", async () => {
  const missing = await run(whoamiCommand, ["--inference-key"], { env: credentials(simulator()) });
  expect(missing).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^no OpenRouter inference key: OPENROUTER_API_KEY/),
  });
  const { key, secret } = simulator().dashboard.createKey({ name: "off" });
  simulator().dashboard.updateKey(key.hash, { disabled: true });
  const { out, err, code } = await asKey(secret);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain("the API rejected the inference key (401");
  expect(err).toContain("Set OPENROUTER_API_KEY to a key that is neither disabled nor expired");
  expect(err).not.toContain(secret);
});

test("names --inference-key to users that have no management key", async () => {
  const { err, code } = await run(whoamiCommand, [], { env: { OPENROUTER_API_KEY: "sk-or-v1-0123456789abcdef" } });
  expect(code).toBe(2);
  expect(err).toMatch(
    /^no OpenRouter management key: .*, or use the key in OPENROUTER_API_KEY with --inference-key\.\n$/,
  );
});

test("doesn't guess the kind of an account whose organization the server doesn't return", async () => {
  const personal = simulator().addAccount({ personal: true });
  const { out } = await run(whoamiCommand, [], { env: credentials({ ...simulator(), ...personal }) });
  expect(out).toMatch(/^account +no organization known$/m);
});
