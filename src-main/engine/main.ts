import { randomBytes, randomUUID } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { CallName } from "../../src-shared/ipc/contract.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import type { PlannedDelivery } from "../../src-shared/ipc/plan-views.ts";
import { createEnvironmentProxy } from "../connectors/http/proxy.ts";
import { createUndiciHttp } from "../connectors/http/undici-http.ts";
import type { ApiParts } from "./api/api-parts.ts";
import { assemble } from "./api/assembly.ts";
import { startBackground, type Background } from "./api/background.ts";
import { lookForAlerts } from "./api/alert-watch.ts";
import { askNightly } from "./api/check-handlers.ts";
import { lookForSilence } from "./api/silence-watch.ts";
import { createBackupCall } from "./api/backup-call.ts";
import { createDeliveryPlans, type DeliveryPlans } from "./api/delivery-plans.ts";
import { createDispatcher } from "./api/dispatcher.ts";
import { createFileImporter } from "./api/file-importer.ts";
import { createHandlers } from "./api/handlers.ts";
import { toStartError } from "./api/start-problem.ts";
import { takeFolder } from "./api/take-folder.ts";
import { isUpkeepDue, runUpkeep } from "./api/upkeep-run.ts";
import { startSourceWatcher } from "./api/source-watcher.ts";
import { createCallGate } from "./host/call-gate.ts";
import type { Engine, RawEngine } from "./host/engine.ts";
import { onCrash } from "./host/crash.ts";
import { createEngineLog, type EngineLog } from "./host/engine-log.ts";
import { processRedactor } from "./host/redactor.ts";
import { startSocketServer, type SocketServer } from "./host/socket-server.ts";
import { createTypedEngine } from "./host/typed-engine.ts";
import { releaseYoungGeneration } from "./host/young-generation.ts";
import { createMappingBook } from "./ingest/mapping/mapping-book.ts";
import type { Clock } from "./ports/clock.ts";
import type { Http } from "./ports/http.ts";
import type { Random } from "./ports/random.ts";
import { isOnNetworkShare, readFolderFacts } from "./store/data-folder.ts";
import { openStore, restoreBackup, type Restored, type Store } from "./store/open-store.ts";

/** Until a CRM's answer counts as lost, ms. */
const defaultRequestTimeoutMs = 30_000;

export type EngineOptions = Readonly<{
  dataDir: string;
  clock?: Clock;
  random?: Random;
  requestTimeoutMs?: number;
  /** Watches folders, syncs, seals and backs up without being asked. */
  background?: boolean;
  onEvent?: (event: EngineEvent) => void;
  /** Works on a copy: nothing is put into the keychain for it. */
  isRehearsal?: boolean;
  /** A PAC answer for a URL, as the system has it. Default: the proxy variables of the environment. */
  resolveProxy?: (url: string) => Promise<string>;
  /** What was thrown where nobody asked: the disk, or a bug. With `background` the engine should be closed then. */
  onFailure?: (error: unknown) => void;
}>;

/** Wall and monotonic time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    // A timer holds at most 2^31-1 ms.
    const bounded = Math.min(Math.max(0, ms), 2 ** 31 - 1);
    await sleep(bounded, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

/** Randomness of this machine. */
export const systemRandom: Random = {
  next: () => Math.random(),
  hex: (count) => randomBytes(count).toString("hex"),
};

/** A running engine; `raw` takes unchecked input, for what hands calls on by name. */
export type StartedEngine = Engine & Readonly<{ raw: RawEngine }>;

type Opened = Readonly<{
  store: Store;
  http: Http;
  parts: ApiParts;
  onFailure: (error: unknown) => void;
  background: () => Background | undefined;
}>;

/**
 * The engine of a data folder, for everybody alike: command line, app, demo, tests. It takes the folder's lock, opens
 * the ledger, and serves its calls here and on a local socket. Throws `EngineStartError` where it cannot.
 */
export async function startEngine(given: EngineOptions): Promise<StartedEngine> {
  const { dataDir, clock = systemClock } = given;
  const log = createEngineLog({ dataDir, clock, redactor: processRedactor });
  const options = withLog(given, log);
  releaseYoungGeneration();
  const lock = takeFolder(dataDir, clock.now());
  let opened: Opened | undefined;
  try {
    opened = open(options, "write");
    await opened.parts.loadAuditKey({ create: options.isRehearsal !== true });
    const engine = await serve(options, opened, () => lock.release());
    if (options.background === true)
      log.write("info", "engine.start", { pid: process.pid, node: process.version, platform: process.platform });
    const forget = onCrash((error) => log.write("error", "engine.crash", {}, error));
    return {
      ...engine,
      async close() {
        forget();
        await engine.close();
      },
    };
  } catch (error) {
    await opened?.http.close();
    opened?.store.close();
    lock.release();
    throw toStartError(error, dataDir);
  }
}

/** What the engine tells its host goes into its log as well; what was thrown is told without what it carried along. */
function withLog(options: EngineOptions, log: EngineLog): EngineOptions {
  return {
    ...options,
    onEvent(event) {
      if (event.event === "integration:blocked")
        log.write("warning", "integration.block", { integrationId: event.integrationId, reason: event.reason });
      if (event.event === "source:trouble")
        log.write("warning", "source.trouble", { sourceId: event.sourceId, message: event.message });
      if (event.event === "schedule:trouble")
        log.write("error", "schedule.trouble", { task: event.task, message: event.message });
      options.onEvent?.(event);
    },
    onFailure(error) {
      log.write("error", "engine.failure", {}, error);
      options.onFailure?.(processRedactor.toSafeError(error));
    },
  };
}

/** Reads beside whatever engine runs on the folder; every call that changes something is refused. */
export async function openReader({ dataDir }: Readonly<{ dataDir: string }>): Promise<Engine> {
  try {
    const { store, http, parts } = open({ dataDir }, "read");
    const dispatcher = createDispatcher({
      handlers: createHandlers(parts),
      readOnly: true,
      requests: store.requests,
      onBug: () => undefined,
    });
    return createTypedEngine(dispatcher, randomUUID, async () => {
      store.close();
      await http.close();
    });
  } catch (error) {
    throw toStartError(error, dataDir);
  }
}

/** An engine on a copy of the folder's ledger that is thrown away when it is closed: what would happen. */
export type Rehearsal = Engine &
  Readonly<{
    /** What would become of the calls that came or changed since it was opened, told without asking a CRM. */
    plans(): Promise<DeliveryPlans & Readonly<{ all(): Iterable<PlannedDelivery> }>>;
  }>;

/** Opens a rehearsal. Nothing of it reaches the folder, a CRM or the keychain. */
export async function openRehearsal({ dataDir }: Readonly<{ dataDir: string }>): Promise<Rehearsal> {
  const copyDir = await mkdtemp(join(tmpdir(), "callledger-rehearsal-"));
  const drop = () => rm(copyDir, { recursive: true, force: true });
  try {
    const source = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "read" });
    try {
      await source.backup(join(copyDir, "callledger.db"));
    } finally {
      source.close();
    }
    await copyFolder(join(dataDir, "mappings"), join(copyDir, "mappings"));
    const engine = await startEngine({ dataDir: copyDir, isRehearsal: true });
    const reader = open({ dataDir: copyDir }, "read");
    const mark = { newest: reader.store.reports.newestDelivery(), at: systemClock.now() };
    return {
      call: engine.call,
      plans: async () => {
        // Numbers of the house are learnt as the engine would, before anybody is matched: a reader learns nothing.
        for (const { slug } of reader.parts.tenants.list()) await engine.call("ownNumbers:list", { tenant: slug });
        const plans = createDeliveryPlans(reader.parts);
        return { ...plans, all: () => plans.since(mark) };
      },
      async close() {
        reader.store.close();
        await reader.http.close();
        await engine.close();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw toStartError(error, dataDir);
  }
}

/**
 * Puts a backup in the place of a data folder's ledger, with no engine running on it; `file` null: the newest backup of
 * the folder that is whole. Every call that the backup does not
 * know as delivered is looked for in the CRM before anything is sent. Throws `EngineStartError` where it cannot: the
 * folder is in use, the file is missing, damaged, no ledger, or of a newer version.
 */
export function restoreLedger({
  dataDir,
  file,
  clock = systemClock,
}: Readonly<{ dataDir: string; file: string | null; clock?: Clock }>): Restored {
  const lock = takeFolder(dataDir, clock.now());
  try {
    return restoreBackup({ dataDir, clock, random: systemRandom }, file);
  } catch (error) {
    throw toStartError(error, dataDir);
  } finally {
    lock.release();
  }
}

/** Copies a folder that need not be there. */
async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  });
}

/** Opens the ledger and puts everything together; nothing runs yet. */
function open(options: EngineOptions, mode: "read" | "write"): Opened {
  const { dataDir, clock = systemClock, random = systemRandom, onEvent = () => undefined } = options;
  const store = openStore({ dataDir, clock, random, mode });
  const onFailure = (error: unknown): void => {
    store.noteFailure(error);
    options.onFailure?.(error);
  };
  const http = createUndiciHttp({ resolveProxy: options.resolveProxy ?? createEnvironmentProxy(process.env) });
  const mappings = createMappingBook(join(dataDir, "mappings"));
  let background: Background | undefined;
  const parts = assemble({
    store,
    clock,
    random,
    http,
    environment: process.env,
    dataDir,
    requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    actor: userName(),
    backup: createBackupCall((to) => store.backup(to)),
    importer: createFileImporter({ store: store.ingest, clock, mappings }),
    logTail: (lines) => createEngineLog({ dataDir, clock, redactor: processRedactor }).tail(lines),
    onSourcesChanged: () => background?.sourcesChanged(),
    onEvent,
    onBug: (_where, error) => onFailure(error),
  });
  if (store.lostEntries > 0)
    onEvent({ event: "schedule:trouble", task: "Opening the data", message: toLoss(store.lostEntries) });
  const start = () => {
    if (options.background !== true) return undefined;
    const { sources, sync } = parts;
    background = startBackground({
      clock,
      sources,
      sync,
      audit: store.audit,
      startWatcher: (source) =>
        startSourceWatcher(source, {
          store: store.ingest,
          memory: store.sourceMemory,
          clock,
          sync,
          mappings,
          isNetworkShare: (path) => isOnNetworkShare(readFolderFacts(path)),
          onEvent,
        }),
      backupDaily: () => store.backupDaily(store.upkeep.settings().backups),
      upkeep: async (signal) => {
        if (isUpkeepDue(parts)) await runUpkeep(parts, signal);
      },
      askNightly: () => askNightly(parts, parts.timeZone()),
      lookForSilence: () => lookForSilence({ ...parts, onEvent }),
      alert: async () => {
        await lookForAlerts(parts, () => nextTurn());
        await parts.alertSender.sendDue();
      },
      onEvent,
      onFailure,
    });
    return background;
  };
  return { store, http, parts, onFailure, background: start };
}

/** Starts what listens and what works by itself. Stop goes the other way round, within the sync's bound. */
async function serve(options: EngineOptions, opened: Opened, release: () => void): Promise<StartedEngine> {
  const { store, http, parts, onFailure } = opened;
  store.audit.seal((options.clock ?? systemClock).now());
  const handlers = createHandlers(parts);
  const onBug = (_call: string, error: unknown) => onFailure(error);
  const onChanged = (call: CallName) => options.onEvent?.({ event: "ledger:changed", call });
  const gate = createCallGate(
    createDispatcher({ handlers, readOnly: false, requests: store.requests, onBug, onChanged }),
  );
  const server = await startSocketServer({ dataDir: options.dataDir, engine: gate.engine });
  const background = opened.background();
  const closing = new AbortController();
  // What was asked for before this start and is not done to its end.
  const leftOver = parts.deadRunner.finish(closing.signal).catch(onFailure);
  let closed: Promise<void> | undefined;
  const close = async () => {
    gate.refuse();
    closing.abort();
    await leftOver;
    await server.stopListening();
    await Promise.all([parts.sync.stop(), background?.stop(), gate.empty()]);
    await closeAll(server, http);
    await parts.team.close();
    store.close();
    release();
  };
  const typed = createTypedEngine(gate.engine, randomUUID, () => (closed ??= close()));
  return { ...typed, raw: gate.engine };
}

async function closeAll(server: SocketServer, http: Http): Promise<void> {
  await server.close();
  await http.close();
}

const toLoss = (entries: number): string =>
  `The data end earlier than CallLedger wrote them (${entries} entries of the audit log or a few more are missing): a write-ahead log that is gone, or an older copy put in place by hand. Every call that was not delivered is looked for in the CRMs before anything is sent. Watched folders are read again; what was imported by hand since is to be imported again.`;

/** Who works here, for the audit. A container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "this PC's user";
  }
}
