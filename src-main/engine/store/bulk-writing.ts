import type { Database } from "better-sqlite3";
import type { Checkpointer } from "./checkpointer.ts";
import { cacheKb, checkpointPages } from "./database.ts";

/** How large readings write: fewer, larger checkpoints, and none of them in anybody's way. */
export type BulkWriting = Readonly<{
  /** A batch of the reading was committed. From the second on it counts as large. */
  countBatch(readingId: number): void;
  forget(readingId: number): void;
  /** After a commit, outside of transactions: resolves at once, or when the log is in the file where it has grown long. */
  settle(): Promise<void>;
}>;

export function createBulkWriting(
  db: Database,
  checkpointer: Checkpointer,
  pages: typeof checkpointPages = checkpointPages,
): BulkWriting {
  const batchesOf = new Map<number, number>();
  const bulk = new Set<number>();
  let wantsLast = false;
  let underWay: Promise<void> | undefined;
  const state = db.prepare<[], { log: number; checkpointed: number }>("PRAGMA wal_checkpoint(NOOP)");

  const set = (after: number, cache: number): void => {
    db.pragma(`wal_autocheckpoint = ${after}`);
    db.pragma(`cache_size = -${cache}`);
  };

  /** Pages that are in the log alone. */
  function behind(): number {
    const { log, checkpointed } = state.get() ?? { log: 0, checkpointed: 0 };
    return log - checkpointed;
  }

  async function checkpoint(): Promise<void> {
    // A few pages at the end are left to the daily work: they are not worth a thread.
    if (behind() >= pages.daily) await checkpointer.run();
    if (bulk.size > 0) return;
    wantsLast = false;
    if (db.open) set(pages.daily, cacheKb.daily);
    await checkpointer.end();
  }

  return {
    countBatch(readingId) {
      const batches = (batchesOf.get(readingId) ?? 0) + 1;
      batchesOf.set(readingId, batches);
      if (batches !== 2) return;
      bulk.add(readingId);
      // Should nobody settle, it is done by the statement that makes the log far too long.
      set(pages.most, cacheKb.bulk);
    },
    forget(readingId) {
      batchesOf.delete(readingId);
      if (bulk.delete(readingId) && bulk.size === 0) wantsLast = true;
    },
    async settle() {
      while (underWay !== undefined) await underWay;
      if (!db.open || (bulk.size === 0 ? !wantsLast : behind() < pages.bulk)) return;
      underWay = checkpoint().finally(() => {
        underWay = undefined;
      });
      await underWay;
    },
  };
}
