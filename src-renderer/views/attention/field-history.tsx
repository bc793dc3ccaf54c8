import { useApp } from "../../app.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { ConflictView } from "../../../src-shared/ipc/conflict-views.ts";
import { Panel } from "../../ui/panel.tsx";
import { ConflictMark, StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

type Line = Readonly<{ at: number; mark: CallOutcome | "conflict"; text: string; more: string }>;

/** What is known to have happened to a field, oldest first. */
function toLines({ field, pushed, pushedAt, theirs, editedAt, editedBy, seenAt }: ConflictView): readonly Line[] {
  const wrote: readonly Line[] =
    pushed === null || pushedAt === null
      ? []
      : [
          {
            at: pushedAt,
            mark: "delivered",
            text: say("conflict.wrote", { text: pushed }),
            more: say("conflict.last"),
          },
        ];
  const edited: Line = {
    at: editedAt ?? seenAt,
    mark: "conflict",
    text: say(editedBy === null ? "conflict.changed" : "conflict.changedBy", {
      name: editedBy ?? "",
      hasText: String(theirs !== null && theirs !== ""),
      text: theirs ?? "",
    }),
    more: say("conflict.outside"),
  };
  const seen: Line = {
    at: seenAt,
    mark: "held",
    text: say("conflict.leftOut", { field }),
    more: say("conflict.asked"),
  };
  return [...wrote, edited, seen];
}

export function FieldHistory({ conflict }: Readonly<{ conflict: ConflictView }>) {
  const { formats, now } = useApp();
  return (
    <Panel title={say("conflict.history", { field: conflict.field })}>
      <ul className="rows">
        {toLines(conflict).map(({ at, mark, text, more }) => (
          <li key={mark}>
            {mark === "conflict" ? <ConflictMark /> : <StateMark state={mark} />}
            <span className="clip" title={text}>
              <time className="dim" dateTime={new Date(at).toISOString()}>
                {formats.when(at, now())}
              </time>{" "}
              {text}
            </span>
            <span className="small faint">{more}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
