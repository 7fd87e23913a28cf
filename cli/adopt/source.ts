/** Values as TypeScript source, as the usual formatters lay it out in lines of 120 columns. */
import { displayWidth } from "../shared/table";

const WIDTH = 120;

/** A longer property name moves a string that is too long for the line to the next one. */
const MAX_KEY_WIDTH = 4;

/** An expression instead of a value. */
export class Code {
  constructor(readonly text: string) {}
}

/** An object with each property in its own line, which formatters keep. */
export function objectSource(properties: object, indent = ""): string {
  const lines = Object.entries(properties).map(([name, value]) => propertySource(name, value, `${indent}  `));
  return `{\n${lines.join("")}${indent}}`;
}

function propertySource(name: string, value: unknown, indent: string): string {
  const line = (text: string) => `${indent}${name}: ${text},\n`;
  const fits = (text: string) => displayWidth(line(text).trimEnd()) <= WIDTH;
  if (Array.isArray(value)) return line(arraySource(value, indent, fits));
  if (typeof value !== "string") return line(value instanceof Code ? value.text : String(value));
  const text = stringSource(value);
  return fits(text) || name.length <= MAX_KEY_WIDTH ? line(text) : `${indent}${name}:\n${indent}  ${text},\n`;
}

function arraySource(items: readonly unknown[], indent: string, fits: (text: string) => boolean): string {
  const inner = `${indent}  `;
  const sources = items.map((item) => {
    if (item instanceof Code) return item.text;
    return typeof item === "string" ? stringSource(item) : objectSource(item as object, inner);
  });
  const oneLine = `[${sources.join(", ")}]`;
  if (!oneLine.includes("\n") && fits(oneLine)) return oneLine;
  return `[\n${sources.map((source) => `${inner}${source},\n`).join("")}${indent}]`;
}

/** In the quotes that need fewer escapes. Invisible and bidirectional characters are always escaped. */
export function stringSource(text: string): string {
  const escaped = JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) => {
    const hex = (letter.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
  if (count(text, '"') <= count(text, "'")) return escaped;
  return `'${escaped.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
