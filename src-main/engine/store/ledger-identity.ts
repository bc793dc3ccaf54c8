import type { Database } from "better-sqlite3";

/** The one row that the migration made. */
export function readIdentity(db: Database): string {
  const identity = db.prepare<[], string>("SELECT identity FROM ledger WHERE id = 1").pluck().get();
  if (identity === undefined) throw new Error("the ledger has lost its identity");
  return identity;
}
