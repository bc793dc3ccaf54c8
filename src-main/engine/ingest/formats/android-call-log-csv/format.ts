import { readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { quoteValue, skip } from "../log-format.ts";
import { readMobileType, toMobileFacts } from "../mobile-phone/mobile-call.ts";
import { isMobileTable } from "../mobile-phone/mobile-table.ts";

type Field = "number" | "date" | "time" | "type" | "duration";

function readRow(row: PresetRow<Field>, tools: RowTools): RowReading {
  const type = readMobileType(row.text("type"));
  if (type === null) return skip("malformed", `Type ${quoteValue(row.text("type"))} is not known`);
  const shown = row.text("duration");
  const talk = readSeconds("Duration", shown);
  if (typeof talk !== "number") return talk;
  const start = { text: row.text("date"), ...(row.has("time") ? { time: row.text("time") } : {}) };
  return toMobileFacts({ start, type, number: row.text("number"), talk, shown }, tools);
}

const names: Readonly<Record<Field, readonly string[]>> = {
  number: [
    ...(["Number", "Phone Number", "Phone", "Caller Number", "Contact Number", "Nummer", "Rufnummer"] as const),
    ...([
      "Telefonnummer",
      "Numero",
      "Numero de telephone",
      "Numero de telefono",
      "Telefono",
      "Telefoonnummer",
    ] as const),
  ],
  date: [
    ...(["Date", "Date/Time", "Date Time", "DateTime", "Date and Time", "Call Date", "Timestamp", "Datum"] as const),
    ...(["Datum/Uhrzeit", "Datum Uhrzeit", "Date et heure", "Fecha", "Fecha y hora", "Data", "Data e ora"] as const),
  ],
  time: ["Time", "Call Time", "Uhrzeit", "Zeit", "Heure", "Hora", "Ora", "Tijd"],
  type: ["Type", "Call Type", "Typ", "Anruftyp", "Art", "Type d'appel", "Tipo", "Tipo de llamada", "Direction"],
  duration: [
    ...(["Duration (s)", "Duration", "Duration (sec)", "Duration (seconds)", "Duration in seconds"] as const),
    ...([
      "Call Duration",
      "Dauer",
      "Dauer (s)",
      "Dauer (Sek.)",
      "Duree",
      "Duree (s)",
      "Duracion",
      "Duracion (s)",
    ] as const),
    ...(["Durata", "Durata (s)", "Duur", "Duracao"] as const),
  ],
};

const preset: TablePreset<Field> = {
  id: "android-call-log-csv",
  title: "Call log of an Android phone (CSV)",
  shape: {
    kind: "header",
    names,
    required: ["number", "date", "type", "duration"],
    isOwn: (header, rows) => isMobileTable(header, rows, names.type),
  },
  dateColumn: { date: "date", time: "time" },
  open: (tools) => (row) => readRow(row, tools),
};

/**
 * Android, call log as one of the many exporters writes it (CSV): name, number, date, type and duration in any order and
 * language, local times of the phone, no call id.
 */
export const androidCallLogCsv = createTableFormat(preset);
