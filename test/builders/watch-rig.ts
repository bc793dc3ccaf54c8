import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import Database from "better-sqlite3";
import { startEngine, systemRandom, type StartedEngine } from "../../src-main/engine/main.ts";
import { ledgerName } from "../../src-main/engine/store/database.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import type { SourceSettings } from "../../src-shared/domain/source-settings.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import type { SourceView } from "../../src-shared/ipc/ingest-views.ts";
import { startFileWriter, type FileWriter } from "./file-writer.ts";
import type { WriterOrder } from "./file-writer-process.ts";
import { settingsOfOffice } from "./parsed-log.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type WatchedCall = Readonly<{ logKey: string; legs: number; revision: number; lane: number | null }>;
export type ReadFile = Readonly<{ name: string; rows: number; legs: number; calls: number; error: string | null }>;

/** Names instead of paths: all are below the watched folder. */
type Named<O> = O extends { to: string }
  ? Omit<O, "path" | "to"> & { name: string; to: string }
  : Omit<O, "path"> & { name: string };
export type FolderOrder = WriterOrder extends infer O ? (O extends WriterOrder ? Named<O> : never) : never;

export type WatchRig = Readonly<{
  folder: string;
  clock: VirtualClock;
  events: EngineEvent[];
  /** What the other process does in the folder. A `symlink` leads where `to` says. */
  write: (order: FolderOrder) => Promise<void>;
  /** Adds the folder as a source of the running engine. */
  watch: (settings?: SourceSettings, more?: Readonly<{ format?: string; system?: string }>) => Promise<SourceView>;
  source: () => Promise<SourceView>;
  /** Lets time pass, in steps, while the engine works. */
  pass: (ms: number) => Promise<void>;
  /** Lets time pass until this holds; fails after ten minutes of it. */
  until: (holds: () => boolean | Promise<boolean>, what?: string) => Promise<void>;
  calls: () => readonly WatchedCall[];
  /** Every reading that came to something, in order. */
  readings: () => readonly ReadFile[];
  troubles: () => readonly string[];
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}>;

const stepMs = 500;
const longestMs = 20 * 60_000;

/** Waits until the file system has answered everything that was asked of it. */
async function settle(): Promise<void> {
  for (let calm = 0; calm < 4; calm += 1) {
    await turn();
    if (process.getActiveResourcesInfo().some((name) => /^(FSReq|Zlib)/i.test(name))) calm = -1;
  }
}

/**
 * The whole engine with a watched folder, on a clock that the test moves, and a second process that writes to the folder.
 * The clock moves only when the engine has nothing to do, so that no test depends on how fast this computer is.
 */
export async function createWatchRig(ask: Readonly<{ folder?: string }> = {}): Promise<WatchRig> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "callledger-watch-")));
  const dataDir = join(root, "data");
  const folder = ask.folder ?? join(root, "logs");
  mkdirSync(folder, { recursive: true });
  const clock = createVirtualClock(Date.UTC(2025, 5, 20));
  const store = openStore({ dataDir, clock, random: systemRandom, mode: "write" });
  store.tenants.ensure("test-clinic", clock.now());
  store.close();
  const writer: FileWriter = await startFileWriter();
  const events: EngineEvent[] = [];
  let engine: StartedEngine | undefined;
  const start = async (): Promise<void> => {
    engine = await startEngine({ dataDir, clock, background: true, onEvent: (event) => void events.push(event) });
  };
  const stop = async (): Promise<void> => {
    const running = engine;
    engine = undefined;
    await running?.close();
  };
  const running = (): StartedEngine => {
    if (engine === undefined) throw new Error("no engine runs");
    return engine;
  };
  const withLedger = <T>(read: (db: Database.Database) => T): T => {
    const db = new Database(join(dataDir, ledgerName), { readonly: true });
    try {
      return read(db);
    } finally {
      db.close();
    }
  };
  const source = async (): Promise<SourceView> => {
    const listed = await running().call("sources:list", {});
    const [first] = listed.ok ? listed.value.sources : [];
    if (first === undefined) throw new Error("there is no source");
    return first;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await settle();
      await clock.advance(Math.min(stepMs, ms - passed));
    }
    await settle();
  };
  await start();
  return {
    folder,
    clock,
    events,
    write: ({ name, ...order }) => {
      const to = "to" in order && order.do !== "symlink" ? { to: join(folder, order.to) } : {};
      return writer.order({ ...order, ...to, path: join(folder, name) });
    },
    watch: async (settings = {}, more = {}) => {
      const input = { path: folder, tenant: "test-clinic", system: "pbx", format: "auto", ...more };
      const added = await running().call("sources:add", { ...input, settings: { ...settingsOfOffice, ...settings } });
      if (!added.ok) throw new Error(added.fault.message);
      await settle();
      return added.value;
    },
    source,
    pass,
    until: async (holds, what = "it") => {
      for (let passed = 0; !(await holds()); passed += stepMs) {
        if (passed > longestMs) throw new Error(`${what} never came: ${JSON.stringify(events.slice(-5))}`);
        await pass(stepMs);
      }
    },
    calls: () =>
      withLedger((db) =>
        db
          .prepare<[], WatchedCall>(
            `SELECT c.log_key AS logKey, c.leg_count AS legs, c.revision, r.lane FROM call c
             JOIN reading r ON r.id = c.reading_id ORDER BY c.id`,
          )
          .all(),
      ),
    readings: () =>
      withLedger((db) =>
        db
          .prepare<[], ReadFile>(
            `SELECT f.path AS name, row_count AS rows, leg_count AS legs, call_count AS calls, error FROM reading r
             JOIN file f ON f.id = r.file_id ORDER BY r.id`,
          )
          .all(),
      ).map((each) => ({ ...each, name: each.name.slice(folder.length + 1) })),
    troubles: () => events.flatMap((event) => (event.event === "source:trouble" ? [event.message] : [])),
    stop,
    start,
    close: async () => {
      await stop();
      await writer.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
