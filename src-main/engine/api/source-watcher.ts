import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import { importFile, type ImportResult } from "../ingest/import-file.ts";
import type { MappingFinder } from "../ingest/mapping/mapping-book.ts";
import { watchFolder, type TakeFile, type WatchRequest } from "../ingest/watch/watch-folder.ts";
import type { Clock } from "../ports/clock.ts";
import type { IngestStore, SourceMemory, WatchedSource } from "../ports/ingest-store.ts";
import type { Watcher } from "./background.ts";
import { toSummary } from "./file-importer.ts";
import { createImportPace } from "./import-pace.ts";
import type { SyncDriver } from "./sync-driver.ts";

export type SourceWatcherParts = Readonly<{
  store: IngestStore;
  memory: SourceMemory;
  clock: Clock;
  sync: Pick<SyncDriver, "wake">;
  mappings: MappingFinder;
  /** As the system says of a folder. */
  isNetworkShare: (path: string) => boolean;
  onEvent: (event: EngineEvent) => void;
}>;

/** Between two events about the reading of one file, ms. */
const progressMs = 500;

/** Watches the folder of one source and reads what is new in it. What goes wrong with one file is told and stops nothing. */
export function startSourceWatcher(source: WatchedSource, parts: SourceWatcherParts): Watcher {
  const stopping = new AbortController();
  const { watch = {} } = source.settings;
  const { signal } = stopping;
  const ended = watchFolder({
    ...toMemory(source, parts),
    path: source.path,
    subfolders: watch.subfolders ?? true,
    isShare: watch.networkShare ?? parts.isNetworkShare(source.path),
    ...(watch.settleSeconds === undefined ? {} : { settleMs: watch.settleSeconds * 1000 }),
    clock: parts.clock,
    signal,
    onFile: (file) => readFile(source, parts, file, signal),
  });
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** What the watch remembers, and tells of. */
function toMemory(
  { id: sourceId, path }: WatchedSource,
  { memory, clock, onEvent }: SourceWatcherParts,
): Pick<WatchRequest, "memory" | "onTrouble" | "onFolder"> {
  return {
    memory: {
      recall: (name) => memory.find(sourceId, name),
      names: () => memory.paths(sourceId),
      note: (files, gone) => memory.note(sourceId, files, gone, clock.now()),
    },
    onTrouble: (name, problem) =>
      onEvent({ event: "source:trouble", sourceId, message: `${path}: ${name}: ${problem}` }),
    onFolder(state, problem) {
      const isNews = memory.setState(sourceId, state, problem, clock.now());
      if (isNews) onEvent({ event: "source:state", sourceId, path, state, problem });
    },
  };
}

/** Tells how far a file is, not oftener than a window can show it. */
function tellProgress(
  { id: sourceId }: WatchedSource,
  { clock, onEvent }: Pick<SourceWatcherParts, "clock" | "onEvent">,
  path: string,
): (inFile: Readonly<{ rows: number; bytes: number; totalBytes: number }>) => void {
  let toldAt = clock.monotonic();
  let pace: ReturnType<typeof createImportPace> | undefined;
  return (inFile) => {
    pace ??= createImportPace(clock, { files: 1, totalBytes: inFile.totalBytes });
    pace.begin(path, inFile.totalBytes);
    if (clock.monotonic() - toldAt < progressMs) return;
    toldAt = clock.monotonic();
    onEvent({ event: "source:progress", sourceId, progress: pace.progress(inFile) });
  };
}

async function readFile(
  source: WatchedSource,
  parts: SourceWatcherParts,
  { path, isGrown, isQuiet }: TakeFile,
  signal: AbortSignal,
): Promise<ImportResult> {
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
    mappings: parts.mappings,
    watched: true,
    isQuiet,
    signal,
    onProgress: tellProgress(source, parts, path),
  });
  if (result.rows > 0) {
    onEvent({ event: "source:read", sourceId: source.id, file: path, summary: toSummary([result], []) });
    sync.wake();
  }
  return result;
}
