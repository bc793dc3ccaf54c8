import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { toFlatFacts } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field = "type" | "date" | "name" | "number" | "area" | "device" | "own" | "duration";

const hours = { unit: "min", colonIsHours: true } as const;

type Kind = Readonly<{ direction: CallDirection; isRefused: boolean }>;

/** 1 came in, 2 was missed, 4 went out, 10 was refused; 3 is a call that went out in old versions and a refused one in new ones. */
function readKind(type: string, threeIsOut: boolean): Kind | null {
  if (type === "1" || type === "2") return { direction: "inbound", isRefused: type === "2" };
  if (type === "4" || (type === "3" && threeIsOut)) return { direction: "outbound", isRefused: false };
  return type === "3" || type === "10" ? { direction: "inbound", isRefused: true } : null;
}

/** Old versions have no 4 and no 10; theirs is the only 3 that lasts. */
function settleThree(rows: readonly PresetRow<Field>[]): string {
  const types = new Set(rows.map((row) => row.text("type")));
  if (types.has("4") || types.has("10")) return "refused";
  const lasts = rows.some((row) => row.text("type") === "3" && /[1-9]/.test(row.text("duration")));
  return lasts || !rows.some((row) => row.has("area")) ? "out" : "refused";
}

/** A number without the codes that hide or show one's own, and without a call-by-call prefix. */
const toBare = (number: string): string =>
  number
    .replaceAll(/[\s/-]/g, "")
    .replace(/^[*#]31#/, "")
    .replace(/^010(?:0\d\d|[1-9]\d)(?=0\d{5})/, "");

/** `**610` is the internal number 610. */
const toInternal = (cell: string): string | null => /^\*\*(\d{1,3})$/.exec(cell)?.[1] ?? null;

const mailbox = /anrufbeantworter|answering machine|repondeur|répondeur|segreteria|contestador|antwoordapparaat/i;

function readRow(row: PresetRow<Field>, { numbers }: RowTools, settled: string): RowReading {
  if (/^(?:9|11)$/.test(row.text("type"))) return skip("in_progress", "the call was not over");
  const kind = readKind(row.text("type"), settled === "out");
  if (kind === null) return skip("malformed", `Typ ${quoteValue(row.text("type"))} is not known`);
  const shown = row.text("duration");
  const talk = readSeconds("Dauer", shown, hours);
  if (typeof talk !== "number") return talk;
  const device = row.text("device");
  const isMailbox = kind.direction === "inbound" && mailbox.test(device);
  const status: CallStatus = isMailbox ? "voicemail" : talk > 0 && !kind.isRefused ? "answered" : "missed";
  const number = row.text("number");
  const internal = toInternal(number);
  const isInbound = kind.direction === "inbound";
  const own = numbers.toOwn(row.text("own").replace(/^[^\d+]+/, ""));
  const outside = isInbound ? numbers.toRemote(toBare(number)) : numbers.toDialled(toBare(number));
  const remote = internal === null ? outside : `ext:${internal}`;
  const phone = toInternal(device);
  return toFlatFacts({
    start: { text: row.text("date") },
    key: null,
    direction: internal === null ? kind.direction : "internal",
    status,
    from: isInbound ? remote : own,
    to: isInbound ? own : remote,
    talk,
    agent: phone !== null ? `ext:${phone}` : device === "" ? null : device,
    identity: [shown, device],
  });
}

const preset: TablePreset<Field> = {
  id: "fritzbox-anrufliste",
  title: "FRITZ!Box call list (CSV)",
  shape: {
    kind: "header",
    names: {
      type: ["Typ", "Type"],
      date: ["Datum", "Date"],
      name: ["Name"],
      number: ["Rufnummer", "Telephone number"],
      area: ["Landes-/Ortsnetzbereich", "Ortsnetz", "Area/country"],
      device: ["Nebenstelle", "Extension", "Telephony device"],
      own: ["Eigene Rufnummer", "Own telephone number", "Outgoing caller ID"],
      duration: ["Dauer", "Duration"],
    },
    required: ["type", "date", "number", "device", "own", "duration"],
  },
  dateColumn: { date: "date" },
  settle: settleThree,
  open: (tools, settled) => (row) => readRow(row, tools, settled),
};

/**
 * FRITZ!Box, Telefonie > Anrufe > Sichern (CSV): newest first, local times by the minute, durations in whole minutes rounded
 * up. Columns are separated by semicolons; a first line says so to Excel.
 */
export const fritzboxAnrufliste = createTableFormat(preset);
