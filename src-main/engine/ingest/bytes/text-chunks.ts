import type { FileHandle } from "node:fs/promises";
import { decodeText, type TextEncoding } from "./text-encoding.ts";

/** A piece of a text file that ends at a line end (the last one may not). Line ends are LF, NULs are gone. */
export type TextChunk = Readonly<{
  text: string;
  /** Byte offset behind it. */
  end: number;
  /** 1-based physical line of its first character. */
  line: number;
  /** Lines it begins; the next chunk starts at `line + lines`. */
  lines: number;
  /** False only for the end of a file that lacks the last line end. */
  terminated: boolean;
  /** One line longer than the reader holds: `text` is its beginning only. */
  oversize: boolean;
  /** Byte offset of the n-th (0-based) line of the chunk. Valid until the next chunk is asked for. */
  offsetOfLine(index: number): number;
}>;

export type TextStart = Readonly<{ encoding: TextEncoding; offset: number; line: number }>;

const blockBytes = 64 * 1024;
/** A longer line is no record of a call log; keeping it would let a file without line ends fill the memory. */
const maxLineBytes = 1024 * 1024;
const keptOfOversize = 4096;

const LF = 0x0a;
const CR = 0x0d;

const unitAt = (bytes: Buffer, at: number, encoding: TextEncoding): number => {
  if (encoding.unit === 1) return bytes[at] ?? 0;
  return encoding.name === "utf-16le" ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
};

/** Index behind the last line end within the bytes, or 0. A CR at the very end waits for the LF that may follow. */
function findCut(bytes: Buffer, encoding: TextEncoding): number {
  if (encoding.unit === 1) {
    const lineFeed = bytes.lastIndexOf(LF);
    if (lineFeed >= 0) return lineFeed + 1;
    const carriageReturn = bytes.lastIndexOf(CR, bytes.length - 2);
    return bytes.length >= 2 ? carriageReturn + 1 : 0;
  }
  let afterReturn = 0;
  const whole = bytes.length - (bytes.length % 2);
  for (let at = whole - 2; at >= 0; at -= 2) {
    const unit = unitAt(bytes, at, encoding);
    if (unit === LF) return at + 2;
    if (unit === CR && afterReturn === 0 && at < whole - 2) afterReturn = at + 2;
  }
  return afterReturn;
}

/** Index behind the first line end within the bytes, or 0. */
function findFirstCut(bytes: Buffer, encoding: TextEncoding): number {
  for (let at = 0; at + encoding.unit <= bytes.length; at += encoding.unit) {
    const unit = unitAt(bytes, at, encoding);
    if (unit === LF) return at + encoding.unit;
    if (unit === CR && at + encoding.unit * 2 <= bytes.length) {
      return unitAt(bytes, at + encoding.unit, encoding) === LF ? at + 2 * encoding.unit : at + encoding.unit;
    }
  }
  return 0;
}

/** Byte index of the n-th line start within the bytes, counting CR, LF and CRLF. */
function findLine(bytes: Buffer, encoding: TextEncoding, index: number): number {
  let at = 0;
  for (let left = index; left > 0 && at < bytes.length; left -= 1) {
    const next = findFirstCut(bytes.subarray(at), encoding);
    if (next === 0) return bytes.length;
    at += next;
  }
  return at;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

function toLines(encoding: TextEncoding, bytes: Buffer): string {
  let text = decodeText(encoding, bytes);
  if (text.includes("\0")) text = text.replaceAll("\0", "");
  if (text.includes("\r")) text = text.replaceAll(/\r\n?/g, "\n");
  return text;
}

type Piece = Readonly<{ bytes: Buffer; offset: number; line: number; oversize: boolean }>;

function toChunk(encoding: TextEncoding, { bytes, offset, line, oversize }: Piece): TextChunk {
  const text = toLines(encoding, bytes);
  const terminated = text.endsWith("\n");
  return {
    text: oversize ? text.slice(0, keptOfOversize) : text,
    end: offset + bytes.length,
    line,
    lines: oversize ? 1 : countLines(text) + (terminated || text === "" ? 0 : 1),
    terminated: terminated || oversize,
    oversize,
    offsetOfLine: (index) => offset + findLine(bytes, encoding, index),
  };
}

/** Reads on from `offset` without an end in sight until a line end comes; answers how many bytes belong to the line. */
async function skipLine(handle: FileHandle, encoding: TextEncoding, offset: number): Promise<number> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (let at = offset; ;) {
    const { bytesRead } = await handle.read(block, 0, blockBytes, at);
    const cut = findFirstCut(block.subarray(0, bytesRead), encoding);
    if (cut > 0) return at + cut - offset;
    if (bytesRead < encoding.unit) return at + bytesRead - offset;
    at += bytesRead - (bytesRead % encoding.unit);
  }
}

type Buffers = Readonly<{ lines: Buffer; blocks: readonly [Buffer, Buffer] }>;

/** Buffers of readings that have ended: a folder of small files would make a megabyte of garbage for each. */
const spare: Buffers[] = [];
const mostSpare = 2;

const takeBuffers = (): Buffers =>
  spare.pop() ?? {
    lines: Buffer.allocUnsafe(blockBytes + maxLineBytes),
    blocks: [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)],
  };

function giveBack(buffers: Buffers): void {
  if (spare.length < mostSpare) spare.push(buffers);
}

type Block = Readonly<{ bytes: Buffer; length: number }>;

/** Reads the next block while the one before is worked on. Two buffers take turns. */
function createReadAhead(handle: FileHandle, blocks: Buffers["blocks"]) {
  let turn = 0;
  let next: Readonly<{ at: number; block: Promise<Block> }> | null = null;

  const start = (at: number): Promise<Block> => {
    turn = 1 - turn;
    const bytes = turn === 0 ? blocks[0] : blocks[1];
    const block = handle.read(bytes, 0, blockBytes, at).then(({ bytesRead }) => ({ bytes, length: bytesRead }));
    // Who stops reading early never asks for it: a failure then is nobody's.
    block.catch(() => undefined);
    return block;
  };

  return {
    async read(at: number): Promise<Block> {
      const block = await (next?.at === at ? next.block : start(at));
      next = block.length === 0 ? null : { at: at + block.length, block: start(at + block.length) };
      return block;
    },
    /** Waits for the read that is under way, so that the file can be closed. */
    async settle(): Promise<void> {
      await next?.block.catch(() => undefined);
    },
  };
}

/**
 * Streams a text file as chunks of whole lines from a byte offset that is the start of a line. Memory is bounded by a few
 * blocks and one line of at most 1 MB; a longer line comes as one `oversize` chunk with its beginning only.
 */
export async function* readTextChunks(
  handle: FileHandle,
  start: TextStart,
): AsyncGenerator<TextChunk, void, undefined> {
  const { encoding } = start;
  const buffers = takeBuffers();
  const ahead = createReadAhead(handle, buffers.blocks);
  const buffer = buffers.lines;
  let kept = 0;
  let offset = start.offset;
  let line = start.line;
  try {
    for (;;) {
      const block = await ahead.read(offset + kept);
      block.bytes.copy(buffer, kept, 0, block.length);
      const filled = buffer.subarray(0, kept + block.length);
      if (block.length === 0) {
        if (kept > 0) yield toChunk(encoding, { bytes: filled, offset, line, oversize: false });
        return;
      }
      let cut = findCut(filled, encoding);
      const oversize = cut === 0 && filled.length > maxLineBytes - blockBytes;
      if (oversize) cut = filled.length - (filled.length % encoding.unit);
      if (cut > 0) {
        const chunk = toChunk(encoding, { bytes: filled.subarray(0, cut), offset, line, oversize });
        const extra = oversize ? await skipLine(handle, encoding, offset + cut) : 0;
        yield extra === 0 ? chunk : { ...chunk, end: chunk.end + extra };
        offset += cut + extra;
        line += chunk.lines;
      }
      kept = oversize ? 0 : filled.length - cut;
      if (cut > 0 && kept > 0) buffer.copyWithin(0, cut, cut + kept);
    }
  } finally {
    await ahead.settle();
    giveBack(buffers);
  }
}
