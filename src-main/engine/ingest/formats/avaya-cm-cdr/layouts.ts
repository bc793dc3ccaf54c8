import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { readSpan, type Span } from "../../records/fixed-places.ts";
import { toPlainWord } from "../../records/plain-word.ts";

export const fields = [
  ...(["date", "time", "seconds", "hours", "minutes", "tenths", "condition", "dialed", "calling"] as const),
  ...(["codeDialed", "codeUsed", "inTrunk", "outTrunk", "account"] as const),
] as const;
export type Field = (typeof fields)[number];

export type Layout = Readonly<{ name: string; spans: Readonly<Partial<Record<Field, Span>>> }>;

/** The date as six digits, the end of the call, its seconds, and the numbers right-aligned. */
const custom: Layout = {
  name: "custom",
  spans: {
    date: [1, 6],
    time: [8, 11],
    seconds: [13, 17],
    condition: [19, 19],
    dialed: [21, 38],
    calling: [40, 54],
    codeUsed: [56, 59],
    inTrunk: [61, 64],
    account: [66, 80],
  },
};

const teleseer: Layout = {
  name: "teleseer",
  spans: {
    time: [4, 7],
    hours: [8, 8],
    minutes: [9, 10],
    tenths: [11, 11],
    condition: [12, 12],
    codeDialed: [13, 15],
    codeUsed: [16, 18],
    dialed: [19, 33],
    calling: [34, 38],
    account: [39, 53],
    inTrunk: [56, 58],
    outTrunk: [59, 61],
  },
};

/**
 * International with ISDN: a record goes over two lines, circuits stand in the second. `expanded` has the same fields in one
 * line.
 */
const internationalIsdn: Layout = {
  name: "int-isdn",
  spans: {
    time: [1, 4],
    hours: [6, 6],
    minutes: [7, 8],
    tenths: [9, 9],
    condition: [11, 11],
    codeDialed: [13, 16],
    codeUsed: [18, 21],
    dialed: [23, 37],
    calling: [39, 48],
    account: [50, 64],
  },
};

/** What is sent to a printer: as `expanded`, with shorter fields. */
const printer: Layout = {
  name: "printer",
  spans: {
    time: [1, 4],
    hours: [6, 6],
    minutes: [7, 8],
    tenths: [9, 9],
    condition: [11, 11],
    codeDialed: [13, 15],
    codeUsed: [17, 19],
    dialed: [21, 35],
    calling: [37, 41],
    account: [43, 57],
  },
};

/** The printer's fields without blanks between them. */
const fiftyNine: Layout = {
  name: "59-char",
  spans: {
    time: [1, 4],
    hours: [5, 5],
    minutes: [6, 7],
    tenths: [8, 8],
    condition: [9, 9],
    codeDialed: [10, 12],
    codeUsed: [13, 15],
    dialed: [16, 30],
    calling: [31, 35],
    account: [36, 50],
  },
};

/** International with a date of its own: day, month, year. */
const internationalDirect: Layout = {
  name: "int-direct",
  spans: {
    date: [1, 6],
    time: [8, 11],
    hours: [13, 13],
    minutes: [14, 15],
    tenths: [16, 16],
    condition: [18, 18],
    codeDialed: [20, 22],
    codeUsed: [23, 25],
    dialed: [27, 44],
    calling: [46, 50],
    account: [52, 66],
  },
};

/** The order decides between layouts that fit as many lines. */
export const layouts: readonly Layout[] = [
  custom,
  internationalIsdn,
  teleseer,
  printer,
  fiftyNine,
  internationalDirect,
];

const names: Readonly<Record<string, Field>> = {
  date: "date",
  time: "time",
  secdur: "seconds",
  seconds: "seconds",
  duration: "seconds",
  hours: "hours",
  minutes: "minutes",
  tenths: "tenths",
  condcode: "condition",
  condition: "condition",
  dialednum: "dialed",
  dialed: "dialed",
  dialled: "dialed",
  to: "dialed",
  callingnum: "calling",
  clgnum: "calling",
  calling: "calling",
  from: "calling",
  codedial: "codeDialed",
  codedialed: "codeDialed",
  codeused: "codeUsed",
  intrkcode: "inTrunk",
  outcrtid: "outTrunk",
  acctcode: "account",
  account: "account",
};

/** A layout of the user's own: field names (ours or the vendor's) to places such as `21-38`. */
export function readToldLayout(settings: SourceSettings): Layout | null {
  const told = Object.entries(settings.columns ?? {});
  if (told.length === 0) return null;
  const spans: Partial<Record<Field, Span>> = {};
  for (const [name, text] of told) {
    const field = names[toPlainWord(name)];
    const span = readSpan(text);
    if (field === undefined || span === null) {
      const known = [...new Set(Object.values(names))].join(", ");
      throw new LogRefusedError(
        "settings",
        `"columns" says "${name}": "${text}". Fields of this log are ${known}; a place is written like "21-38".`,
      );
    }
    spans[field] = span;
  }
  const missing = (["time", "dialed", "calling"] as const).filter((field) => spans[field] === undefined);
  if (missing.length === 0) return { name: "told", spans };
  throw new LogRefusedError("settings", `"columns" lacks the places of ${missing.join(", ")}.`);
}

/** The cell of a field, trimmed, "" where the layout or the line has none. */
export function readField({ spans }: Layout, line: string, field: Field): string {
  const span = spans[field];
  return span === undefined ? "" : line.slice(span[0] - 1, span[1]).trim();
}

const isClock = (text: string): boolean => /^(?:[01]\d|2[0-3])[0-5]\d$/.test(text);
const isNumber = (text: string): boolean => /^[\d*#+]*$/.test(text);

/** True for a line that reads as a record of that layout. */
export function fitsLayout(layout: Layout, line: string): boolean {
  const at = (field: Field): string => readField(layout, line, field);
  const { spans } = layout;
  if (!isClock(at("time")) || !/^[\dA-Z]$/i.test(at("condition") === "" ? "x" : at("condition"))) return false;
  if (spans.date !== undefined && !/^\d{4}(?:\d\d)?$/.test(at("date"))) return false;
  if (spans.seconds !== undefined && !/^\d+$/.test(at("seconds"))) return false;
  if (spans.hours !== undefined && !/^\d\d?[0-5]\d\d$/.test(at("hours") + at("minutes") + at("tenths"))) return false;
  if (spans.condition !== undefined && at("condition") === "") return false;
  return isNumber(at("dialed")) && isNumber(at("calling")) && at("dialed") + at("calling") !== "";
}

/** A line that holds only a date: `0602`, `06 02`, `06/02`. */
export function readDateRecord(line: string): readonly [number, number] | null {
  const found = /^\s*(\d\d)[\s/.-]?(\d\d)\s*$/.exec(line);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}
