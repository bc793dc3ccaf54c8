import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Database } from "better-sqlite3";

/**
 * Moves the write-ahead log into the ledger's file on a thread of its own. While a million rows come in, that is 64 MB
 * again and again, with the disk's answer waited for: done by the statement that happens to be the next, it would stop
 * everybody for a second.
 */
export type Checkpointer = Readonly<{
  /** Resolves when all that was committed before is in the file. Never rejects: without a thread it is done here. */
  run(): Promise<void>;
  /** Ends the thread. Another run starts a new one. */
  end(): Promise<void>;
}>;

/**
 * The thread's program, as text: it is the same started from sources, from the bundle and from the packed app, which have
 * no file of it in common. It takes what it may (PASSIVE): who writes or reads meanwhile is not stopped.
 */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const Sqlite = require(workerData.sqlite);
const db = new Sqlite(workerData.file, { fileMustExist: true });
db.pragma("synchronous = FULL");
db.pragma("cache_size = -500");
parentPort.on("message", (message) => {
  if (message === "end") {
    db.close();
    parentPort.close();
    return;
  }
  db.pragma("wal_checkpoint(PASSIVE)");
  parentPort.postMessage("done");
});
`;

/** What a thread of ours may take. */
export const megabytes = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } as const;

/** Where the database module of this process is. */
export const ourSqlite = (): string => createRequire(import.meta.url).resolve("better-sqlite3");

/** `sqlite`: where the thread finds the database module. It must be the one of `db`: two copies in a process break each other's locks. */
export function createCheckpointer(db: Database, sqlite: () => string = ourSqlite): Checkpointer {
  let thread: Worker | undefined;
  const start = (): Worker => {
    const started = new Worker(program, {
      eval: true,
      // The switches of the process are none of the thread's.
      execArgv: [],
      resourceLimits: megabytes,
      workerData: { file: db.name, sqlite: sqlite() },
    });
    // What a thread dies of is seen by the run that waits for it, and done here.
    started.on("error", () => undefined);
    started.once("exit", () => {
      if (thread === started) thread = undefined;
    });
    return started;
  };

  /** Whether the thread did it. */
  function runThere(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = (thread ??= start());
      const tell = (isDone: boolean) => {
        asked.off("message", done).off("exit", gone);
        resolve(isDone);
      };
      const done = () => tell(true);
      const gone = () => tell(false);
      asked.once("message", done).once("exit", gone);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of ours, not a window: it has no origin
      asked.postMessage("run");
    });
  }

  return {
    async run() {
      const isDone = await runThere().catch(() => false);
      if (!isDone && db.open) db.pragma("wal_checkpoint(PASSIVE)");
    },
    async end() {
      const ending = thread;
      if (ending === undefined) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
      ending.postMessage("end");
      await ended;
    },
  };
}
