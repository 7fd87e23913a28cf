/**
 * Each example copied to an empty folder, with the commands of its README. `npm install` uses the packed tarball instead of the
 * release, and the dependencies of the repository instead of the registry.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openStack, type Stack, startSimulator } from "../../testing/index";
import { credentials } from "../cli/support/account";
import { errorsOf } from "../engine/support/declaredStack";
import { place } from "../package/support/installed";
import { npmLayout } from "../package/support/layouts";
import { type Packed, pack, readManifest, repository, temporaryFolder } from "../package/support/pack";

const temporary = temporaryFolder();
let packed: Packed;
beforeAll(() => {
  packed = pack(temporary);
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** The lines of the code block that starts with `npm install`. */
function commandsOf(readme: string): string[] {
  const [, block = ""] = /```sh\n( *npm install\n[^`]*)```/.exec(readme) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

/** Whether a registry would serve this version for the range. A path is not a range. */
function isSatisfied(range: string, version: string): boolean {
  const [, kind, minimum = ""] = /^([~^])(\d+\.\d+\.\d+)$/.exec(range) ?? [];
  const [want, have] = [minimum, version].map((each) => each.split(".").map(Number)) as [number[], number[]];
  const fixed = kind === "~" ? 2 : want[0] === 0 ? 2 : 1;
  const isSame = want.slice(0, fixed).every((part, at) => part === have[at]);
  const rest = want.findIndex((part, at) => part !== have[at]);
  return kind !== undefined && isSame && (rest < 0 || (want[rest] as number) < (have[rest] as number));
}

function install(folder: string): void {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<string, Record<string, string>>;
  for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
    const own = name === packed.manifest.name;
    const { version } = own ? packed.manifest : readManifest(join(repository, "node_modules", name));
    if (!isSatisfied(range, version)) throw new Error(`npm install: no version of ${name} is ${range}`);
  }
  npmLayout(packed, folder);
  for (const name of Object.keys(devDependencies)) {
    place(join(repository, "node_modules", name), join(folder, "node_modules", name));
  }
}

test.each([
  ["app", 1],
  ["environments", 2],
  ["gitops", 2],
  ["quickstart", 4],
  ["team", 4],
])("runs the commands of the README of %s in a copy, which create %i keys", async (example, keys) => {
  const folder = join(temporary, example);
  cpSync(join(repository, "examples", example), folder, {
    recursive: true,
    filter: (source) => basename(source) !== "node_modules",
  });
  const commands = commandsOf(readFileSync(join(folder, "README.md"), "utf8"));
  expect(commands.slice(0, 1)).toEqual(["npm install"]);
  install(folder);
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");

  const simulator = await startSimulator();
  const stateDir = mkdtempSync(join(tmpdir(), "pulumi-openrouter-copied-"));
  try {
    const env = credentials(simulator) as Record<string, string>;
    const stacks = new Map<string, Stack>();
    let current = "";
    for (const command of commands.slice(1)) {
      const init = /^pulumi stack init (\w+)$/.exec(command);
      const up = /^pulumi up(?: --stack (\w+))?$/.exec(command);
      if (init) {
        current = init[1] as string;
        stacks.set(current, await openStack({ projectDir: folder, stack: current, stateDir, passphrase: "test", env }));
      } else if (up) {
        const result = await (stacks.get(up[1] ?? current) as Stack).up();
        expect(errorsOf(result)).toBe("");
        expect(result.ok).toBe(true);
      } else throw new Error(`this test does not support the command: ${command}`);
    }
    expect(simulator.account.keys).toHaveLength(keys);
  } finally {
    await simulator.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test.each([
  ["file:../..", "0.1.0", false],
  ["^0.1.0", "0.1.4", true],
  ["^0.1.0", "0.2.0", false],
  ["^3.216.0", "3.270.0", true],
  ["~6.0.3", "6.1.0", false],
])("satisfies %s with %s: %s", (range, version, expected) => {
  expect(isSatisfied(range, version)).toBe(expected);
});
