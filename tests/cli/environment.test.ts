/** `.env`, `.env.local` and `--env-file`: which variables a command reads. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { withEnvFiles } from "../../cli/shared/environment";
import { credentials, eachTestOnASimulator } from "./support/account";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-openrouter-env-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, ...lines: string[]): string {
  const path = join(directory, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

test("prefers --env-file to the environment, that to .env.local, and that to .env", () => {
  const names = ["A", "B", "C", "D"].map((name) => `OPENROUTER_${name}`);
  const lines = (from: string) => names.map((name) => `${name}=${from}`);
  write(".env", ...lines(".env"));
  write(".env.local", ...lines(".env.local").slice(0, 3));
  const chosen = write("chosen", ...lines("chosen").slice(0, 2));
  expect(withEnvFiles({ OPENROUTER_A: "environment", OPENROUTER_E: "environment" }, directory, chosen)).toEqual({
    OPENROUTER_A: "chosen",
    OPENROUTER_B: "chosen",
    OPENROUTER_C: ".env.local",
    OPENROUTER_D: ".env",
    OPENROUTER_E: "environment",
  });
});

test("reads only OPENROUTER_* from files, with quotes, comments and `export` as in a shell", () => {
  write(
    ".env",
    "PATH=/elsewhere",
    "NODE_OPTIONS=--inspect",
    "# a comment",
    'export OPENROUTER_A="x y" # why',
    "XOPENROUTER_B=1",
  );
  expect(withEnvFiles({ PATH: "/bin" }, directory)).toEqual({ PATH: "/bin", OPENROUTER_A: "x y" });
});

test("accepts missing files and a directory named .env", () => {
  mkdirSync(join(directory, ".env"));
  expect(withEnvFiles({ A: "1" }, directory)).toEqual({ A: "1" });
});

test("names a missing file of --env-file", () => {
  expect(() => withEnvFiles({}, directory, "nowhere")).toThrow("read nowhere: no such file");
});

test("does not add a management key of a file under an older name to the key of the environment", () => {
  write(".env", "OPENROUTER_MANAGEMENT_KEY=file", "OPENROUTER_A=1");
  expect(withEnvFiles({ OPENROUTER_PROVISIONING_KEY: "mine" }, directory)).toEqual({
    OPENROUTER_PROVISIONING_KEY: "mine",
    OPENROUTER_A: "1",
  });
});

describe("a file can't redirect the key of a different source", () => {
  const key = { OPENROUTER_MANAGEMENT_KEY: "mine" };
  const url = "OPENROUTER_BASE_URL=https://elsewhere.example";
  const fileKey = "OPENROUTER_PROVISIONING_KEY=file";

  test.each([".env", ".env.local"])("%s: neither that of the environment nor that of --env-file", (name) => {
    write(name, url);
    expect(() => withEnvFiles(key, directory)).toThrow(
      `OPENROUTER_BASE_URL is set in ${name}, but the management key comes from the environment`,
    );
    const chosen = write("chosen", "OPENROUTER_MANAGEMENT_KEY=chosen");
    expect(() => withEnvFiles({}, directory, chosen)).toThrow(`but the management key comes from ${chosen}`);
  });

  test.each([
    [".env", ".env.local"],
    [".env.local", ".env"],
  ])("%s: not that of %s, and the error names both files", (withUrl, withKey) => {
    write(withUrl, url);
    write(withKey, fileKey);
    expect(() => withEnvFiles({}, directory)).toThrow(
      `OPENROUTER_BASE_URL is set in ${withUrl}, but the management key comes from ${withKey}`,
    );
  });

  test("--env-file: not that of .env, but that of the environment, because the user chose the file", () => {
    write(".env", fileKey);
    const chosen = write("chosen", url);
    expect(() => withEnvFiles({}, directory, chosen)).toThrow("but the management key comes from .env");
    expect(withEnvFiles(key, directory, chosen)).toMatchObject({
      ...key,
      OPENROUTER_BASE_URL: "https://elsewhere.example",
    });
  });

  test("but a file may have both key and address", () => {
    write(".env", url, fileKey);
    expect(withEnvFiles({}, directory)).toMatchObject({
      OPENROUTER_PROVISIONING_KEY: "file",
      OPENROUTER_BASE_URL: "https://elsewhere.example",
    });
  });

  test("nor a job's own token, even if the same file has the federation policy", () => {
    write(".env", url, "OPENROUTER_FEDERATION_POLICY_ID=policy");
    expect(() => withEnvFiles({}, directory)).toThrow("but the management key comes from the job's own identity");
    expect(withEnvFiles({ OPENROUTER_BASE_URL: "https://mine.example" }, directory)).toMatchObject({
      OPENROUTER_FEDERATION_POLICY_ID: "policy",
    });
  });

  test("nor the inference key of the environment, when a command sends that one", () => {
    write(".env", url, fileKey);
    const environment = { OPENROUTER_API_KEY: "mine" };
    expect(() => withEnvFiles(environment, directory, undefined, ["OPENROUTER_API_KEY"])).toThrow(
      "OPENROUTER_BASE_URL is set in .env, but the inference key comes from the environment",
    );
    expect(withEnvFiles(environment, directory)).toMatchObject({ OPENROUTER_BASE_URL: "https://elsewhere.example" });
  });

  test("but the environment may redirect any key, and any file may have OpenRouter's own address", () => {
    write(".env.local", fileKey);
    expect(withEnvFiles({ OPENROUTER_BASE_URL: "https://mine.example" }, directory)).toMatchObject({
      OPENROUTER_PROVISIONING_KEY: "file",
      OPENROUTER_BASE_URL: "https://mine.example",
    });
    write(".env", "OPENROUTER_BASE_URL=https://openrouter.ai/api/v1/");
    expect(withEnvFiles(key, directory)).toMatchObject(key);
    expect(withEnvFiles({}, directory)).toMatchObject({ OPENROUTER_PROVISIONING_KEY: "file" });
  });
});

describe("the program itself", () => {
  const simulator = eachTestOnASimulator();
  const program = join(__dirname, "../../dist/cli/index.js");

  /** Without any OPENROUTER_* of this process. */
  async function openrouter(
    variables: NodeJS.Dict<string>,
    ...args: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const options = { cwd: directory, env: { PATH: process.env.PATH, ...variables } };
    const running = promisify(execFile)(process.execPath, [program, ...args], options);
    return running.then(
      (done) => ({ code: 0, ...done }),
      (error) => error,
    );
  }

  test.each([
    ["balance", ".env", []],
    ["keys list", "chosen", ["--env-file", "chosen"]],
  ])("%s reads %s", async (command, name, options) => {
    write(name, ...Object.entries(credentials(simulator())).map(([key, value]) => `${key}=${value}`));
    expect(await openrouter({}, ...command.split(" "), ...options, "--json")).toMatchObject({ code: 0, stderr: "" });
  });

  test("whoami --inference-key does not send the key of the environment to the server of .env", async () => {
    const { secret } = simulator().dashboard.createKey({ name: "ci" });
    write(".env", `OPENROUTER_BASE_URL=${simulator().url}`);
    const { code, stderr } = await openrouter({ OPENROUTER_API_KEY: secret }, "whoami", "--inference-key");
    expect({ code, requests: simulator().requests.length }).toEqual({ code: 2, requests: 0 });
    expect(stderr).toContain("but the inference key comes from the environment");
    write(".env", `OPENROUTER_BASE_URL=${simulator().url}`, `OPENROUTER_API_KEY=${secret}`);
    const { stdout } = await openrouter({}, "whoami", "--inference-key", "--json");
    expect(JSON.parse(stdout).data.kind).toBe("inference");
  });

  test("audit and remove read .env too, and print one line when its key is rejected", async () => {
    write(".env", `OPENROUTER_BASE_URL=${simulator().url}`, "OPENROUTER_MANAGEMENT_KEY=sk-or-v1-wrong");
    write("state.json", '{"version":3,"deployment":{}}');
    for (const args of [
      ["audit", "state.json"],
      ["remove", "key", "a".repeat(64), "--yes"],
    ]) {
      const { code, stderr } = await openrouter({}, ...args);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/^[^\n]*401[^\n]*\n$/);
      expect(stderr).not.toContain("sk-or-v1-wrong");
    }
  });
});
