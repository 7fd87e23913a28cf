import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What any key looks like in full. The masked labels of the API, `sk-or-v1-0e6...1c96`, do not. */
const ANY_KEY = /sk-or-(?:v1|mgmt)-[0-9a-f]{16,}/;

/**
 * Where a secret stands in clear: the names of the texts, and the paths of the files below a folder. Besides the given
 * secrets it finds whatever looks like a key, so that one of which nobody told is found as well.
 */
export function placesOfSecrets(
  secrets: Iterable<string>,
  texts: Record<string, readonly string[]>,
  folder: string,
): string[] {
  const known = [...secrets];
  const isLeak = (text: string) => ANY_KEY.test(text) || known.some((secret) => text.includes(secret));
  const said = Object.entries(texts).filter(([, lines]) => lines.some(isLeak));
  return [
    ...said.map(([name]) => name),
    ...filesBelow(folder).filter((file) => isLeak(readFileSync(join(folder, file), "utf8"))),
  ];
}

function filesBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, path, name }) => relative(folder, join(parentPath ?? path, name))).sort();
}
