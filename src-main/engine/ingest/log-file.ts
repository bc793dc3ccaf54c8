import { constants, type Stats } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { isSqlite, unpackCallHistory } from "./bytes/call-history-file.ts";
import { isGzip, unpackGzip } from "./bytes/gzip-file.ts";
import { isZip } from "./bytes/zip-signature.ts";
import { readTextChunks } from "./bytes/text-chunks.ts";
import { decodeText, detectEncoding, probeBytes, type TextEncoding } from "./bytes/text-encoding.ts";
import { detectFormat, findFormat } from "./formats/registry.ts";
import type { Detection, FormatContext, LogFormat, LogSample, OpenLog, RecordScan } from "./formats/log-format.ts";
import { LogRefusedError } from "./log-refused.ts";
import { createTableSplitter, type Checkpoint } from "./records/table-splitter.ts";
import { readTextBlocks } from "./bytes/text-blocks.ts";
import { createItemSplitter } from "./records/item-splitter.ts";
import { createDocumentSplitter } from "./records/document-splitter.ts";
import type { LogRecord } from "./records/log-record.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { createTimeZone, readLocalZone } from "./time/time-zone.ts";
import { unpackPage } from "./workbook/unpack-page.ts";
import type { Unpacked } from "./workbook/unpack-workbook.ts";

type FileFacts = Pick<Stats, "size" | "mtimeMs" | "ino" | "dev">;

/** A file that can be read from any place. Of a gzip archive: what it holds. */
export type OpenFile = Readonly<{
  handle: FileHandle;
  stats: FileFacts;
  path: string;
  /** What is to be known of how it was unpacked, in plain words. */
  remarks: readonly string[];
  /** Size and times as they are now. */
  restat: () => Promise<FileFacts>;
}>;

/** Without following a link, and only if the path leads where it says: whoever writes to a folder chooses no other. */
async function openInPlace(path: string): Promise<FileHandle> {
  const leads = () =>
    new LogRefusedError("outside", "It is a link. Only files that lie in the folder itself are read.");
  // Windows has no such flag; there the comparison alone decides.
  const noFollow: number | undefined = constants.O_NOFOLLOW;
  const handle = await open(path, constants.O_RDONLY | (noFollow ?? 0)).catch((error: unknown) => {
    throw error instanceof Error && "code" in error && error.code === "ELOOP" ? leads() : error;
  });
  try {
    if ((await realpath(path)) !== path) throw leads();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What an archive, a workbook, a page or the call history of a phone holds, as text; null for a file that is text itself. */
async function unpack(handle: FileHandle): Promise<Unpacked | null> {
  if (await isGzip(handle)) return { handle: await unpackGzip(handle), remarks: [] };
  // Loaded with the first archive: what reads workbooks is large, and most offices have none.
  if (await isZip(handle)) return (await import("./workbook/unpack-zip.ts")).unpackZip(handle);
  return (await isSqlite(handle)) ? { handle: await unpackCallHistory(handle), remarks: [] } : unpackPage(handle);
}

async function toOpenFile(handle: FileHandle, path: string): Promise<OpenFile> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new LogRefusedError("not_a_file", "This is no regular file.");
  const found = await unpack(handle);
  if (found === null) return { handle, stats, path, remarks: [], restat: () => handle.stat() };
  const { handle: unpacked, remarks } = found;
  await handle.close();
  const { size } = await unpacked.stat();
  const { mtimeMs, ino, dev } = stats;
  const facts = { size, mtimeMs, ino, dev };
  return { handle: unpacked, stats: facts, path, remarks, restat: () => Promise.resolve(facts) };
}

/**
 * Opens a regular file for reading only. `inPlace`: refuses links. Throws `LogRefusedError` for folders, devices, pipes and
 * archives that are cut.
 */
export async function openFile(path: string, ask: Readonly<{ inPlace?: boolean }> = {}): Promise<OpenFile> {
  const handle = await (ask.inPlace === true ? openInPlace(path) : open(path, "r"));
  try {
    return await toOpenFile(handle, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Fills a buffer from `offset` on; answers the part that was filled, shorter at the end of the file. */
export async function fillBuffer(handle: FileHandle, buffer: Buffer, offset: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Reads `length` bytes from `offset`, fewer at the end of the file. */
export const readBytes = (handle: FileHandle, offset: number, length: number): Promise<Buffer> =>
  fillBuffer(handle, Buffer.allocUnsafe(length), offset);

export type Sampled = Readonly<{ encoding: TextEncoding; sample: LogSample }>;

const sampledBytes = 256 * 1024;

/** Decides the encoding over the first MB and decodes the beginning up to a line end. */
export async function readSample({ handle, stats }: OpenFile, settings: SourceSettings): Promise<Sampled> {
  const probe = await readBytes(handle, 0, Math.min(stats.size, probeBytes));
  const encoding = detectEncoding(probe, settings.encoding);
  const isWhole = stats.size <= sampledBytes;
  const bytes = probe.subarray(encoding.bomLength, isWhole ? probe.length : sampledBytes);
  const text = decodeText(encoding, bytes).replaceAll("\0", "").replaceAll(/\r\n?/g, "\n");
  if (text.trim() === "") throw new LogRefusedError("empty", "The file holds only blank lines.");
  const lineEnd = text.lastIndexOf("\n");
  return { encoding, sample: { text: isWhole || lineEnd < 0 ? text : text.slice(0, lineEnd + 1), isWhole } };
}

export type ReadPart = Readonly<{
  records: readonly LogRecord[];
  /** Where reading can go on after these records. */
  checkpoint: Checkpoint;
  /** Bytes read so far, of the whole file. */
  bytes: number;
}>;

type Reading = Readonly<{
  encoding: TextEncoding;
  start: Checkpoint;
  open: Pick<OpenLog, "layout" | "isWholeRow">;
  /** Gives the last record even when it has no line end. */
  takesTail: boolean;
}>;

/** Streams the items of a document. One that is not complete waits like a line that is not. */
async function* readItems(
  handle: FileHandle,
  encoding: TextEncoding,
  splitter: ReturnType<typeof createItemSplitter>,
  takesTail: boolean,
): AsyncGenerator<ReadPart, void, undefined> {
  let bytes = encoding.bomLength;
  for await (const block of readTextBlocks(handle, { encoding, offset: encoding.bomLength })) {
    bytes = block.end;
    yield { records: splitter.push(block), checkpoint: splitter.checkpoint(), bytes };
  }
  const tail = takesTail ? splitter.push(null) : [];
  yield { records: tail, checkpoint: splitter.checkpoint(), bytes };
}

/** Streams the records of a file from a checkpoint, block by block. */
export async function* readRecords(handle: FileHandle, reading: Reading): AsyncGenerator<ReadPart, void, undefined> {
  const { encoding, start, open: log, takesTail } = reading;
  const { layout, isWholeRow } = log;
  if (layout.items !== undefined) {
    yield* readItems(handle, encoding, createItemSplitter(layout.items, start), takesTail);
    return;
  }
  const splitter =
    layout.document === undefined
      ? createTableSplitter({ layout, start, isWholeRow })
      : createDocumentSplitter(layout.document, start);
  let bytes = start.offset;
  for await (const chunk of readTextChunks(handle, { encoding, ...start })) {
    bytes = chunk.end;
    yield { records: splitter.push(chunk), checkpoint: splitter.checkpoint(), bytes };
  }
  const tail = takesTail ? splitter.push(null) : [];
  if (tail.length > 0) yield { records: tail, checkpoint: splitter.checkpoint(), bytes };
}

/** The records of the whole file in one layout, for formats that have to see a whole column first. */
export function createScan({ handle }: OpenFile, encoding: TextEncoding): RecordScan {
  return async function* scan(layout) {
    const start = { offset: encoding.bomLength, line: 1 };
    const log = { layout, isWholeRow: () => false };
    for await (const { records } of readRecords(handle, { encoding, start, open: log, takesTail: true }))
      yield* records;
  };
}

/** The zone of a log's local times: its own, the source's, else this computer's. Throws for an unknown name. */
export function readZone(settings: SourceSettings): string {
  for (const zone of [settings.logTimeZone, settings.timeZone]) if (zone !== undefined) createTimeZone(zone);
  return settings.logTimeZone ?? settings.timeZone ?? readLocalZone();
}

export type ChosenFormat = Readonly<{ format: LogFormat; detection: Detection }>;

/** The format that was named, or the one that recognises the content (`auto`). */
export function chooseFormat(name: string, sample: LogSample, settings: SourceSettings): ChosenFormat {
  if (name === "auto") {
    const { format, ...detection } = detectFormat(sample, settings);
    return { format, detection };
  }
  return { format: findFormat(name), detection: { score: 1, evidence: ["the format was named"] } };
}

export function toContext(file: OpenFile, settings: SourceSettings, now: number): FormatContext {
  return { settings, zone: readZone(settings), now, modifiedAt: file.stats.mtimeMs };
}
