/** Reads the files that the command line names. */
import { readFileSync } from "node:fs";
import { clean } from "../../provider/text";
import { type Terminal, UsageError } from "./terminal";

/** @throws UsageError if it can't be read */
export function readText(file: string): string {
  const text = readIfPresent(file);
  if (text === undefined) throw new UsageError(`read ${clean(file)}: no such file`);
  return text;
}

/** @throws UsageError if it exists but can't be read */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UsageError(`read ${clean(file)}: ${code}`);
  }
}

/** A file, or standard input for `-`, and its name in messages. */
export async function readNamed(terminal: Terminal, file: string): Promise<{ text: string; source: string }> {
  if (file === "-") return { text: await terminal.input(), source: "standard input" };
  return { text: readText(file), source: clean(file) };
}
