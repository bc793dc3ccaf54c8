import { memo } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toOutcome } from "../../../src-shared/domain/outcome-order.ts";
import type { CallLine } from "../../../src-shared/ipc/call-views.ts";
import { StateMark, StateText } from "../../ui/state-mark.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";
import type { CrmColumn } from "./call-grid.tsx";
import { directionIcons } from "./direction-icons.ts";
import { otherParty, toDirection, toHappened } from "./what-happened.ts";

export function DayRow({ at, index }: Readonly<{ at: number; index: number }>) {
  const { calls, formats, now } = useApp();
  const isToday = formats.date(at) === formats.date(now());
  // A total is known of the day that was asked for alone; no number here is counted in the window.
  const total = useStore(calls, ({ span, text, counts }) =>
    span?.kind === "day" && text === "" && counts?.isWhole === true ? counts.counted : null,
  );
  return (
    <div className="grid-row day" role="row" aria-rowindex={index + 2}>
      <span role="gridcell">
        {isToday ? `${say("overview.today")} ` : ""}
        <span className={isToday ? "faint" : undefined}>{formats.day(at, now())}</span>
        {total === null ? null : <span className="faint">, {say("calls.dayTotal", { count: total })}</span>}
      </span>
    </div>
  );
}

type CallRowProps = Readonly<{
  line: CallLine;
  index: number;
  columns: readonly CrmColumn[];
  hasKeyboard: boolean;
  isSelected: boolean;
  onOpen: () => void;
  onSelect: () => void;
}>;

export const CallRow = memo(
  ({ line, index, columns, hasKeyboard, isSelected, onOpen, onSelect }: CallRowProps) => {
    const { formats, now } = useApp();
    const direction = toDirection(line);
    const Icon = directionIcons[direction];
    const { mark, text } = toHappened(line, (at) => formats.when(at, now()));
    const number = otherParty(line);
    return (
      <div
        className={isSelected ? "grid-row call sel" : "grid-row call"}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        tabIndex={hasKeyboard ? 0 : -1}
        data-row={line.rowId}
        onClick={onOpen}
        onFocus={onSelect}
      >
        <time role="gridcell" dateTime={new Date(line.startedAt).toISOString()}>
          {formats.time(line.startedAt)}
        </time>
        <span
          role="gridcell"
          className={direction === "missed" ? "dir missed" : "dir"}
          title={say(`calls.${direction}`)}
        >
          <Icon className="i i-s" aria-hidden="true" />
          <span className="sr">{say(`calls.${direction}`)}</span>
        </span>
        <span role="gridcell" className="clip">
          <Who line={line} />
        </span>
        <span role="gridcell" className="clip dim">
          {number === null ? "" : toPartyText(number)}
        </span>
        <span role="gridcell" className="clip">
          {line.agent === null ? "" : toPartyText(line.agent)}
        </span>
        <span role="gridcell" className="num">
          {line.durationSeconds === 0 ? "–" : formats.talk(line.durationSeconds)}
        </span>
        {columns.map((column) => (
          <span key={column.integrationId} role="gridcell" className="c">
            <CrmState line={line} column={column} />
          </span>
        ))}
        <span role="gridcell" className="clip">
          <StateText state={mark} text={text} />
        </span>
      </div>
    );
  },
  (a, b) =>
    a.line === b.line &&
    a.index === b.index &&
    a.columns === b.columns &&
    a.hasKeyboard === b.hasKeyboard &&
    a.isSelected === b.isSelected,
);

function Who({ line }: Readonly<{ line: CallLine }>) {
  if (line.who !== null) return line.who;
  if (line.direction === "internal") return <span className="dim">{say("calls.internalCall")}</span>;
  const word = otherParty(line) === null ? "calls.withheld" : "calls.unknown";
  return <span className="dim">{say(word)}</span>;
}

function CrmState({ line, column }: Readonly<{ line: CallLine; column: CrmColumn }>) {
  const delivery = line.deliveries.find(({ integrationId }) => integrationId === column.integrationId);
  const state = delivery === undefined ? "skipped" : toOutcome(delivery.state, delivery.waitWhy);
  return <StateMark state={state} name={say("state.at", { crm: column.label, state: say(stateWords[state]) })} />;
}
