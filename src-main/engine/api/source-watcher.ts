import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import { importFile } from "../ingest/import-file.ts";
import { watchFolder } from "../ingest/watch-folder.ts";
import type { Clock } from "../ports/clock.ts";
import type { IngestStore, WatchedSource } from "../ports/ingest-store.ts";
import type { Watcher } from "./background.ts";
import { toSummary } from "./file-importer.ts";
import type { SyncDriver } from "./sync-driver.ts";

export type SourceWatcherParts = Readonly<{
  store: IngestStore;
  clock: Clock;
  sync: Pick<SyncDriver, "wake">;
  onEvent: (event: EngineEvent) => void;
}>;

/** Watches the folder of one source and reads what is new in it. What goes wrong with one file is told and stops nothing. */
export function startSourceWatcher(source: WatchedSource, parts: SourceWatcherParts): Watcher {
  const stopping = new AbortController();
  const seen = new Set<string>();
  const ended = watchFolder({
    path: source.path,
    clock: parts.clock,
    signal: stopping.signal,
    async onFile(path) {
      await readFile(source, parts, { path, isGrown: seen.has(path), signal: stopping.signal });
      seen.add(path);
    },
    onError: (error, path) => {
      const problem = error instanceof Error ? error.message : String(error);
      parts.onEvent({ event: "source:trouble", sourceId: source.id, message: `${path}: ${problem}` });
    },
  });
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

type FileAsk = Readonly<{ path: string; isGrown: boolean; signal: AbortSignal }>;

async function readFile(source: WatchedSource, parts: SourceWatcherParts, { path, isGrown, signal }: FileAsk) {
  const { store, clock, sync, onEvent } = parts;
  const result = await importFile({
    path,
    tenant: source.tenant,
    system: source.system === "" ? null : source.system,
    settings: source.settings,
    format: source.format,
    store,
    sourceId: source.id,
    // Rows that are added while we watch are calls that just ended; a whole file may hold a year of them.
    lane: isGrown ? 0 : 1,
    clock,
    watched: true,
    signal,
  });
  if (result.rows === 0) return;
  onEvent({ event: "source:read", sourceId: source.id, file: path, summary: toSummary([result], []) });
  sync.wake();
}
