/**
 * What an assistant gets. Names and messages of the account are foreign and may try to steer it: they are values in JSON only,
 * never prose, and have no control character, bidirectional override or credential. Pure.
 */
import { messageOf } from "../../provider/errors";
import { cleanLines, redact } from "../../provider/text";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";
import type { Tool } from "./tool";

export interface ToolResult {
  [field: string]: unknown;
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** Only the fields that the schema declares. */
export function resultOf({ output, multiline }: Pick<Tool, "output" | "multiline">, data: object): ToolResult {
  const entries = Object.entries(output.parse(data)).map(([name, value]) => {
    return [name, multiline.includes(name) ? mapStrings(value, severalLines) : mapStrings(value, printable)];
  });
  const structuredContent: Record<string, unknown> = Object.fromEntries(entries);
  return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent };
}

/** As JSON, because a message may quote what the API or a file says. */
export function errorResult(error: unknown): ToolResult {
  const candidates = error instanceof UsageError ? error.candidates.map(printable) : [];
  const text = JSON.stringify({ error: printable(messageOf(error)), ...(candidates.length > 0 && { candidates }) });
  return { content: [{ type: "text", text }], isError: true };
}

function severalLines(text: string): string {
  return redact(cleanLines(text));
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [map(name), mapStrings(each, map)]));
}
