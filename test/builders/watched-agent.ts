import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { systemClock, systemRandom } from "../../src-main/engine/main.ts";
import { ledgerName } from "../../src-main/engine/store/database.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { runCli, startCli, type Running } from "./command-line.ts";

export type Tables = Readonly<{ calls: number; once: number; rows: number; legs: number; skipped: number }>;

/** The agent without a window, in processes of its own, with a data folder and a folder of logs. */
export type WatchedAgent = Readonly<{
  root: string;
  dataDir: string;
  logs: string;
  addSource: (args?: readonly string[]) => Promise<void>;
  start: (as?: Readonly<{ uid: number; gid: number }>) => Running;
  cli: (...args: readonly string[]) => Promise<Record<string, unknown>>;
  /** What the ledger holds now; `once`: calls that have one leg and were never changed. */
  tables: () => Tables;
  /** Waits until this holds, or until the process that is meant to bring it about has ended. */
  until: (holds: () => boolean, running?: Running) => Promise<void>;
  close: () => void;
}>;

export function createWatchedAgent(): WatchedAgent {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "callledger-agent-")));
  const [dataDir, logs] = [join(root, "data"), join(root, "logs")];
  mkdirSync(logs);
  // Another user may have to read it.
  chmodSync(root, 0o755);
  const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "write" });
  store.tenants.ensure("test-clinic", systemClock.now());
  store.close();
  const env = { CALLLEDGER_DATA: dataDir };
  const cli = (...args: readonly string[]) => runCli(args, env);
  return {
    root,
    dataDir,
    logs,
    cli,
    addSource: async (args = []) => {
      const settings = ["--country", "GB", "--timezone", "Europe/London", "--settle", "0.2"];
      await cli("source", "add", logs, "--tenant", "test-clinic", "--system", "pbx", ...settings, ...args);
    },
    start: (as) => startCli(["run"], env, as),
    tables: () => {
      const db = new Database(join(dataDir, ledgerName), { readonly: true });
      try {
        const row = db
          .prepare<[], Tables>(
            `SELECT (SELECT count(*) FROM call) AS calls,
               (SELECT count(*) FROM call WHERE revision = 1 AND leg_count = 1) AS once,
               coalesce(sum(row_count), 0) AS rows, coalesce(sum(leg_count), 0) AS legs,
               (SELECT coalesce(sum(row_count), 0) FROM reading_skip) AS skipped FROM reading`,
          )
          .get();
        if (row === undefined) throw new Error("the ledger holds nothing");
        return row;
      } finally {
        db.close();
      }
    },
    until: async (holds, running) => {
      let isOver = false;
      const noteEnd = async (): Promise<void> => {
        await running?.finished;
        isOver = running !== undefined;
      };
      void noteEnd();
      while (!holds()) {
        if (isOver) throw new Error(`the agent ended: ${(await running?.finished)?.stderr}`);
        await delay(20);
      }
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}
