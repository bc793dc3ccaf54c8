import type { FileHandle } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { LogRefusedError } from "../log-refused.ts";
import { openUnseenFile } from "./unseen-file.ts";

/** A larger log is not unpacked beside the others on the disk of temporary files. */
const maxUnpackedBytes = 4 * 1024 ** 3;

/** True when the file begins as gzip archives do. */
export async function isGzip(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(3);
  const { bytesRead } = await handle.read(head, 0, 3, 0);
  // The third byte is the method; there is only one.
  return bytesRead === 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

const blockBytes = 256 * 1024;

/** A stream of the handle's own would keep it from being closed. */
async function* readBlocks(handle: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeBlocks(blocks: AsyncIterable<Buffer>, handle: FileHandle): Promise<void> {
  for await (const block of blocks) await handle.appendFile(block);
}

function createLimit(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const tooLarge = new LogRefusedError("binary", `Unpacked, it is larger than ${maxBytes / 1024 ** 3} GB.`);
      done(bytes > maxBytes ? tooLarge : null, chunk);
    },
  });
}

function toRefusal(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR")
    return new LogRefusedError(
      "unfinished",
      "The gzip archive ends in the middle: it is still being written, or it was cut. It is read once it is whole.",
    );
  if (typeof code === "string" && code.startsWith("Z_"))
    return new LogRefusedError("binary", "The gzip archive is damaged. Fetch it again, or unpack what can be saved.");
  return error;
}

/**
 * Unpacks a gzip archive into a file without a name, which is gone when its handle is closed: what reads logs goes back and
 * forth in them, and hashes them by what they hold. Throws `LogRefusedError` when the archive is cut or damaged.
 */
export async function unpackGzip(packed: FileHandle, maxBytes = maxUnpackedBytes): Promise<FileHandle> {
  const unpacked = await openUnseenFile();
  try {
    const write = (blocks: AsyncIterable<Buffer>) => writeBlocks(blocks, unpacked);
    await pipeline(readBlocks(packed), createGunzip(), createLimit(maxBytes), write);
    return unpacked;
  } catch (error) {
    await unpacked.close();
    throw toRefusal(error);
  }
}
