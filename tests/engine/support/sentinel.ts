import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A whole key. The masked labels of the API, `sk-or-v1-0e6...1c96`, do not match. */
const ANY_KEY = /sk-or-(?:v1|mgmt)-[0-9a-f]{16,}/;

/**
 * Where a secret appears in plain text: the names of the outputs, and the paths of the files below a folder. Also finds
 * everything that looks like a key, so that unlisted keys are found as well.
 */
export function placesOfSecrets(
  secrets: Iterable<string>,
  outputs: Record<string, readonly string[]>,
  folder: string,
): string[] {
  const known = [...secrets];
  const isLeak = (line: string) => ANY_KEY.test(line) || known.some((secret) => line.includes(secret));
  const leaking = Object.entries(outputs).filter(([, lines]) => lines.some(isLeak));
  return [
    ...leaking.map(([name]) => name),
    ...filesBelow(folder).filter((file) => isLeak(readFileSync(join(folder, file), "utf8"))),
  ];
}

function filesBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, path, name }) => relative(folder, join(parentPath ?? path, name))).sort();
}
