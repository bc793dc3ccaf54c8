import type { CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { secondsBetween } from "../flat-call/instant.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field = "uuid" | "start" | "answer" | "end" | "direction" | "from" | "to" | "duration" | "cause";

/** Causes of a call that rang, was refused or given up; all others say that the network did not get there. */
const unanswered =
  /^$|NO_ANSWER|ORIGINATOR_CANCEL|NO_USER_RESPONSE|NORMAL_CLEARING|CALL_REJECTED|LOSE_RACE|ALLOTTED_TIMEOUT|PICKED_OFF|TIMEOUT/i;

function readStatus(isTalk: boolean, cause: string): CallStatus {
  if (isTalk) return "answered";
  if (/BUSY/i.test(cause)) return "busy";
  return unanswered.test(cause) ? "missed" : "failed";
}

function createReader({ numbers }: RowTools) {
  const readDirection = createDirectionReader();
  return (row: PresetRow<Field>): RowReading => {
    const direction = readDirection(row.text("direction"));
    if (direction === null) return skip("malformed", `Direction ${quoteValue(row.text("direction"))} is not known`);
    const length = readSeconds("Call Duration", row.text("duration"));
    if (typeof length !== "number") return length;
    const answer = row.text("answer");
    const talk = secondsBetween(answer, row.text("end")) ?? length;
    const isTalk = row.has("answer") ? answer !== "" && talk > 0 : talk > 0;
    return toFlatFacts({
      start: { text: row.text("start"), zone: "utc" },
      key: readKey(row.text("uuid")),
      ...toParties({ direction, from: row.text("from"), to: row.text("to") }, numbers),
      status: readStatus(isTalk, row.text("cause").replaceAll(" ", "_")),
      talk,
      ring: isTalk ? (secondsBetween(row.text("start"), answer) ?? 0) : 0,
      agent: null,
      identity: [row.text("duration")],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "telnyx-cdr-csv",
  title: "Telnyx CDR (CSV)",
  shape: {
    kind: "header",
    names: {
      uuid: ["Uuid", "Call UUID"],
      start: ["Start Timestamp(UTC)", "Start Timestamp", "Started At"],
      answer: ["Answer Timestamp(UTC)", "Answer Timestamp", "Answered At"],
      end: ["End Timestamp(UTC)", "End Timestamp", "Finished At"],
      direction: ["Direction"],
      from: ["Originating Number", "CLI"],
      to: ["Terminating Number", "CLD"],
      // The billable time is rounded up to minutes.
      duration: ["Call Duration", "Call Sec", "Duration"],
      cause: ["Hangup Cause"],
    },
    required: ["uuid", "start", "direction", "from", "to", "duration"],
  },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Telnyx, Reporting > Detail Records (CSV): times in UTC, a row per leg; legs have no key in common.
 * (support.telnyx.com, Understanding Telnyx CDR)
 */
export const telnyxCdrCsv = createTableFormat(preset);
