import { inspect } from "node:util";

/** A whole credential. Masked labels such as `sk-or-v1-0e6...1c96` do not match. */
const CREDENTIAL = /sk-or-[\w-]*[0-9a-f]{16}/;

/** An error as different loggers print it. */
export function printedForms(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const message = error instanceof Error ? error.message : "";
  return [message, String(error), stack, inspect(error), JSON.stringify(error)];
}

/** The messages that show a credential. */
export function leaks(printed: readonly string[]): string[] {
  return printed.filter((message) => CREDENTIAL.test(message));
}
