import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createAsteriskFacts, settleAsteriskClock, type AsteriskCells } from "../asterisk-like/row-facts.ts";

/** The column list of the shipped example (configs/samples/cdr_custom.conf.sample); the last one came later. */
const fields = [
  ...(["clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start"] as const),
  ...(["answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid"] as const),
  ...(["userfield", "sequence", "peeraccount", "linkedid"] as const),
] as const;
type Field = (typeof fields)[number];

const leastColumns = 17;
const shipped = 19;

const positions: Readonly<Partial<Record<Field, number>>> = Object.fromEntries(
  fields.map((field, at) => [field, at + 1]),
);

const callerId = /^(?:"?[^"]*"?\s*<[^<>]*>|"[^"]*"|\+?\d*)$/;
const namedCallerId = /<[^<>]*>\s*$/;
const stamp = /^(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?|\d{10}(?:\.\d+)?|\d{13}|\d{16})$/;
const disposition = /^(?:ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION|CANCEL|\d{1,2})$/i;

/** A channel or an application name stands where only `cdr_custom` has it, and the start one column before `cdr_csv`'s. */
function isRow(cells: readonly string[]): boolean {
  if (cells.length < leastColumns || cells.length > fields.length) return false;
  const clid = cells[0] ?? "";
  if (!stamp.test((cells[8] ?? "").trim())) return false;
  if (!disposition.test((cells[13] ?? "").trim())) return false;
  return namedCallerId.test(clid) || (cells.length === shipped && callerId.test(clid.trim()));
}

const toText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** A line of `format=json`: the fields by name, put into the columns of the shipped example. */
function readJsonLine(raw: string): readonly string[] | null {
  if (!raw.trimStart().startsWith("{")) return null;
  try {
    const parsed: unknown = JSON.parse(raw);
    if (typeof parsed !== "object" || parsed === null) return null;
    const byName = new Map(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), toText(value)]));
    return fields.map((field) => byName.get(field) ?? "");
  } catch {
    return null;
  }
}

/** Newer versions may quote by another character: it begins the line and stands between the columns. */
function splitOwnQuotes(raw: string): readonly string[] | null {
  const quote = raw.charAt(0);
  if (raw.length < 3 || /["\w\s+{<]/.test(quote)) return null;
  const separator = [",", ";", "\t", "|"].find((mark) => raw.includes(`${quote}${mark}${quote}`));
  if (separator === undefined) return null;
  const cells: string[] = [];
  for (let at = 0; at <= raw.length;) {
    const isQuoted = raw.charAt(at) === quote;
    const end = isQuoted ? findQuoteEnd(raw, at + 1, quote, separator) : raw.indexOf(separator, at);
    const stop = end < 0 ? raw.length : end;
    const text = raw.slice(isQuoted ? at + 1 : at, stop);
    cells.push(isQuoted ? text.replaceAll(quote + quote, quote) : text);
    at = stop + separator.length + (isQuoted ? quote.length : 0);
    if (at === raw.length + 1 || (end < 0 && at > raw.length)) break;
  }
  return cells;
}

/** The quote that ends a cell: a separator or the end of the line follows, and it is not doubled. */
function findQuoteEnd(raw: string, from: number, quote: string, separator: string): number {
  for (let at = raw.indexOf(quote, from); at >= 0; at = raw.indexOf(quote, at + 1)) {
    if (raw.charAt(at + 1) === quote) at += 1;
    else if (at + 1 === raw.length || raw.startsWith(separator, at + 1)) return at;
  }
  return -1;
}

function toCells(row: PresetRow<Field>): AsteriskCells {
  return {
    src: row.text("src"),
    dst: row.text("dst"),
    dcontext: row.text("dcontext"),
    clid: row.text("clid"),
    channel: row.text("channel"),
    dstchannel: row.text("dstchannel"),
    lastapp: row.text("lastapp"),
    lastdata: row.text("lastdata"),
    start: row.text("start"),
    end: row.text("end"),
    duration: row.text("duration"),
    billsec: row.text("billsec"),
    disposition: row.text("disposition"),
    uniqueid: row.text("uniqueid"),
    linkedid: row.text("linkedid"),
    sequence: row.text("sequence"),
  };
}

const preset: TablePreset<Field> = {
  id: "asterisk-cdr-custom",
  title: "Asterisk cdr_custom (Master.csv)",
  shape: {
    kind: "positions",
    fields,
    startField: "start",
    find: (cells) => (isRow(cells) ? positions : null),
    form: `${leastColumns} to ${fields.length} columns, a caller id in the first, the start in the ninth, the disposition in the fourteenth`,
  },
  align: (cells, raw) => readJsonLine(raw) ?? splitOwnQuotes(raw) ?? cells,
  settle: (rows, tools) =>
    settleAsteriskClock(
      rows.map((row) => ({ start: row.text("start"), uniqueid: row.text("uniqueid") })),
      tools,
    ),
  open: (tools, clock) => {
    const read = createAsteriskFacts(tools, clock);
    return (row) => read(toCells(row));
  },
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Asterisk `cdr_custom`: the shipped column list (caller id first, 19 columns), any separator, epochs and numeric
 * dispositions of newer versions, or JSON lines. Times are local.
 */
export const asteriskCdrCustom = createTableFormat(preset);
