/** What all commands share: JSON, exit codes, help, and tables on narrow screens. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { alertCommand } from "../../cli/alert/command";
import { assignmentsCommand } from "../../cli/assignments/command";
import { auditCommand } from "../../cli/audit/command";
import { balanceCommand } from "../../cli/balance/command";
import { budgetCommand } from "../../cli/budget/command";
import { completionCommand } from "../../cli/completion/command";
import { generationCommand } from "../../cli/generation/command";
import { guardrailsCommand } from "../../cli/guardrails/command";
import { keysCommand } from "../../cli/keys/command";
import { mcpCommand } from "../../cli/mcp/command";
import { membersCommand } from "../../cli/members/command";
import { metricsCommand } from "../../cli/metrics/command";
import { modelsCommand } from "../../cli/models/command";
import { UNITS } from "../../cli/models/sort";
import { overviewCommand } from "../../cli/overview/command";
import { presetsCommand } from "../../cli/presets/command";
import { providersCommand } from "../../cli/providers/command";
import { removeCommand } from "../../cli/remove/command";
import { reviewCommand } from "../../cli/review/command";
import type { Terminal } from "../../cli/shared/terminal";
import { usageCommand } from "../../cli/usage/command";
import { whoamiCommand } from "../../cli/whoami/command";
import { workspacesCommand } from "../../cli/workspaces/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;
const inPlace = (place: Place = {}): Place => ({ env: credentials(simulator()), ...place });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-newcomer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("JSON has the same envelope", () => {
  test.each([
    ["keys", keysCommand, ["--json"], { keys: [expect.objectContaining({ name: "ci" })] }],
    ["keys show", keysCommand, ["show", "ci", "--json"], expect.objectContaining({ name: "ci" })],
    ["usage", usageCommand, ["--json"], expect.objectContaining({ key: null })],
    [
      "models",
      modelsCommand,
      ["llama", "--json"],
      { units: UNITS, models: [expect.objectContaining({ id: expect.anything() })] },
    ],
    ["models", modelsCommand, ["llama", "--json", "--as-allowlist"], { allowedModels: [expect.any(String)] }],
    ["models show", modelsCommand, ["show", "gpt-4o", "--json"], expect.objectContaining({ id: "openai/gpt-4o" })],
  ])("for %s %#", async (command, make, args, data) => {
    createKey("ci");
    const { out } = await run(make, args, inPlace());
    expect(JSON.parse(out)).toEqual({
      tool: "pulumi-openrouter",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      command,
      schemaVersion: 1,
      data,
    });
  });
});

describe("exits with 2, because 1 is a finding,", () => {
  test("when adopt gets a key that the API rejects", async () => {
    const env = { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
    expect((await run(adoptCommand, ["--out", join(folder, "index.ts")], { env })).code).toBe(2);
  });

  test("when the key to remove does not exist", async () => {
    expect((await run(removeCommand, ["key", "a".repeat(64), "--yes"], inPlace())).code).toBe(2);
  });
});

test.each([
  adoptCommand,
  alertCommand,
  assignmentsCommand,
  auditCommand,
  balanceCommand,
  budgetCommand,
  completionCommand,
  generationCommand,
  guardrailsCommand,
  keysCommand,
  metricsCommand,
  mcpCommand,
  modelsCommand,
  overviewCommand,
  presetsCommand,
  providersCommand,
  removeCommand,
  reviewCommand,
  usageCommand,
  whoamiCommand,
  workspacesCommand,
  membersCommand,
])("prints help that fits 80 columns for %p", async (command) => {
  const names = command({ env: {} } as Terminal).commands.map((each) => each.name());
  for (const args of [[], ...names.map((name) => [name])]) {
    const { out, code } = await run(command, [...args, "--help"]);
    expect({ code, tooLong: out.split("\n").filter((line) => line.length > 80) }).toEqual({ code: 0, tooLong: [] });
  }
});

test.each([
  ["keys", keysCommand, "--over <percent>"],
  ["models", modelsCommand, "--max-price <usd>"],
])("shows the options of the default subcommand in the help of %s", async (_, make, option) => {
  const { out, code } = await run(make, ["--help"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(option) });
});

describe("tables", () => {
  const LONG = "budgets/production/a-service-with-a-name-that-is-longer-than-most-screens-are-wide";

  test("are not truncated in a pipe", async () => {
    const { hash } = createKey(LONG);
    const guardrail = simulator().dashboard.createGuardrail({ name: `${LONG}-rules` });
    simulator().dashboard.assign(guardrail.id, { keys: [hash] });
    const { out } = await run(keysCommand, [], inPlace());
    expect(out).toContain(`${LONG} `);
    expect(out).toContain(`${LONG.split("/").at(-1)}-rules\n`);
  });

  test("fit a screen of 80 columns", () => expectToFit(80));
  test.each([100, 140])("fit a screen of %i columns", expectToFit);

  async function expectToFit(width: number): Promise<void> {
    for (const name of [LONG, "short"]) {
      const { hash } = createKey(name, { limit: 1234.56, limit_reset: "monthly", expires_at: daysAgo(-30) });
      const guardrail = simulator().dashboard.createGuardrail({ name: `${name}-rules` });
      simulator().dashboard.assign(guardrail.id, { keys: [hash] });
      simulator().dashboard.useKey(hash, 617.28, { at: daysAgo(1) });
    }
    const runs = [
      await run(keysCommand, [], inPlace({ width })),
      await run(auditCommand, [file(stackExport([]))], inPlace({ width })),
      await run(usageCommand, ["--by", "key"], inPlace({ width })),
      await run(modelsCommand, ["llama"], inPlace({ width })),
    ];
    const tables = runs.flatMap(({ out }) => out.split("\n").filter((line) => /\S {2,}\S+ {2,}\S/.test(line)));
    expect(tables.length).toBeGreaterThan(10);
    expect(Math.max(...tables.map(({ length }) => length))).toBeLessThanOrEqual(width);
  }

  test("show full names of guardrails whose last parts are the same", async () => {
    for (const stack of ["dev", "prod"]) {
      const { hash } = createKey(`shop/${stack}/ci`);
      const { id } = simulator().dashboard.createGuardrail({ name: `shop/${stack}/strict` });
      simulator().dashboard.assign(id, { keys: [hash] });
    }
    const screens = [
      await run(keysCommand, [], inPlace({ width: 100 })),
      await run(auditCommand, [file(stackExport([]))], inPlace({ width: 100 })),
    ];
    for (const { out } of screens) {
      const rows = out.split("\n").filter((line) => /\/ci +\S+ /.test(line));
      expect(rows).toHaveLength(2);
      expect(rows.filter((row) => row.includes("shop/prod/strict"))).toHaveLength(1);
      expect(rows.filter((row) => row.includes("shop/dev/strict"))).toHaveLength(1);
    }
  });
});

test("does not count a key with a limit of 0, which is blocked on purpose, as over its limit", async () => {
  createKey("blocked", { limit: 0 });
  const { err, code } = await run(keysCommand, ["--over", "80"], inPlace());
  expect({ err, code }).toEqual({ err: "", code: 0 });
});

test("prints the counters of usage and exits with 2 when only the activity fails", async () => {
  simulator().dashboard.useKey(createKey("ci").hash, 3);
  for (const args of [[], ["--by", "key"], ["--json"]]) {
    simulator().faults.add({ path: "/activity", effect: "status", status: 403, times: Number.POSITIVE_INFINITY });
    const { out, err, code } = await run(usageCommand, args, inPlace());
    expect(code).toBe(2);
    expect(err).toMatch(/^read the activity: .*403.*\n$/);
    if (args[0] === "--json") expect(JSON.parse(out).data).toMatchObject({ today: { spent: 3 }, range: null });
    else expect(out).toMatch(/^credits +\$3 /m);
  }
});

describe("a server that requires a key for endpoints", () => {
  const refuseWithoutKey = (status: number) =>
    simulator().faults.add({
      path: /endpoints/,
      where: ({ authorization }) => authorization === "none",
      effect: "status",
      status,
      times: Number.POSITIVE_INFINITY,
    });

  test.each([401, 403])("gets it after %i", async (status) => {
    refuseWithoutKey(status);
    const { out, code } = await run(modelsCommand, ["endpoints", "gpt-4o"], inPlace());
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("Azure") });
  });

  test("is an error when there is no key", async () => {
    refuseWithoutKey(401);
    const env = { OPENROUTER_BASE_URL: simulator().url };
    const { err, code } = await run(modelsCommand, ["endpoints", "gpt-4o"], { env });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^no OpenRouter management key: .*\n$/) });
  });
});

test("exits with 0 and no message when the reader of its output exits early", async () => {
  const child = spawn(process.execPath, [join(__dirname, "../../dist/cli/index.js"), "models"], {
    env: { PATH: process.env.PATH, OPENROUTER_BASE_URL: simulator().url },
    cwd: folder,
  });
  child.stdout.destroy();
  let message = "";
  child.stderr.on("data", (chunk) => {
    message += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ message, code }).toEqual({ message: "", code: 0 });
});
