import { z } from "zod";
import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import type { CalledEnd, Ending, RowFacts } from "../../presets/row-facts.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { readTimeCell, resolveMoment } from "../../time/timestamp.ts";
import type { TimeZone } from "../../time/time-zone.ts";
import { readStamp, type DateOrder } from "../../time/wall-time.ts";
import { column, readUniqueId } from "../asterisk-cdr-csv/columns.ts";
import { createDeviceReader } from "../asterisk-cdr-csv/devices.ts";
import { readParties, toInside, type RowParties } from "../asterisk-cdr-csv/parties.ts";
import { createRowClock, readRowClock, voteClock } from "../asterisk-cdr-csv/row-clock.ts";
import { quoteValue, skip, type SkippedOutcome } from "../log-format.ts";

/** The fields of Asterisk's call detail record, wherever a product keeps them. What a log does not have is "". */
export type AsteriskCells = Readonly<{
  src: string;
  dst: string;
  dcontext: string;
  clid: string;
  channel: string;
  dstchannel: string;
  lastapp: string;
  lastdata: string;
  start: string;
  end: string;
  /** Seconds from start to end; "" where the log only tells the talk. */
  duration: string;
  billsec: string;
  disposition: string;
  uniqueid: string;
  linkedid: string;
  sequence: string;
  /** The direction as a product on top of Asterisk says it, for rows whose devices leave it open. */
  told?: CallDirection | null;
}>;

/** How Asterisk says that a call ended, also as the numbers that newer versions can write. */
const dispositions: Readonly<Record<string, Ending>> = {
  ANSWERED: "answered",
  ANSWER: "answered",
  "NO ANSWER": "none",
  NOANSWER: "none",
  CANCEL: "none",
  BUSY: "busy",
  FAILED: "failed",
  CONGESTION: "failed",
  CHANUNAVAIL: "failed",
  "0": "none",
  "1": "none",
  "2": "failed",
  "4": "busy",
  "8": "answered",
  "16": "failed",
};

const mailboxApps = /^(?:VoiceMail|VoiceMailMain|MiniVM\w*|VMAuthenticate)$/i;
/** Applications that talk to a person although no channel stands at the other end; all others play, ask or wait. */
const personApps = /^(?:Dial|RetryDial|FollowMe|Bridge|BridgeWait|ConfBridge|MeetMe|Page|Pickup|PickupChan|ChanSpy)$/i;
/** FreePBX's dialplan destinations of mailboxes: unavailable, busy, no message. */
const mailboxDestination = /^(?:vm[a-z]?\d+|\*9[78]\d*)$/i;

/** Who was at the called end of a row. */
function toCalledEnd({ lastapp, dst, dstchannel }: AsteriskCells): CalledEnd {
  if (mailboxApps.test(lastapp) || (dstchannel === "" && mailboxDestination.test(dst))) return "voicemail";
  if (dstchannel === "") return personApps.test(lastapp) ? "person" : "machine";
  return /^queue$/i.test(lastapp) ? "queue" : "person";
}

/** The cells in the columns of `cdr_csv`, which parties are read from. */
function toColumns(cells: AsteriskCells): readonly string[] {
  const columns = Array.from<string>({ length: 15 }).fill("");
  for (const name of ["src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata"] as const) {
    columns[column[name]] = cells[name];
  }
  return columns;
}

type Local = Readonly<{ at: number; precision: "second" | "minute" }>;

/** Wall-clock time as if it were UTC: Asterisk's own form fast, others by the common reader. Null where it is none. */
function readLocal(text: string, order: DateOrder): Local | null {
  const plain = readStamp(text);
  if (!Number.isNaN(plain)) return { at: plain, precision: "second" };
  const cell = readTimeCell(text);
  if (cell === null || cell.kind === "instant") return null;
  return resolveMoment({ main: cell, time: null }, { order, zone: asWritten });
}

/** Leaves a wall-clock time as it is written. */
const asWritten: TimeZone = {
  name: "UTC",
  offsetAt: () => 0,
  offsetOfDay: () => 0,
  toInstant: (at) => ({ at, alternative: null, shifted: false }),
};

const clockSchema = z.union([z.enum(["local", "utc"]), z.int()]);

type Dated = Readonly<{ start: string; uniqueid: string }>;

/** Which clock the rows at the beginning prove by the epochs in their uniqueids; `createAsteriskFacts` takes the answer. */
export function settleAsteriskClock(rows: readonly Dated[], { zone, order }: RowTools): string {
  const clocks = rows.map(({ start, uniqueid }) => {
    const epoch = readUniqueId(uniqueid)?.epoch;
    const local = readLocal(start, order);
    return epoch === undefined || local === null ? null : readRowClock(local.at, epoch * 1000, zone);
  });
  return JSON.stringify(voteClock(clocks));
}

/**
 * Reads rows that hold Asterisk's fields. The start is local time of the server, or what the epoch in the uniqueid
 * proves; a bare number is an epoch. `settled`: the clock as `settleAsteriskClock` answered.
 */
export function createAsteriskFacts({ numbers, settings, zone, order: dateOrder }: RowTools, settled: string) {
  const readDevice = createDeviceReader(settings, numbers.isExtension);
  const toStart = createRowClock(zone, clockSchema.parse(JSON.parse(settled)), settings.logTimeZone !== undefined);
  const readInside = (dst: string) => toInside(dst, numbers);
  const reader = { numbers, readDevice, readInside };

  const readStart = (cells: AsteriskCells, length: number, epochMs: number | null): RowFacts["start"] | null => {
    if (/^\d{9,10}(?:\.\d+)?$/.test(cells.start)) return { epochMs: Number(cells.start) * 1000 };
    if (/^\d{13}$|^\d{16}$/.test(cells.start)) {
      return { epochMs: Number(cells.start) / (cells.start.length === 13 ? 1 : 1000) };
    }
    const local = readLocal(cells.start, dateOrder);
    if (local === null) return null;
    const end = epochMs === null && cells.end !== "" ? readLocal(cells.end, dateOrder) : null;
    const ended = end === null ? null : toStart(end.at, null, null);
    const hint = ended === null || ended.alternative !== null ? null : ended.at - length * 1000;
    const { at, alternative } = toStart(local.at, epochMs, hint);
    return { epochMs: at, precision: local.precision, alternatives: alternative === null ? [] : [at, alternative] };
  };

  return (cells: AsteriskCells): RowFacts | SkippedOutcome => {
    const billsec = readSeconds("billsec", cells.billsec);
    if (typeof billsec !== "number") return billsec;
    const duration = cells.duration === "" ? billsec : readSeconds("duration", cells.duration);
    if (typeof duration !== "number") return duration;
    const ending = dispositions[cells.disposition.trim().toUpperCase()];
    if (ending === undefined) return skip("malformed", `disposition ${quoteValue(cells.disposition)} is not known`);
    const own = readKey(cells.uniqueid) ?? "";
    const key = readKey(cells.linkedid) ?? (own === "" ? null : own);
    const channel = readUniqueId(own === "" ? (key ?? "") : own);
    const start = readStart(cells, duration, channel === null ? null : channel.epoch * 1000);
    if (start === null) return skip("invalid_date", `start ${quoteValue(cells.start)} is no date and time`);
    const parties = readParties(toColumns(cells), reader, cells.told ?? null);
    const order = Number(cells.sequence);
    return {
      start,
      key,
      node: readUniqueId(key ?? "")?.node ?? "",
      direction: parties.direction,
      from: parties.from,
      to: parties.to,
      called: toCalledEnd(cells),
      ending,
      talk: billsec,
      ring: Math.max(0, duration - billsec),
      agent: parties.answerer,
      caller: parties.caller,
      ...(Number.isSafeInteger(order) && order > 0 ? { order } : {}),
      identity: [cells.billsec, toAgentText(parties)],
    };
  };
}

const toAgentText = ({ caller, answerer }: RowParties): string => caller ?? answerer ?? "";
