/** Commands as a newcomer meets them: exit codes, widths, help, odd names and servers. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { auditCommand } from "../../cli/audit/command";
import { keysCommand } from "../../cli/keys/command";
import { modelsCommand } from "../../cli/models/command";
import { removeCommand } from "../../cli/remove/command";
import { usageCommand } from "../../cli/usage/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const makeKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;
const inPlace = (place: Place = {}): Place => ({ env: credentials(simulator()), ...place });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-newcomer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("every JSON has one envelope", () => {
  test.each([
    ["keys", keysCommand, ["--json"], { keys: [expect.objectContaining({ name: "ci" })] }],
    ["keys show", keysCommand, ["show", "ci", "--json"], expect.objectContaining({ name: "ci" })],
    ["usage", usageCommand, ["--json"], expect.objectContaining({ key: null })],
    ["models", modelsCommand, ["llama", "--json"], { models: [expect.objectContaining({ id: expect.anything() })] }],
    ["models", modelsCommand, ["llama", "--json", "--as-allowlist"], { allowedModels: [expect.any(String)] }],
    ["models show", modelsCommand, ["show", "gpt-4o", "--json"], expect.objectContaining({ id: "openai/gpt-4o" })],
  ])("%s %#", async (command, make, args, data) => {
    makeKey("ci");
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

describe("what could not be done ends with 2, because 1 is a finding", () => {
  test("adopt with a key that is not accepted", async () => {
    const env = { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
    expect((await run(adoptCommand, ["--out", join(folder, "index.ts")], { env })).code).toBe(2);
  });

  test("remove of a key that is not there", async () => {
    expect((await run(removeCommand, ["key", "a".repeat(64), "--yes"], inPlace())).code).toBe(2);
  });
});

test.each([
  ["keys", keysCommand, "--over <percent>"],
  ["models", modelsCommand, "--max-price <usd>"],
])("the help of %s shows its options", async (_, make, option) => {
  const { out, code } = await run(make, ["--help"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(option) });
});

describe("tables", () => {
  const LONG = "budgets/production/a-service-with-a-name-that-is-longer-than-most-screens-are-wide";

  test("are not cut in a pipe", async () => {
    const { hash } = makeKey(LONG);
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
      const { hash } = makeKey(name, { limit: 1234.56, limit_reset: "monthly", expires_at: daysAgo(-30) });
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

  test("name guardrails in full where their last parts are the same", async () => {
    for (const stack of ["dev", "prod"]) {
      const { hash } = makeKey(`shop/${stack}/ci`);
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

test("a key with a limit of 0 is off by design and not over its limit", async () => {
  makeKey("blocked", { limit: 0 });
  const { err, code } = await run(keysCommand, ["--over", "80"], inPlace());
  expect({ err, code }).toEqual({ err: "", code: 0 });
});

test("usage prints the counters when only the activity fails, and ends with 2", async () => {
  simulator().dashboard.useKey(makeKey("ci").hash, 3);
  for (const args of [[], ["--by", "key"], ["--json"]]) {
    simulator().faults.add({ path: "/activity", effect: "status", status: 403, times: Number.POSITIVE_INFINITY });
    const { out, err, code } = await run(usageCommand, args, inPlace());
    expect(code).toBe(2);
    expect(err).toMatch(/^read the activity: .*403.*\n$/);
    if (args[0] === "--json") expect(JSON.parse(out).data).toMatchObject({ today: { usage: 3 }, completed: null });
    else expect(out).toMatch(/^credits +\$3 /m);
  }
});

describe("a server that wants a key for endpoints", () => {
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

  test("is named where there is none", async () => {
    refuseWithoutKey(401);
    const env = { OPENROUTER_BASE_URL: simulator().url };
    const { err, code } = await run(modelsCommand, ["endpoints", "gpt-4o"], { env });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^no OpenRouter management key: .*\n$/) });
  });
});

test("a reader that goes early is no error", async () => {
  const child = spawn(process.execPath, [join(__dirname, "../../dist/cli/index.js"), "models"], {
    env: { PATH: process.env.PATH, OPENROUTER_BASE_URL: simulator().url },
    cwd: folder,
  });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ said, code }).toEqual({ said: "", code: 0 });
});
