import { detachText } from "../../detach-text.ts";
import { createTextCache } from "../../numbers/text-cache.ts";
import { isSepLine } from "../../records/delimiter.ts";
import type { LogRecord } from "../../records/log-record.ts";
import { toRowHash } from "../../row-hash.ts";
import { maxDurationSeconds } from "../../time/duration.ts";
import { describeImplausible } from "../../time/timestamp.ts";
import { readStamp } from "../../time/wall-time.ts";
import { quoteValue, skip, type LegRow, type PlacedLeg, type RowOutcome, type SkippedOutcome } from "../log-format.ts";
import {
  column,
  countColumns,
  findKeyColumns,
  isHeaderRow,
  leastColumns,
  mostColumns,
  readKey,
  readUniqueId,
} from "./columns.ts";
import type { AsteriskLeg, CalledEnd, Ending } from "./fold.ts";
import { readParties, toInside, type PartyReader, type RowParties } from "./parties.ts";
import type { createRowClock, RowStart } from "./row-clock.ts";

export type RowReading = Pick<PartyReader, "numbers" | "readDevice"> &
  Readonly<{
    toStart: ReturnType<typeof createRowClock>;
    now: number;
    /** Columns of the rows at the beginning: a last row without line end that has fewer is cut. */
    width: number;
  }>;

/** How Asterisk says that a call ended, also as the numbers that newer versions can write. */
const dispositions: Readonly<Record<string, Ending>> = {
  ANSWERED: "a",
  ANSWER: "a",
  "NO ANSWER": "n",
  NOANSWER: "n",
  CANCEL: "n",
  BUSY: "b",
  FAILED: "f",
  CONGESTION: "f",
  CHANUNAVAIL: "f",
  "0": "n",
  "1": "n",
  "2": "f",
  "4": "b",
  "8": "a",
  "16": "f",
};

const mailboxApps = /^(?:VoiceMail|VoiceMailMain|MiniVM\w*|VMAuthenticate)$/i;
/** Applications that talk to a person although no channel stands at the other end; all others play, ask or wait. */
const personApps = /^(?:Dial|RetryDial|FollowMe|Bridge|BridgeWait|ConfBridge|MeetMe|Page|Pickup|PickupChan|ChanSpy)$/i;

const cell = (cells: readonly string[], at: number): string => cells[at] ?? "";

/** Whole seconds of a bare number, or NaN. Fractions (`initiatedseconds`) are dropped. */
function readSeconds(text: string): number {
  let seconds = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return readOddSeconds(text);
    seconds = seconds * 10 + digit;
  }
  return text === "" ? Number.NaN : seconds;
}

function readOddSeconds(text: string): number {
  return /^\s*\d+(?:[.,]\d+)?\s*$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
}

function badSeconds(name: string, text: string): SkippedOutcome {
  const value = Number(text);
  const what =
    Number.isNaN(value) || text.trim() === "" ? "is no number of seconds" : "is no possible length of a call";
  return skip("malformed", `${name} ${quoteValue(text)} ${what}`);
}

/** Rows that cannot be read by columns: broken quotes, too few or too many columns. */
function findShapeFault(record: LogRecord, width: number, usual: number): SkippedOutcome | null {
  const { cells, fault, terminated } = record;
  if (fault === "oversize") return skip("malformed", "the line is longer than 1 MB");
  const isShort = width < leastColumns;
  if (!terminated && (fault !== null || width < usual)) {
    return skip("truncated_tail", `the last line is cut: ${width} columns${fault === null ? "" : ", an open quote"}`);
  }
  if (fault === "open_quote") return skip("malformed", `a quote is not closed in column ${cells.length}`);
  if (isShort) return skip("malformed", `${width} columns instead of at least ${leastColumns}`);
  return width > mostColumns ? skip("malformed", `${width} columns instead of at most ${mostColumns}`) : null;
}

type Key = Readonly<{ key: string | null; node: string; epochMs: number | null }>;

const noKey: Key = { key: null, node: "", epochMs: null };

/** The call's key (linkedid, which legs of attended transfers share, else uniqueid) and the epoch of the row's own channel. */
function readKeys(cells: readonly string[], width: number): Key {
  const { uniqueid, linkedid } = findKeyColumns(width);
  const own = uniqueid < 0 ? "" : readKey(cells[uniqueid]);
  const linked = linkedid < 0 ? "" : readKey(cells[linkedid]);
  const ownParts = own === "" ? null : readUniqueId(own);
  // With 17 columns the last one is the userfield where `loguniqueid` is off.
  const text = linked === "" ? (width === 17 && ownParts === null ? "" : own) : linked;
  if (text === "") return noKey;
  const parts = text === own ? ownParts : readUniqueId(text);
  const channel = own === "" ? parts : ownParts;
  return { key: detachText(text), node: parts?.node ?? "", epochMs: channel === null ? null : channel.epoch * 1000 };
}

const queueApp = /^queue$/i;

/** What an application says of the called end: a mailbox, a machine, or a person as far as it goes. */
function toAppKind(app: string): CalledEnd {
  if (mailboxApps.test(app)) return "v";
  return personApps.test(app) ? "p" : "m";
}

/** Who was at the called end: a person, a mailbox, or only a machine (menu, queue, announcement). */
function createCalledEndReader(): (cells: readonly string[]) => CalledEnd {
  const readKind = createTextCache(toAppKind);
  return (cells) => {
    const kind = readKind(cell(cells, column.lastapp));
    if (kind !== "m" || cell(cells, column.dstchannel) === "") return kind;
    return queueApp.test(cell(cells, column.lastapp)) ? "q" : "p";
  };
}

/** An instant near the call that is surely right: its end, less its length. Tells the two hours of autumn apart. */
function readHint(cells: readonly string[], duration: number, toUtc: (local: number) => number | null): number | null {
  const end = readStamp(cell(cells, column.end));
  const at = Number.isNaN(end) ? null : toUtc(end);
  return at === null ? null : at - duration * 1000;
}

type Facts = Readonly<{
  start: RowStart;
  duration: number;
  billsec: number;
  end: Ending;
  calledEnd: CalledEnd;
  keys: Key;
}>;

const sides = { inbound: "i", outbound: "o", internal: "n" } as const;

function toLeg(record: LogRecord, facts: Facts, parties: RowParties): LegRow {
  const { start, duration, billsec, end, calledEnd, keys } = facts;
  const { direction, from, to, caller, answerer } = parties;
  const data: AsteriskLeg = {
    m: `${sides[direction]}${calledEnd}${end}`,
    k: keys.key,
    f: from,
    t: to,
    w: direction === "inbound" ? answerer : caller,
    r: Math.max(0, duration - billsec),
    b: billsec,
    ...(direction === "internal" && answerer !== null ? { p: answerer } : {}),
    ...(start.alternative === null ? {} : { x: start.alternative }),
  };
  const leg: PlacedLeg = { hash: toRowHash(record.raw), startedAt: start.at, data, line: record.line };
  const agent = parties.caller ?? parties.answerer ?? "";
  const identity =
    keys.key === null
      ? [parties.direction, parties.from, parties.to, cell(record.cells, column.billsec), agent].join("\u001f")
      : "";
  return { kind: "leg", key: keys.key, node: keys.node, leg, endedAt: start.at + duration * 1000, identity };
}

/** Reads rows of one file. Rows that are no leg come back with the reason, naming column and value. */
export function createRowReader({ numbers, readDevice, toStart, now, width: firstWidth }: RowReading) {
  let usualWidth = firstWidth;
  const readCalledEnd = createCalledEndReader();
  const readInside = createTextCache((dst) => toInside(dst, numbers));
  const parties: PartyReader = { numbers, readDevice, readInside };
  const readStart = (cells: readonly string[], duration: number, keys: Key): RowStart | SkippedOutcome => {
    const text = cell(cells, column.start);
    const local = readStamp(text);
    if (Number.isNaN(local)) {
      const isShifted = !/\d/.test(text) && text.trim() !== "";
      return skip(isShifted ? "malformed" : "invalid_date", `start ${quoteValue(text)} is no date and time`);
    }
    const hint =
      keys.epochMs === null
        ? readHint(cells, duration, (end) => {
            const found = toStart(end, null, null);
            return found.alternative === null ? found.at : null;
          })
        : null;
    const start = toStart(local, keys.epochMs, hint);
    const doubt = describeImplausible(start.at, now);
    return doubt === null ? start : skip("invalid_date", `start ${quoteValue(text)} ${doubt}`);
  };

  return (record: LogRecord): RowOutcome => {
    const { cells } = record;
    if (record.line === 1 && isSepLine(record)) return null;
    const width = countColumns(cells);
    const fault = findShapeFault(record, width, usualWidth);
    if (fault !== null) return fault;
    usualWidth = width;
    if (isHeaderRow(cells)) return record.line === 1 ? null : skip("repeated_header", "the header again");
    const duration = readSeconds(cell(cells, column.duration));
    if (!(duration <= maxDurationSeconds)) return badSeconds("duration", cell(cells, column.duration));
    const billsec = readSeconds(cell(cells, column.billsec));
    if (!(billsec <= maxDurationSeconds)) return badSeconds("billsec", cell(cells, column.billsec));
    const disposition = cell(cells, column.disposition);
    const end = dispositions[disposition] ?? dispositions[disposition.trim().toUpperCase()];
    if (end === undefined) return skip("malformed", `disposition ${quoteValue(disposition)} is not known`);
    const keys = readKeys(cells, width);
    const start = readStart(cells, duration, keys);
    if ("kind" in start) return start;
    const facts: Facts = { start, duration, billsec, end, calledEnd: readCalledEnd(cells), keys };
    return toLeg(record, facts, readParties(cells, parties));
  };
}
