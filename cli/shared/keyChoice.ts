/** Finds the key that the user means. */
import type { Key } from "../../provider/api/keys";
import { isKeyHash } from "../../provider/ids";
import { choose, type Kind } from "./choice";
import { UsageError } from "./terminal";

/** The help of an argument or option that names a key. */
export const KEY_CHOICE = "full name of a key, or its hash, or at least the first 8 digits of the hash";

const KEY: Kind<Key> = {
  ...{ noun: "key", idWord: "hash", anId: "a hash", list: "keys" },
  idOf: ({ hash }) => hash,
  isFullId: isKeyHash,
  isPrefix: (text) => /^[0-9a-f]{8,64}$/.test(text),
  idLength: 16,
};

/** By full hash, name or hash prefix. @throws UsageError, with the candidates if several keys match */
export function chooseKey(keys: readonly Key[], wanted: string): Key {
  rejectApiKey(wanted);
  return choose(keys, wanted, KEY);
}

/** Before any request: neither sent nor printed. @throws UsageError */
export function rejectApiKey(wanted: string): void {
  if (!wanted.startsWith("sk-or-")) return;
  throw new UsageError("that is an API key; pass its name, or its hash, which `pulumi-openrouter keys --json` shows");
}
