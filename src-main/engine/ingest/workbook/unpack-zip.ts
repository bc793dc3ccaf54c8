import type { FileHandle } from "node:fs/promises";
import { unpackMembers } from "./unpack-members.ts";
import { unpackWorkbook, type Unpacked } from "./unpack-workbook.ts";
import { readWorkbookParts } from "./workbook-parts.ts";
import { openZipParts } from "./zip-parts.ts";

/** True when the file begins as zip archives do, which workbooks are. */
export async function isZip(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(4);
  const { bytesRead } = await handle.read(head, 0, 4, 0);
  return bytesRead === 4 && head.equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]));
}

/** The table of a workbook, or the log that any other zip archive holds, as text. Throws `LogRefusedError` when there is none. */
export async function unpackZip(archive: FileHandle): Promise<Unpacked> {
  const zip = await openZipParts(archive);
  const parts = await readWorkbookParts(zip);
  return parts === null ? unpackMembers(zip) : unpackWorkbook(zip, parts);
}
