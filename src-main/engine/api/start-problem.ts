import { EngineStartError } from "../host/start-error.ts";
import {
  DamagedLedgerError,
  NoLedgerError,
  SchemaFromFutureError,
  SchemaTooOldError,
  UnsuitableFolderError,
} from "../store/store-errors.ts";

const refusals = [DamagedLedgerError, SchemaFromFutureError, SchemaTooOldError, UnsuitableFolderError];

const diskProblems: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a file of that name is in the way",
  SQLITE_FULL: "the disk is full",
  SQLITE_READONLY: "this user may not write there",
  SQLITE_CANTOPEN: "the files in it cannot be opened",
};

/** What is thrown at a start as one error with a sentence for people; a bug is passed on as it is. */
export function toStartError(error: unknown, dataDir: string): unknown {
  if (error instanceof EngineStartError) return error;
  if (error instanceof NoLedgerError) return new EngineStartError("missing", error.message, { cause: error });
  if (refusals.some((kind) => error instanceof kind) && error instanceof Error)
    return new EngineStartError("refused", error.message, { cause: error });
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const problem = diskProblems[code] ?? diskProblems[code.split("_").slice(0, 2).join("_")];
  if (problem === undefined) return error;
  return new EngineStartError(
    "refused",
    `The data folder ${dataDir} cannot be used: ${problem}. Choose another with --data.`,
    {
      cause: error,
    },
  );
}
