import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { importFile, type ImportRequest, type ImportResult } from "../../src-main/engine/ingest/import-file.ts";
import type { Random } from "../../src-main/engine/ports/random.ts";
import { ledgerName } from "../../src-main/engine/store/database.ts";
import { openStore, type Store } from "../../src-main/engine/store/open-store.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
import { settingsOfOffice } from "./parsed-log.ts";

/** A call as the ledger holds it. */
export type StoredCall = Readonly<{
  logKey: string;
  node: string;
  startedAt: number;
  direction: string;
  status: string;
  seconds: number;
  agent: string | null;
  legs: number;
  revision: number;
  settlesAt: number | null;
}>;

export type ImportRig = Readonly<{
  folder: string;
  clock: VirtualClock;
  store: Store;
  write: (name: string, content: string | Uint8Array) => string;
  append: (name: string, content: string) => void;
  import: (name: string, more?: Partial<ImportRequest>) => Promise<ImportResult>;
  calls: () => readonly StoredCall[];
  reopen: () => ImportRig;
  close: () => void;
}>;

const random: Random = { hex: (bytes) => "ab".repeat(bytes), next: () => 0.5 };

/** A real ledger in a folder of its own, with files to import beside it. The clock stands shortly after the calls of the tests. */
export function createImportRig(start = Date.UTC(2025, 5, 20), at?: string): ImportRig {
  const folder = at ?? mkdtempSync(join(tmpdir(), "callledger-import-"));
  const clock = createVirtualClock(start);
  const store = openStore({ dataDir: folder, clock, random, mode: "write" });
  store.tenants.ensure("test-clinic", start);
  const pathOf = (name: string): string => join(folder, name);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) store.close();
    isOpen = false;
  };
  return {
    folder,
    clock,
    store,
    write: (name, content) => {
      writeFileSync(pathOf(name), content);
      return pathOf(name);
    },
    append: (name, content) => appendFileSync(pathOf(name), content),
    import: (name, more = {}) =>
      importFile({
        path: pathOf(name),
        tenant: "test-clinic",
        system: "pbx",
        settings: settingsOfOffice,
        format: "auto",
        store: store.ingest,
        sourceId: null,
        lane: 2,
        clock,
        watched: false,
        ...more,
      }),
    calls: () => {
      const db = new Database(join(folder, ledgerName), { readonly: true });
      try {
        return db
          .prepare<[], StoredCall>(
            `SELECT log_key AS logKey, node, started_at AS startedAt, direction, status, duration_seconds AS seconds, agent,
               leg_count AS legs, revision, settles_at AS settlesAt FROM call ORDER BY started_at, log_key, node`,
          )
          .all();
      } finally {
        db.close();
      }
    },
    reopen: () => {
      close();
      return createImportRig(clock.now(), folder);
    },
    close: () => {
      close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
