import type { SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileIdentity, IngestCounts, IngestStore, ReadingStart } from "../ports/ingest-store.ts";
import type { TextEncoding } from "./bytes/text-encoding.ts";
import type { FormatState, OpenLog } from "./formats/log-format.ts";
import { findFormat } from "./formats/registry.ts";
import { addCounts, noCounts } from "./import-counts.ts";
import { decideOpening, halfLinePatienceMs, type Opening, type Resumed } from "./import-position.ts";
import { applyMapping, type MappingFinder } from "./mapping/mapping-book.ts";
import { createImportWindow, createPositions } from "./import-window.ts";
import { chooseFormat, createScan, openFile, readRecords, readSample, toContext, type OpenFile } from "./log-file.ts";
import type { Checkpoint } from "./records/table-splitter.ts";
import type { LogRecord } from "./records/log-record.ts";
import { toRowHash } from "./row-hash.ts";
import { createRowStage } from "./row-stage.ts";
import { keepHeapSmall } from "./young-generation.ts";

export type ImportProgress = Readonly<{ rows: number; bytes: number; totalBytes: number; rowsPerSecond: number }>;

export type ImportRequest = Readonly<{
  path: string;
  tenant: string;
  /** Name of the phone system; null: the format's name. */
  system: string | null;
  settings: SourceSettings;
  /** A format's name, or `auto`. */
  format: string;
  store: Pick<IngestStore, "findFiles" | "startReading" | "commitBatch" | "endReading" | "together" | "settle">;
  sourceId: number | null;
  lane: ReadingStart["lane"];
  clock: Pick<Clock, "now" | "monotonic">;
  /** The file may still grow: a half line waits, and calls of the last minutes may get further rows. Links are refused. */
  watched: boolean;
  /** The watch saw it unchanged for so long that a half line is taken; else its time decides. Default: false. */
  isQuiet?: boolean;
  /** Mappings that were saved for tables with a known header. Default: none. */
  mappings?: MappingFinder;
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
}>;

export type ImportResult = IngestCounts &
  Readonly<{
    file: string;
    format: string;
    /** Nothing was read: the file (or a copy of it) was read to its end before. */
    unchanged: boolean;
    /** The signal stopped the reading; the next import goes on from here. */
    stopped: boolean;
    /** A half line is left at the end, for a later look. */
    halfLine: boolean;
    /** The first rows that gave no leg, duplicates apart, for people. */
    skippedRows: readonly SkippedRow[];
  }>;

type Unchanged = Readonly<{ kind: "unchanged"; format: string; halfLine: boolean }>;

const shownSkipped = 100;

/** A file with all that is settled about it, ready to be read from a place. */
type Ready = Readonly<{
  file: OpenFile;
  format: string;
  formatState: FormatState;
  encoding: TextEncoding;
  log: OpenLog;
  system: string;
  identity: FileIdentity;
  from: Resumed | null;
}>;

const unchangedResult = (file: string, { format, halfLine }: Unchanged): ImportResult => ({
  ...noCounts,
  file,
  format,
  unchanged: true,
  stopped: false,
  halfLine,
  skippedRows: [],
});

function toIdentity({ stats, path }: OpenFile, tenant: string, system: string): FileIdentity {
  const fileId = stats.ino === 0 ? null : `${stats.dev}:${stats.ino}`;
  return { tenant, system, path, fileId };
}

/** Settles a file from its beginning. Throws `LogRefusedError` when it is no call log. */
async function prepareFresh(file: OpenFile, request: ImportRequest): Promise<Omit<Ready, "identity">> {
  const { settings, clock, system } = request;
  const { encoding, sample } = await readSample(file, settings);
  const { format } = chooseFormat(request.format, sample, settings);
  const context = toContext(file, settings, clock.now());
  const formatState = await format.prepare(sample, context, createScan(file, encoding));
  const log = format.open(formatState, context);
  return { file, format: format.id, formatState, encoding, log, system: system ?? format.id, from: null };
}

function prepareResumed(file: OpenFile, request: ImportRequest, from: Resumed): Omit<Ready, "identity"> {
  const { settings, clock, system } = request;
  const format = findFormat(from.format);
  const log = format.open(from.state.format, toContext(file, settings, clock.now()));
  const { encoding } = from;
  return { file, format: format.id, formatState: from.state.format, encoding, log, system: system ?? format.id, from };
}

type Prepared = Unchanged | Readonly<{ kind: "ready"; ready: Ready }>;

/** A half line at the end of a file that may grow waits until nobody can be expected to finish it. */
function takesHalfLine({ stats }: OpenFile, { watched, isQuiet, clock }: ImportRequest): boolean {
  return !watched || isQuiet === true || clock.now() - stats.mtimeMs > halfLinePatienceMs;
}

async function prepare(file: OpenFile, request: ImportRequest): Promise<Prepared> {
  // Without a name of its own the phone system is named after the format, which only the content tells.
  const fresh = request.system === null ? await prepareFresh(file, request) : null;
  const system = request.system ?? fresh?.system ?? "";
  const identity = toIdentity(file, request.tenant, system);
  const { format } = request;
  const isQuiet = takesHalfLine(file, request);
  const opening: Opening = await decideOpening({ file, identity, format, isQuiet }, request.store);
  if (opening.kind === "unchanged") return { ...opening, format: fresh?.format ?? format };
  if (opening.kind === "resume") {
    return { kind: "ready", ready: { ...prepareResumed(file, request, opening.from), system, identity } };
  }
  return { kind: "ready", ready: { ...(fresh ?? (await prepareFresh(file, request))), identity } };
}

/** Rows that were dealt with before: known by line, and a row without line end by its text. */
function createKnownRows(from: Resumed | null): (record: LogRecord) => boolean {
  if (from === null) return () => false;
  const { upTo, pending, tail } = from.state;
  const open = new Set(pending);
  return ({ line, raw }) => {
    if (tail !== null && tail.line === line) return tail.hash === toRowHash(raw);
    return line <= upTo && !open.has(line);
  };
}

/** Where the bytes are read from: rows without key are counted from the file's start, although known ones give nothing. */
function findStart({ from, encoding }: Ready): Checkpoint {
  if (from === null || from.state.keyless) return { offset: encoding.bomLength, line: 1 };
  return { offset: from.position.offset, line: from.position.line };
}

/** Reads a prepared file to its end (or until stopped), a transaction for every thousand rows. */
function createReading(ready: Ready, request: ImportRequest) {
  const { file, log, from, encoding, identity } = ready;
  const { store, clock, watched, lane, sourceId } = request;
  const start = findStart(ready);
  const stage = createRowStage(log, ready.system);
  const window = createImportWindow({ fold: log.fold, keyReuseMs: log.keyReuseMs, watched, start });
  const positions = createPositions(file.handle, from?.state.keyless === true ? undefined : from?.state.chain);
  const isKnown = createKnownRows(from);
  const begun = clock.monotonic();
  let readingId: number | null = null;
  let counts: IngestCounts = noCounts;
  const skippedRows: SkippedRow[] = [];
  let upTo = from?.state.upTo ?? 0;
  let tail: Readonly<{ line: number; hash: string }> | null = null;
  let bytes = start.offset;
  let rows = 0;
  let halfLine = false;

  const report = (): void => {
    keepHeapSmall();
    const seconds = Math.max(0.001, (clock.monotonic() - begun) / 1000);
    const totalBytes = Math.max(bytes, file.stats.size);
    request.onProgress?.({ rows, bytes, totalBytes, rowsPerSecond: Math.round(rows / seconds) });
  };

  const commit = async (end: Readonly<{ modifiedAt: number; halfLine: boolean }> | null): Promise<void> => {
    const at = clock.now();
    const batch = window.take(end !== null, at);
    const modifiedAt = Math.trunc(end?.modifiedAt ?? file.stats.mtimeMs);
    const seen = { size: bytes, modifiedAt, isEnd: end !== null };
    const position = await positions.make(window.place(), seen, {
      encoding,
      format: ready.formatState,
      upTo,
      pending: window.pendingLines(),
      keyless: stage.hasKeyless() || from?.state.keyless === true,
      tail,
      halfLine: end?.halfLine ?? false,
    });
    const done = end === null ? {} : { done: { contentHash: await positions.contentHash(bytes) } };
    const begin = { identity, sourceId, format: ready.format, startedAt: at, lane, isOther: from === null };
    const committed = store.together(() => {
      const id = readingId ?? store.startReading(begin);
      const added = store.commitBatch({ readingId: id, at, ...batch, position, ...done }, log.fold);
      if (end !== null) store.endReading(id, at, null);
      return { id, added };
    });
    readingId = end === null ? committed.id : null;
    counts = addCounts(counts, committed.added);
    for (const row of batch.skipped) {
      if (skippedRows.length < shownSkipped && row.reason !== "duplicate") skippedRows.push(row);
    }
    report();
    await store.settle();
  };

  const take = async (records: readonly LogRecord[]): Promise<void> => {
    for (const record of records) {
      const known = isKnown(record);
      const outcome = stage.read(record);
      if (!record.terminated) tail = { line: record.line, hash: toRowHash(record.raw) };
      if (known || outcome === null) continue;
      rows += 1;
      upTo = Math.max(upTo, record.line);
      window.add(record.line, outcome);
      if (window.isFull()) await commit(null);
    }
  };

  return {
    /** True when the file came to its end (and its reading with it), false when the signal stopped it. */
    async run(): Promise<boolean> {
      const takesTail = takesHalfLine(file, request);
      let reached = start;
      for await (const part of readRecords(file.handle, { encoding, start, open: log, takesTail })) {
        if (request.signal?.aborted === true) return false;
        bytes = part.bytes;
        await take(part.records);
        window.reach(part.checkpoint);
        reached = part.checkpoint;
      }
      if (request.signal?.aborted === true) return false;
      const now = await file.restat();
      const modifiedAt = now.size === bytes ? now.mtimeMs : file.stats.mtimeMs;
      const hasNews = rows > 0 || from === null || !from.finished || bytes !== from.position.size;
      halfLine = !takesTail && reached.offset < bytes;
      if (hasNews) await commit({ modifiedAt, halfLine });
      return true;
    },
    /** Ends a reading that did not come to the end of the file. */
    stop: (why: string): void => {
      if (readingId !== null) store.endReading(readingId, clock.now(), why);
    },
    result: (stopped: boolean): ImportResult => ({
      ...counts,
      file: request.path,
      format: ready.format,
      unchanged: from !== null && counts.rows === 0 && !stopped,
      stopped,
      halfLine,
      skippedRows,
    }),
  };
}

/**
 * Imports one file: goes on where an earlier reading ended, reads nothing of a file (or a copy) that was read to its end,
 * and starts again at the beginning of one that was truncated or replaced. Killed at any moment, the next import goes on
 * from the last commit with the same result. Throws `LogRefusedError` when the file is no call log; other errors (disk,
 * store) end the reading and are thrown on.
 */
export async function importFile(request: ImportRequest): Promise<ImportResult> {
  keepHeapSmall();
  const file = await openFile(request.path, { inPlace: request.watched });
  try {
    const asked = await applyMapping(request, request.mappings, async () => {
      return (await readSample(file, request.settings)).sample;
    });
    const prepared = await prepare(file, asked);
    if (prepared.kind === "unchanged") return unchangedResult(request.path, prepared);
    const reading = createReading(prepared.ready, asked);
    const isComplete = await reading.run().catch(async (error: unknown) => {
      reading.stop(error instanceof Error ? error.message : String(error));
      await request.store.settle();
      throw error;
    });
    if (!isComplete) reading.stop("stopped before the end of the file");
    await request.store.settle();
    return reading.result(!isComplete);
  } finally {
    await file.handle.close();
  }
}
