import { readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import {
  createDirectionReader,
  createStatusReader,
  readOwnNumber,
  toAgent,
  toFlatFacts,
  toParties,
} from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";
import { ringCentralResults } from "./results.ts";

type Field =
  | ("type" | "direction" | "from" | "to" | "number" | "extension" | "date" | "time" | "action" | "result")
  | "duration";

function createReader({ numbers, settings }: RowTools) {
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader(ringCentralResults);
  const own = readOwnNumber(settings);
  return (row: PresetRow<Field>): RowReading => {
    const type = row.text("type");
    if (type !== "" && !/voice|call/i.test(type)) return skip("non_call", `a row of type ${quoteValue(type)}`);
    const told = readDirection(row.text("direction"));
    if (told === null) return skip("malformed", `Direction ${quoteValue(row.text("direction"))} is not known`);
    const talk = readSeconds("Duration", row.text("duration"));
    if (typeof talk !== "number") return talk;
    const status = readStatus(row.text("result"), talk);
    if (typeof status !== "string") return status;
    // The log of one user has a single column for the other side.
    const other = row.text("number");
    const isInbound = told === "inbound";
    const from = row.has("from") ? row.text("from") : isInbound ? other : own;
    const to = row.has("to") ? row.text("to") : isInbound ? own : other;
    const extension = row.text("extension");
    return toFlatFacts({
      start: { text: row.text("date"), ...(row.has("time") ? { time: row.text("time") } : {}) },
      key: null,
      ...toParties({ direction: told, from, to }, numbers),
      status,
      talk,
      agent: toAgent(extension, numbers),
      identity: [row.text("duration"), extension],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "ringcentral-call-log-csv",
  title: "RingCentral call log (CSV)",
  shape: {
    kind: "header",
    names: {
      type: ["Type"],
      direction: ["Direction"],
      from: ["From", "From Number"],
      to: ["To", "To Number"],
      number: ["Phone Number"],
      extension: ["Extension", "Extension Number"],
      date: ["Date", "Date / Time", "Date & Time"],
      time: ["Time"],
      action: ["Action"],
      result: ["Action Result", "Result"],
      duration: ["Duration"],
    },
    required: ["type", "direction", "date", "action", "result", "duration"],
    needed: ["type", "direction", "date", "result", "duration"],
  },
  dateColumn: { date: "date", time: "time" },
  open: createReader,
};

/**
 * RingCentral, Analytics or admin portal > call log, download: newest first, times in the zone of the account by the minute,
 * no call id. Rows of faxes and texts are among them. The log of one user has "Phone Number" in place of From and To.
 */
export const ringCentralCallLogCsv = createTableFormat(preset);
