import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { LogRefusedError } from "../log-refused.ts";
import { openUnseenFile } from "./unseen-file.ts";

const magic = Buffer.from("SQLite format 3\0");

/** True when the file begins as SQLite databases do. */
export async function isSqlite(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(magic.length);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return bytesRead === head.length && head.equals(magic);
}

/** Years of calls take a few megabytes. */
const maxBytes = 512 * 1024 * 1024;
const blockBytes = 1024 * 1024;
/** Seconds from 1970 to 2001, where Apple's clock begins. */
const appleEpoch = 978_307_200;

const rowSchema = z.object({
  address: z.union([z.string(), z.instanceof(Buffer), z.null()]),
  date: z.number().nullable(),
  duration: z.number().nullable(),
  originated: z.number().nullable(),
  answered: z.number().nullable(),
  name: z.string().nullable(),
  service: z.string().nullable(),
});

const refuse = (why: string): LogRefusedError => new LogRefusedError("binary", `This is a SQLite database${why}`);

/** The database is opened as a copy: it may be part of a backup that nobody may change, and SQLite writes beside what it reads. */
async function copyTo(handle: FileHandle, path: string): Promise<void> {
  const { size } = await handle.stat();
  if (size > maxBytes) throw refuse(" of more than 512 MB: no phone keeps so many calls.");
  const copy = await open(path, "wx", 0o600);
  try {
    const block = Buffer.allocUnsafe(blockBytes);
    for (let at = 0; ;) {
      const { bytesRead } = await handle.read(block, 0, blockBytes, at);
      if (bytesRead === 0) return;
      await copy.appendFile(block.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await copy.close();
  }
}

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** A call as backup programs write it, with the instant in UTC. */
function toLine(row: unknown): string {
  const { address, date, duration, originated, answered, name, service } = rowSchema.parse(row);
  const isTalk = (duration ?? 0) > 0 || answered === 1;
  const type = originated === 1 ? (isTalk ? "Outgoing" : "Cancelled") : isTalk ? "Incoming" : "Missed";
  const at = date === null ? "" : new Date(Math.floor(date + appleEpoch) * 1000).toISOString();
  const number = Buffer.isBuffer(address) ? address.toString("utf8") : (address ?? "");
  const cells = [type, at, String(Math.floor(duration ?? 0)), number, name ?? "", "", service ?? ""];
  return `${cells.map(quote).join(",")}\n`;
}

/** Calls of `CallHistory.storedata` as the table that backup programs export. */
function* readCalls(path: string): Generator<string, void, undefined> {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const listed = z.array(z.object({ name: z.string() })).parse(database.pragma("table_info(ZCALLRECORD)"));
    const columns = new Set(listed.map(({ name }) => name));
    if (!["ZADDRESS", "ZDATE", "ZDURATION", "ZORIGINATED"].every((name) => columns.has(name))) {
      throw refuse(
        ", but no call history of an iPhone (CallHistory.storedata). Export the call list as CSV and try that file.",
      );
    }
    const optional = (name: string, as: string): string => (columns.has(name) ? `${name} AS ${as}` : `NULL AS ${as}`);
    yield `"Call type","Date","Duration","Number","Contact","Location","Service"\n`;
    const calls = database.prepare(
      `SELECT ZADDRESS AS address, ZDATE AS date, ZDURATION AS duration, ZORIGINATED AS originated,
         ${optional("ZANSWERED", "answered")}, ${optional("ZNAME", "name")}, ${optional("ZSERVICE_PROVIDER", "service")}
       FROM ZCALLRECORD ORDER BY ZDATE, Z_PK`,
    );
    for (const row of calls.iterate()) yield toLine(row);
  } finally {
    database.close();
  }
}

/**
 * The call history of an iPhone (`CallHistory.storedata`, a SQLite file) as a table in a file without name. Dates are seconds
 * since 2001 in UTC. Throws `LogRefusedError` for any other database, and for a damaged one.
 */
export async function unpackCallHistory(handle: FileHandle): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "callledger-history-"));
  const text = await openUnseenFile();
  try {
    const path = join(folder, "copy.db");
    await copyTo(handle, path);
    for (const line of readCalls(path)) await text.appendFile(line);
    return text;
  } catch (error) {
    await text.close();
    if (error instanceof LogRefusedError) throw error;
    if (error instanceof Database.SqliteError || error instanceof z.ZodError) {
      throw refuse(
        " that is damaged, or of a version that is not known. Export the call list as CSV and try that file.",
      );
    }
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
