import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { useApp } from "../../app.ts";
import type { MappedCall } from "../../../src-shared/ipc/mapping-views.ts";
import { Button } from "../../ui/button.tsx";
import { toPartyText } from "../../words/party.ts";
import { say, tell } from "../../words/say.ts";
import { directionIcons } from "../calls/direction-icons.ts";
import { toDirection } from "../calls/what-happened.ts";

/** One of the first calls in words, as it would be read: whoever knows the phones sees at once whether that is right. */
export function ReadAloud({ calls }: Readonly<{ calls: readonly MappedCall[] }>) {
  const { formats, now } = useApp();
  const [wanted, choose] = useState(0);
  const at = Math.min(wanted, calls.length - 1);
  const call = calls[at];
  if (call === undefined) return <p className="note">{say("wizard.noCall")}</p>;
  const { line, from, to, startedAt, durationSeconds, status, direction } = call;
  const Icon = directionIcons[toDirection(call)];
  const party = (value: string | null): string => (value === null ? say("calls.withheld") : toPartyText(value));
  const start = Date.parse(startedAt);
  const values = {
    line,
    direction,
    status,
    from: party(from),
    to: party(to),
    when: Number.isNaN(start) ? startedAt : formats.when(start, now()),
    length: formats.length(durationSeconds),
  };
  return (
    <div className="note aloud">
      <Icon className="i" aria-hidden="true" />
      <p role="status">{tell("wizard.aloud", values, { b: (parts) => <b key="b">{parts}</b> })}</p>
      <span className="push btns">
        <Button
          look="quiet"
          size="small-icon"
          label={say("wizard.rowBefore")}
          disabled={at === 0}
          onPress={() => choose(at - 1)}
        >
          <ChevronLeft className="i i-s" aria-hidden="true" />
        </Button>
        <Button
          look="quiet"
          size="small-icon"
          label={say("wizard.rowNext")}
          disabled={at === calls.length - 1}
          onPress={() => choose(at + 1)}
        >
          <ChevronRight className="i i-s" aria-hidden="true" />
        </Button>
      </span>
    </div>
  );
}
