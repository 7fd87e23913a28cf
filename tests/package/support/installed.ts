import * as fs from "node:fs";
import * as path from "node:path";
import { readManifest, repository } from "./pack";

/** A package of the repository's own installation, as `npm ci` put it there. */
export interface Installed {
  name: string;
  version: string;
  folder: string;
  /** By the name that the package asks for. */
  dependencies: Map<string, Installed>;
}

/** The packages of these names and all that they depend on. Optional peers are left out: nobody asked for them. */
export function installed(names: readonly string[]): { asked: Map<string, Installed>; all: Installed[] } {
  const known = new Map<string, Installed>();
  const visit = (folder: string): Installed => {
    const before = known.get(folder);
    if (before) return before;
    const manifest = readManifest(folder);
    const found: Installed = { name: manifest.name, version: manifest.version, folder, dependencies: new Map() };
    known.set(folder, found);
    const optional = new Set(Object.keys(manifest.peerDependenciesMeta ?? {}));
    const peers = Object.keys(manifest.peerDependencies ?? {}).filter((name) => !optional.has(name));
    const needed = [...Object.keys(manifest.dependencies ?? {}), ...peers];
    for (const name of new Set(needed)) {
      const dependency = lookUp(folder, name);
      if (dependency) found.dependencies.set(name, visit(dependency));
    }
    return found;
  };
  const asked = new Map<string, Installed>();
  for (const name of names) {
    const folder = lookUp(repository, name);
    if (!folder) throw new Error(`${name} is not installed in the repository: run npm ci`);
    asked.set(name, visit(folder));
  }
  return { asked, all: [...known.values()] };
}

/** Where Node finds a package from a folder. */
function lookUp(from: string, name: string): string | undefined {
  const folder = path.join(from, "node_modules", name);
  if (fs.existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(from);
  return parent === from ? undefined : lookUp(parent, name);
}

/**
 * Puts the files of a package at a place, without the packages below it. Hard links where the file system allows:
 * unlike symbolic links they don't lead Node back to the repository's node_modules.
 */
export function place(source: string, target: string): void {
  fs.mkdirSync(target, { recursive: true });
  for (const entry of fs.readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)];
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) place(from, to);
    else if (entry.isFile()) linkOrCopy(from, to);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch {
    fs.copyFileSync(from, to);
  }
}
