/** Values as TypeScript, laid out as the usual formatters do for lines of 120. */
import { displayWidth } from "../shared/table";

const WIDTH = 120;

/** A text too long for the line goes to the next one, unless its name is so short that little is gained. */
const MAX_KEY_WIDTH = 4;

/** An expression, in place of a value. */
export class Code {
  constructor(readonly text: string) {}
}

/** An object with each property on a line of its own, which formatters leave so. */
export function objectSource(properties: object, indent = ""): string {
  const lines = Object.entries(properties).map(([name, value]) => propertySource(name, value, `${indent}  `));
  return `{\n${lines.join("")}${indent}}`;
}

function propertySource(name: string, value: unknown, indent: string): string {
  const line = (text: string) => `${indent}${name}: ${text},\n`;
  const fits = (text: string) => displayWidth(line(text).trimEnd()) <= WIDTH;
  if (Array.isArray(value)) return line(arraySource(value, indent, fits));
  if (typeof value !== "string") return line(value instanceof Code ? value.text : String(value));
  const text = textSource(value);
  return fits(text) || name.length <= MAX_KEY_WIDTH ? line(text) : `${indent}${name}:\n${indent}  ${text},\n`;
}

function arraySource(items: readonly unknown[], indent: string, fits: (text: string) => boolean): string {
  const inner = `${indent}  `;
  const sources = items.map((item) => {
    if (item instanceof Code) return item.text;
    return typeof item === "string" ? textSource(item) : objectSource(item as object, inner);
  });
  const oneLine = `[${sources.join(", ")}]`;
  if (!oneLine.includes("\n") && fits(oneLine)) return oneLine;
  return `[\n${sources.map((source) => `${inner}${source},\n`).join("")}${indent}]`;
}

/** In the quotes that need fewer escapes. What a reader can't see, or what turns the text around, is escaped. */
export function textSource(text: string): string {
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
