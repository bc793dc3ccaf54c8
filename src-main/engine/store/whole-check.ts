import { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { megabytes, ourSqlite } from "./checkpointer.ts";

/** SQLite's whole check: every page, every index against its table, and the search index. The first finding, or null. */
export function findDamage(file: string): string | null {
  try {
    const db = new Sqlite(file, { fileMustExist: true });
    try {
      const finding = db.prepare<[], string>("PRAGMA integrity_check(1)").pluck().get() ?? "nothing to read";
      return finding === "ok" ? null : finding;
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return error.code;
    throw error;
  }
}

/** The thread's program, as text, for the same reason as the checkpointer's. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const Sqlite = require(workerData.sqlite);
let finding;
try {
  const db = new Sqlite(workerData.file, { fileMustExist: true });
  db.pragma("cache_size = -2000");
  finding = db.prepare("PRAGMA integrity_check(1)").pluck().get() ?? "nothing to read";
  db.close();
} catch (error) {
  finding = error.code ?? String(error);
}
parentPort.postMessage(finding);
`;

/** The same on a thread of its own: gigabytes take a while. Where there is no thread, it is done here. */
export async function findDamageApart(file: string, sqlite: () => string = ourSqlite): Promise<string | null> {
  const finding = await new Promise<string | undefined>((resolve) => {
    const thread = new Worker(program, {
      eval: true,
      execArgv: [],
      resourceLimits: megabytes,
      workerData: { file, sqlite: sqlite() },
    });
    thread.once("message", (said: unknown) => resolve(String(said)));
    thread.once("error", () => resolve(undefined));
    thread.once("exit", () => resolve(undefined));
  });
  if (finding === undefined) return findDamage(file);
  return finding === "ok" ? null : finding;
}
