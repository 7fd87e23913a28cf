import { inspect } from "node:util";

/**
 * A value that must not be printed: the one-time key and the management key. It travels as this type from the
 * response parser to the output, so that a log line, an error or `console.log` shows `[secret]`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Called where it leaves the provider: in the Authorization header and in the state. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** Every OpenRouter credential starts like this, whatever kind it is. */
const CREDENTIAL = /sk-or-[A-Za-z0-9_-]+/g;

/** Takes credentials out of a text that may be shown: all that look like one, and the given one wherever it stands. */
export function redact(text: string, known?: Secret): string {
  const value = known?.reveal();
  const withoutKnown = value ? text.replaceAll(value, "[secret]") : text;
  return withoutKnown.replace(CREDENTIAL, "[secret]");
}
