import type { CallLine } from "../../../src-shared/ipc/call-views.ts";

/** What the grid shows: a header before the first call of a day, and the calls. */
export type GridRow =
  | Readonly<{ kind: "day"; key: string; date: string; at: number }>
  | Readonly<{ kind: "call"; key: string; line: CallLine; index: number }>;

/** Calls in the order they were read, with a header wherever the day changes. `index` counts calls. */
export function toGridRows(lines: readonly CallLine[], dateOf: (at: number) => string): readonly GridRow[] {
  const rows: GridRow[] = [];
  let day: string | undefined;
  for (const [index, line] of lines.entries()) {
    const date = dateOf(line.startedAt);
    if (date !== day) rows.push({ kind: "day", key: `day-${line.rowId}`, date, at: line.startedAt });
    day = date;
    rows.push({ kind: "call", key: String(line.rowId), line, index });
  }
  return rows;
}

/** Which rows are in the DOM: what is seen, and some around it. `end` is exclusive. */
export function toWindow(
  view: Readonly<{ scrollTop: number; height: number; rowHeight: number; count: number; around: number }>,
): Readonly<{ start: number; end: number }> {
  const { scrollTop, height, rowHeight, count, around } = view;
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const seen = Math.ceil(height / rowHeight) + 1;
  return { start: Math.max(0, Math.min(first, count - seen) - around), end: Math.min(count, first + seen + around) };
}

/** The call that a key leads to from the call at `at`. */
export function moveTo(key: string, at: number, count: number, page: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const wanted = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return wanted === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, wanted));
}
