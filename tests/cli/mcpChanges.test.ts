/** Changes that an assistant proposes and previews: as text, of a few files, and never of program code that runs. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { unifiedDiff } from "../../cli/mcp/changes/diff";
import type { SessionOptions } from "../../cli/mcp/session";
import { type Assistant, connect } from "./support/assistant";
import { key, previewOf, stateOf } from "./support/previews";

const CONFIG = `# Budgets of prod
encryptionsalt: v1:abc
config:
  budgets:backendLimit: 500 # per month
  budgets:models:
    - openai/gpt-4o-mini
    - openai/gpt-4o
  budgets:token:
    secure: AAABB3secret
  openrouter:baseUrl: https://openrouter.ai/api/v1
`;
const BUDGETS = `tiers:
  explorer: { budget: 5, models: [openai/gpt-4o-mini] } # small
people:
  - { name: ada, limit: 200 }
`;
const PROGRAM = 'new openrouter.InferenceKey("backend", { limit: 200 });\n';

let project: string;
let outside: string;
let assistant: Assistant | undefined;
beforeEach(() => {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "pulumi-openrouter-changes-")));
  [project, outside] = [join(folder, "project"), join(folder, "outside.yaml")];
  fs.mkdirSync(project);
  fs.writeFileSync(outside, "secret: 1\n");
  write("Pulumi.yaml", "name: budgets\nruntime: nodejs\n");
  write("Pulumi.prod.yaml", CONFIG);
  write("Pulumi.dev.yaml", CONFIG);
  write("team.yaml", BUDGETS);
  write("index.ts", PROGRAM);
});
afterEach(async () => {
  await assistant?.close();
  fs.rmSync(dirname(project), { recursive: true, force: true });
});

function write(name: string, text: string): void {
  fs.writeFileSync(join(project, name), text);
}
const read = (name: string) => fs.readFileSync(join(project, name), "utf8");

async function connected(options: SessionOptions = {}, env: NodeJS.ProcessEnv = {}): Promise<Assistant> {
  assistant = await connect({ env }, { cwd: project, budgets: ["team.yaml"], ...options });
  return assistant;
}

const raise = { file: "Pulumi.prod.yaml", edits: [{ path: ["config", "budgets:backendLimit"], value: 600 }] };

/** The file after `git apply` of the diff. */
function applied(name: string, diff: string): string {
  execFileSync("git", ["apply", "--unidiff-zero", "-"], { cwd: project, input: diff });
  return read(name);
}

describe("propose_change", () => {
  test("returns a change of a setting as a diff that Git applies, and writes nothing", async () => {
    const { diff, kind } = await (await connected()).use("propose_change", raise);
    expect(kind).toBe("configuration");
    expect(read("Pulumi.prod.yaml")).toBe(CONFIG);
    expect(applied("Pulumi.prod.yaml", diff)).toBe(CONFIG.replace("500 #", "600 #"));
  });

  test.each([
    [
      "Pulumi.prod.yaml",
      { path: ["config", "budgets:models"], value: ["a/b"] },
      /models:\n {4}\["a\/b"\]\n {2}budgets:token/,
    ],
    ["Pulumi.prod.yaml", { path: ["config", "budgets:models", 1], value: "a/b" }, /mini\n {4}- "a\/b"\n/],
    ["team.yaml", { path: ["tiers", "explorer", "budget"], value: 7 }, /budget: 7, models/],
    ["team.yaml", { path: ["people", 0, "limit"], value: 250 }, /name: ada, limit: 250 }/],
    [
      "team.yaml",
      { find: "people:\n", replaceWith: "people:\n  - { name: bo, limit: 5 }\n" },
      /bo, limit: 5 }\n {2}- { name: ada/,
    ],
    ["index.ts", { find: "limit: 200", replaceWith: "limit: $& 250" }, /limit: \$& 250/],
  ])("changes %s by %j", async (file, edit, expected) => {
    const { diff } = await (await connected()).use("propose_change", { file, edits: [edit] });
    expect(applied(file, diff)).toMatch(expected);
  });

  test("shows no line next to a change of the configuration, which may be a secret", async () => {
    const edits = [{ path: ["config", "budgets:models", 1], value: "a/b" }];
    const { diff } = await (await connected()).use("propose_change", { ...raise, edits });
    expect(diff).not.toContain("secure");
    expect(diff.split("\n")).toHaveLength(6);
  });

  test.each([
    [
      "a setting that doesn't exist",
      { path: ["config", "budgets:limit"], value: 1 },
      /at config it has: budgets:backendLimit/,
    ],
    ["a value of another type", { path: ["config", "budgets:backendLimit"], value: "600" }, /is a number/],
    ["a secret", { path: ["config", "budgets:token"], value: "x" }, /has no value at config.budgets:token/],
    [
      "the ciphertext of a secret",
      { path: ["config", "budgets:token", "secure"], value: "x" },
      /pulumi config set --secret/,
    ],
    [
      "the address of the API",
      { path: ["config", "openrouter:baseUrl"], value: "https://evil.example" },
      /only \["config", "budgets:…"\]/,
    ],
    ["the encryption", { path: ["encryptionsalt"], value: "x" }, /only \["config"/],
    ["configuration as text", { find: "500", replaceWith: "600" }, /pass path and value/],
  ])("refuses to change %s", async (_, edit, message) => {
    const args = { file: "Pulumi.prod.yaml", edits: [edit] };
    expect((await (await connected()).failure("propose_change", args)).error).toMatch(message);
  });

  test.each([
    "../outside.yaml",
    "/etc/passwd",
    ".env",
    "Pulumi.yaml",
    "other.yaml",
    "node_modules/x/index.js",
    "a\0.ts",
  ])("refuses the file %j", async (file) => {
    const { error } = await (await connected()).failure("propose_change", { ...raise, file });
    expect(error).toMatch(/^file: pass the configuration|must be a path inside/);
  });

  test.each([
    ["the file", () => fs.symlinkSync(outside, join(project, "link.ts")), "link.ts"],
    ["its folder", () => fs.symlinkSync(dirname(project), join(project, "up")), "up/project/index.ts"],
  ])("refuses a symbolic link: %s", async (_, prepare, file) => {
    prepare();
    const { error } = await (await connected()).failure("propose_change", { ...raise, file });
    expect(error).toContain("is, or is inside, a symbolic link");
  });

  test.each([
    ["an anchor", "a: &x 1\nb: 2\n"],
    ["an alias", "a: 1\nb: *x\n"],
    ["a tag", "a: !!str 1\nb: 2\n"],
    ["YAML", "a: 1\na: 2\n"],
  ])("refuses a file with what parsers read differently: %s", async (what, text) => {
    write("team.yaml", text);
    const edits = [{ path: ["a"], value: 3 }];
    expect((await (await connected()).failure("propose_change", { file: "team.yaml", edits })).error).toContain(what);
  });

  test("requires that the string occurs once", async () => {
    const edits = [{ find: "e", replaceWith: "x" }];
    const { error } = await (await connected()).failure("propose_change", { file: "index.ts", edits });
    expect(error).toMatch(/must occur once in the file, and occurs \d+ times/);
  });
});

describe("preview_change", () => {
  const before = { backend: key({ limit: 500, limitReset: "monthly" }) };
  const after = { backend: key({ limit: 600, limitReset: "monthly" }) };

  /** An environment whose `pulumi` prints these, and copies what it sees. */
  function withPulumi(): NodeJS.ProcessEnv {
    const bin = fs.mkdtempSync(join(tmpdir(), "pulumi-openrouter-fake-"));
    const code = `
const fs = require("node:fs");
const args = process.argv.slice(2);
const cwd = args[args.indexOf("--cwd") + 1];
fs.appendFileSync(${JSON.stringify(join(bin, "log"))}, JSON.stringify({ args, cwd, files: fs.readdirSync(cwd).sort(),
  config: fs.readFileSync(cwd + "/Pulumi.prod.yaml", "utf8") }) + "\\n");
console.log(args[0] === "preview" ? ${JSON.stringify(previewOf(before, after))} : ${JSON.stringify(stateOf(before))});`;
    fs.writeFileSync(join(bin, "pulumi"), `#!${process.execPath}\n${code}\n`, { mode: 0o755 });
    return { PATH: [bin, dirname(process.execPath)].join(delimiter), LOG: join(bin, "log") };
  }
  const logOf = ({ LOG = "" }: NodeJS.ProcessEnv) =>
    fs.existsSync(LOG)
      ? fs
          .readFileSync(LOG, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [];
  const allowed = { allowPreview: true, stack: ["acme/budgets/prod"] };

  test.each(["index.ts", "Pulumi.yaml", "sub/Pulumi.prod.yaml"])("takes no budgets from %s", async (file) => {
    await expect(connected({ budgets: [file] })).rejects.toThrow("--budgets: pass a YAML file with budgets");
  });

  test("exists only if the user allowed it, and says so to the client", async () => {
    const names = async (options: SessionOptions) =>
      (await (await connected(options)).client.listTools()).tools.map(({ name }) => name);
    expect(await names({})).not.toContain("preview_change");
    await assistant?.close();
    expect(await names(allowed)).toContain("preview_change");
    const { tools } = await (assistant as Assistant).client.listTools();
    expect(tools.find(({ name }) => name === "preview_change")?.annotations).toMatchObject({ readOnlyHint: false });
  });

  test("needs the stack that it previews", async () => {
    await expect(connected({ allowPreview: true })).rejects.toThrow("--allow-preview needs --stack");
  });

  test("reviews the change, which it made in a temporary copy only", async () => {
    const env = withPulumi();
    fs.mkdirSync(join(project, "node_modules"));
    const found = await (await connected(allowed, env)).use("preview_change", raise);
    expect(found).toMatchObject({ stack: "budgets/prod", totals: { month: { before: 500, after: 600 } } });
    expect(found.diff).toContain("+  budgets:backendLimit: 600 # per month");
    const [preview] = logOf(env);
    expect(preview.args.slice(0, 5)).toEqual([
      "preview",
      "--json",
      "--non-interactive",
      "--stack",
      "acme/budgets/prod",
    ]);
    expect(preview.config).toContain("backendLimit: 600");
    expect(preview.files).toEqual([
      "Pulumi.dev.yaml",
      "Pulumi.prod.yaml",
      "Pulumi.yaml",
      "index.ts",
      "node_modules",
      "team.yaml",
    ]);
    expect(preview.cwd.startsWith(project)).toBe(false);
    expect(fs.existsSync(preview.cwd)).toBe(false);
    expect(read("Pulumi.prod.yaml")).toBe(CONFIG);
  });

  test.each([
    ["the program", { file: "index.ts", edits: [{ find: "200", replaceWith: "201" }] }, "is never run"],
    ["another stack's configuration", { ...raise, file: "Pulumi.dev.yaml" }, "is Pulumi.prod.yaml"],
    ["another stack", { ...raise, stack: "dev" }, "pass one of the stacks"],
    [
      "the address of the API",
      { ...raise, edits: [{ path: ["config", "openrouter:baseUrl"], value: "https://x" }] },
      "only",
    ],
  ])("runs nothing for a change of %s", async (_, args, message) => {
    const env = withPulumi();
    expect((await (await connected(allowed, env)).failure("preview_change", args)).error).toContain(message);
    expect(logOf(env)).toEqual([]);
  });

  test.each([
    ["the program", () => write("index.ts", "steal();")],
    ["a new file", () => write("tsconfig.json", "{}")],
    [
      "the configuration",
      () => write("Pulumi.prod.yaml", CONFIG.replace("https://openrouter.ai", "https://evil.example")),
    ],
  ])("runs nothing after the assistant changed %s on disk", async (_, change) => {
    const env = withPulumi();
    const { failure } = await connected(allowed, env);
    change();
    expect((await failure("preview_change", raise)).error).toContain("have changed since the server started");
    expect(logOf(env)).toEqual([]);
  });

  test("runs nothing in a project with a symbolic link, also one swapped in later", async () => {
    const env = withPulumi();
    const { failure } = await connected(allowed, env);
    fs.rmSync(join(project, "index.ts"));
    fs.symlinkSync(outside, join(project, "index.ts"));
    expect((await failure("preview_change", raise)).error).toContain('the project has a symbolic link, "index.ts"');
    expect(logOf(env)).toEqual([]);
  });
});

test.each([
  ["the first line", "a\nb\nc\nd\ne\n", "x\nb\nc\nd\ne\n"],
  ["the last line", "a\nb\nc\nd\ne\n", "a\nb\nc\nd\nx\n"],
  ["a line more", "a\nb\n", "a\nx\nb\n"],
  ["a line less", "a\nb\nc\n", "a\nc\n"],
  ["two lines far apart", "a\nb\nc\nd\ne\nf\ng\nh\n", "x\nb\nc\nd\ne\nf\ng\ny\n"],
])("writes diffs that Git applies: %s", (_, old, next) => {
  for (const context of [0, 3]) {
    write("file.txt", old);
    expect(applied("file.txt", unifiedDiff("file.txt", old, next, context))).toBe(next);
  }
});
