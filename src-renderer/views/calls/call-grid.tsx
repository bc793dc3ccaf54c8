import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { useApp } from "../../app.ts";
import { crmTags } from "../../ui/crm-tag.tsx";
import { say } from "../../words/say.ts";
import { CallRow, DayRow } from "./call-row.tsx";
import { moveTo, toGridRows, toWindow, type GridRow } from "./grid-rows.ts";

const rowHeight = 32;
/** Rows kept beyond what is seen. */
const around = 10;
/** The next page is asked for this many rows before the end. */
const ahead = 60;

/** A fixed-row window over what is loaded: about forty rows are in the DOM, however many there are. */
export function CallGrid() {
  const { calls, formats, route, notices } = useApp();
  const { lines, fresh, next, selected } = useStore(
    calls,
    useShallow((state) => ({ lines: state.lines, fresh: state.fresh, next: state.next, selected: state.selected })),
  );
  const rows = useMemo(() => toGridRows(lines, formats.date), [lines, formats]);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: calls.getState().scrollTop, height: 600 });
  const { start, end } = toWindow({ ...view, rowHeight, count: rows.length, around });
  const columns = useColumns();
  /** A key moved the selection: focus follows in the same paint, so that the next key finds it. */
  const movesFocus = useRef(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    element.scrollTop = calls.getState().scrollTop;
    const measure = new ResizeObserver(() => setView({ scrollTop: element.scrollTop, height: element.clientHeight }));
    measure.observe(element);
    return () => measure.disconnect();
  }, [calls]);
  useEffect(() => {
    if (next !== null && end + ahead >= rows.length) void calls.loadMore();
  }, [calls, end, next, rows.length]);

  useLayoutEffect(() => {
    if (!movesFocus.current) return;
    movesFocus.current = false;
    box.current?.querySelector<HTMLElement>(`[data-row="${selected}"]`)?.focus({ preventScroll: true });
  }, [selected]);

  const at = Math.max(
    0,
    lines.findIndex(({ rowId }) => rowId === selected),
  );
  const current = lines[at];
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (current === undefined) return;
    const wanted = moveTo(event.key, at, lines.length, Math.floor(view.height / rowHeight) - 1);
    const line = wanted === undefined ? undefined : lines[wanted];
    if (line !== undefined) {
      calls.select(line.rowId);
      scrollIntoView(box.current, rows, line.rowId);
      movesFocus.current = true;
    } else if (event.key === "Enter") route.go({ view: "call", callId: current.callId, tenant: current.tenant });
    else if (event.key.toLowerCase() === "c" && !event.ctrlKey && !event.metaKey)
      void navigator.clipboard.writeText(current.callId).then(() => notices.show(say("calls.copied")));
    else return;
    event.preventDefault();
  };
  return (
    <div className="grid-place">
      {fresh.length === 0 ? null : (
        <button
          type="button"
          className="btn primary sm pill"
          onClick={() => {
            calls.showFresh();
            box.current?.scrollTo({ top: 0 });
          }}
        >
          {say("calls.new", { count: fresh.length })}
        </button>
      )}
      <div
        ref={box}
        className="grid"
        role="grid"
        aria-label={say("calls.grid")}
        aria-rowcount={next === null ? rows.length + 1 : -1}
        data-columns={columns.length}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const { scrollTop, clientHeight } = event.currentTarget;
          calls.rememberScroll(scrollTop);
          setView({ scrollTop, height: clientHeight });
        }}
      >
        <Heads columns={columns} />
        <div className="grid-rows" role="rowgroup" style={{ height: rows.length * rowHeight }}>
          {rows.map((row, index) =>
            (index >= start && index < end) || isAt(row, current?.rowId) ? (
              <div
                key={row.key}
                className="grid-at"
                role="presentation"
                style={{ transform: `translateY(${index * rowHeight}px)` }}
              >
                {row.kind === "day" ? (
                  <DayRow at={row.at} index={index} />
                ) : (
                  <CallRow
                    line={row.line}
                    index={index}
                    columns={columns}
                    hasKeyboard={row.line.rowId === current?.rowId}
                    isSelected={row.line.rowId === selected}
                    onOpen={() => route.go({ view: "call", callId: row.line.callId, tenant: row.line.tenant })}
                    onSelect={() => calls.select(row.line.rowId)}
                  />
                )}
              </div>
            ) : null,
          )}
        </div>
      </div>
    </div>
  );
}

const isAt = (row: GridRow, rowId: number | undefined): boolean => row.kind === "call" && row.line.rowId === rowId;

export type CrmColumn = Readonly<{ integrationId: number; tag: string; label: string }>;

/** One narrow column for each connected account. */
function useColumns(): readonly CrmColumn[] {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  return useMemo(
    () => (connections ?? []).map(({ id, crm, label }) => ({ integrationId: id, tag: crmTags[crm], label })),
    [connections],
  );
}

function Heads({ columns }: Readonly<{ columns: readonly CrmColumn[] }>) {
  return (
    <div className="grid-head grid-row" role="row" aria-rowindex={1}>
      <span role="columnheader">{say("calls.time")}</span>
      <span role="columnheader">
        <span className="sr">{say("calls.direction")}</span>
      </span>
      <span role="columnheader">{say("calls.who")}</span>
      <span role="columnheader">{say("calls.number")}</span>
      <span role="columnheader">{say("calls.agent")}</span>
      <span role="columnheader" className="num">
        {say("calls.talk")}
      </span>
      {columns.map(({ integrationId, tag, label }) => (
        <span key={integrationId} role="columnheader" className="c" title={label}>
          {tag}
        </span>
      ))}
      <span role="columnheader">{say("calls.happened")}</span>
    </div>
  );
}

function scrollIntoView(box: HTMLDivElement | null, rows: readonly GridRow[], rowId: number): void {
  if (box === null) return;
  const index = rows.findIndex((row) => isAt(row, rowId));
  const [top, head] = [index * rowHeight, 30];
  // The day's header comes along with the first call of the list.
  if (top < box.scrollTop) box.scrollTop = index <= 1 ? 0 : top;
  else if (top + rowHeight + head > box.scrollTop + box.clientHeight)
    box.scrollTop = top + rowHeight + head - box.clientHeight;
}
