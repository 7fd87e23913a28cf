/** Rows for a spreadsheet (RFC 4180). */

/** A line of titles, and a line for each row. Amounts are plain numbers. */
export function csv(titles: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [titles, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

function cell(value: string | number | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  // A spreadsheet runs a cell that starts like this as a formula.
  const inert = /^[=+\-@]/.test(value) ? `'${value}` : value;
  return /[",\n']/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
