import type { Database } from "better-sqlite3";
import type { UpkeepStep } from "../ports/upkeep.ts";
import { busyTimeoutMs, checkpointPages } from "./database.ts";
import type { Transact } from "./transaction.ts";

/** Pages of the search index that one step merges, and pages that one step gives back: a quarter of a megabyte, 1 MB. */
const mergedPages = 64;
const returnedPages = 256;
/** Free pages that stay in the file: the next day's work takes them without the file having to grow. */
const spareShare = 0.02;
const sparePages = 256;
/** Steps of merging in one run: what is left is merged the next day. */
const mostMerges = 2_000;

const searchTables = ["audit_fts", "phone_fts"] as const;

export type Compaction = Readonly<{ steps(): Iterable<UpkeepStep> }>;

/** Gives room back, a short transaction at a time. */
export function createCompaction(db: Database, transact: Transact): Compaction {
  const ask = (pragma: string): number => db.prepare<[], number>(`PRAGMA ${pragma}`).pluck().get() ?? 0;
  const logState = db.prepare<[], { log: number; checkpointed: number }>("PRAGMA wal_checkpoint(NOOP)");
  const changes = (): number => db.prepare<[], number>("SELECT total_changes()").pluck().get() ?? 0;

  /** Parts of the full-text index become fewer and larger, and what was deleted leaves them. */
  function* mergeWords(): Iterable<UpkeepStep> {
    for (const table of searchTables) {
      const merge = db.prepare(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ${mergedPages})`);
      for (let step = 0; step < mostMerges; step += 1) {
        const before = changes();
        transact.run(() => merge.run());
        // The command itself counts as one change: with more, it found something to do.
        if (changes() - before < 2) break;
        yield { task: "search index", count: mergedPages };
      }
    }
  }

  function* returnSpace(): Iterable<UpkeepStep> {
    for (;;) {
      const free = ask("freelist_count");
      if (free <= Math.max(sparePages, ask("page_count") * spareShare)) return;
      db.pragma(`incremental_vacuum(${returnedPages})`);
      const returned = free - ask("freelist_count");
      // A file that was made without the map of its pages keeps them, for its own use.
      if (returned <= 0) return;
      yield { task: "free space", count: returned };
    }
  }

  /**
   * Into the file, and the log to nothing: not while somebody reads from it, who is not waited for, and not while an
   * import fills it, which has its own way.
   */
  function* emptyLog(): Iterable<UpkeepStep> {
    const { log, checkpointed } = logState.get() ?? { log: 0, checkpointed: 0 };
    if (log - checkpointed > 2 * checkpointPages.daily) return;
    db.pragma("wal_checkpoint(PASSIVE)");
    yield { task: "write-ahead log", count: log - checkpointed };
    db.pragma("busy_timeout = 0");
    try {
      db.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      db.pragma(`busy_timeout = ${busyTimeoutMs}`);
    }
  }

  return {
    *steps() {
      yield* mergeWords();
      yield* returnSpace();
      yield* emptyLog();
    },
  };
}
