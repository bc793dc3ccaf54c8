import { isReason, readAllSeconds, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";

const fields = [
  ...(["start", "connected", "ring", "caller", "direction", "called", "dialled", "account", "internal"] as const),
  ...(["callId", "continuation", "device1", "name1", "device2", "name2", "targeted"] as const),
] as const;
type Field = (typeof fields)[number];

const positions: Readonly<Record<Field, number>> = {
  start: 1,
  connected: 2,
  ring: 3,
  caller: 4,
  direction: 5,
  called: 6,
  dialled: 7,
  account: 8,
  internal: 9,
  callId: 10,
  continuation: 11,
  device1: 12,
  name1: 13,
  device2: 14,
  name2: 15,
  targeted: 30,
};

const stamp = /^\d{4}\/\d\d\/\d\d \d\d:\d\d(?::\d\d)?$/;
const device = /^(?:[A-Z]{1,2}\d{2,}|AA\b.*)?$/i;

const at = (cells: readonly string[], index: number): string => (cells[index] ?? "").trim();

const isRow = (cells: readonly string[]): boolean =>
  cells.length >= 14 &&
  cells.length <= 45 &&
  stamp.test(at(cells, 0)) &&
  /^\d{1,3}:\d\d:\d\d$/.test(at(cells, 1)) &&
  /^[IO]$/i.test(at(cells, 4)) &&
  /^[01]$/.test(at(cells, 10));

/** Nothing is quoted: loggers split date and time, and a comma in a name moves what is behind it. */
function alignCells(cells: readonly string[]): readonly string[] {
  const isSplit = /^\d{4}\/\d\d\/\d\d$/.test(at(cells, 0)) && /^\d\d:\d\d(?::\d\d)?$/.test(at(cells, 1));
  const joined = isSplit ? [`${at(cells, 0)} ${at(cells, 1)}`, ...cells.slice(2)] : cells;
  if (device.test(at(joined, 13)) || !device.test(at(joined, 14)) || at(joined, 14) === "") return joined;
  return [...joined.slice(0, 12), joined.slice(12, 14).join(","), ...joined.slice(14)];
}

/** Channels of the mailbox; those from 9550 on are conferences. */
function toCalledEnd(row: PresetRow<Field>): CalledEnd {
  // Between own ends the first one dialled.
  const first = row.text(row.text("internal") === "1" ? "device2" : "device1");
  const called = row.text("called");
  if (/^AA\b/i.test(called) || /^AA\b/i.test(first) || /^AA\b/i.test(row.text("name1"))) return "machine";
  const channel = /^V(\d+)$/i.exec(first);
  // In a conference somebody talks.
  if (channel !== null) return Number(channel[1]) >= 9500 && Number(channel[1]) < 9550 ? "voicemail" : "person";
  return /^(?:vm|voicemail)\b/i.test(called) ? "voicemail" : "person";
}

const toExtension = (text: string): string | null => /^E(\d+)$/i.exec(text)?.[1] ?? null;

function readRow(row: PresetRow<Field>, { numbers }: RowTools): RowReading {
  const lengths = readAllSeconds({ "Connected Time": row.text("connected"), "Ring Time": row.text("ring") });
  if (isReason(lengths)) return lengths;
  const talk = lengths["Connected Time"];
  const isInbound = /^i$/i.test(row.text("direction"));
  const direction = isInbound ? "inbound" : row.text("internal") === "1" ? "internal" : "outbound";
  const called = toCalledEnd(row);
  const extension = toExtension(row.text(direction === "internal" ? "device2" : "device1"));
  const own = extension === null ? null : numbers.toOwn(extension);
  const caller = row.text("caller");
  const target = row.text("called");
  const dialled = row.text("dialled") === "" ? target : row.text("dialled");
  const dialler = toExtension(row.text("device1"));
  const from = isInbound ? numbers.toRemote(caller) : numbers.toOwn(caller === "" ? (dialler ?? "") : caller);
  return {
    start: { text: row.text("start") },
    key: readKey(row.text("callId")),
    direction,
    from,
    to: direction === "outbound" ? numbers.toDialled(target === "" ? dialled : target) : numbers.toOwn(dialled),
    called,
    ending: talk > 0 ? "answered" : "none",
    talk,
    ring: lengths["Ring Time"],
    // A call that was sent on to the outside is answered there.
    agent: called === "person" ? (own ?? (isInbound ? numbers.toDialled(row.text("targeted")) : null)) : null,
    caller: isInbound ? null : from,
    // All segments carry the start of the call: the one that does not go on is the last.
    isSerial: true,
    ...(row.text("continuation") === "0" ? { order: 1, isLast: true } : {}),
    identity: [row.text("connected"), row.text("device1")],
  };
}

const preset: TablePreset<Field> = {
  id: "avaya-ipoffice-smdr",
  title: "Avaya IP Office SMDR",
  shape: {
    kind: "positions",
    fields,
    find: (cells) => (isRow(cells) ? positions : null),
    isHeader: (cells) => /^call\s*start/i.test(at(cells, 0)),
    form: "30 or 35 columns, a start such as 2025/06/02 08:16:37, I or O in the fifth and 0 or 1 in the eleventh",
  },
  delimiter: ",",
  align: alignCells,
  open: (tools) => (row) => readRow(row, tools),
  // Ids begin anew after a restart; all segments of a call carry the very same start.
  keyReuseMs: 0,
};

/**
 * Avaya IP Office SMDR by TCP or a logger: never quoted, one line per segment, local time. A call is Call ID and Call Start.
 * Busy is not told apart from no answer.
 * (marketingtools.avaya.com, SMDR examples and output fields)
 */
export const avayaIpofficeSmdr = createTableFormat(preset);
