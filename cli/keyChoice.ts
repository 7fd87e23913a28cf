/** Which key a person means. */
import type { Key } from "../provider/api/keys";
import { day, printable } from "./table";
import { UsageError } from "./terminal";

/** The help of an argument or option that names a key. */
export const KEY_CHOICE = "the name of a key, in full, or the beginning of its hash";

/** Names first: where a key has this name, no hash that begins so is meant. @throws UsageError with the candidates */
export function chooseKey(keys: readonly Key[], wanted: string): Key {
  if (wanted.startsWith("sk-or-")) {
    throw new UsageError("that is a key itself; its name or the beginning of its hash is wanted");
  }
  const named = keys.filter(({ name }) => name === wanted);
  const matches = named.length > 0 ? named : keys.filter(({ hash }) => hash.startsWith(wanted));
  const [only] = matches;
  if (!only) {
    throw new UsageError(
      `no key of this account has the name "${wanted}" or a hash that begins so; \`pulumi-openrouter keys\` lists them`,
    );
  }
  if (matches.length === 1) return only;
  const what = named.length > 0 ? "the name" : "the beginning of the hash";
  throw new UsageError(
    `"${wanted}" is ${what} of ${matches.length} keys; give more of the hash of the one that is meant:`,
    matches.map(({ hash, name, createdAt }) => `${hash.slice(0, 16)}  ${day(createdAt)}  ${printable(name)}`),
  );
}
