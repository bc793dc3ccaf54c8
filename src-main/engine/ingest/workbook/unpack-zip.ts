import type { FileHandle } from "node:fs/promises";
import { unpackMembers } from "./unpack-members.ts";
import { unpackWorkbook, type Unpacked } from "./unpack-workbook.ts";
import { readWorkbookParts } from "./workbook-parts.ts";
import { openZipParts } from "./zip-parts.ts";

/** The table of a workbook, or the log that any other zip archive holds, as text. Throws `LogRefusedError` when there is none. */
export async function unpackZip(archive: FileHandle): Promise<Unpacked> {
  const zip = await openZipParts(archive);
  const parts = await readWorkbookParts(zip);
  return parts === null ? unpackMembers(zip) : unpackWorkbook(zip, parts);
}
