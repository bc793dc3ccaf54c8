import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { skip } from "../log-format.ts";
import { align3cxCells, fields, findColumns, type Field } from "./columns.ts";

/** Ends of a call at which nobody of ours sits; in a conference somebody does. */
const machineTypes = /^(?:ivr|queue|ringgroup|rgrp|parking|digitalreceptionist|routepoint|specialmenu)/i;

const stripOwn = (cell: string): string => cell.replace(/^ext\.\s*/i, "");

/** Lines to the outside have internal numbers from 10000 on. */
const isLine = (type: string, dn: string): boolean => {
  if (type !== "") return /^line|^provider|^externalline|^bridge/i.test(type);
  return /^\d{5,}$/.test(stripOwn(dn)) && Number(stripOwn(dn)) >= 10_000;
};

function toDirection(row: PresetRow<Field>, { numbers }: RowTools): CallDirection {
  const from = row.text("from-no");
  const to = row.text("to-no");
  if (isLine(row.text("from-type"), row.text("from-dn"))) return "inbound";
  const isFromOwn = /^ext\./i.test(from) || numbers.isExtension(from);
  if (isLine(row.text("to-type"), row.text("to-dn"))) return isFromOwn || from === "" ? "outbound" : "inbound";
  const isToOwn = /^ext\./i.test(to) || numbers.isExtension(to);
  if (!isFromOwn && row.text("from-type") === "") return "inbound";
  return isToOwn || row.text("to-type") !== "" ? "internal" : "outbound";
}

function toCalledEnd(row: PresetRow<Field>): CalledEnd {
  const final = row.text("final-type") === "" ? row.text("to-type") : row.text("final-type");
  if (/^v(?:oice)?\s?mail/i.test(final) || /^v(?:oice)?mail/i.test(row.text("final-number"))) return "voicemail";
  return machineTypes.test(final) ? "machine" : "person";
}

/** Reasons of all versions; a call that was given up by the caller is no failure of the network. */
function toEnding(reason: string, isAnswered: boolean): Ending {
  if (isAnswered) return "answered";
  if (/busy/i.test(reason)) return "busy";
  if (/cancel/i.test(reason)) return "none";
  return /fail|notfound|not_found|noroute|no_route|unreachable|invalid/i.test(reason) ? "failed" : "none";
}

function readRow(row: PresetRow<Field>, tools: RowTools): RowReading {
  const { numbers, settings } = tools;
  if ([row.text("to-type"), row.text("final-type")].some((type) => /^fax/i.test(type))) {
    return skip("non_call", "a fax");
  }
  const talk = readSeconds("duration", row.text("duration"));
  if (typeof talk !== "number") return talk;
  const start = row.text("time-start");
  const answered = row.text("time-answered");
  const isAnswered = row.has("time-answered") ? answered !== "" : talk > 0;
  const direction = toDirection(row, tools);
  const dialled = numbers.toRemote(row.text("to-no"));
  const target = numbers.toOwn(stripOwn(row.text("to-no")));
  const final = numbers.toOwn(stripOwn(row.text("final-number")));
  const from =
    direction === "inbound" ? numbers.toRemote(row.text("from-no")) : numbers.toOwn(stripOwn(row.text("from-no")));
  const called = toCalledEnd(row);
  return {
    start: {
      text: start,
      // Written in UTC, whatever the zone of the server; a zone that the user gives the log wins.
      zone: settings.logTimeZone === undefined ? "utc" : "source",
      end: row.text("time-end"),
    },
    key: readKey(row.text("callid")) ?? readKey(row.text("historyid").replace(/^call\s+/i, "")),
    direction,
    from,
    to: direction === "outbound" ? toOutside(dialled, row, numbers) : target,
    called,
    ending: toEnding(row.text("reason-terminated"), isAnswered),
    talk: isAnswered ? talk : 0,
    ring: isAnswered ? spanOf(start, answered) : 0,
    agent: called === "person" ? (final ?? target) : null,
    caller: direction === "inbound" ? null : from,
    identity: [row.text("duration"), row.text("final-number")],
  };
}

/** The number as the line got it, else what was dialled, less the outside-line prefix. */
function toOutside(dialled: string | null, row: PresetRow<Field>, numbers: RowTools["numbers"]): string | null {
  if (dialled?.startsWith("+") === true) return dialled;
  const cell = row.text("to-no") === "" ? row.text("dial-no") : row.text("to-no");
  return numbers.toDialled(cell) ?? numbers.toDialled(row.text("dial-no"));
}

const toMs = (text: string): number => Date.parse(`${text.replaceAll("/", "-").replace(" ", "T")}Z`);

/** Seconds from one time of the row to another; 0 where one is missing. */
function spanOf(start: string, answered: string): number {
  const span = Math.round((toMs(answered) - toMs(start)) / 1000);
  return Number.isFinite(span) ? Math.max(0, span) : 0;
}

const preset: TablePreset<Field> = {
  id: "3cx-cdr-log",
  title: "3CX CDR (cdr.log)",
  shape: {
    kind: "positions",
    fields,
    startField: "time-start",
    find: findColumns,
    form: 'the word "Call" with a history id at the beginning, and times such as 2025/06/02 07:19:42',
  },
  align: align3cxCells,
  open: (tools) => (row) => readRow(row, tools),
};

/**
 * 3CX CDR service, v16 to v20, to a file or a socket: no header, nothing quoted, fields as the administrator chose (named by
 * the setting `columns` where they are not in the usual order). Times are UTC. `callid` is the finer key.
 * (3cx.com, CDR call data records)
 */
export const threeCxCdrLog = createTableFormat(preset);
