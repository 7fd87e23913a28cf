import { inspect } from "node:util";

/** A credential in clear: masked labels such as `sk-or-v1-0e6...1c96` are none. */
const CREDENTIAL = /sk-or-[\w-]*[0-9a-f]{16}/;

/** An error in every form in which somebody might print it. */
export function texts(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const message = error instanceof Error ? error.message : "";
  return [message, String(error), stack, inspect(error), JSON.stringify(error)];
}

/** Those of the texts that show a credential. */
export function leaks(said: readonly string[]): string[] {
  return said.filter((text) => CREDENTIAL.test(text));
}
