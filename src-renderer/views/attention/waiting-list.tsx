import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { useApp } from "../../app.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { moveInList } from "./move-in-list.ts";
import { toWaiting } from "./waiting.ts";

/** The part of the list that asks for nothing. `isAlone`: nothing else is in the list, so the keyboard comes in here. */
export function WaitingList({ isAlone }: Readonly<{ isAlone: boolean }>) {
  const { ledger, formats, now, calls, route } = useApp();
  const known = useStore(
    ledger,
    useShallow(({ connections, today }) => ({ connections, today })),
  );
  const waiting = toWaiting(known, now(), formats.time);
  if (waiting.length === 0) return null;
  return (
    <section>
      <h2>{say("waiting.title")}</h2>
      {waiting.map(({ id, mark, title, more, count, filter }, index) => (
        <a
          key={id}
          className="item"
          href="#/calls"
          tabIndex={isAlone && index === 0 ? 0 : -1}
          onKeyDown={moveInList}
          onClick={(event) => {
            event.preventDefault();
            calls.filter({ text: "", outcome: filter, span: null });
            route.go({ view: "calls" });
          }}
        >
          <StateMark state={mark} />
          <span className="t">{title}</span>
          <span className="n">{formats.number(count)}</span>
          <span className="d">{say(more.key, more.values)}</span>
        </a>
      ))}
    </section>
  );
}
