import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SkippedRow } from "../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fold, ReadCall } from "../ports/ingest-store.ts";
import { createOpenCalls, type OpenCall, type OpenCalls } from "./fold/open-calls.ts";
import { createRowTable, toRowNumber, type RowTable } from "./fold/row-table.ts";
import type { Detection, OpenLog } from "./formats/log-format.ts";
import { applyMapping, type MappingFinder } from "./mapping/mapping-book.ts";
import { isIgnoredName } from "./ignored-names.ts";
import { chooseFormat, createScan, openFile, readRecords, readSample, toContext, type Sampled } from "./log-file.ts";
import { LogRefusedError } from "./log-refused.ts";
import { createRowStage, type KeyedLeg } from "./row-stage.ts";
import { toReadCall } from "./to-read-call.ts";
import { keepHeapSmall } from "./young-generation.ts";

export type ParseRequest = Readonly<{
  /** A file, or a folder whose files are read as one log. */
  path: string;
  /** A format's name, or `auto`. */
  format: string;
  settings: SourceSettings;
  clock: Pick<Clock, "now">;
  /** Mappings that were saved for tables with a known header. Default: none. */
  mappings?: MappingFinder;
  /** Name of the phone system, part of the id of calls that have none of their own; default: the format's name. */
  system?: string;
}>;

export type ParseSummary = Readonly<{
  format: string;
  rows: number;
  calls: number;
  skipped: readonly SkippedRow[];
  /** Files of a folder that are no call log, with the reason. */
  refused: readonly Readonly<{ file: string; reason: string }>[];
}>;

export type ParsedLog = Readonly<{
  format: string;
  detection: Detection;
  /** The calls in the order of their first rows. To be read once. */
  calls: AsyncIterable<ReadCall>;
  /** Complete once `calls` has ended. */
  summary(): ParseSummary;
}>;

/** A file that is known to be a log, and how to read it. */
type Opened = Readonly<{ path: string; format: string; detection: Detection; sampled: Sampled; open: () => OpenLog }>;

async function openLog(path: string, request: ParseRequest): Promise<Opened> {
  const file = await openFile(path);
  const { clock } = request;
  try {
    const { format: name, settings } = await applyMapping(request, request.mappings, async () => {
      return (await readSample(file, request.settings)).sample;
    });
    const sampled = await readSample(file, settings);
    const { format, detection } = chooseFormat(name, sampled.sample, settings);
    const context = toContext(file, settings, clock.now());
    const state = await format.prepare(sampled.sample, context, createScan(file, sampled.encoding));
    // A reader learns as it goes (the clock of a log, its width): each reading gets its own.
    const open = (): OpenLog => format.open(state, context);
    return { path, format: format.id, detection, sampled, open };
  } finally {
    await file.handle.close();
  }
}

type Row = Readonly<{
  line: number;
  outcome: KeyedLeg | Readonly<{ kind: "skip" } & Omit<SkippedRow, "file" | "line">>;
}>;

/** All rows of one file, block by block. */
async function* readRows(opened: Opened, system: string): AsyncGenerator<readonly Row[], void, undefined> {
  const { encoding } = opened.sampled;
  const { handle } = await openFile(opened.path);
  try {
    const open = opened.open();
    const stage = createRowStage(open, system);
    const start = { offset: encoding.bomLength, line: 1 };
    for await (const { records } of readRecords(handle, { encoding, start, open, takesTail: true })) {
      keepHeapSmall();
      yield records.flatMap((record): readonly Row[] => {
        const outcome = stage.read(record);
        return outcome === null ? [] : [{ line: record.line, outcome }];
      });
    }
  } finally {
    await handle.close();
  }
}

const nameOf = (format: string, { node, key }: { node: string; key: string }): number =>
  toRowNumber(`${format}\u001f${node}\u001f${key}`);

/** Which row is the last of each key, in 12 bytes a call. */
async function findLastRows(files: readonly Opened[], system: (opened: Opened) => string): Promise<RowTable> {
  const last = createRowTable();
  let row = 0;
  for (const opened of files) {
    for await (const rows of readRows(opened, system(opened))) {
      for (const { outcome } of rows) {
        row += 1;
        if (outcome.kind === "leg") last.set(nameOf(opened.format, outcome), row);
      }
    }
  }
  return last;
}

type Tally = { rows: number; calls: number; readonly skipped: SkippedRow[] };

type Window = Readonly<{ calls: OpenCalls; fold: Fold }>;

const openWindow = (opened: Opened): Window => {
  const { keyReuseMs, fold } = opened.open();
  return { calls: createOpenCalls(keyReuseMs), fold };
};

type Reading = Readonly<{ files: readonly Opened[]; last: RowTable; tally: Tally; system: (opened: Opened) => string }>;

/**
 * Reads the rows a second time: every call is complete when its last row has passed. A call waits only for calls whose
 * first row was earlier, so that memory holds no more than what lies between the first and the last row of a call.
 */
async function* foldCalls({ files, last, tally, system }: Reading): AsyncGenerator<ReadCall, void, undefined> {
  const windows = new Map<string, Window>();
  for (const opened of files) {
    const window = windows.get(opened.format) ?? openWindow(opened);
    windows.set(opened.format, window);
    const file = files.length > 1 ? { file: basename(opened.path) } : {};
    for await (const rows of readRows(opened, system(opened))) {
      for (const { line, outcome } of rows) {
        tally.rows += 1;
        if (outcome.kind === "skip") {
          const { reason, detail } = outcome;
          tally.skipped.push({ ...file, line, reason, ...(detail === undefined ? {} : { detail }) });
          continue;
        }
        const added = window.calls.add(outcome, tally.rows);
        if (added === "duplicate")
          tally.skipped.push({ ...file, line, reason: "duplicate", detail: "the same row again" });
      }
      for (const call of window.calls.takeFront((open) => isComplete(open, opened.format, last, tally.rows))) {
        tally.calls += 1;
        yield toReadCall(call, window.fold, null);
      }
    }
  }
  for (const { calls, fold } of windows.values()) {
    for (const call of calls.take(() => true)) {
      tally.calls += 1;
      yield toReadCall(call, fold, null);
    }
  }
}

const isComplete = (call: OpenCall, format: string, last: RowTable, row: number): boolean =>
  last.get(nameOf(format, call)) <= row;

/** Where an unpacked Takeout of Google keeps its pages of calls. */
const takeoutFolders = ["Takeout/Voice/Calls", "Voice/Calls"];

/** The folder of calls within an unpacked archive, or the folder itself. */
async function findCallFolder(path: string): Promise<string> {
  for (const folder of takeoutFolders) {
    const inner = await stat(join(path, folder)).catch(() => null);
    if (inner?.isDirectory() === true) return join(path, folder);
  }
  return path;
}

async function listFiles(asked: string): Promise<readonly string[]> {
  const found = await stat(asked);
  if (!found.isDirectory()) return [asked];
  const path = await findCallFolder(asked);
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !isIgnoredName(entry.name)).map(({ name }) => name);
  if (names.length === 0) throw new LogRefusedError("not_a_file", "The folder holds no file that could be a call log.");
  return names.toSorted().map((name) => join(path, name));
}

type Openings = Readonly<{ opened: readonly Opened[]; refused: ParseSummary["refused"] }>;

/** Opens every file; of a folder, single files may be refused as long as one is a log. */
async function openAll(paths: readonly string[], request: ParseRequest): Promise<Openings> {
  const opened: Opened[] = [];
  const refused: { file: string; reason: string }[] = [];
  for (const path of paths) {
    try {
      opened.push(await openLog(path, request));
    } catch (error) {
      if (!(error instanceof LogRefusedError) || paths.length === 1) throw error;
      if (error.code === "settings" || error.code === "ask") throw error;
      refused.push({ file: basename(path), reason: error.message });
    }
  }
  return { opened, refused };
}

/**
 * Parses a file (or a folder of files) into calls without storing anything. Exact whatever lies between the legs of a
 * call: the rows are read twice, first for the last row of every key, then for the calls. Memory grows by 12 bytes a
 * call, and by the calls that are open at the same time. Throws `LogRefusedError` when it is no call log.
 */
export async function parseLog(request: ParseRequest): Promise<ParsedLog> {
  const { opened, refused } = await openAll(await listFiles(request.path), request);
  const first = opened[0];
  if (first === undefined) {
    throw new LogRefusedError("unknown_format", refused[0]?.reason ?? "The folder holds no call log.");
  }
  const system = (log: Opened): string => request.system ?? log.format;
  const tally: Tally = { rows: 0, calls: 0, skipped: [] };
  async function* calls(): AsyncGenerator<ReadCall, void, undefined> {
    yield* foldCalls({ files: opened, last: await findLastRows(opened, system), tally, system });
  }
  return {
    format: first.format,
    detection: first.detection,
    calls: calls(),
    summary: () => ({ format: first.format, rows: tally.rows, calls: tally.calls, skipped: tally.skipped, refused }),
  };
}
