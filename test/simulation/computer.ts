import { rmSync } from "node:fs";
import type { Clock } from "../../src-main/engine/ports/clock.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import type { Random } from "../../src-main/engine/ports/random.ts";
import { type Store, openStore, restoreBackup } from "../../src-main/engine/store/open-store.ts";
import { type AssemblyAsk, assemble } from "../../src-main/engine/api/assembly.ts";
import type { ApiParts } from "../../src-main/engine/api/api-parts.ts";
import { type ConnectorKind, connectorKinds } from "../../src-main/connectors/registry.ts";
import type { UnknownCaller } from "../../src-shared/domain/integration.ts";
import { type CrashPlan, type DiskFault, KilledError, guardTransactions, isOrdered, throwDiskFault } from "./crash.ts";
import type { CrmStage } from "./stage.ts";
import type { Chance, World } from "./world.ts";

export const tenant = "acme";
export const requestTimeoutMs = 10_000;
/**
 * What connectors take at once at most. `writeRows`: records in one write, few, so that a seed's few calls make several.
 * `requestsAtOnce`: enough for some to meet, few enough that an idle engine costs a seed little.
 */
export type Size = Readonly<{ writeRows: number; requestsAtOnce: number }>;
const usualSize: Size = { writeRows: 6, requestsAtOnce: 3 };

/** What an engine has beside its sync, and what a simulation does itself. */
const apart: Pick<AssemblyAsk, "backup" | "importer" | "logTail" | "onSourcesChanged" | "onEvent"> = {
  backup: () => Promise.reject(new Error("a simulation backs up by the store")),
  importer: {
    import: () => Promise.reject(new Error("a simulation reads no files")),
  } as unknown as AssemblyAsk["importer"],
  logTail: () => [],
  onSourcesChanged: () => undefined,
  onEvent: () => undefined,
};

export const secretNameOf = ({ crm }: Pick<CrmStage, "crm">): string => `TOKEN_OF_${crm.toUpperCase()}`;

/** Connectors take fewer records and requests at once than they could. Returns what gives them their size back. */
function makeSmall({ writeRows, requestsAtOnce }: Size): () => void {
  const kinds = Object.values(connectorKinds) as { create: ConnectorKind["create"] }[];
  const real = kinds.map(({ create }) => create);
  for (const [at, kind] of kinds.entries())
    kind.create = (options) => {
      const connector = real[at]?.(options);
      if (connector === undefined) throw new Error("there is no connector");
      const limits = (): Connector["limits"] => ({
        ...connector.limits,
        writeRows: Math.min(writeRows, connector.limits.writeRows),
        concurrency: Math.min(requestsAtOnce, connector.limits.concurrency),
      });
      return Object.defineProperty({ ...connector }, "limits", { get: limits, enumerable: true });
    };
  return () => {
    for (const [at, kind] of kinds.entries()) kind.create = real[at] ?? kind.create;
  };
}

export type ComputerParts = Readonly<{
  world: World;
  chance: Chance;
  stages: readonly CrmStage[];
  dataDir: string;
  crash: CrashPlan;
  size?: Size;
  http: () => Http;
  unknownCaller: UnknownCaller;
  /** What the disk says to the transaction at hand, or null. */
  diskFault: (when: "before" | "within") => DiskFault | null;
  onFinding: (what: string) => void;
}>;

/** The life of one process: once dead, nothing of it reaches the world any more. */
type Life = { isDead: boolean };
/** The engine in its process. */
type Process = {
  readonly life: Life;
  readonly store: Store;
  readonly sync: ApiParts["sync"];
  readonly deadRunner: ApiParts["deadRunner"];
  readonly stopping: AbortController;
  over: boolean;
};

const never = (): Promise<never> => new Promise(() => undefined);

/** A PC with a data folder on which the engine runs, dies and is started again. */
export function createComputer(parts: ComputerParts) {
  const { world, crash, stages } = parts;
  let running: Process | null = null;
  let life: Life = { isDead: false };
  let operation: string | null = null;
  const random: Random = { next: parts.chance.next, hex: parts.chance.hex };

  /** The store's operations by name: each is at most one transaction, and a place to be killed at. */
  function named<T extends object>(prefix: string, port: T, mine: Life): T {
    const entries = Object.entries(port).map(([name, value]: [string, unknown]) => {
      if (typeof value !== "function") return [name, value];
      const run = (...given: unknown[]): unknown => {
        if (mine.isDead) throw new KilledError();
        const outer = operation;
        operation = outer ?? `${prefix}.${name}`;
        try {
          return value(...given) as unknown;
        } finally {
          operation = outer;
        }
      };
      return [name, run];
    });
    return Object.fromEntries(entries) as T;
  }

  const giveSizeBack = makeSmall(parts.size ?? usualSize);
  const guard = guardTransactions({
    before: () => {
      if (life.isDead || crash.isKilledAt(`tx:${operation ?? "open"}:before`)) throw new KilledError();
      const fault = parts.diskFault("before");
      if (fault !== null) throwDiskFault(fault);
    },
    within: () => {
      const fault = parts.diskFault("within");
      if (fault !== null) throwDiskFault(fault);
    },
    after: () => {
      if (crash.isKilledAt(`tx:${operation ?? "open"}:after`)) throw new KilledError();
    },
  });

  const folder = { dataDir: parts.dataDir, clock: world.engineClock, random };

  function open(mine: Life): Store {
    const store = openStore({ ...folder, mode: "write" });
    const ports = Object.entries(store).map(([name, port]: [string, unknown]) =>
      typeof port === "object" && port !== null ? [name, named(name, port, mine)] : [name, port],
    );
    return Object.fromEntries(ports) as Store;
  }

  /** Who is killed while the store opens leaves no connection behind. */
  function openOrDie(mine: Life): Store {
    try {
      return open(mine);
    } catch (error) {
      guard.cutConnections();
      throw error;
    }
  }

  /** The sync ended although nobody stopped it. */
  function onFailure(process: Process, error: unknown): void {
    process.over = true;
    if (error instanceof KilledError || process.life.isDead) return;
    if (isOrdered(error)) world.trace(`the engine stopped: ${String(error)}`);
    else
      parts.onFinding(`the engine failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  function start(): Process {
    if (running !== null) return running;
    const mine: Life = { isDead: false };
    life = mine;
    const store = openOrDie(mine);
    const real = parts.http();
    const clock: Clock = {
      ...world.engineClock,
      sleep: (ms, signal) => (mine.isDead ? never() : world.engineClock.sleep(ms, signal)),
    };
    const { sync, deadRunner } = assemble({
      store,
      clock,
      random,
      http: { ...real, request: (asked) => (mine.isDead ? never() : real.request(asked)) },
      environment: Object.fromEntries(stages.map((stage) => [secretNameOf(stage), stage.token])),
      dataDir: parts.dataDir,
      requestTimeoutMs,
      actor: "a person",
      ...apart,
      onBug: (where, error) => {
        // A disk that fails is no mistake of ours either: it stops the engine.
        if (!(error instanceof KilledError))
          parts.onFinding(
            `a defect was settled in ${where}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
          );
      },
    });
    const stopping = new AbortController();
    const process: Process = { life: mine, store, sync, deadRunner, stopping, over: false };
    running = process;
    world.trace("the engine starts");
    void sync
      .run(
        { until: "stopped", idleHorizonMs: 0, maxMs: null },
        { signal: stopping.signal, onProgress: () => undefined },
      )
      .then(
        () => (process.over = true),
        (error: unknown) => onFailure(process, error),
      );
    return process;
  }

  /** Takes what is left of a process out of the world: open transactions vanish, committed ones stay. */
  async function bury(): Promise<void> {
    if (running === null) return;
    const { stopping } = running;
    running.life.isDead = true;
    running = null;
    world.dropEngineTimers();
    await world.settle();
    stopping.abort();
    await world.settle();
    world.dropEngineTimers();
    guard.cutConnections();
  }

  return {
    /** The engine's store, started where it is not. Null where it was killed on the way. */
    start,
    isRunning: () => running !== null,
    isAlive: () => !life.isDead,
    /** The process ended by itself or was killed: `bury` it before anything else. */
    isOver: () => running !== null && (running.life.isDead || running.over),
    die: () => {
      life.isDead = true;
    },
    bury,
    /** A person quits the program: nothing new begins, requests in flight may end. */
    async quit(): Promise<void> {
      const process = running;
      if (process === null) return;
      process.stopping.abort();
      for (let turn = 0; turn < 400 && !process.over && !life.isDead; turn += 1)
        await world.advance(100, () => !life.isDead);
      if (process.life.isDead || !process.over) return bury();
      if (running === null) return;
      running = null;
      world.dropEngineTimers();
      process.store.close();
      world.trace("the engine was quit");
    },
    /** A copy of the ledger as `backup` makes it. */
    async backup(path: string): Promise<void> {
      const { store } = start();
      rmSync(path, { force: true });
      await store.backup(path);
    },
    /** A person puts a backup in place. It may be killed on the way: the next start finishes it. */
    restore(path: string): void {
      if (running !== null) throw new Error("the engine runs");
      life = { isDead: false };
      operation = "restore";
      try {
        const { uncertain } = restoreBackup(folder, path);
        world.trace(`a backup was restored: ${uncertain} uncertain`);
      } finally {
        operation = null;
        guard.cutConnections();
      }
    },
    leave: async (): Promise<void> => {
      await bury();
      guard.release();
      giveSizeBack();
    },
  };
}

export type Computer = ReturnType<typeof createComputer>;
