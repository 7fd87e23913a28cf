/** The files of the user's project that an assistant may name. None leads out of the project, not even by a symbolic link. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { clean } from "../../provider/text";
import { UsageError } from "../shared/terminal";

export interface ProjectFile {
  /** Relative to the project. */
  name: string;
  /** Real path. */
  path: string;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** @param directory Of the project. @param allowed Which names. @throws UsageError */
export function projectFile(directory: string | undefined, name: string, allowed: RegExp): ProjectFile {
  const shown = clean(name);
  const root = realpathSync(directory ?? ".");
  if (isAbsolute(name) || name.includes("\0") || name.split(/[\\/]/).includes("..")) {
    throw new UsageError(`"${shown}" must be a path inside the project, without ..`);
  }
  if (!allowed.test(name)) throw new UsageError(`"${shown}" is not a file that this tool may use`);
  const path = join(root, name);
  const real = realPath(path);
  if (real === undefined) throw new UsageError(`the project has no file "${shown}"`);
  // Equal only if no part of the path is a symbolic link.
  if (real !== path) throw new UsageError(`"${shown}" is, or is inside, a symbolic link; pass the file itself`);
  return { name: relative(root, real).split(sep).join("/"), path: real };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Its text. A link that replaced the file meanwhile is not followed. @throws UsageError */
export function readProjectFile({ name, path }: ProjectFile): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new UsageError(`"${clean(name)}" is not a file`);
    if (stats.size > MAX_BYTES) throw new UsageError(`"${clean(name)}" is too large`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`read "${clean(name)}": ${(error as NodeJS.ErrnoException).code}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
