import type { CallSpan } from "../../state/call-span.ts";
import type { Formats } from "../../words/formats.ts";
import { say } from "../../words/say.ts";

/** A day or a week in words. */
export function toSpanText(span: CallSpan, formats: Pick<Formats, "day" | "date">, now: number): string {
  if (span.kind === "week") return say("calls.spanWeek", { day: formats.day(span.from, now) });
  return span.date === formats.date(now) ? say("calls.spanToday") : formats.day(span.from, now);
}
