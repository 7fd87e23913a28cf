/** Writes the files of an adoption. */
import { rm, writeFile } from "node:fs/promises";
import { clean } from "../../provider/text";
import { UsageError } from "../shared/terminal";

export function writeText(file: string, content: string): Promise<void> {
  return explained(file, () => writeFile(file, content));
}

type File = [name: string, content: string];

/**
 * An import file and its program. Neither stays without the other: the import file may have keys, and a program that is not
 * imported first would create everything a second time.
 */
export async function writeBoth([importFile, imported]: File, program: File, replace: boolean): Promise<void> {
  await writePrivately(importFile, imported, replace);
  try {
    await writeText(...program);
  } catch (error) {
    await rm(importFile, { force: true });
    throw error;
  }
}

/** A new file that only the user can read: never one that exists, whose permissions would stay, nor through a link. */
function writePrivately(file: string, content: string, replace: boolean): Promise<void> {
  return explained(file, async () => {
    if (replace) await rm(file, { force: true });
    await writeFile(file, content, { mode: 0o600, flag: "wx" });
  });
}

const CAUSES: NodeJS.Dict<string> = { ENOENT: "no such folder", EEXIST: "it already exists" };

async function explained(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UsageError(`write ${clean(file)}: ${CAUSES[code] ?? code}`);
  }
}
