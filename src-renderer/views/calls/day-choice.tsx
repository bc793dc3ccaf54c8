import { ChevronLeft, ChevronRight } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { stepDay, toDaySpan } from "../../state/call-span.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";

/** Which day's calls: an arrow to either side, and a date to type. */
export function DayChoice() {
  const { calls, formats, now } = useApp();
  const span = useStore(calls, (state) => state.span);
  const today = formats.date(now());
  const show = (date: string): void => calls.filter({ span: toDaySpan(date, formats.timeZone) });
  return (
    <div className="day-choice" role="group" aria-label={say("calls.day")}>
      <Button look="quiet" size="icon" label={say("calls.dayBefore")} onPress={() => show(stepDay(span, -1, today))}>
        <ChevronLeft className="i" aria-hidden="true" />
      </Button>
      <span className="field">
        <input
          type="date"
          aria-label={say("calls.day")}
          max={today}
          value={span?.kind === "day" ? span.date : ""}
          onChange={(event) => show(event.currentTarget.value)}
        />
      </span>
      <Button
        look="quiet"
        size="icon"
        label={say("calls.dayAfter")}
        disabled={span === null || span.date >= today}
        onPress={() => show(stepDay(span, 1, today))}
      >
        <ChevronRight className="i" aria-hidden="true" />
      </Button>
    </div>
  );
}
