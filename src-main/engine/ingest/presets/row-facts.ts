import type { CallDirection, Party } from "../../../../src-shared/domain/call-record.ts";
import type { SkippedOutcome } from "../formats/log-format.ts";

/**
 * Who was at the called end of a row. `whole`: the row covers a call whose parts have rows of their own (the A-leg of a
 * bridge, a queue row that repeats its agent's talk): it counts only where no `person` row talks. `queue`: its agent, whom
 * another row may tell of too: it counts unless a `person` row repeats it.
 */
export type CalledEnd = "person" | "voicemail" | "machine" | "whole" | "queue";

/** How a row ended: somebody (or something) answered, nobody did, the line was busy, or the network refused it. */
export type Ending = "answered" | "none" | "busy" | "failed";

/** When a row began, as the log says it. */
export type RowStart =
  | Readonly<{
      /** The cell, and a second one where the time of day has a column of its own. */
      text: string;
      time?: string;
      /** `source` (default): local time of the source, unless the text itself states an offset. */
      zone?: "source" | "utc";
      /** The text is the end of the call: so many seconds are taken off. */
      secondsBefore?: number;
      /** When the call ended, where the log says it: tells the two hours of an autumn night apart. */
      end?: string;
      /** Another text that names the column in a message. Default: the text. */
      shown?: string;
    }>
  | Readonly<{ epochMs: number; precision?: "second" | "minute"; alternatives?: readonly number[] }>;

/** What a format says of one row that is a leg of a call. Everything else (time zone, hash, identity, folding) is common. */
export type RowFacts = Readonly<{
  start: RowStart;
  /** The log's own call key; null where it has none (the call is then known by named fields). */
  key: string | null;
  /** Server of the phone system as the log names it. Default: none. */
  node?: string;
  /** The key as it is shown to people, where it differs from `key`. */
  logId?: string;
  direction: CallDirection;
  from: Party;
  to: Party;
  called: CalledEnd;
  ending: Ending;
  /** Seconds from answer to end of this row. */
  talk: number;
  /** Seconds from start to answer. Default 0. */
  ring?: number;
  /** Who of ours is at the called end. */
  agent?: string | null;
  /** Who of ours dialled. */
  caller?: string | null;
  /** Position among rows of the same second, where the log numbers its rows. */
  order?: number;
  /** Raw texts of duration and extension or agent that identify a call without key. Never localised or mutable columns. */
  identity?: readonly string[];
  /** The log says that no further leg of the call will come: a watched file need not wait for one. */
  isLast?: boolean;
  /** A further leg of the call of the row above, in logs without key. */
  continues?: boolean;
  /** Rows of the call follow each other although they share a start: their talks are added up, the last row talks last. */
  isSerial?: boolean;
  /** What tells rows apart where columns of an export come and go. Default: all cells. */
  rowText?: string;
}>;

/** A row's facts, why it gives none, or null where the line is no row at all. */
export type RowReading = RowFacts | SkippedOutcome | null;

export const isSkipped = (reading: RowFacts | SkippedOutcome): reading is SkippedOutcome => "kind" in reading;
