/** Command lines for Pulumi's CLI, with a script instead of it on the PATH. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { auditCommand } from "../../cli/audit/command";
import { exportStack, previewStack } from "../../cli/shared/pulumi";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { stackExport } from "./support/states";
import { run } from "./support/terminal";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

/** An environment whose `pulumi` runs this. */
function withPulumi(code: string): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-fake-"));
  const script = join(folder, "pulumi");
  writeFileSync(script, `#!${process.execPath}\nconst args = process.argv.slice(2);\n${code}\n`);
  chmodSync(script, 0o755);
  const PATH = [folder, dirname(process.execPath)].join(delimiter);
  return { PATH, OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
}

test("exports a stack by its name and project directory, without secrets", async () => {
  const env = withPulumi("console.log(JSON.stringify(args));");
  const args = async (cwd?: string) => JSON.parse(await exportStack({ stack: "org/p/prod", ...(cwd && { cwd }) }, env));
  expect(await args()).toEqual(["stack", "export", "--stack", "org/p/prod"]);
  expect(await args("in fra")).toEqual(["stack", "export", "--stack", "org/p/prod", "--cwd", "in fra"]);
});

test("does not interpret a stack name as shell syntax", async () => {
  const env = withPulumi("console.log(JSON.stringify(args));");
  expect(JSON.parse(await exportStack({ stack: "$(touch x); y" }, env))).toContain("$(touch x); y");
});

test("exports each stack of `audit --stack`", async () => {
  const { key } = simulator.dashboard.createKey({ name: "budgets/prod/ci" });
  const exported = stackExport([{ kind: "InferenceKey", name: "ci", id: key.hash }]);
  const env = withPulumi(
    `console.log(args[3] === "prod" ? ${JSON.stringify(exported)} : ${JSON.stringify(stackExport([], [], "dev"))});`,
  );
  const { out, code } = await run(auditCommand, ["--stack", "prod", "--stack", "dev", "--json"], { env });
  expect(code).toBe(0);
  expect(JSON.parse(out).data).toMatchObject({
    states: [{ stack: "budgets/prod" }, { stack: "budgets/dev" }],
    keys: [{ status: "managed" }],
  });
});

test("closes standard input, so that Pulumi can't prompt", async () => {
  const env = withPulumi('process.stdin.on("end", () => console.log("ended")).resume();');
  expect(await exportStack({ stack: "prod" }, env)).toBe("ended\n");
});

test("prints one line and exits with 2 when Pulumi fails", async () => {
  const env = withPulumi(
    "console.error(\"warning: old\\nerror: no stack named 'prod' found\\nmore\"); process.exit(255);",
  );
  expect(await run(auditCommand, ["--stack", "prod"], { env })).toEqual({
    out: "",
    err: "`pulumi stack export --stack prod` failed: no stack named 'prod' found\n",
    code: 2,
  });
});

test("names the file to pass when there is no `pulumi`", async () => {
  const { err, code } = await run(auditCommand, ["--stack", "prod"], { env: { PATH: "" } });
  expect(code).toBe(2);
  expect(err).toContain("pass a file made by `pulumi stack export`");
});

test("previews a stack as one document, by its name and project directory, without prompts", async () => {
  const env = withPulumi("console.log(JSON.stringify([args, process.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW]));");
  const streaming = { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  expect(JSON.parse(await previewStack({ stack: "org/p/prod", cwd: "in fra" }, streaming))).toEqual([
    ["preview", "--json", "--non-interactive", "--stack", "org/p/prod", "--cwd", "in fra"],
    "false",
  ]);
});
