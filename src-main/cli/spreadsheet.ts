/**
 * One cell of a CSV file that is safe to open in a spreadsheet: text that a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV injection), and quotes are doubled.
 */
export function toCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of a CSV file, ended as RFC 4180 says. */
export const toCsvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(toCell).join(",")}\r\n`;
