/**
 * Strings that may be shown. Names, API messages and file contents are foreign: they may contain an escape sequence, or a
 * line break and a command for the CI system that prints them.
 */
import { stripVTControlCharacters } from "node:util";
import type { Secret } from "./secret";

const LINE_BREAK = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const CONTROL = /\p{Cc}/gu;
const CONTROL_BUT_LAYOUT = /(?![\t\n])[\p{Cc}\u2028\u2029]/gu;
/** Zero-width characters and bidirectional overrides. Dropped before redaction: one of them would divide a key. */
const INVISIBLE = /\p{Cf}/gu;

/** A foreign string as part of one line: without escape sequences, line breaks and invisible characters. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(INVISIBLE, "").replace(LINE_BREAK, " ").replace(CONTROL, "\ufffd");
}

/** The same for a string of several lines. */
export function cleanLines(text: string): string {
  return stripVTControlCharacters(text).replace(INVISIBLE, "").replace(CONTROL_BUT_LAYOUT, "\ufffd");
}

/** A complete key, not a masked label. */
export const WHOLE_KEY = /sk-or-[A-Za-z0-9_-]{16,}/g;

export function holdsNoKey(text: string): boolean {
  return text.search(WHOLE_KEY) < 0;
}

/** Every OpenRouter key starts with `sk-or-`, and every JWT with the encoded start of a JSON object. */
const CREDENTIAL = /sk-or-[A-Za-z0-9_-]+|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g;

/** Replaces the known credentials, and everything that looks like one. */
export function redact(text: string, ...known: readonly (Secret | undefined)[]): string {
  let redacted = text;
  for (const secret of known) {
    const value = secret?.reveal();
    if (value) redacted = redacted.replaceAll(value, "[secret]");
  }
  return redacted.replace(CREDENTIAL, "[secret]");
}

/** The last gate before output, should a foreign part not have been cleaned where it entered. Keeps newlines and tabs. */
export function gate(text: string, ...known: readonly (Secret | undefined)[]): string {
  return redact(cleanLines(text), ...known);
}
