/** Finds the key that the user means. */
import type { Key } from "../../provider/api/keys";
import { clean } from "../../provider/text";
import { formatDay } from "./dates";
import { printable } from "./output";
import { UsageError } from "./terminal";

/** The help of an argument or option that names a key. */
export const KEY_CHOICE = "full name of a key, or a prefix of its hash";

/** By name, or else by a prefix of the hash. @throws UsageError, with the candidates if several keys match */
export function chooseKey(keys: readonly Key[], wanted: string): Key {
  if (wanted.startsWith("sk-or-")) {
    throw new UsageError("that is an API key; pass its name or a hash prefix");
  }
  const named = keys.filter(({ name }) => name === wanted);
  const matches = named.length > 0 ? named : keys.filter(({ hash }) => hash.startsWith(wanted));
  const [only] = matches;
  if (!only) {
    throw new UsageError(
      `no key of this account has the name "${clean(wanted)}" or this hash prefix; \`pulumi-openrouter keys\` lists them`,
    );
  }
  if (matches.length === 1) return only;
  const what = named.length > 0 ? "the name" : "a hash prefix";
  throw new UsageError(
    `"${clean(wanted)}" is ${what} of ${matches.length} keys; pass a longer prefix of the hash:`,
    matches.map(({ hash, name, createdAt }) => `${hash.slice(0, 16)}  ${formatDay(createdAt)}  ${printable(name)}`),
  );
}
