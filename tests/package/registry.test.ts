import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Packed, pack, readManifest, repository, temporaryFolder } from "./support/pack";
import { copyProgram, run, runProgram } from "./support/run";

/** Real installations by three package managers. They require a registry, so they run only if PACKAGE_REGISTRY is set. */
const isEnabled = Boolean(process.env.PACKAGE_REGISTRY);
const describeWithRegistry = isEnabled ? describe : describe.skip;

const library = path.join(__dirname, "programs", "openrouter-team");
const temporary = isEnabled ? temporaryFolder() : "";
let packed: Packed;
let packedLibrary: string;

beforeAll(() => {
  packed = pack(temporary);
  call("npm", ["pack", "--pack-destination", temporary], library);
  const { name, version } = readManifest(library);
  packedLibrary = path.join(temporary, `${name}-${version}.tgz`);
});

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

const cache = ["--cache-folder", path.join(temporary, "yarn-cache")];

/**
 * Pulumi declares a newer Node than it needs, which Yarn 1 rejects without --ignore-engines. Yarn gets a new cache, because it
 * identifies a tarball by name and version.
 */
const managers: [manager: string, command: string, args: string[]][] = [
  ["npm", "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"]],
  ["pnpm", "npx", ["--yes", "pnpm@9", "install", "--ignore-scripts"]],
  [
    "Yarn",
    "npx",
    ["--yes", "yarn@1", "install", "--ignore-scripts", "--ignore-engines", "--non-interactive", ...cache],
  ],
];

describeWithRegistry.each(managers)("installed by %s from the registry", (manager, command, args) => {
  const program = path.join(temporary, manager);
  const transitive = path.join(temporary, `${manager}-transitive`);

  beforeAll(() => {
    for (const folder of [program, transitive]) {
      const own = `file:${packed.tarball}`;
      const direct = folder === program ? { "pulumi-openrouter": own, typescript: "~5.9", "@types/node": "^20" } : {};
      const pulumi = readManifest(path.join(repository, "node_modules", "@pulumi", "pulumi")).version;
      const manifest = {
        private: true,
        dependencies: { "@pulumi/pulumi": pulumi, "openrouter-team": `file:${packedLibrary}`, ...direct },
        // The library depends on a release, which may not exist yet.
        overrides: { "pulumi-openrouter": own },
        pnpm: { overrides: { "pulumi-openrouter": own } },
        resolutions: { "pulumi-openrouter": own },
      };
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
      call(command, args, folder);
    }
  }, 600_000);

  it("registers resources from an ES module", () => {
    expect(runProgram(program, "module.mjs").length).toBeGreaterThan(5);
  });

  it("is shared by a component library and the program", () => {
    expect(runProgram(program, "components.cjs").length).toBeGreaterThan(3);
  });

  it("contains nothing of the server for assistants", () => {
    expect(fs.existsSync(path.join(program, "node_modules", "@modelcontextprotocol"))).toBe(false);
  });

  it("has an executable command", () => {
    expect(() => call(path.join("node_modules", ".bin", "pulumi-openrouter"), ["--help"], program)).not.toThrow();
  });

  it("type-checks a program with all resources", () => {
    copyProgram("everything.ts", program);
    const options = ["--strict", "--noEmit", "--target", "es2020", "--module", "nodenext"];
    expect(run(program, ["node_modules/typescript/bin/tsc", ...options, "everything.ts"])).toBe("");
  }, 120_000);

  it("runs a program that depends on the library only, or reports what to install", () => {
    const attempt = () => runProgram(transitive, "transitive.cjs");
    if (manager === "pnpm") expect(attempt).toThrow("Install it there (npm install pulumi-openrouter)");
    else expect(attempt().length).toBeGreaterThan(3);
  });
});

function call(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: "pipe", shell: process.platform === "win32" });
}
