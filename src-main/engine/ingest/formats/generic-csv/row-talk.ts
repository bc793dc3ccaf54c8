import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { maxDurationSeconds, readDuration, type DurationStyle } from "../../time/duration.ts";
import { quoteValue, skip, type SkippedOutcome } from "../log-format.ts";
import type { Columns, Plan } from "./plan.ts";
import { isStatus, type ValueMeaning } from "./value-words.ts";

const cellOf = (cells: readonly string[], index: number): string => (index < 0 ? "" : (cells[index] ?? "").trim());

const emptyDurations = new Set(["", "-", "--", "n/a", "na", "null", "none"]);

/** Seconds of a duration cell; null where it is empty; a reason where it is no possible length of a call. */
function readCell(text: string, style: DurationStyle, header: string): number | null | SkippedOutcome {
  if (emptyDurations.has(text.toLowerCase())) return null;
  const seconds = readDuration(text, style);
  if (seconds === null) return skip("malformed", `${header} ${quoteValue(text)} is no duration`);
  if (seconds >= 0 && seconds <= maxDurationSeconds) return seconds;
  return skip("malformed", `${header} ${quoteValue(text)} is no possible length of a call`);
}

/** `whole`: seconds from the start of the call to its end, as far as its row tells. */
export type Talk = Readonly<{ seconds: number | null; whole: number; raw: string }>;

/** Seconds of talk as the row's duration columns tell them, null where they tell nothing. */
export function readTalk(cells: readonly string[], plan: Plan): Talk | SkippedOutcome {
  const { columns, unit, colonIsHours, header } = plan;
  const style: DurationStyle = { unit, colonIsHours };
  const name = (index: number): string => header[index] ?? `column ${index + 1}`;
  const index = columns.talk >= 0 ? columns.talk : columns.duration;
  const raw = cellOf(cells, index);
  const seconds = readCell(raw, style, name(index));
  if (typeof seconds === "object" && seconds !== null) return seconds;
  if (!plan.isEndTime && (seconds === null || !plan.durationHoldsRing)) return { seconds, whole: seconds ?? 0, raw };
  const ring = columns.ring < 0 ? null : readCell(cellOf(cells, columns.ring), style, name(columns.ring));
  if (typeof ring === "object" && ring !== null) return ring;
  if (seconds === null || !plan.durationHoldsRing) return { seconds, whole: (seconds ?? 0) + (ring ?? 0), raw };
  return { seconds: Math.max(0, seconds - (ring ?? 0)), whole: seconds, raw };
}

export type StatusQuestion = Readonly<{
  columns: Columns;
  /** Meanings of the status and direction cells. */
  status: ValueMeaning;
  direction: ValueMeaning;
  called: CallDirection;
  seconds: number | null;
}>;

/**
 * Status of a row: its word, held against the talk. A call without a second of talk was not answered; refusals of a call
 * that came in are missed calls.
 */
export function decideStatus({ status, direction, called, seconds }: StatusQuestion): CallStatus {
  const word = isStatus(status) ? status : isStatus(direction) ? direction : null;
  if (word === null) return (seconds ?? 0) > 0 ? "answered" : "missed";
  if (word === "answered") return seconds === 0 ? "missed" : "answered";
  return called === "inbound" && (word === "busy" || word === "failed") ? "missed" : word;
}
