import { readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { quoteValue, skip } from "../log-format.ts";
import { readMobileType, toMobileFacts } from "../mobile-phone/mobile-call.ts";

type Field = "type" | "date" | "duration" | "number" | "contact" | "location" | "service";

function readRow(row: PresetRow<Field>, tools: RowTools): RowReading {
  const type = readMobileType(row.text("type"));
  if (type === null) return skip("malformed", `Call type ${quoteValue(row.text("type"))} is not known`);
  const shown = row.text("duration");
  const talk = readSeconds("Duration", shown);
  if (typeof talk !== "number") return talk;
  return toMobileFacts({ start: { text: row.text("date") }, type, number: row.text("number"), talk, shown }, tools);
}

const preset: TablePreset<Field> = {
  id: "iphone-call-history-csv",
  title: "Call history of an iPhone (CSV)",
  shape: {
    kind: "header",
    names: {
      type: ["Call type", "Type"],
      date: ["Date", "Date & Time"],
      duration: ["Duration"],
      number: ["Number", "Phone number"],
      contact: ["Contact", "Name"],
      location: ["Location", "Country"],
      service: ["Service"],
    },
    required: ["type", "date", "duration", "number", "service"],
    needed: ["type", "date", "duration", "number"],
  },
  dateColumn: { date: "date" },
  open: (tools) => (row) => readRow(row, tools),
};

/**
 * iPhone, call history as a backup program exports it (CSV): newest first, local times of the phone, no call id. "Cancelled"
 * is a call of one's own that nobody answered.
 */
export const iphoneCallHistoryCsv = createTableFormat(preset);
