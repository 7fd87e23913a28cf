/** The user's project in memory, and a temporary copy of it on disk. */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { clean } from "../../../provider/text";
import { UsageError } from "../../shared/terminal";

interface CopiedFile {
  bytes: Buffer;
  mode: number;
}

/** By path relative to the project. */
export type Project = ReadonlyMap<string, CopiedFile>;

const MAX_FILES = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** All files but those of Git and of packages. @throws UsageError for a symbolic link, which could lead anywhere */
export function readProject(directory: string | undefined): Project {
  const root = realpathSync(directory ?? ".");
  const files = new Map<string, CopiedFile>();
  let size = 0;
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const name = join(folder, entry.name);
      if (entry.name === "node_modules" || entry.name === ".git") continue;
      if (entry.isDirectory()) visit(name);
      else {
        const file = readFileOf(root, name);
        files.set(name, file);
        size += file.bytes.length;
      }
      if (files.size > MAX_FILES || size > MAX_BYTES) throw new UsageError("the project is too large to be copied");
    }
  };
  visit("");
  return files;
}

function readFileOf(root: string, name: string): CopiedFile {
  let file: number | undefined;
  try {
    file = openSync(join(root, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new UsageError(`the project has "${clean(name)}", which is not a file`);
    return { bytes: readFileSync(file), mode: stats.mode & 0o700 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ELOOP") throw error;
    throw new UsageError(`the project has a symbolic link, "${clean(name)}", so it is not copied`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Equal for equal names and contents. */
export function fingerprint(project: Project): string {
  const hash = createHash("sha256");
  for (const name of [...project.keys()].sort()) {
    const bytes = project.get(name)?.bytes ?? Buffer.alloc(0);
    hash.update(`${JSON.stringify(name)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** @param changed Text of the file with this name. */
export async function withCopy<Result>(
  directory: string | undefined,
  project: Project,
  changed: { name: string; text: string },
  work: (copy: string) => Promise<Result>,
): Promise<Result> {
  if (!project.has(join(changed.name))) throw new UsageError(`"${clean(changed.name)}" is not copied`);
  const copy = mkdtempSync(join(realpathSync(tmpdir()), "pulumi-openrouter-preview-"));
  try {
    for (const [name, { bytes, mode }] of project) {
      const path = join(copy, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, name === join(changed.name) ? changed.text : bytes, { mode, flag: "wx" });
    }
    const packages = packagesFor(realpathSync(directory ?? "."));
    if (packages) symlinkSync(packages, join(copy, "node_modules"), "junction");
    return await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The nearest `node_modules`, from this directory up. */
function packagesFor(directory: string): string | undefined {
  const packages = join(directory, "node_modules");
  if (existsSync(packages)) return realpathSync(packages);
  const parent = dirname(directory);
  return parent === directory ? undefined : packagesFor(parent);
}
