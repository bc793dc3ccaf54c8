import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toWeekSpan } from "../../state/call-span.ts";
import { say } from "../../words/say.ts";
import { moveOnRail, type RailRow, toRail } from "./time-rail.ts";

/** Height of a bar and its gap, px: as much as there is room for. */
const rowHeights = { least: 6, most: 10 } as const;
const gap = 3;
const top = 8;
/** Of a call in the list. */
const listRowHeight = 32;
const width = 64;

/** The scrollbar of years: how dense each week was; a press, a drag or the arrows show its calls alone. */
export function CallRail() {
  const { calls, formats, now } = useApp();
  const weeks = useStore(calls, (state) => state.weeks);
  const span = useStore(calls, (state) => state.span);
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = new ResizeObserver(() => setHeight(element.clientHeight));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  const today = formats.date(now());
  const rows = useMemo(() => {
    const fitting = Math.floor((height - 2 * top) / rowHeights.least);
    return toRail({ weeks: weeks ?? [], today, rows: fitting, labelEvery: 3, month: formats.month });
  }, [weeks, today, height, formats]);
  const rowHeight = Math.max(rowHeights.least, Math.min(rowHeights.most, (height - 2 * top) / rows.length));
  const here = useHere(rows);
  const at = span === null ? null : rowOf(rows, span.date);
  const choose = (index: number): void => {
    const row = rows[index];
    if (row === undefined || row.calls === 0 || (index === at && span?.kind === "week")) return;
    calls.filter({ span: toWeekSpan(row.monday, formats.timeZone, row.weeks) });
  };
  const chooseAt = (event: React.PointerEvent): void =>
    choose(Math.floor((event.clientY - event.currentTarget.getBoundingClientRect().top - top) / rowHeight));
  const row = at === null ? undefined : rows[at];
  const text =
    row === undefined
      ? say("rail.all")
      : say("rail.week", {
          day: formats.day(Date.parse(`${row.monday}T12:00:00Z`), now()),
          calls: row.calls,
          weeks: row.weeks,
        });
  return (
    <div
      ref={box}
      className="rail"
      role="slider"
      tabIndex={0}
      aria-label={say("rail.title")}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, rows.length - 1)}
      aria-valuenow={at ?? 0}
      aria-valuetext={text}
      title={text}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        chooseAt(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) chooseAt(event);
      }}
      onKeyDown={(event) => {
        const next = moveOnRail(event.key, at, rows);
        if (next !== undefined) choose(next);
        else if (event.key === "Escape" && span !== null) calls.filter({ span: null });
        else return;
        event.preventDefault();
      }}
    >
      <svg width={width} height={top * 2 + rows.length * rowHeight} aria-hidden="true">
        {rows.map((each, index) => (
          <Bar
            key={each.monday}
            row={each}
            y={top + index * rowHeight}
            height={rowHeight - gap}
            isChosen={index === at}
            isHere={index === (at ?? here)}
          />
        ))}
      </svg>
    </div>
  );
}

/** The bar of the call at the top of what is seen. */
function useHere(rows: readonly RailRow[]): number | null {
  const { calls, formats } = useApp();
  const startedAt = useStore(calls, ({ lines, scrollTop }) => lines[Math.floor(scrollTop / listRowHeight)]?.startedAt);
  return startedAt === undefined ? null : rowOf(rows, formats.date(startedAt));
}

const rowOf = (rows: readonly RailRow[], date: string): number | null => {
  const index = rows.findIndex(({ monday }) => monday <= date);
  return index === -1 ? null : index;
};

/** Longest bar, px; it ends at the right edge. */
const longest = 24;

type BarProps = Readonly<{ row: RailRow; y: number; height: number; isChosen: boolean; isHere: boolean }>;

function Bar({ row, y, height, isChosen, isHere }: BarProps) {
  const length = row.calls === 0 ? 0 : Math.max(3, row.share * longest);
  return (
    <>
      {row.label === null ? null : (
        <text x={7} y={y + height / 2 + 4}>
          {row.label}
        </text>
      )}
      <rect x={58 - length} y={y} width={length} height={height} rx={1} className={isChosen ? "f-ink" : "f-track"} />
      {isHere ? <rect className="rail-here" x={1.5} y={y + height / 2 - 7} width={61} height={14} rx={3} /> : null}
    </>
  );
}
