import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import v8 from "node:v8";
import vm from "node:vm";
import Sqlite, { type Database } from "better-sqlite3";
import { assemble } from "../../src-main/engine/api/assembly.ts";
import { type Background, startBackground } from "../../src-main/engine/api/background.ts";
import { askNightly } from "../../src-main/engine/api/check-handlers.ts";
import { isUpkeepDue, runUpkeep } from "../../src-main/engine/api/upkeep-run.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import type { AuditVerification } from "../../src-main/engine/ports/audit-log.ts";
import { type Store, openStore } from "../../src-main/engine/store/open-store.ts";
import { defaultRetention } from "../../src-shared/domain/retention.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import { tenant } from "../simulation/computer.ts";
import { createCrashPlan } from "../simulation/crash.ts";
import { calm, createNetwork } from "../simulation/network.ts";
import { createPhoneLog } from "../simulation/phone-log.ts";
import { prepare } from "../simulation/scene.ts";
import { createStage } from "../simulation/stage.ts";
import { createWorld, takeOverTimers } from "../simulation/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Requests of a short window: enough for a day's calls, few enough that pace shows. */
const room = 60;
const batchesADay = 4;
/** The PC is awake for so long after each batch, and asleep else: an engine at rest does nothing new, hour after hour. */
const awakeMs = 3 * minuteMs;
const betweenMs = 2 * hourMs;
const requestTimeoutMs = 10_000;

/** How things stand at the end of a day. */
export type LifeDay = Readonly<{
  delivered: number;
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
  /** Bytes of the ledger after the night's upkeep, and of its write-ahead log at its longest. */
  bytes: number;
  logBytes: number;
  /** Rows that a look for the next calls to send came by, by statement. */
  visited: readonly number[];
  /** Requests of the day that only read. */
  reads: number;
  backups: number;
}>;

export type Life = Readonly<{
  days: readonly LifeDay[];
  /** What an engine held in memory that had run so many days, bytes; measured by letting it go. */
  held: readonly Readonly<{ afterDays: number; bytes: number }>[];
  verification: AuditVerification;
  /** Records by key in the CRM that are there twice, and calls that are in none. */
  copies: number;
  missing: number;
  balanced: boolean;
  troubles: readonly EngineEvent[];
  /** What was done when the PC had slept through two nights more: looks into the CRM, and readings of its people in the first minute. */
  afterSleep: Readonly<{ checks: number; backups: number; upkeeps: number; mirrorRounds: number }>;
}>;

export type LifeAsk = Readonly<{
  days: number;
  callsADay: number;
  /** Days for which details and the audit log are kept. */
  keptDays: number;
  /** Days after which the engine is stopped and another started; the PC sleeps through two nights after the first. */
  stops: readonly number[];
}>;

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

/** The heap when nothing is left to be collected. */
function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Statements that look for work, as the store prepares them. */
function captureLooks(): Readonly<{ texts: ReadonlySet<string>; release(): void }> {
  const texts = new Set<string>();
  const { prepare: real } = Sqlite.prototype;
  Sqlite.prototype.prepare = function prepareSeen(this: Database, text: string) {
    if (/^SELECT id, \w+ FROM delivery INDEXED BY/.test(text) && !text.includes("visit()")) texts.add(text);
    return real.call(this, text);
  } as typeof real;
  return {
    texts,
    release: () => {
      Sqlite.prototype.prepare = real;
    },
  };
}

/** How many rows each of these comes by before it has what it asks for. */
function countVisited(db: Database, texts: ReadonlySet<string>, now: number): readonly number[] {
  return [...texts].map((text) => {
    let visited = 0;
    db.function("visit", () => {
      visited += 1;
      return 1;
    });
    const counting = text.replace(/\bORDER BY\b/, "AND visit() ORDER BY");
    db.prepare(counting).all({ integrationId: 1, lane: 2, now, limit: 50 });
    return visited;
  });
}

const tables = [
  "call",
  "delivery",
  "attempt",
  "audit",
  "audit_payload",
  "phone",
  "budget_entry",
  "budget_hour",
  "crm_check",
  "call_revision",
  "skipped_row",
  "engine_session",
];

/** An engine with its schedules on a virtual clock, writing a team's calls into a CRM day after day. */
export async function live(ask: LifeAsk): Promise<Life> {
  const world = createWorld(1);
  const giveBack = takeOverTimers(world);
  const dataDir = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "callledger-life-"));
  const looks = captureLooks();
  try {
    return await liveIn({ ...ask, world, dataDir, looks: looks.texts });
  } finally {
    looks.release();
    giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type World = ReturnType<typeof createWorld>;
type LifeIn = LifeAsk & Readonly<{ world: World; dataDir: string; looks: ReadonlySet<string> }>;

async function liveIn(ask: LifeIn): Promise<Life> {
  const { world, dataDir } = ask;
  const stage = createStage("hubspot", world, room, 0);
  await prepare(stage, world, room);
  const numbers = Array.from({ length: 40 }, (_, at) => `+4477009${String(10_000 + at)}`);
  for (const number of numbers) stage.addPerson(number);
  await world.advance(2 * minuteMs);
  const log = createPhoneLog(world, world.chance(2));
  const counted = { reads: 0, mirrorRounds: 0 };
  const real = createNetwork({
    world,
    chance: world.chance(4),
    line: world.chance(8),
    stages: [stage],
    crash: createCrashPlan(() => undefined),
    weather: () => calm,
    isAlive: () => true,
    onWrite: () => undefined,
    onExecuted: () => undefined,
    onEnd: () => undefined,
  });
  const http: Http = {
    ...real,
    request(asked) {
      const { pathname } = new URL(asked.url);
      if (!stage.isWrite(asked.method, pathname)) counted.reads += 1;
      if (pathname.endsWith("/contacts/search")) counted.mirrorRounds += 1;
      // The simulated line listens to the signal for good, one listener a request: it gets one of its own.
      const own = new AbortController();
      const cut = (): void => own.abort();
      asked.signal?.addEventListener("abort", cut, { once: true });
      return real
        .request({ ...asked, signal: own.signal })
        .finally(() => asked.signal?.removeEventListener("abort", cut));
    },
  };
  const events: EngineEvent[] = [];
  let upkeeps = 0;
  const zone = () => "Etc/UTC";

  /** One run of the engine. */
  function start(): Readonly<{ store: Store; stop(): Promise<void> }> {
    const clock = world.engineClock;
    const random = world.chance(5);
    const store = openStore({ dataDir, clock, random, mode: "write" });
    const parts = assemble({
      store,
      clock,
      random,
      http,
      environment: { TOKEN: stage.token },
      dataDir,
      requestTimeoutMs,
      actor: "a person",
      backup: () => Promise.reject(new Error("nobody backs up by hand")),
      importer: { import: () => Promise.reject(new Error("nobody imports files")) } as never,
      logTail: () => [],
      onSourcesChanged: () => undefined,
      onEvent: (event) => void events.push(event),
      onBug: (where, error) => {
        throw new Error(`a defect in ${where}`, { cause: error });
      },
    });
    const background: Background = startBackground({
      clock,
      sources: store.sources,
      startWatcher: () => ({ stop: () => Promise.resolve() }),
      sync: parts.sync,
      audit: store.audit,
      backupDaily: () => store.backupDaily(store.upkeep.settings().backups),
      upkeep: async (signal) => {
        if (!isUpkeepDue({ ...parts, timeZone: zone })) return;
        if ((await runUpkeep(parts, signal)) !== undefined) upkeeps += 1;
      },
      askNightly: () => askNightly(parts, zone()),
      lookForSilence: () => undefined,
      alert: () => Promise.resolve(),
      onEvent: (event) => void events.push(event),
      onFailure: (error) => {
        throw error;
      },
    });
    return {
      store,
      stop: async () => {
        const stopped = background.stop();
        let isOver = false;
        void stopped.then(() => (isOver = true));
        await until(() => isOver);
        store.close();
      },
    };
  }

  /** Copying and checking a file takes real time as well. */
  async function until(holds: () => boolean): Promise<void> {
    for (let turn = 0; !holds(); turn += 1) {
      if (turn > 200_000) throw new Error(`it never came to pass: ${holds.toString()}`);
      await world.advance(100);
    }
  }

  const first = start();
  const { store: firstStore } = first;
  const now = (): number => world.engineClock.now();
  firstStore.tenants.ensure(tenant, now());
  const draft = {
    tenant,
    crm: stage.crm,
    label: "HubSpot",
    baseUrl: stage.origin,
    account: null,
    unknownCaller: "hold" as const,
  };
  const secret = { kind: "env" as const, name: "TOKEN" };
  firstStore.integrations.add(
    { ...draft, secret, since: null, contract: stage.contract, settings: stage.settings },
    now(),
  );
  const kept = { ...defaultRetention, auditDays: ask.keptDays, detailDays: ask.keptDays, backups: 3 };
  firstStore.upkeep.set(kept, { at: now(), actor: "a person" });

  let running = first;
  let logBytes = 0;
  const look = new Sqlite(join(dataDir, "callledger.db"), { readonly: true });
  const count = (table: string): number => look.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  const backups = (): number => readdirSync(join(dataDir, "backups")).length;
  const size = (suffix: string): number => {
    const path = join(dataDir, `callledger.db${suffix}`);
    return existsSync(path) ? statSync(path).size : 0;
  };

  /** A day from nine to nine: calls in the working hours, the night's schedules, and nothing left to send at the end. */
  async function passDay(): Promise<LifeDay> {
    counted.reads = 0;
    logBytes = 0;
    const ran = upkeeps;
    let visited: readonly number[] = [];
    for (let batch = 0; batch < batchesADay; batch += 1) {
      const calls = Array.from({ length: ask.callsADay / batchesADay }, (_, at) =>
        log.ring(numbers[(batch * 7 + at) % numbers.length] ?? "", "answered"),
      );
      log.read(running.store, calls, 2);
      visited = countVisited(look, ask.looks, now());
      await world.advance(awakeMs);
      await until(() => running.store.deliveries.counts().queued === 0);
      await world.sleep(betweenMs, false);
      logBytes = Math.max(logBytes, size("-wal"));
    }
    await world.sleep(dayMs - batchesADay * (awakeMs + betweenMs), false);
    await until(() => upkeeps > ran && running.store.deliveries.counts().queued === 0);
    const rows = Object.fromEntries(tables.map((table) => [table, count(table)]));
    const { delivered } = running.store.deliveries.counts();
    const { bytes } = running.store.upkeep.size();
    return { delivered, rows, bytes, logBytes, visited, reads: counted.reads, backups: backups() };
  }

  const days: LifeDay[] = [];
  const held: { afterDays: number; bytes: number }[] = [];
  let afterSleep: Life["afterSleep"] = { checks: 0, backups: 0, upkeeps: 0, mirrorRounds: 0 };
  const backupsDone = (): number => events.filter(({ event }) => event === "backup:done").length;
  let begun = 0;
  for (let day = 1; day <= ask.days; day += 1) {
    days.push(await passDay());
    if (day === ask.stops[0]) afterSleep = await sleepTwoNights();
    if (!ask.stops.includes(day)) continue;
    const before = heapBytes();
    await running.stop();
    running = { store: first.store, stop: () => Promise.resolve() };
    held.push({ afterDays: day - begun, bytes: before - heapBytes() });
    begun = day;
    running = start();
  }

  async function sleepTwoNights(): Promise<Life["afterSleep"]> {
    const before = { checks: count("crm_check"), backups: backupsDone(), upkeeps, mirrorRounds: counted.mirrorRounds };
    await world.sleep(2 * dayMs, false);
    counted.mirrorRounds = 0;
    await world.advance(minuteMs);
    const { mirrorRounds } = counted;
    await until(() => upkeeps > before.upkeeps);
    // Once more the schedules look.
    await world.advance(16 * minuteMs);
    return {
      checks: count("crm_check") - before.checks,
      backups: backupsDone() - before.backups,
      upkeeps: upkeeps - before.upkeeps,
      mirrorRounds,
    };
  }

  await world.advance(awakeMs);
  const verification = running.store.audit.verify();
  const { balanced } = running.store.reports.statement("all", 0, now() + 1);
  const keys = stage.calls().map(({ key }) => key);
  await running.stop();
  look.close();
  return {
    days,
    held,
    verification,
    copies: keys.length - new Set(keys).size,
    missing: log.calls().length - new Set(keys).size,
    balanced,
    troubles: events.filter(({ event }) => event === "schedule:trouble"),
    afterSleep,
  };
}
