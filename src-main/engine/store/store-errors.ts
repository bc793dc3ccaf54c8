/** The file was written by a newer CallLedger. Nothing was changed. */
export class SchemaFromFutureError extends Error {
  override readonly name = "SchemaFromFutureError";
}

/** The file needs a migration, which only the agent itself makes; a reader leaves it alone. */
export class SchemaTooOldError extends Error {
  override readonly name = "SchemaTooOldError";
}

/** There is no ledger in the folder, or the file is none. */
export class NoLedgerError extends Error {
  override readonly name = "NoLedgerError";
}

/** The file did not pass SQLite's check. The message names the newest backup. */
export class DamagedLedgerError extends Error {
  override readonly name = "DamagedLedgerError";
}

/** The folder is on a share or synced by another program; the message says which. */
export class UnsuitableFolderError extends Error {
  override readonly name = "UnsuitableFolderError";
}

/** A move that the state table does not have: a bug of the caller. Nothing was written. */
export class IllegalMoveError extends Error {
  override readonly name = "IllegalMoveError";
}

/** A row that must exist does not: a bug of the caller. Nothing was written. */
export class MissingRowError extends Error {
  override readonly name = "MissingRowError";
}
