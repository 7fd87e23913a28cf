import { inspect } from "node:util";

/**
 * A value that must not be printed: an inference key, a management key, a token. It has this type from the response
 * parser to the output, so a log line, an error or `console.log` shows `[secret]`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value. Called where it leaves the provider: for a request, and for the state. */
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
