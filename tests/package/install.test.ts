import * as fs from "node:fs";
import * as path from "node:path";
import { npmLayout, pnpmLayout, yarnLayout } from "./support/layouts";
import { pack, readManifest, temporaryFolder } from "./support/pack";
import { loadProviders, type Registered, run, runProgram } from "./support/run";

const temporary = temporaryFolder();
const program = (name: string) => programs[name] ?? "";
let programs: Record<string, string>;

beforeAll(() => {
  const packed = pack(temporary);
  const addProgram = pnpmLayout(packed, path.join(temporary, "pnpm"));
  const direct = ["@pulumi/pulumi", "openrouter-team"];
  programs = {
    npm: npmLayout(packed, path.join(temporary, "npm")),
    pnpm: addProgram("direct", [...direct, "pulumi-openrouter"]),
    Yarn: yarnLayout(packed, path.join(temporary, "yarn")),
    transitive: addProgram("transitive", direct),
  };
});

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

const kinds = ["InferenceKey", "Guardrail", "GuardrailKeyAssignment", "GuardrailMemberAssignment"];
const providerStringOf = (kind: string) =>
  `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
const typeOf = (kind: string) => `pulumi-nodejs:dynamic/openrouter:${kind}`;

function inputsOf(registered: Registered[], kind: string, name: string) {
  return registered.find((one) => one.type === typeOf(kind) && one.name === name)?.inputs;
}

describe.each(["npm", "pnpm", "Yarn"])("installed by %s", (manager) => {
  it("exports all names to an ES module, which registers resources", () => {
    const registered = runProgram(program(manager), "module.mjs");
    expect(inputsOf(registered, "InferenceKey", "ci")).toMatchObject({ limit: 25, limitReset: "monthly" });
    expect(inputsOf(registered, "GuardrailKeyAssignment", "ci-safe")).toMatchObject({
      guardrailId: "safe-id",
      keyHash: "ci-id",
    });
    expect(inputsOf(registered, "GuardrailMemberAssignment", "ada-safe")).toMatchObject({ guardrailId: "safe-id" });
    expect(registered).toContainEqual(expect.objectContaining({ type: typeOf("InferenceKey"), id: "0a".repeat(32) }));
    expect(registered).toContainEqual(expect.objectContaining({ type: "pulumi:providers:pulumi-nodejs" }));
    const strings = kinds.map((kind) => registered.find((one) => one.type === typeOf(kind))?.inputs.__provider);
    expect(strings).toEqual(kinds.map(providerStringOf));
  });

  it("is shared by a component library and the program", () => {
    const registered = runProgram(program(manager), "components.cjs");
    expect(inputsOf(registered, "InferenceKey", "search")).toMatchObject({ name: "shop/prod/search", limit: 10 });
    expect(inputsOf(registered, "GuardrailMemberAssignment", "ada")).toMatchObject({ guardrailId: "search-id" });
  });

  it("loads the provider of each kind from the __provider string of a state", () => {
    const loaded = loadProviders(program(manager), kinds.map(providerStringOf));
    const methods = ["check", "configure", "create", "delete", "diff", "read", "update"];
    expect(loaded.map((provider) => provider.methods)).toEqual(kinds.map(() => methods));
    expect(loaded.map((provider) => provider.rejected.length > 0)).toEqual(kinds.map(() => true));
  });

  it("runs the command", () => {
    const file = require.resolve("pulumi-openrouter/package.json", { paths: [program(manager)] });
    const { bin } = readManifest(path.dirname(file));
    const command = path.join(path.dirname(file), bin?.["pulumi-openrouter"] ?? "");
    expect(run(program(manager), [command, "--help"])).not.toBe("");
  });

  it("contains nothing of the server for assistants, whose command says what to install", () => {
    const folder = path.dirname(require.resolve("pulumi-openrouter/package.json", { paths: [program(manager)] }));
    const { bin, dependencies, peerDependenciesMeta } = readManifest(folder);
    expect(run(folder, ["-p", "try { require.resolve('@modelcontextprotocol/server') } catch (e) { e.code }"])).toBe(
      "MODULE_NOT_FOUND",
    );
    expect(dependencies).not.toHaveProperty("@modelcontextprotocol/server");
    expect(peerDependenciesMeta).toEqual({ "@modelcontextprotocol/server": { optional: true } });
    const command = path.join(folder, bin?.["pulumi-openrouter"] ?? "");
    expect(() => run(program(manager), [command, "mcp"])).toThrow(
      "Run: npm install @modelcontextprotocol/server@^2.4.0",
    );
  });

  it("loads every entry", () => {
    const entries = ["", "/native", "/dynamic", "/testing"].map((entry) => `pulumi-openrouter${entry}`);
    const code = `console.log(JSON.stringify(${JSON.stringify(entries)}.map((entry) => typeof require(entry))))`;
    expect(run(program(manager), ["-e", code])).toBe('["object","object","object","object"]');
  });

  it("loads files of the installation only, not of the repository", () => {
    const files = "console.log(JSON.stringify(Object.keys(require.cache)))";
    const code = `require("pulumi-openrouter"); require("pulumi-openrouter/dynamic"); ${files}`;
    const loaded = JSON.parse(run(program(manager), ["-e", code])) as string[];
    expect(loaded.filter((file) => !file.startsWith(temporary))).toEqual([]);
    // Nothing of the plugin, which a program with dynamic resources does not use.
    expect(loaded.filter((file) => /pulumi-openrouter\/(plugin|dist\/provider\/native)\//.test(file))).toEqual([]);
  });
});

describe("a program that depends on a component library only", () => {
  it("reports what to install where the package manager hides the package", () => {
    const folder = program("transitive");
    expect(() => runProgram(folder, "transitive.cjs")).toThrow(
      `the package pulumi-openrouter is not installed in the program's directory ${folder}. ` +
        "Run npm install pulumi-openrouter there, even if another of your packages depends on it",
    );
  });

  it("fails in the provider process, so the install error prevents stacks that can't be refreshed", () => {
    const load = () => loadProviders(program("transitive"), [providerStringOf("InferenceKey")]);
    expect(load).toThrow("Cannot find module 'pulumi-openrouter/dynamic'");
  });

  it("works where the package manager hoists", () => {
    expect(inputsOf(runProgram(program("npm"), "transitive.cjs"), "InferenceKey", "search")).toBeDefined();
  });
});
