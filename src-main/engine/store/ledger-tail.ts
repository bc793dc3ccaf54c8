import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import type { Clock } from "../ports/clock.ts";
import type { Transact } from "./transaction.ts";

/**
 * How far the ledger has come, in a file beside it: the number of its newest audit entry. A ledger that knows less at its
 * start has lost its end: its write-ahead log is gone, or somebody put an older copy in its place by hand. What was sent
 * to a CRM since then would be sent once more.
 */
export const tailName = "callledger.tail";

/** Commits without a request to a CRM are noted at most so often, ms. */
const noteEveryMs = 1_000;
const width = 16;

type Tail = Readonly<{ identity: string; lastId: number }>;

function readTail(path: string): Tail | undefined {
  try {
    const [identity = "", lastId = ""] = readFileSync(path, "utf8").trim().split(" ");
    return /^\d+$/.test(lastId) ? { identity, lastId: Number(lastId) } : undefined;
  } catch {
    // It was never written, or cannot be read: nothing is known then, and nothing is claimed.
    return undefined;
  }
}

export const forgetTail = (dataDir: string): void => rmSync(join(dataDir, tailName), { force: true });

export type LedgerTail = Readonly<{
  /** Audit entries that were in the ledger and are not any more; 0 where nothing is known to be lost. */
  lost(): number;
  /** The next commit is noted at once: a request follows it. */
  noteNext(): void;
  /** Notes now. */
  note(): void;
}>;

export function createLedgerTail(
  parts: Readonly<{ db: Database; dataDir: string; identity: string; clock: Clock; transact: Transact }>,
): LedgerTail {
  const { db, dataDir, identity, clock, transact } = parts;
  const path = join(dataDir, tailName);
  const lastId = db.prepare<[], number>("SELECT last_id FROM audit_head WHERE id = 1").pluck();
  let isUrgent = false;
  let notedAt = Number.NEGATIVE_INFINITY;

  /** Over the note of before, which is as long: no moment has none. Not synced: what the system loses with the power, it loses after what the ledger committed. */
  function note(): void {
    isUrgent = false;
    notedAt = clock.monotonic();
    try {
      const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
      try {
        writeSync(file, `${identity} ${String(lastId.get() ?? 0).padStart(width, "0")}\n`, 0);
      } finally {
        closeSync(file);
      }
    } catch {
      // A disk that is full must not undo what is committed. The note of before stands, which claims less.
    }
  }

  transact.afterCommit(() => {
    if (isUrgent || clock.monotonic() - notedAt >= noteEveryMs) note();
  });
  return {
    lost() {
      const tail = readTail(path);
      return tail?.identity === identity ? Math.max(0, tail.lastId - (lastId.get() ?? 0)) : 0;
    },
    noteNext: () => {
      isUrgent = true;
    },
    note,
  };
}
