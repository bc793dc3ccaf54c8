import type { Database } from "better-sqlite3";
import { isDamage, suspect } from "./database.ts";

/**
 * One write transaction around all that a store does. A `run` inside another joins it, so that several stores share
 * one commit; what a caller throws undoes all of it, so nobody catches inside.
 */
export type Transact = Readonly<{
  run<T>(work: () => T): T;
  /** Called once before each commit, inside the transaction. */
  beforeCommit(hook: () => void): void;
  /** Called after each commit and each rollback: forget what was remembered for the transaction. */
  afterwards(hook: () => void): void;
  /** Called after each commit alone. */
  afterCommit(hook: () => void): void;
}>;

/** Transactions of this connection. They start IMMEDIATE: a reader that becomes a writer half-way could fail. */
export function createTransact(db: Database): Transact {
  const before: (() => void)[] = [];
  const after: (() => void)[] = [];
  const committed: (() => void)[] = [];
  function runOutermost<T>(work: () => T): T {
    const transaction = db.transaction((): T => {
      const result = work();
      for (const hook of before) hook();
      return result;
    });
    try {
      const result = transaction.immediate();
      for (const hook of committed) hook();
      return result;
    } catch (error) {
      if (isDamage(error)) suspect(db);
      throw error;
    } finally {
      for (const hook of after) hook();
    }
  }
  return {
    run: (work) => (db.inTransaction ? work() : runOutermost(work)),
    beforeCommit: (hook) => void before.push(hook),
    afterwards: (hook) => void after.push(hook),
    afterCommit: (hook) => void committed.push(hook),
  };
}
