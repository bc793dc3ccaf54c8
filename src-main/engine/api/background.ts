import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { SourceStore, WatchedSource } from "../ports/ingest-store.ts";
import type { SyncDriver } from "./sync-driver.ts";

/** Reads a folder and everything that is written to it later, until stopped. */
export type Watcher = Readonly<{ stop(): Promise<void> }>;

export type BackgroundParts = Readonly<{
  clock: Clock;
  sources: SourceStore;
  startWatcher: (source: WatchedSource) => Watcher;
  sync: SyncDriver;
  audit: Pick<AuditLog, "seal">;
  /** The day's backup, unless there is one: its file, or null. */
  backupDaily: () => Promise<string | null>;
  /** Takes out what is over and gives room back, where it is due; nothing else waits for it but the next look. */
  upkeep: (signal: AbortSignal) => Promise<void>;
  /** Asks for looks into the CRMs that are due. */
  askNightly: () => void;
  lookForSilence: () => void;
  /** Puts alerts on their way and sends what is due; nothing else waits for it. */
  alert: () => Promise<void>;
  onEvent: (event: EngineEvent) => void;
  /** The sync failed for a cause of ours or of the disk: the engine is of no further use. */
  onFailure: (error: unknown) => void;
}>;

export type Background = Readonly<{ sourcesChanged(): void; stop(): Promise<void> }>;

/** How often the schedules look whether something is due. */
const lookEveryMs = 15 * 60_000;
/** How often it is looked whether somebody is to be told of something. */
const alertEveryMs = 30_000;

/** What an engine does without being asked: watch folders, sync, seal the audit's days, back up, take out what is over. */
export function startBackground(parts: BackgroundParts): Background {
  const stopping = new AbortController();
  const watchers = new Map<number, Watcher>();
  const ending: Promise<void>[] = [];

  function watchAll(): void {
    const wanted = new Map(parts.sources.list().map((source) => [source.id, source]));
    for (const [id, watcher] of watchers) {
      if (wanted.has(id)) continue;
      watchers.delete(id);
      ending.push(watcher.stop());
    }
    for (const [id, source] of wanted) if (!watchers.has(id)) watchers.set(id, parts.startWatcher(source));
  }

  watchAll();
  const schedules = [runSchedules(parts, stopping.signal), runAlerts(parts, stopping.signal)];
  const syncing = parts.sync
    .run({ until: "stopped", idleHorizonMs: 0, maxMs: null }, { signal: stopping.signal, onProgress: () => undefined })
    .then(() => undefined, parts.onFailure);
  return {
    sourcesChanged: () => {
      if (!stopping.signal.aborted) watchAll();
    },
    async stop() {
      stopping.abort();
      await Promise.all([...watchers.values()].map((watcher) => watcher.stop()));
      await Promise.all([...ending, ...schedules, syncing]);
    },
  };
}

/** A task that fails is told of; the others go on. */
const createAttempt =
  ({ onEvent }: Pick<BackgroundParts, "onEvent">) =>
  async (task: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      onEvent({ event: "schedule:trouble", task, message: error instanceof Error ? error.message : String(error) });
    }
  };

async function runAlerts(parts: BackgroundParts, signal: AbortSignal): Promise<void> {
  const attempt = createAttempt(parts);
  while (!signal.aborted) {
    await attempt("Looking for silence", async () => parts.lookForSilence());
    await attempt("Alerts", parts.alert);
    await parts.clock.sleep(alertEveryMs, signal);
  }
}

async function runSchedules(parts: BackgroundParts, signal: AbortSignal): Promise<void> {
  const { clock, onEvent } = parts;
  const attempt = createAttempt(parts);
  while (!signal.aborted) {
    await attempt("Sealing the audit", async () => {
      parts.audit.seal(clock.now());
    });
    await attempt("Backup", async () => {
      const file = await parts.backupDaily();
      if (file !== null) onEvent({ event: "backup:done", file });
    });
    await attempt("Asking for the night's checks", async () => {
      parts.askNightly();
    });
    await attempt("Upkeep", () => parts.upkeep(signal));
    await clock.sleep(lookEveryMs, signal);
  }
}
