import type { CallRecord, ExclusionReason, SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { FolderView } from "../../../src-shared/ipc/ingest-views.ts";

/** One source row that is part of a call, kept so that later legs fold in. `hash` tells an exact repetition; `data` is the format's own, JSON. */
export type Leg = Readonly<{ hash: string; startedAt: number; data: Readonly<Record<string, string | number | null>> }>;

/** A call as read: its identity, its legs and what they fold to. */
export type ReadCall = Readonly<{
  /** Server of the phone system, empty where the log has none. */
  node: string;
  /** The log's key, or `h-…` of named fields. */
  logKey: string;
  record: CallRecord;
  excluded: Exclude<ExclusionReason, "before_start" | "erased"> | null;
  legs: readonly (Leg & Readonly<{ line?: number }>)[];
  /** Epoch ms until which further legs may come (watched files); null when it is ended. */
  settlesAt: number | null;
}>;

/** Where the reader stands in a file. Committed with the calls read up to it. */
export type FilePosition = Readonly<{
  /** Bytes consumed, up to the last complete record. */
  offset: number;
  /** Lines consumed. */
  line: number;
  size: number;
  modifiedAt: number;
  /** SHA-256 of the first 1 KB (or less) and of the 1 KB before the offset. */
  headHash: string;
  tailHash: string;
  /** What the reader needs to go on (delimiter, header, encoding, date order), JSON. */
  state: string;
}>;

export type FileIdentity = Readonly<{
  tenant: string;
  system: string;
  path: string;
  /** `device:inode`, where the file system has them. */
  fileId: string | null;
}>;

export type KnownFile = Readonly<{
  id: number;
  path: string;
  fileId: string | null;
  format: string;
  position: FilePosition;
  finished: boolean;
  contentHash: string | null;
}>;

/** A reading of one file, from one position to another, on one day; the statement is made of these. */
export type ReadingStart = Readonly<{
  identity: FileIdentity;
  sourceId: number | null;
  format: string;
  startedAt: number;
  lane: 0 | 1 | 2 | 3;
  /**
   * The file is read from its start although one was known under its name: that one was another, which may still turn up
   * under another name (a log that was copied away and emptied).
   */
  isOther?: boolean;
}>;

export type IngestBatch = Readonly<{
  readingId: number;
  at: number;
  calls: readonly ReadCall[];
  skipped: readonly SkippedRow[];
  /** Rows consumed by this batch: legs of its calls + skipped. */
  rows: number;
  position: FilePosition;
  /** Set with the last batch. */
  done?: Readonly<{ contentHash: string }>;
}>;

export type IngestCounts = Readonly<{
  rows: number;
  legs: number;
  /** Calls not seen before. */
  calls: number;
  /** Calls that changed (a new revision). */
  revised: number;
  skipped: Readonly<Partial<Record<SkippedRow["reason"], number>>>;
  excluded: Readonly<Partial<Record<ExclusionReason, number>>>;
  deliveries: number;
}>;

/** Folds all legs of a call (old and new, ordered by start) into what it is now; the format's own rule. */
export type Fold = (legs: readonly Leg[]) => Readonly<{ record: CallRecord; excluded: ReadCall["excluded"] }>;

export interface IngestStore {
  /**
   * Known files of this tenant and phone system that may be the same (by path, file id, head hash or content hash).
   * `shorterHashes`: head hashes that it had while it was shorter than a head.
   */
  findFiles(
    identity: FileIdentity,
    ask: Readonly<{ headHash: string; shorterHashes?: readonly string[]; contentHash?: string }>,
  ): readonly KnownFile[];
  startReading(start: ReadingStart): number;
  /**
   * One transaction: new calls with their deliveries for every integration of the tenant, legs that join stored calls
   * (new revision when the fold changes), exact repetitions counted as `duplicate`, skipped rows, file position.
   * rows = legs + skipped holds for the counts returned.
   */
  commitBatch(batch: IngestBatch, fold: Fold): IngestCounts;
  /** Ends a reading with an audit entry; `error` when it stopped early. */
  endReading(readingId: number, at: number, error: string | null): void;
  /** Runs several of these in one transaction: a small file is begun, read and ended with one write to the disk. */
  together<T>(work: () => T): T;
  /**
   * To be waited for after each batch and at the end of a reading, outside of transactions: a disk that falls behind a large
   * import is waited for here, while everybody else goes on.
   */
  settle(): Promise<void>;
  /** Creates the deliveries of calls since `since` that an integration has none of (connected later), in the backfill lane. Returns how many. */
  backfill(integrationId: number, at: number): number;
}

export type WatchedSource = Readonly<{
  id: number;
  tenant: string;
  system: string;
  path: string;
  format: string;
  settings: SourceSettings;
  removedAt: number | null;
}>;

export interface SourceStore {
  add(source: Omit<WatchedSource, "id" | "removedAt">, at: number): WatchedSource;
  list(): readonly WatchedSource[];
  remove(id: number, at: number): boolean;
}

export type FolderState = FolderView["state"];

/** A file of a watched folder that was dealt with, as it was then, and what came of it. */
export type NotedFile = Readonly<{
  /** Below the folder, with `/`. */
  path: string;
  /** `device:inode`, where the file system has them. */
  fileId: string | null;
  size: number;
  /** Epoch ms with its fraction, as the file system tells it. */
  modifiedAt: number;
  /** `refused`: it will not be read as it is. `failed`: it is tried again. */
  outcome: "read" | "refused" | "failed";
  /** Why, for people; null where it was read. */
  problem: string | null;
}>;

/** What the watch remembers from one start to the next. It is a memory, not the truth: what is lost is looked at again. */
export interface SourceMemory {
  /** Keeps how a folder stands; an audit entry tells of a change. False when it stood like that already. */
  setState(sourceId: number, state: Exclude<FolderState, "unseen">, problem: string | null, at: number): boolean;
  find(sourceId: number, path: string): NotedFile | undefined;
  /** Paths of all files that are noted. */
  paths(sourceId: number): readonly string[];
  /** One transaction: notes files, and forgets those that are gone. */
  note(sourceId: number, files: readonly NotedFile[], gone: readonly string[], at: number): void;
  view(sourceId: number, shownTroubles: number): FolderView;
}
