import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, createStatusReader, toAgent, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "direction" | "fromName" | "from" | "toName" | "to" | "result" | "date" | "duration")
  | ("path" | "talk");

function createReader({ numbers }: RowTools) {
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader({
    answered: ["Answered", "Call connected", "Connected", "Auto Recorded", "Answered by Other Member", "Recorded"],
    voicemail: ["Voicemail", "Went to voicemail"],
    missed: ["Missed", "No Answer", "Call Cancel", "Call Canceled", "Cancel", "Rejected", "Blocked", "Overflowed"],
    failed: ["Call failed", "Failed", "Restricted Number"],
    other: ["SMS", "Fax"],
  });
  return (row: PresetRow<Field>): RowReading => {
    const told = readDirection(row.text("direction"));
    if (told === null) return skip("malformed", `Direction ${quoteValue(row.text("direction"))} is not known`);
    const duration = row.text("talk") === "" ? row.text("duration") : row.text("talk");
    const talk = readSeconds("Duration", duration);
    if (typeof talk !== "number") return talk;
    const status = readStatus(row.text("result"), talk);
    if (typeof status !== "string") return status;
    const isInbound = told === "inbound";
    const name = row.text(isInbound ? "toName" : "fromName");
    const number = row.text(isInbound ? "to" : "from");
    const agent = name === "" ? (numbers.isExtension(number) ? numbers.toOwn(number) : null) : toAgent(name, numbers);
    return toFlatFacts({
      start: { text: row.text("date") },
      key: readKey(row.text("id")),
      ...toParties({ direction: told, from: row.text("from"), to: row.text("to") }, numbers),
      status,
      talk,
      agent,
      identity: [duration, name],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "zoom-phone-call-log",
  title: "Zoom Phone call log (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["Call ID", "ID"],
      direction: ["Direction", "Call Direction"],
      fromName: ["From Name", "Caller Name"],
      from: ["From Number", "Caller Number", "Caller"],
      toName: ["To Name", "Callee Name"],
      to: ["To Number", "Callee Number", "Callee"],
      result: ["Result", "Call Result"],
      date: ["Date & Time", "Date/Time", "Start Time", "Date Time"],
      duration: ["Duration", "Call Duration"],
      path: ["Path"],
      talk: ["Talk Time"],
    },
    required: ["id", "direction", "fromName", "from", "toName", "to", "result", "date", "duration"],
    needed: ["id", "direction", "from", "to", "result", "date", "duration"],
  },
  dateColumn: { date: "date" },
  open: createReader,
};

/**
 * Zoom Phone, admin > Phone System Management > Logs > Call log, export: newest first, times in the zone of the account or
 * user and in the format of its language. The duration of an outbound call may hold its ringing.
 */
export const zoomPhoneCallLog = createTableFormat(preset);
