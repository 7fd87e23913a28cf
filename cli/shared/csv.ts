/** Rows for a spreadsheet (RFC 4180). */
import { Option } from "commander";
import { cleanLines } from "../../provider/text";

type Value = string | number | boolean | null;

/** For a command with a list, next to `--json`. */
export function csvOption(): Option {
  return new Option("--csv", "print the rows as CSV").conflicts("json");
}

/**
 * The rows of a list in the JSON, with the fields that the columns name: `name`, `guardrail.name`. The elements of a list are
 * separated by spaces.
 */
export function listCsv(columns: readonly string[], rows: readonly object[]): string {
  const value = (row: object, column: string): Value => {
    const found = column
      .split(".")
      .reduce<unknown>((part, name) => (part as Record<string, unknown> | null)?.[name], row);
    return Array.isArray(found) ? found.join(" ") : ((found ?? null) as Value);
  };
  return csv(
    columns,
    rows.map((row) => columns.map((column) => value(row, column))),
  );
}

/** A line of titles, and a line for each row. Amounts are plain numbers. */
export function csv(titles: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [titles, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** A spreadsheet runs a cell that starts like this; in East Asia some do with full-width signs too. */
const FORMULA = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

function cell(value: Value): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  // The last gate would remove invisible characters, and uncover the formula after them.
  const visible = cleanLines(value);
  const inert = FORMULA.test(value) || FORMULA.test(visible) ? `'${visible}` : visible;
  return /[",\n\r']/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
