/** Finds the key that the user means. */
import type { Key } from "../../provider/api/keys";
import { isKeyHash } from "../../provider/ids";
import { clean } from "../../provider/text";
import { formatDay } from "./dates";
import { printable } from "./output";
import { UsageError } from "./terminal";

/** The help of an argument or option that names a key. */
export const KEY_CHOICE = "full name of a key, or its hash, or at least the first 8 digits of the hash";

/**
 * By full hash, or else by name or a prefix of the hash. A name that is also a prefix of another key's hash is ambiguous,
 * because anybody who may name a key could otherwise direct a command to it.
 *
 * @throws UsageError, with the candidates if several keys match
 */
export function chooseKey(keys: readonly Key[], wanted: string): Key {
  rejectApiKey(wanted);
  const isFullHash = isKeyHash(wanted);
  const isPrefix = /^[0-9a-f]{8,64}$/.test(wanted);
  const named = keys.filter(({ name }) => !isFullHash && name === wanted);
  const prefixed = keys.filter(({ hash }) => isPrefix && hash.startsWith(wanted));
  const matches = [...new Set([...named, ...prefixed])];
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (only) throw ambiguous(wanted, matches, { named: named.length > 0, prefixed: prefixed.length > 0 });
  throw new UsageError(
    `no key of this account has the name "${clean(wanted)}" or a hash that begins with it (at least 8 digits); ` +
      "`pulumi-openrouter keys` lists them",
  );
}

/** Before any request: neither sent nor printed. @throws UsageError */
export function rejectApiKey(wanted: string): void {
  if (!wanted.startsWith("sk-or-")) return;
  throw new UsageError("that is an API key; pass its name, or its hash, which `pulumi-openrouter keys --json` shows");
}

function ambiguous(wanted: string, matches: readonly Key[], by: { named: boolean; prefixed: boolean }): UsageError {
  const count = `of ${matches.length} keys`;
  const meaning =
    by.named && by.prefixed
      ? "both the name of a key and a hash prefix of another"
      : `${by.named ? "the name" : "a hash prefix"} ${count}`;
  return new UsageError(
    `"${clean(wanted)}" is ${meaning}; pass a longer prefix of the hash:`,
    matches.map(({ hash, name, createdAt }) => `${hash.slice(0, 16)}  ${formatDay(createdAt)}  ${printable(name)}`),
  );
}
