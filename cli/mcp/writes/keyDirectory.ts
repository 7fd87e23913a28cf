/**
 * Where the keys that an assistant creates are stored. OpenRouter shows a key once, and an assistant must not see it, so it
 * goes to a new file in a directory that the user named at the start.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Secret } from "../../../provider/secret";
import { clean } from "../../../provider/text";
import { UsageError } from "../../shared/terminal";

/** A file for one key, created before the key, so that no key is created that can't be stored. */
export interface KeyFile {
  path: string;
  /** Writes the key, a single time. */
  store(key: Secret): void;
  /** Removes the file, if the key was not created. */
  discard(): void;
}

export class KeyDirectory {
  readonly #path: string;
  readonly #identity: string;

  /** @throws UsageError unless it is a directory of this user, not a symbolic link, outside any Git work tree */
  constructor(directory: string) {
    const given = resolve(directory);
    this.#identity = identityOf(checkedDirectory(given));
    this.#path = realpathSync(given);
    const repository = repositoryOf(this.#path);
    if (repository !== undefined) {
      throw refused(given, `is inside the Git work tree ${clean(repository)}, where a key could be committed`);
    }
  }

  /** @param seed Decides the name of the file, so that no caller does. @throws UsageError */
  createFile(seed: string): KeyFile {
    const name = `openrouter-${createHash("sha256").update(seed).digest("hex").slice(0, 20)}.key`;
    const path = join(this.#path, name);
    this.#requireSame();
    const file = open(path);
    const discard = () => {
      closeSync(file);
      // Only if it is still the file that was created here.
      if (isSame(path, fstatOf)) unlinkSync(path);
    };
    const fstatOf = identityOf(fstatSync(file));
    try {
      this.#requireSame();
      if (!isSame(path, fstatOf)) throw refused(this.#path, "changed while a file was created in it");
    } catch (error) {
      discard();
      throw error;
    }
    return {
      path,
      store: (key) => {
        // To the open file: the path may lead elsewhere by now.
        writeFileSync(file, `${key.reveal()}\n`);
        fsyncSync(file);
        closeSync(file);
      },
      discard,
    };
  }

  /** A directory or link that was put in its place meanwhile is not used. */
  #requireSame(): void {
    if (identityOf(checkedDirectory(this.#path)) === this.#identity) return;
    throw refused(this.#path, "is no longer the directory that was there at the start");
  }
}

function checkedDirectory(path: string): Stats {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) throw refused(path, "does not exist; create it with: mkdir -m 700");
  if (stats.isSymbolicLink()) throw refused(path, "is a symbolic link; pass the directory itself");
  if (!stats.isDirectory()) throw refused(path, "is not a directory");
  // Windows has neither.
  if (process.getuid === undefined) return stats;
  if (stats.uid !== process.getuid()) throw refused(path, "belongs to another user");
  if ((stats.mode & 0o022) !== 0) throw refused(path, "can be written by other users; run: chmod 700");
  return stats;
}

function open(path: string): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  try {
    return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw refused(dirname(path), `has no room for a new file (${(error as NodeJS.ErrnoException).code})`);
  }
}

function isSame(path: string, identity: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.nlink > 0 && identityOf(stats) === identity;
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** The nearest directory with a `.git`, from this one up. */
function repositoryOf(directory: string): string | undefined {
  if (existsSync(join(directory, ".git"))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : repositoryOf(parent);
}

function refused(path: string, problem: string): UsageError {
  return new UsageError(`--key-dir ${clean(path)} ${problem}`);
}
