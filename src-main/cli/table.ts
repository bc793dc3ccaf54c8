/** Rows as columns of equal width, for people. */
export function toTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** `3 duplicate, 1 malformed`, or `none`. */
export function toCounts(counts: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count !== undefined && count > 0);
  return parts.length === 0 ? "none" : parts.map(([name, count]) => `${count} ${name.replaceAll("_", " ")}`).join(", ");
}

/** ISO 8601 UTC for scripts, or null. */
export const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
