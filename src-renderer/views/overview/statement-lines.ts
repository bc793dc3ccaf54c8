import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import type { MessageKey } from "../../words/en.ts";

/** A row of the daily statement. Rows add up to the last one. */
export type StatementLine = Readonly<{ key: MessageKey; count: number; isTotal: boolean }>;

/** From rows read to calls: what was taken off on the way. Lines that are zero are left out. */
export function toStatementLines({ rows, legs, calls, skipped }: StatementView): readonly StatementLine[] {
  const duplicates = skipped.duplicate ?? 0;
  const folded = Math.max(0, legs - calls);
  const lines: readonly StatementLine[] = [
    { key: "overview.rows", count: rows, isTotal: false },
    { key: "overview.duplicates", count: -duplicates, isTotal: false },
    { key: "overview.skippedRows", count: -(rows - legs - duplicates), isTotal: false },
    { key: "overview.folded", count: -folded, isTotal: false },
    { key: "overview.callsTotal", count: calls, isTotal: true },
  ];
  return lines.filter(({ count, isTotal, key }) => isTotal || key === "overview.rows" || count !== 0);
}
