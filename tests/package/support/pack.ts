import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export const repository = path.resolve(__dirname, "../../..");

/** A folder outside the repository, where Node doesn't find the repository's node_modules. */
export function temporaryFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-openrouter-package-")));
}

/** The package that `npm publish` would send, unpacked. Requires the build in dist, but no network. */
export interface Packed {
  tarball: string;
  folder: string;
  manifest: Manifest;
}

export interface Manifest {
  name: string;
  version: string;
  main?: string;
  types?: string;
  bin?: Record<string, string>;
  exports?: Record<string, string | { types: string; default: string }>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  optionalDependencies?: Record<string, string>;
}

export function pack(temporary: string): Packed {
  const npm = ["pack", "--json", "--offline", "--ignore-scripts", "--pack-destination", temporary];
  execFileSync("npm", npm, { cwd: repository, stdio: "pipe", shell: process.platform === "win32" });
  const name = fs.readdirSync(temporary).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack created no tarball");
  execFileSync("tar", ["-xzf", name], { cwd: temporary, stdio: "pipe" });
  const folder = path.join(temporary, "package");
  return { tarball: path.join(temporary, name), folder, manifest: readManifest(folder) };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}

/** All files below a folder, relative to it and with `/` on every system. */
export function filesOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();
}
