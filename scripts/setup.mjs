// Prepares a clone: installs the locked dependencies and builds, each only if needed. It has no dependencies, because it runs
// before they are installed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} path */
const changed = (path) => (existsSync(`${root}/${path}`) ? statSync(`${root}/${path}`).mtimeMs : 0);

/** The last change to a file in a folder.
 * @param {string} folder @returns {number} */
function newest(folder) {
  const entries = readdirSync(`${root}/${folder}`, { withFileTypes: true });
  return Math.max(
    0,
    ...entries.map((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? newest(path) : changed(path);
    }),
  );
}

/** @param {string} why @param {string} command @param {string[]} args */
function run(why, command, args) {
  process.stderr.write(`${why}\n`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write(`setup failed: ${command} ${args.join(" ")}${error ? `: ${error.message}` : ""}\n`);
    process.exit(1);
  }
}

if (changed("node_modules/.package-lock.json") < changed("package-lock.json")) {
  run("Installing dependencies: npm ci, about 30 s", "npm", ["ci", "--no-audit", "--no-fund"]);
}
const sources = Math.max(
  ...["provider", "formats", "sdk", "cli", "testing", "scripts"].map(newest),
  changed("package-lock.json"),
  changed("tsconfig.json"),
  changed("tsconfig.build.json"),
);
const stamp = "node_modules/.pulumi-openrouter-built";
if (changed(stamp) < sources || !existsSync(`${root}/dist/sdk/index.js`)) {
  // Builds next to the old output and then renames, so that a running test always finds a complete build.
  const outDir = "node_modules/.pulumi-openrouter-dist";
  rmSync(`${root}/${outDir}`, { recursive: true, force: true });
  const tsc = "node_modules/typescript/bin/tsc";
  run("Building", process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", outDir]);
  run("Bundling", process.execPath, ["scripts/bundle.mjs", outDir]);
  run("Removing unreachable declarations", process.execPath, ["scripts/declarations.mjs", outDir]);
  rmSync(`${root}/dist`, { recursive: true, force: true });
  renameSync(`${root}/${outDir}`, `${root}/dist`);
  writeFileSync(`${root}/${stamp}`, "");
}
