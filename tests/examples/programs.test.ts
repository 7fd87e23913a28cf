/** Each example: type check, `up`, `up` without changes, `destroy`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openRouter } from "../../examples/app/openrouter";
import { readSettings } from "../../examples/app/settings";
import { openStack, type Result, type Simulator, type Stack, startSimulator } from "../../testing/index";
import { credentials } from "../cli/support/account";
import { errorsOf, touched } from "../engine/support/declaredStack";

const root = resolve(__dirname, "../..");
const opened = new Map<Simulator, string>();

afterAll(async () => {
  for (const [simulator, stateDir] of opened) {
    await simulator.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
});

/** An account, and stacks of an example in it. */
async function openExample(example: string) {
  const simulator = await startSimulator();
  const stateDir = mkdtempSync(join(tmpdir(), "pulumi-openrouter-example-"));
  opened.set(simulator, stateDir);
  const projectDir = join(root, "examples", example);
  const env = credentials(simulator) as Record<string, string>;
  const open = (stack: string) => openStack({ projectDir, stack, stateDir, passphrase: "test", env });
  return { simulator, account: simulator.account, open };
}

/** The resources that a successful operation touched. */
async function touchedBy(operation: Promise<Result>): Promise<string[]> {
  const result = await operation;
  expect(errorsOf(result)).toBe("");
  expect(result.ok).toBe(true);
  return touched(result);
}

async function expectNoChanges(simulator: Simulator, ...stacks: Stack[]): Promise<void> {
  simulator.clearRequests();
  const noChanges = stacks.map(() => []);
  expect(await Promise.all(stacks.map((stack) => touchedBy(stack.up())))).toEqual(noChanges);
  expect(simulator.requests).toEqual([]);
}

function expectEmpty({ keys, guardrails }: Simulator["account"]): void {
  expect({ keys, guardrails }).toEqual({ keys: [], guardrails: [] });
}

test.each(["app", "environments", "gitops", "quickstart", "team"])("type-checks %s", (example) => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "--noEmit", "-p", join(root, "examples", example)];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

test("creates, keeps and destroys the key of app, which answers with the stack's outputs", async () => {
  const { simulator, account, open } = await openExample("app");
  const stack = await open("prod");
  expect(await touchedBy(stack.up())).toEqual(["app"]);
  const outputs = await stack.outputs({ showSecrets: true });
  const settings = readSettings({ OPENROUTER_BASE_URL: simulator.url }, () => JSON.stringify(outputs));
  const api = openRouter(settings, { title: "app", url: "https://shop.example" });
  for (const model of settings.models) {
    const messages = [{ role: "user" as const, content: "Hello" }];
    expect((await api.complete({ model, messages, max_tokens: 5, user: "ada" })).choices).toHaveLength(1);
  }
  await expectNoChanges(simulator, stack);
  await touchedBy(stack.destroy());
  expectEmpty(account);
});

test("creates, keeps and destroys the resources of gitops", async () => {
  const { simulator, account, open } = await openExample("gitops");
  const stack = await open("prod");
  expect(await touchedBy(stack.up())).toEqual(["backend", "batch", "services"]);
  expect(account.keys.map(({ name }) => name).sort()).toEqual(["gitops/prod/backend", "gitops/prod/batch"]);
  await expectNoChanges(simulator, stack);
  await touchedBy(stack.destroy());
  expectEmpty(account);
});

test("creates, keeps and destroys a key for each person of team", async () => {
  const { simulator, account, open } = await openExample("team");
  const stack = await open("prod");
  await touchedBy(stack.up());
  const nameOf = (id: string) => account.guardrails.find((guardrail) => guardrail.id === id)?.name;
  const guardrailOf = (hash: string) => {
    const assigned = account.keyAssignments.filter(({ key_hash: key }) => key === hash);
    return assigned.map(({ guardrail_id: id }) => nameOf(id)).join();
  };
  const people = account.keys.map(({ hash, name, limit, limit_reset: reset, expires_at: expires }) => [
    ...[name, limit, reset, expires?.toISOString().slice(0, 19), guardrailOf(hash)],
  ]);
  expect(people.sort()).toEqual([
    ["team/prod/ada", 200, "monthly", "2031-12-31T23:59:59", "team/prod/builder"],
    ["team/prod/edsger", 10, "monthly", "2031-06-30T23:59:59", "team/prod/edsger-models"],
    ["team/prod/grace", 60, "weekly", "2031-12-31T23:59:59", "team/prod/builder"],
    ["team/prod/linus", 20, "monthly", "2031-06-30T23:59:59", "team/prod/explorer"],
  ]);
  expect(account.guardrails.find(({ name }) => name === "team/prod/edsger-models")).toMatchObject({
    limit_usd: 5,
    reset_interval: "daily",
    allowed_models: ["openai/gpt-4o"],
  });
  const { keys } = await stack.outputs({ showSecrets: true });
  expect(keys).toMatchObject({ ada: expect.stringMatching(/^sk-or-/), linus: expect.stringMatching(/^sk-or-/) });
  await expectNoChanges(simulator, stack);
  await touchedBy(stack.destroy());
  expectEmpty(account);
});

test("keeps dev, staging and prod of environments separate in one account, with their own budgets", async () => {
  const { simulator, account, open } = await openExample("environments");
  const [dev, staging, prod] = [await open("dev"), await open("staging"), await open("prod")];
  await Promise.all([dev, staging, prod].map((stack) => touchedBy(stack.up())));
  expect(Object.fromEntries(account.keys.map(({ name, limit }) => [name, limit]))).toEqual({
    "environments/dev/backend": 10,
    "environments/dev/batch": 5,
    "environments/staging/backend": 50,
    "environments/staging/batch": 20,
    "environments/prod/backend": 500,
    "environments/prod/batch": 200,
  });
  expect(Object.fromEntries(account.guardrails.map(({ name, limit_usd: limit }) => [name, limit]))).toEqual({
    "environments/dev/services": 2,
    "environments/staging/services": 5,
    "environments/prod/services": 50,
  });
  const { names } = await dev.outputs();
  expect(names).toEqual(["environments/dev/backend", "environments/dev/batch", "environments/dev/services"]);
  await expectNoChanges(simulator, dev, staging, prod);

  await touchedBy(dev.destroy());
  expect([account.keys.length, account.guardrails.length, account.keyAssignments.length]).toEqual([4, 2, 4]);
  await Promise.all([staging, prod].map((stack) => touchedBy(stack.destroy())));
  expectEmpty(account);
});
