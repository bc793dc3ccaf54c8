import type { FileHandle } from "node:fs/promises";
import iconv from "iconv-lite";
import type { TextEncoding } from "./text-encoding.ts";

/** A piece of a text file that ends anywhere. Line ends are LF, NULs are gone. */
export type TextBlock = Readonly<{
  text: string;
  /** Byte offset behind it. */
  end: number;
}>;

const blockBytes = 64 * 1024;

/** Streams a text file from a byte offset, for formats whose records are not lines. Memory is bounded by two blocks. */
export async function* readTextBlocks(
  handle: FileHandle,
  { encoding, offset }: Readonly<{ encoding: TextEncoding; offset: number }>,
): AsyncGenerator<TextBlock, void, undefined> {
  const decoder = iconv.getDecoder(encoding.name, { stripBOM: false });
  let end = offset;
  // The second half of a CRLF may come with the next block.
  let held = "";
  for (;;) {
    const block = Buffer.allocUnsafe(blockBytes);
    const { bytesRead } = await handle.read(block, 0, blockBytes, end);
    end += bytesRead;
    const decoded = bytesRead === 0 ? (decoder.end() ?? "") : decoder.write(block.subarray(0, bytesRead));
    const text = held + decoded;
    held = bytesRead > 0 && text.endsWith("\r") ? "\r" : "";
    const whole = held === "" ? text : text.slice(0, -1);
    yield { text: whole.replaceAll("\0", "").replaceAll(/\r\n?/g, "\n"), end };
    if (bytesRead === 0) return;
  }
}
