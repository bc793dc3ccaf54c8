import type { FileHandle } from "node:fs/promises";

/** True when the file begins as zip archives do, which workbooks are. */
export async function isZip(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(4);
  const { bytesRead } = await handle.read(head, 0, 4, 0);
  return bytesRead === 4 && head.equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]));
}
