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
