import * as fs from "node:fs";
import * as path from "node:path";
import { installed, neededBy, place } from "./installed";
import { type Packed, readManifest, repository } from "./pack";

/** A user's package with a component that uses this package. */
const library = path.join(__dirname, "../programs/openrouter-team");

/**
 * npm: one node_modules, with the layout that npm chose for the repository. Proves that the package works with its declared
 * dependencies next to others. Returns the directory of the program.
 */
export function npmLayout(packed: Packed, folder: string): string {
  placeFlat(packed, path.join(folder, "node_modules"));
  return folder;
}

/**
 * Yarn workspace with node_modules: everything is hoisted to the root, so the program's directory has no node_modules. Proves that
 * nothing searches packages only in the program's directory.
 */
export function yarnLayout(packed: Packed, folder: string): string {
  placeFlat(packed, path.join(folder, "node_modules"));
  const program = path.join(folder, "packages", "program");
  fs.mkdirSync(program, { recursive: true });
  return program;
}

function placeFlat(packed: Packed, nodeModules: string): void {
  for (const { folder } of allInstalled(packed).all) {
    place(folder, path.join(nodeModules, path.relative(path.join(repository, "node_modules"), folder)));
  }
  place(packed.folder, path.join(nodeModules, packed.manifest.name));
  place(library, path.join(nodeModules, readManifest(library).name));
}

/**
 * pnpm: each package is in a store and resolves only its declared dependencies, and so does the program. This is stricter than
 * pnpm's default. Proves that the package declares all that it loads, and shares the program's copy of Pulumi. Returns a
 * function that adds a program to the workspace.
 */
export function pnpmLayout(packed: Packed, folder: string): (program: string, direct: readonly string[]) => string {
  const store = path.join(folder, "node_modules", ".pnpm");
  const { direct: installedDirectly, all } = allInstalled(packed);
  const storeFolderOf = (name: string, version: string) =>
    path.join(store, `${name.replace("/", "+")}@${version}`, "node_modules");

  for (const { name, version, folder: source, dependencies } of all) {
    const home = storeFolderOf(name, version);
    if (fs.existsSync(home)) continue;
    place(source, path.join(home, name));
    for (const [as, { name, version }] of dependencies) link(path.join(storeFolderOf(name, version), name), home, as);
  }
  const homes = new Map<string, string>();
  for (const source of [packed.folder, library]) {
    const manifest = readManifest(source);
    const { name, version } = manifest;
    const home = storeFolderOf(name, version);
    homes.set(name, home);
    place(source, path.join(home, name));
    for (const needed of neededBy(manifest)) {
      link(folderOf(needed), home, needed);
    }
  }
  return (name, direct) => {
    const program = path.join(folder, "packages", name);
    for (const needed of direct) link(folderOf(needed), path.join(program, "node_modules"), needed);
    return program;
  };

  function folderOf(name: string): string {
    const own = homes.get(name);
    if (own) return path.join(own, name);
    const found = installedDirectly.get(name);
    if (!found) throw new Error(`${name} is not a dependency of the packed package`);
    return path.join(storeFolderOf(found.name, found.version), found.name);
  }
}

function allInstalled({ manifest }: Packed) {
  return installed([...neededBy(manifest), "@types/node"]);
}

/** A junction requires no privileges on Windows; its target must be absolute. */
function link(target: string, nodeModules: string, as: string): void {
  const place = path.join(nodeModules, as);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.symlinkSync(target, place, "junction");
}
