import type { FileHandle } from "node:fs/promises";
import type { SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { FilePosition, Fold, ReadCall } from "../ports/ingest-store.ts";
import {
  advanceChain,
  edgeBytes,
  emptyChain,
  hashContent,
  hashHead,
  hashTail,
  type ChainState,
} from "./file-fingerprint.ts";
import { createOpenCalls, type OpenCall } from "./fold/open-calls.ts";
import type { SkippedOutcome } from "./formats/log-format.ts";
import { toStateText, type ReaderState } from "./import-position.ts";
import type { Checkpoint } from "./records/table-splitter.ts";
import type { KeyedLeg } from "./row-stage.ts";
import { toReadCall } from "./to-read-call.ts";

/** Rows of a call mostly lie close together: it is handed on when none came for so many rows … */
const quietRows = 400;
/** … or when it has been open for so many, so that the place to read on from never lies far back. */
const longestRows = 1500;
/** Rows between commits. */
export const batchRows = 1000;
/** A call that ended this recently in a watched file may still get rows. */
const recentMs = 10 * 60_000;
const settleMs = 60_000;

export type PendingBatch = Readonly<{
  calls: readonly ReadCall[];
  skipped: readonly SkippedRow[];
  rows: number;
}>;

type WindowAsk = Readonly<{ fold: Fold; keyReuseMs: number; watched: boolean; start: Checkpoint }>;

/** Rows between the file and the store: calls that are being collected, rows that gave none, and where to read on from. */
export function createImportWindow({ fold, keyReuseMs, watched, start }: WindowAsk) {
  const open = createOpenCalls(keyReuseMs);
  let skipped: SkippedRow[] = [];
  let checkpoints: Checkpoint[] = [start];
  let row = 0;
  let sinceCommit = 0;

  const settlesAt = ({ endedAt, isOver }: OpenCall, now: number): number | null =>
    watched && !isOver && endedAt > now - recentMs ? now + settleMs : null;

  const isQuiet = ({ lastRow, firstRow }: OpenCall): boolean =>
    lastRow <= row - quietRows || firstRow <= row - longestRows;

  return {
    add: (line: number, outcome: KeyedLeg | SkippedOutcome): void => {
      row += 1;
      sinceCommit += 1;
      if (outcome.kind === "skip") {
        skipped.push({ line, reason: outcome.reason, detail: outcome.detail });
        return;
      }
      if (open.add(outcome, row) === "duplicate") {
        skipped.push({ line, reason: "duplicate", detail: "the same row again" });
      }
    },
    isFull: (): boolean => sinceCommit >= batchRows,
    /** Notes a place where a record starts. */
    reach: (checkpoint: Checkpoint): void => {
      if (checkpoint.line > (checkpoints.at(-1)?.line ?? 0)) checkpoints.push(checkpoint);
    },
    /** Takes out what is to be committed: quiet calls, or all of them at the end of the file. */
    take: (isEnd: boolean, now: number): PendingBatch => {
      const done = open.take((call) => isEnd || isQuiet(call));
      const calls = done.map((call) => toReadCall(call, fold, settlesAt(call, now)));
      const rows = done.reduce((sum, { legs }) => sum + legs.length, skipped.length);
      const batch = { calls, skipped, rows };
      skipped = [];
      sinceCommit = 0;
      return batch;
    },
    /** Where to read on from: behind every row that is dealt with, before the oldest that is not. */
    place: (): Checkpoint => {
      const oldest = open.oldestLine() ?? Number.POSITIVE_INFINITY;
      const kept = checkpoints.findLastIndex(({ line }) => line <= oldest);
      checkpoints = checkpoints.slice(Math.max(0, kept));
      return checkpoints[0] ?? start;
    },
    pendingLines: (): readonly number[] => open.lines(),
  };
}

type Kept = Pick<ReaderState, "encoding" | "format" | "upTo" | "keyless" | "tail" | "halfLine"> &
  Readonly<{ pending: readonly number[] }>;

type SeenFile = Readonly<{ size: number; modifiedAt: number; isEnd: boolean }>;

/**
 * Positions of one file while it is read. The hash of the whole content is only gone on with at the end: a reading that
 * is killed before takes it up from the last end.
 */
export function createPositions(handle: FileHandle, from: ChainState = emptyChain) {
  let head: Readonly<{ size: number; hash: string }> | null = null;
  let chain = from;

  const readHead = async (size: number): Promise<string> => {
    const length = Math.min(edgeBytes, size);
    if (head?.size !== length) head = { size: length, hash: await hashHead(handle, size) };
    return head.hash;
  };

  return {
    async make(place: Checkpoint, seen: SeenFile, kept: Kept): Promise<FilePosition> {
      if (seen.isEnd) chain = await advanceChain(handle, chain, place.offset);
      const state: ReaderState = { version: 1, ...kept, pending: [...kept.pending], chain };
      return {
        offset: place.offset,
        line: place.line,
        size: seen.size,
        modifiedAt: seen.modifiedAt,
        headHash: await readHead(seen.size),
        tailHash: await hashTail(handle, place.offset),
        state: toStateText(state),
      };
    },
    /** Hash of all that was read, up to `size`. */
    contentHash: (size: number): Promise<string> => hashContent(handle, size, chain),
  };
}
