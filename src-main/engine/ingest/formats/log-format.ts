import { detachText } from "../detach-text.ts";
import type { Fold, Leg } from "../../ports/ingest-store.ts";
import type { SkipReason } from "../../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { LogRecord, TableLayout } from "../records/log-record.ts";

/** The beginning of a file as text, which formats recognise themselves by. */
export type LogSample = Readonly<{
  text: string;
  /** The sample holds the whole file. */
  isWhole: boolean;
}>;

/** How sure a format is that a file is its own, from 0 to 1, and what it saw, in plain words. */
export type Detection = Readonly<{ score: number; evidence: readonly string[] }>;

export type FormatContext = Readonly<{
  settings: SourceSettings;
  /** IANA zone of local times: the log's own, or the source's. */
  zone: string;
  /** Wall time, epoch ms: what lies in the future is no call. */
  now: number;
  /** When the file was written last, epoch ms. */
  modifiedAt: number;
}>;

/** What a format settled about a file at its beginning. JSON, kept with the position, so that a grown file reads on alike. */
export type FormatState = Readonly<Record<string, unknown>>;

/** A leg with the physical line of its row. */
export type PlacedLeg = Leg & Readonly<{ line: number }>;

/** A row that is part of a call. */
export type LegRow = Readonly<{
  kind: "leg";
  /** The key that the legs of a call share; null where the log has none. */
  key: string | null;
  /** Server of the phone system, empty where the log has none. */
  node: string;
  leg: PlacedLeg;
  /** Epoch ms at which the leg ended, as far as the log tells. */
  endedAt: number;
  /** Named fields that a row without key is identified by. */
  identity: string;
  /** The log says that no further leg of the call will come. */
  isLast?: boolean;
  /** A further leg of the call that the last row without this mark belongs to, in logs without keys. */
  continues?: boolean;
}>;

export type SkippedOutcome = Readonly<{ kind: "skip"; reason: SkipReason; detail: string }>;

/** What a record is: a leg, a row that is none, or no row at all (null: the header, a blank line of a table). */
export type RowOutcome = LegRow | SkippedOutcome | null;

/** A file opened by a format: reads records, folds legs. */
export type OpenLog = Readonly<{
  layout: TableLayout;
  isWholeRow: (cells: readonly string[]) => boolean;
  read: (record: LogRecord) => RowOutcome;
  fold: Fold;
  /** Legs that start further apart than this (ms) are calls of their own although they share a key: the key was used again. */
  keyReuseMs: number;
}>;

/** Asks for the records of the whole file, for what only a whole column tells. */
export type RecordScan = (layout: TableLayout) => AsyncIterable<LogRecord>;

export type LogFormat = Readonly<{
  /** The format's name on the command line and the default name of its phone system. */
  id: string;
  title: string;
  detect(sample: LogSample, settings: SourceSettings): Detection | null;
  /** Settles what holds for the whole file. Throws `LogRefusedError` when the file is not of this format or has to be asked about. */
  prepare(sample: LogSample, context: FormatContext, scan: RecordScan): Promise<FormatState>;
  /** Opens a file by what was settled. Throws `LogRefusedError` when the state is not one of `prepare`. */
  open(state: FormatState, context: FormatContext): OpenLog;
}>;

/** A row that gives no leg. The detail is copied: a slice would keep the whole block of the file alive that it was cut from. */
export const skip = (reason: SkipReason, detail: string): SkippedOutcome => ({
  kind: "skip",
  reason,
  detail: detachText(detail),
});

const shownChars = 60;

/** A value as it is quoted in a message: bounded, on one line. */
export function quoteValue(value: string): string {
  const line = value.replaceAll(/\s+/g, " ");
  return `"${line.length > shownChars ? `${line.slice(0, shownChars)}…` : line}"`;
}
