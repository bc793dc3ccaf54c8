import { readAllSeconds, isReason, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, createStatusReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "sid" | "contact" | "own" | "agent" | "email" | "date" | "time" | "direction" | "type" | "total")
  | "talk";

function createReader({ numbers }: RowTools) {
  // All numbers are written with their country code and without the plus.
  numbers.assumeInternational();
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader({
    missed: ["Missed", "Abandoned", "Unanswered", "No Answer", "Rejected", "Cancelled", "Blocked"],
    other: ["SMS", "Fax"],
  });
  return (row: PresetRow<Field>): RowReading => {
    const direction = readDirection(row.text("direction"));
    if (direction === null) return skip("malformed", `Direction ${quoteValue(row.text("direction"))} is not known`);
    const lengths = readAllSeconds({ "Total Duration": row.text("total"), "Talk Time": row.text("talk") });
    if (isReason(lengths)) return lengths;
    const talk = row.has("talk") ? lengths["Talk Time"] : lengths["Total Duration"];
    const status = readStatus(row.text("type"), talk);
    if (typeof status !== "string") return status;
    const contact = row.text("contact");
    const own = row.text("own");
    const isInbound = direction === "inbound";
    const agent = row.text("agent") === "" ? row.text("email") : row.text("agent");
    return toFlatFacts({
      start: { text: row.text("date"), ...(row.has("time") ? { time: row.text("time") } : {}), zone: "utc" },
      key: readKey(row.text("id")) ?? readKey(row.text("sid")),
      ...toParties({ direction, from: isInbound ? contact : own, to: isInbound ? own : contact }, numbers),
      status,
      talk,
      agent: agent === "" ? null : agent,
      identity: [row.text("total"), row.text("talk"), agent],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "justcall-calls-csv",
  title: "JustCall calls (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["Call ID", "ID"],
      sid: ["Call SID", "SID"],
      contact: ["Contact Number", "Client Number", "Customer Number"],
      own: ["JustCall Number"],
      agent: ["Agent Name", "Agent"],
      email: ["Agent Email"],
      // Columns in the zone of the user may stand beside those in UTC.
      date: ["Call Date (UTC)", "Call Date", "Date"],
      time: ["Call Time (UTC)", "Call Time", "Time"],
      direction: ["Direction", "Call Direction"],
      type: ["Call Type", "Type", "Status"],
      total: ["Total Duration", "Call Duration", "Duration"],
      talk: ["Talk Time", "Conversation Time"],
    },
    required: ["contact", "own", "date", "direction", "type"],
  },
  dateColumn: { date: "date", time: "time" },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * JustCall, Calls > export (CSV): newest first, times in UTC, numbers with country code and without plus.
 * (developer.justcall.io, call object)
 */
export const justcallCallsCsv = createTableFormat(preset);
