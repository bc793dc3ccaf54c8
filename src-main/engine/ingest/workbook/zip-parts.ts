import type { FileHandle } from "node:fs/promises";
import { Unzip, UnzipInflate, UnzipPassThrough } from "fflate";
import { LogRefusedError } from "../log-refused.ts";

/** A larger archive is no call log that a phone system made, or a trap. */
const maxArchiveBytes = 256 * 1024 * 1024;
/** All that is unpacked of one archive in one pass. */
const maxUnpackedBytes = 1024 * 1024 * 1024;
/** Sheets pack to a tenth or a thirtieth; what packs to less than this part is made to fill memories and disks. */
const maxRatio = 150;
const harmlessBytes = 16 * 1024 * 1024;
const maxParts = 20_000;
const blockBytes = 32 * 1024;

const damaged = (): LogRefusedError =>
  new LogRefusedError(
    "binary",
    "The archive is damaged and cannot be unpacked. Fetch it again; save a workbook again, or save it as CSV.",
  );
const tooLarge = (): LogRefusedError =>
  new LogRefusedError(
    "binary",
    "The archive is too large to be unpacked here. Unpack it, or save the sheet with the calls as CSV, and try that file.",
  );
const tooMany = (): LogRefusedError =>
  new LogRefusedError(
    "binary",
    `The archive holds more than ${maxParts} files. Unpack it and import the folder that holds the calls.`,
  );
const bomb = (): LogRefusedError =>
  new LogRefusedError(
    "binary",
    "The archive unpacks to more than any sheet of calls would: it is made to fill the memory, and is not opened.",
  );

/** Names lead to parts of the archive, never to the disk; an archive that tries is not opened. */
function refuseTricks(name: string): void {
  if (!/^(?:[/\\]|[a-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/i.test(name)) return;
  throw new LogRefusedError("binary", "The archive holds names that lead outside of it. Such a file is not opened.");
}

export type PartReader = (name: string) => ((chunk: Uint8Array, isEnd: boolean) => void) | null;

export type ZipParts = Readonly<{
  /** Goes through the archive once and hands the parts that `open` asks for on, piece by piece; `flush` runs between blocks. */
  read(open: PartReader, flush?: () => Promise<void>): Promise<void>;
}>;

/** Reads an archive from an open file, in memory of a few blocks. Throws `LogRefusedError` when it is damaged or hostile. */
export async function openZipParts(handle: FileHandle): Promise<ZipParts> {
  const { size } = await handle.stat();
  if (size > maxArchiveBytes) throw tooLarge();

  return {
    read: async (open, flush) => {
      let parts = 0;
      let unpacked = 0;
      const unzip = new Unzip((file) => {
        parts += 1;
        if (parts > maxParts) throw tooMany();
        refuseTricks(file.name);
        const take = open(file.name);
        if (take === null) return;
        file.ondata = (error, chunk, isEnd) => {
          // What is thrown below comes back here as an error of the archive.
          if (error !== null) throw error instanceof LogRefusedError ? error : damaged();
          unpacked += chunk.length;
          if (unpacked > harmlessBytes && unpacked > size * maxRatio) throw bomb();
          if (unpacked > maxUnpackedBytes) throw tooLarge();
          take(chunk, isEnd);
        };
        file.start();
      });
      unzip.register(UnzipInflate);
      unzip.register(UnzipPassThrough);
      const block = Buffer.allocUnsafe(blockBytes);
      for (let at = 0; at < size;) {
        const { bytesRead } = await handle.read(block, 0, blockBytes, at);
        at += bytesRead;
        try {
          unzip.push(new Uint8Array(block.subarray(0, bytesRead)), bytesRead === 0 || at >= size);
        } catch (error) {
          throw error instanceof LogRefusedError ? error : damaged();
        }
        if (flush !== undefined) await flush();
        if (bytesRead === 0) return;
      }
    },
  };
}
