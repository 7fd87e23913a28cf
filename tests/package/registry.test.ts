import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Packed, pack, readManifest, repository, temporaryFolder } from "./support/pack";
import { copyProgram, run, runProgram } from "./support/run";

/** True installations by three package managers. They need a registry, so they run only where that is asked for. */
const asked = Boolean(process.env.PACKAGE_REGISTRY);
const describeWithRegistry = asked ? describe : describe.skip;

const library = path.join(__dirname, "programs", "openrouter-team");
const temporary = asked ? temporaryFolder() : "";
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
 * Pulumi asks for a newer Node than it needs, and Yarn 1 would stop at that. Yarn's cache is a new one, because it takes
 * a tarball of the same name and version for the same.
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
        // The library asks for a release, and there may be none yet.
        overrides: { "pulumi-openrouter": own },
        pnpm: { overrides: { "pulumi-openrouter": own } },
        resolutions: { "pulumi-openrouter": own },
      };
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
      call(command, args, folder);
    }
  }, 600_000);

  it("an ES module makes resources", () => {
    expect(runProgram(program, "module.mjs").length).toBeGreaterThan(5);
  });

  it("a component library and the program share the package", () => {
    expect(runProgram(program, "components.cjs").length).toBeGreaterThan(3);
  });

  it("the command is executable", () => {
    expect(() => call(path.join("node_modules", ".bin", "pulumi-openrouter"), ["--help"], program)).not.toThrow();
  });

  it("a program with all resources type-checks with the installed TypeScript", () => {
    copyProgram("everything.ts", program);
    const options = ["--strict", "--noEmit", "--target", "es2020", "--module", "nodenext"];
    expect(run(program, ["node_modules/typescript/bin/tsc", ...options, "everything.ts"])).toBe("");
  }, 120_000);

  it("a program that depends on the library only runs, or is told what to install", () => {
    const attempt = () => runProgram(transitive, "transitive.cjs");
    if (manager === "pnpm") expect(attempt).toThrow("Install it there (npm install pulumi-openrouter)");
    else expect(attempt().length).toBeGreaterThan(3);
  });
});

function call(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: "pipe", shell: process.platform === "win32" });
}
