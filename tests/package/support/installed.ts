import * as fs from "node:fs";
import * as path from "node:path";
import { type Manifest, readManifest, repository } from "./pack";

/** A package that `npm ci` installed in the repository. */
export interface Installed {
  name: string;
  version: string;
  folder: string;
  /** By the name in the package's manifest. */
  dependencies: Map<string, Installed>;
}

/** These packages and all their dependencies, without optional peers. */
export function installed(names: readonly string[]): { direct: Map<string, Installed>; all: Installed[] } {
  const visited = new Map<string, Installed>();
  const visit = (folder: string): Installed => {
    const earlier = visited.get(folder);
    if (earlier) return earlier;
    const manifest = readManifest(folder);
    const found: Installed = { name: manifest.name, version: manifest.version, folder, dependencies: new Map() };
    visited.set(folder, found);
    for (const name of neededBy(manifest)) {
      const dependency = lookUp(folder, name);
      if (dependency) found.dependencies.set(name, visit(dependency));
    }
    return found;
  };
  const direct = new Map<string, Installed>();
  for (const name of names) {
    const folder = lookUp(repository, name);
    if (!folder) throw new Error(`${name} is not installed in the repository: run npm ci`);
    direct.set(name, visit(folder));
  }
  return { direct, all: [...visited.values()] };
}

/** The names of the packages that an installation includes: dependencies, and peers that are not optional. */
export function neededBy({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest): string[] {
  const optional = new Set(Object.keys(peerDependenciesMeta ?? {}));
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !optional.has(name));
  return [...new Set([...Object.keys(dependencies ?? {}), ...peers])];
}

/** The folder where Node finds a package from a folder. */
function lookUp(from: string, name: string): string | undefined {
  const folder = path.join(from, "node_modules", name);
  if (fs.existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(from);
  return parent === from ? undefined : lookUp(parent, name);
}

/**
 * Places the files of a package in a folder, without nested packages. It uses hard links where possible: unlike symbolic links,
 * they don't lead Node back to the repository's node_modules.
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
