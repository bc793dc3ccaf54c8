import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createStatusReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";

type Field =
  | "date"
  | "callerid"
  | "destination"
  | "description"
  | "account"
  | "disposition"
  | "duration"
  | "seconds"
  | "uniqueid";

function readDirection(row: PresetRow<Field>, { numbers }: RowTools): CallDirection {
  const fromOwn = numbers.isOwnNumber(row.text("callerid")) || numbers.isExtension(row.text("callerid"));
  const toOwn = numbers.isOwnNumber(row.text("destination"));
  if (/inbound/i.test(row.text("description"))) return "inbound";
  if (fromOwn && (toOwn || numbers.isExtension(row.text("destination")))) return "internal";
  return toOwn ? "inbound" : "outbound";
}

function createReader(tools: RowTools) {
  const readStatus = createStatusReader({
    answered: ["ANSWERED"],
    missed: ["NO ANSWER", "CANCEL"],
    failed: ["FAILED"],
  });
  return (row: PresetRow<Field>): RowReading => {
    const shown = row.text("seconds") === "" ? row.text("duration") : row.text("seconds");
    const talk = readSeconds("seconds", shown);
    if (typeof talk !== "number") return talk;
    const status = readStatus(row.text("disposition"), talk);
    if (typeof status !== "string") return status;
    const direction = readDirection(row, tools);
    const sides = { direction, from: row.text("callerid"), to: row.text("destination") };
    return toFlatFacts({
      start: { text: row.text("date") },
      key: readKey(row.text("uniqueid")),
      ...toParties(sides, tools.numbers),
      status,
      talk,
      agent: null,
      identity: [shown, row.text("account")],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "voipms-cdr-csv",
  title: "VoIP.ms CDR (CSV)",
  shape: {
    kind: "header",
    names: {
      date: ["date", "Call Date"],
      callerid: ["callerid", "CallerID Number"],
      destination: ["destination"],
      description: ["description"],
      account: ["account"],
      disposition: ["disposition"],
      duration: ["duration"],
      seconds: ["seconds"],
      uniqueid: ["uniqueid"],
    },
    required: ["date", "callerid", "destination", "description", "account", "disposition", "duration"],
    needed: ["date", "callerid", "destination", "disposition"],
  },
  dateColumn: { date: "date" },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * VoIP.ms, CDR and billing > Call Detail Records, download (CSV): times in the zone of the account. A row does not say its
 * direction: a destination that is an own number (setting `ownNumbers`), or the words "Inbound DID", tell.
 */
export const voipmsCdrCsv = createTableFormat(preset);
