import Sqlite from "better-sqlite3";

/** The process was killed: whatever still runs of it meets this at every door. */
export class KilledError extends Error {
  override readonly name = "KilledError";
}

/** What the disk says when the seed wants it to. */
export type DiskFault = "SQLITE_FULL" | "SQLITE_BUSY";

/** Failures of the disk that a seed ordered; anything else that a store throws is a finding. */
const ordered = new WeakSet<Error>();
export const isOrdered = (error: unknown): boolean => error instanceof Error && ordered.has(error);

function toSqliteError(fault: DiskFault): Error {
  const text = fault === "SQLITE_FULL" ? "database or disk is full" : "database is locked";
  const error = new Sqlite.SqliteError(text, fault);
  ordered.add(error);
  return error;
}

export type CrashPoint = `${string}:${"before" | "after" | "sent" | "answered"}`;

/** Where a process can be killed, how often it passed each place and how often it was killed there. */
export type CrashPlan = Readonly<{
  /** Kills at the `passes`-th next pass of a point whose name the filter takes, beside what was armed before. */
  arm(takes: (point: string) => boolean, passes: number): void;
  disarm(): void;
  /** Passes a named point: true when the process is killed here. */
  isKilledAt(point: string): boolean;
  hits: ReadonlyMap<string, number>;
  passes: ReadonlyMap<string, number>;
}>;

export function createCrashPlan(onKill: (point: string) => void): CrashPlan {
  let armed: { readonly takes: (point: string) => boolean; left: number }[] = [];
  const hits = new Map<string, number>();
  const passes = new Map<string, number>();
  return {
    arm: (takes, count) => {
      armed.push({ takes, left: count });
    },
    disarm: () => {
      armed = [];
    },
    isKilledAt: (point) => {
      passes.set(point, (passes.get(point) ?? 0) + 1);
      const trap = armed.find(({ takes }) => takes(point));
      if (trap === undefined) return false;
      trap.left -= 1;
      if (trap.left > 0) return false;
      armed = armed.filter((each) => each !== trap);
      hits.set(point, (hits.get(point) ?? 0) + 1);
      onKill(point);
      return true;
    },
    hits,
    passes,
  };
}

/** What stands around every write transaction of a store while a seed runs. */
export type TransactionDoor = Readonly<{
  /** Before it begins; may throw. */
  before(): void;
  /** Its work is done, nothing is committed yet; may throw. */
  within(): void;
  /** It is on disk; may throw. */
  after(): void;
}>;

type Work = (...given: unknown[]) => unknown;
type Transaction = Work & { immediate: Work; deferred: Work; exclusive: Work };

export type Guard = Readonly<{
  /** Closes every connection as the system does for a process that is gone: without the mark of a clean stop. */
  cutConnections(): void;
  release(): void;
}>;

/** Puts a door around every write transaction of every connection. */
export function guardTransactions(door: TransactionDoor): Guard {
  const seen = new Set<Sqlite.Database>();
  const prototype = Sqlite.prototype as unknown as { transaction: (work: Work) => Transaction };
  const real = prototype.transaction;
  prototype.transaction = function transaction(this: Sqlite.Database, work) {
    seen.add(this);
    // Reads are transactions, too; only what begins as a write is guarded.
    let isWrite = false;
    const made = real.call(this as never, (...given) => {
      const result = work(...given);
      if (isWrite) door.within();
      return result;
    });
    const immediate: Work = (...given) => {
      door.before();
      isWrite = true;
      const result = made.immediate(...given);
      door.after();
      return result;
    };
    const { deferred, exclusive } = made;
    return Object.assign((...given: unknown[]) => made(...given), { immediate, deferred, exclusive });
  };
  return {
    cutConnections: () => {
      for (const db of seen) if (db.open) db.close();
      seen.clear();
    },
    release: () => {
      prototype.transaction = real;
    },
  };
}

export const throwDiskFault = (fault: DiskFault): never => {
  throw toSqliteError(fault);
};
