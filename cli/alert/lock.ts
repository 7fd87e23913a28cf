/** A lock file, for runs at the same time. */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { sleep } from "../../provider/api/retry";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";

/** A run holds the lock for one post of 10 s at most, so an older lock is of a run that was killed. */
export const STALE_MS = 60_000;

const RETRY_MS = 50;

/** @param waitMs How long to wait for another run. @throws UsageError if the lock can't be acquired */
export async function withLock<Result>(path: string, work: () => Promise<Result>, waitMs = 20_000): Promise<Result> {
  const token = randomUUID();
  for (let waited = 0; !acquire(path, token); waited += RETRY_MS) {
    if (waited >= waitMs) {
      throw new UsageError(`${printable(path)}: another run holds the lock. If none is running, delete it`);
    }
    // Before the check: a lock that replaces it meanwhile has other content.
    const content = contentOf(path);
    if (isStale(path)) removeStale(path, content, token);
    else await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    if (contentOf(path) === token) rmSync(path, { force: true });
  }
}

function acquire(path: string, token: string): boolean {
  try {
    writeFileSync(path, token, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw new UsageError(`write ${printable(path)}: ${code}. Choose a folder that exists and is writable`);
  }
}

function isStale(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
}

/**
 * Moves it away first, and back if it is not the one that was checked: another run may have replaced it with its own.
 *
 * @param stale Content of the one that was checked.
 */
export function removeStale(path: string, stale: string | undefined, token: string): void {
  const moved = `${path}.${token}`;
  try {
    renameSync(path, moved);
    if (contentOf(moved) !== stale) linkSync(moved, path);
  } catch (error) {
    // Another run removed it, or has the lock again.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
