import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Background, startBackground } from "../../../../src-main/engine/api/background.ts";
import { askNightly } from "../../../../src-main/engine/api/check-handlers.ts";
import { isUpkeepDue, runUpkeep } from "../../../../src-main/engine/api/upkeep-run.ts";
import type { EngineEvent } from "../../../../src-shared/ipc/events.ts";
import {
  type Ledger,
  aReadCall,
  anIntegration,
  createCountingRandom,
  createLedger,
  importCalls,
} from "../../../builders/ledger.ts";

vi.setConfig({ testTimeout: 120_000 });

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How often the schedules look, ms. */
const lookEveryMs = 15 * 60_000;
let ledger: Ledger;
let background: Background;
let events: EngineEvent[];
let upkeeps: number;
let upkeepFault: Error | null;

const now = (): number => ledger.clock.now();

/** The schedules of an engine on a real ledger; nothing is sent and no folder is watched. */
function start(): void {
  const { store, clock } = ledger;
  const zone = { upkeep: store.upkeep, clock, timeZone: () => "Etc/UTC" };
  background = startBackground({
    clock,
    sources: store.sources,
    startWatcher: () => ({ stop: () => Promise.resolve() }),
    sync: {
      run: (_ask, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () =>
            resolve({ delivered: 0, waiting: 0, dead: 0, apiCalls: 0, rateLimited: 0 } as never),
          ),
        ),
    } as Parameters<typeof startBackground>[0]["sync"],
    audit: store.audit,
    backupDaily: () => store.backupDaily(store.upkeep.settings().backups),
    upkeep: async (signal) => {
      if (!isUpkeepDue(zone)) return;
      upkeeps += 1;
      if (upkeepFault !== null) throw upkeepFault;
      await runUpkeep(zone, signal);
    },
    askNightly: () =>
      askNightly(
        { checks: store.checks, clock, random: createCountingRandom(), integrations: store.integrations },
        "Etc/UTC",
      ),
    lookForSilence: () => undefined,
    alert: () => Promise.resolve(),
    onEvent: (event) => void events.push(event),
    onFailure: (error) => {
      throw error;
    },
  });
}

/** Time passes by small steps until something holds; copying and checking a file takes real time, too: a minute at most. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 60_000) throw new Error(`it never came to pass: ${holds.toString()}`);
    await ledger.clock.advance(10);
    await delay(1);
  }
}

/** The PC sleeps; its timers stand still meanwhile. Then it wakes, and the schedules come by. */
async function sleepAndWake(ms: number): Promise<void> {
  ledger.clock.jumpWall(ms);
  const looked = looks();
  await ledger.clock.advance(lookEveryMs);
  await until(() => looks() > looked);
}

/** Each look seals what is to be sealed; a day is counted once its looks are over. */
const looks = (): number => done;
let done = 0;

const dailies = (): readonly string[] =>
  readdirSync(join(ledger.dataDir, "backups")).filter((name) => /^callledger-\d{4}-\d\d-\d\d\.db$/.test(name));
const checksAsked = (): readonly number[] =>
  ledger.raw((db) => db.prepare<[], number>("SELECT asked_at FROM crm_check ORDER BY id").pluck().all());
const backups = (): number => events.filter(({ event }) => event === "backup:done").length;

beforeEach(() => {
  ledger = createLedger();
  events = [];
  upkeeps = 0;
  upkeepFault = null;
  done = 0;
  const { clock } = ledger;
  const real = clock.sleep;
  Object.assign(clock, {
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms === lookEveryMs) done += 1;
      return real(ms, signal);
    },
  });
  anIntegration(ledger);
  importCalls(ledger, [aReadCall("1")]);
});
afterEach(async () => {
  await background.stop();
  ledger.dispose();
});

test("after a sleep over several nights backup, looks into the CRMs, sealing and upkeep are each done once", async () => {
  start();
  await until(() => looks() === 1);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([1, 2, 1]);
  ledger.store.audit.append([
    {
      at: now(),
      tenant: null,
      callId: null,
      deliveryId: null,
      integrationId: null,
      operation: "test.note",
      outcome: "ok",
      summary: "before the sleep",
    },
  ]);
  await sleepAndWake(5 * dayMs);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([2, 4, 2]);
  expect(dailies()).toEqual(["callledger-2026-11-20.db", "callledger-2026-11-25.db"]);
  expect(ledger.store.upkeep.lastRunAt()).toBeGreaterThan(now() - hourMs);
  expect(ledger.store.audit.verify()).toMatchObject({ ok: true, seals: 1 });
  // The rest of the day brings nothing more, however often it is looked.
  for (let look = 0; look < 8; look += 1) await sleepAndWake(0);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([2, 4, 2]);
  expect(events.filter(({ event }) => event === "schedule:trouble")).toEqual([]);
});

test("before the night's hour nothing is asked for, and after it what is due comes", async () => {
  ledger.clock.jumpWall(Date.UTC(2026, 10, 21, 0, 30) - now());
  start();
  await until(() => looks() === 1);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([1, 0, 0]);
  await sleepAndWake(2 * hourMs);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([1, 2, 0]);
  await sleepAndWake(hourMs);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([1, 2, 1]);
});

test("a clock that was a month ahead and is set back stops none of them", async () => {
  ledger.clock.jumpWall(30 * dayMs);
  start();
  await until(() => looks() === 1);
  await sleepAndWake(-30 * dayMs);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([2, 4, 2]);
  await sleepAndWake(dayMs);
  expect([backups(), checksAsked().length, upkeeps]).toEqual([3, 6, 3]);
});

test("an upkeep that fails is told of and tried again at the next look; the others go on", async () => {
  upkeepFault = new Error("the disk is full");
  start();
  await until(() => looks() === 1);
  expect(events).toContainEqual({ event: "schedule:trouble", task: "Upkeep", message: "the disk is full" });
  expect(backups()).toBe(1);
  upkeepFault = null;
  await sleepAndWake(0);
  expect(upkeeps).toBe(2);
  expect(ledger.store.upkeep.lastRunAt()).not.toBeNull();
});

test("a stop in the middle of an upkeep does not wait for its end; the next start goes on", async () => {
  ledger.store.upkeep.set({ auditDays: 7, detailDays: 7, backups: 2 }, { at: now(), actor: "an admin" });
  for (let day = 0; day < 10; day += 1) {
    ledger.store.audit.seal(now());
    importCalls(ledger, [aReadCall(`day ${day}`)]);
    ledger.clock.jumpWall(dayMs);
  }
  start();
  await until(() => upkeeps === 1);
  await background.stop();
  expect(ledger.store.upkeep.lastRunAt()).toBeNull();
  start();
  await until(() => ledger.store.upkeep.lastRunAt() !== null);
  expect(ledger.store.audit.verify().ok).toBe(true);
});
