import { expect, test } from "vitest";
import { isStorageFailure } from "../../../../src-main/engine/sync/bug-outcome.ts";

const withCode = (code: unknown): Error => Object.assign(new Error("refused"), { code });

test("a disk that is full or fails is no bug of ours; a rule of the ledger that was broken is", () => {
  for (const code of ["SQLITE_FULL", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_IOERR_WRITE", "SQLITE_READONLY"])
    expect(isStorageFailure(withCode(code))).toBe(true);
  for (const error of [withCode("SQLITE_CONSTRAINT_UNIQUE"), withCode(5), new TypeError("no"), "SQLITE_FULL"])
    expect(isStorageFailure(error)).toBe(false);
});
