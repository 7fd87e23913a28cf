/** Makes strings safe to print: the last step before standard output and standard error. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { Secret } from "../../provider/secret";
import { clean, gate, redact } from "../../provider/text";

const STYLES = { bold: [1, 22], red: [31, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof STYLES;

/** The only escape sequences that reach a screen. */
const OWN_STYLE = new RegExp(`(\u001b\\[(?:${Object.values(STYLES).flat().join("|")})m)`);

export function styled(style: Style, text: string): string {
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Without credentials and control characters. With colors, styles stay unless they divide a credential. */
export function printed(text: string, secrets: readonly Secret[], colors: boolean): string {
  const plain = gate(text, ...secrets);
  if (!colors) return notForCi(plain);
  const parts = text.split(OWN_STYLE).map((part, index) => (index % 2 === 1 ? part : gate(part, ...secrets)));
  const withStyles = parts.join("");
  return notForCi(stripVTControlCharacters(withStyles) === plain ? withStyles : plain);
}

/**
 * A name or message from elsewhere as part of a line, without credentials. Call it before truncating: half a credential
 * is not recognized as one.
 */
export function printable(text: string): string {
  return redact(clean(text));
}

const MAX_NAME_LETTERS = 100;

/** The same, at most 100 letters: a message or label to be sent elsewhere must not be filled by one name. */
export function boundedName(text: string): string {
  const letters = [...printable(text)];
  return letters.length > MAX_NAME_LETTERS ? `${letters.slice(0, MAX_NAME_LETTERS).join("")}…` : letters.join("");
}

/** CI systems run `::error::` at the start of a line, and `##[error]` and `##vso[` anywhere in it, as commands. */
function notForCi(text: string): string {
  return text.replace(/^([^\S\n]*)::/gm, "$1: :").replace(CI_COMMAND, "# #");
}

const CI_COMMAND = /##(?=\[|vso\[|teamcity\[)/g;

/** JSON that parses to the same values, except redacted ones, and has no control character except line breaks. */
export function printedJson(value: object, secrets: readonly Secret[], indent = 2): string {
  const text = JSON.stringify(redacted(value, secrets), null, indent);
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped).replace(CI_COMMAND, "#\\u0023");
}

function redacted(value: unknown, secrets: readonly Secret[]): unknown {
  if (typeof value === "string") return redact(value, ...secrets);
  if (Array.isArray(value)) return value.map((each) => redacted(each, secrets));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [redact(name, ...secrets), redacted(each, secrets)]);
  return Object.fromEntries(entries);
}

/** A character outside the first plane takes two escapes. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
