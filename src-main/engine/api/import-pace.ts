import type { ImportProgress } from "../../../src-shared/ipc/ingest-views.ts";
import type { Clock } from "../ports/clock.ts";

/** How far the reading of one file is, in what it holds (of an archive: unpacked). */
type InFile = Readonly<{ rows: number; bytes: number; totalBytes: number }>;

export type ImportPace = Readonly<{
  /** The file that is read now, with its size on the disk. */
  begin(file: string, bytes: number): void;
  progress(inFile: InFile): ImportProgress;
  /** The file is done, with so many rows. */
  end(rows: number): void;
}>;

/** Rate and time left of a reading of several files, from its beginning. Sizes are bytes on the disk. */
export function createImportPace(
  clock: Pick<Clock, "monotonic">,
  ask: Readonly<{ files: number; totalBytes: number }>,
): ImportPace {
  const begunAt = clock.monotonic();
  let current = { file: "", bytes: 0 };
  let before = { files: 0, rows: 0, bytes: 0 };
  return {
    begin(file, bytes) {
      current = { file, bytes };
    },
    progress({ rows, bytes, totalBytes }) {
      const seconds = Math.max(0.001, (clock.monotonic() - begunAt) / 1000);
      const done = before.bytes + current.bytes * (totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes));
      // Files may grow while they are read.
      const whole = Math.max(ask.totalBytes, done);
      return {
        file: current.file,
        filesDone: before.files,
        files: ask.files,
        rows: before.rows + rows,
        bytes: Math.round(done),
        totalBytes: Math.round(whole),
        rowsPerSecond: Math.round((before.rows + rows) / seconds),
        secondsLeft: done === 0 ? null : Math.ceil(((whole - done) / done) * seconds),
      };
    },
    end(rows) {
      before = { files: before.files + 1, rows: before.rows + rows, bytes: before.bytes + current.bytes };
    },
  };
}
