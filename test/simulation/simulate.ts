import { mkdirSync, mkdtempSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnector } from "../../src-main/connectors/registry.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { createUnpacedSession } from "../builders/unpaced-session.ts";
import { type Computer, createComputer, secretNameOf, tenant } from "./computer.ts";
import { type DiskFault, KilledError, createCrashPlan, isOrdered } from "./crash.ts";
import { crashPoints } from "./crash-points.ts";
import { type Guard, Violation, createGuard } from "./invariants.ts";
import { type Weather, calm, createNetwork, networkFaults } from "./network.ts";
import { createPeople, refusedStatus } from "./people.ts";
import { createPhoneLog } from "./phone-log.ts";
import { type CrmStage, createStage, crmTypes } from "./stage.ts";
import { type World, createWorld, takeOverTimers } from "./world.ts";

export type SimulationResult = Readonly<{
  seed: number;
  violation: Readonly<{ invariant: string; seen: string }> | null;
  /** The end of what happened. */
  trace: readonly string[];
  /** Of everything that happened. */
  digest: string;
  /** Kills by crash point, and how often each point was passed. */
  hits: ReadonlyMap<string, number>;
  passes: ReadonlyMap<string, number>;
  calls: number;
}>;

const minuteMs = 60_000;
/** After everything is well again, all is settled within this. */
const settleWithinMs = 3 * 60 * minuteMs;

/** Memory where the system has it: SQLite's syncs cost nothing there, and no power fails in a simulation. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** The CRM as an administrator leaves it for us: fields set up, rules of the house, other applications at work. */
async function prepare(stage: CrmStage, world: World, room: number): Promise<void> {
  const { crm, sandbox, vendor } = stage;
  if (crm === "zoho") {
    // A call that somebody logged by hand tells the org's unit of durations.
    const byHand = { Subject: "By hand", Call_Type: "Outbound", Call_Start_Time: "2026-11-02T10:00:00+00:00" };
    sandbox.records.create("Calls", { ...byHand, Call_Duration: "00:05" });
  }
  const network = createNetwork({
    world,
    chance: world.chance(90),
    stages: [stage],
    crash: createCrashPlan(() => undefined),
    weather: () => calm,
    isAlive: () => true,
    onWrite: () => undefined,
    onExecuted: () => undefined,
  });
  const contract = parseContract(stage.contract);
  if (!contract.ok) throw new Error("the default contract is not valid");
  const connector = createConnector(crm, {
    credential: () => Promise.resolve({ ok: true, value: { token: stage.token } }),
    settings: {},
    contract: contract.value,
    account: null,
    baseUrl: stage.origin,
    clock: world.engineClock,
  });
  let report: unknown;
  void connector
    .setup(createUnpacedSession({ http: network, baseUrl: stage.origin, timeoutMs: minuteMs }))
    .then((made) => (report = made));
  await world.advance(minuteMs, () => report === undefined);
  if (report === undefined || !(report as { ok: boolean }).ok)
    throw new Error(`${crm} was not set up: ${JSON.stringify(report)}`);
  stage.configure({
    ...vendor.configuration(room),
    validationRules: [
      {
        object: vendor.callObject,
        on: ["create", "update"],
        when: { field: vendor.titleField, op: "matches", value: `, ${refusedStatus}$` },
        message: "Busy lines are no calls.",
        field: vendor.titleField,
      },
    ],
  });
}

function toViolation(error: unknown): SimulationResult["violation"] {
  if (error instanceof Violation) return { invariant: error.invariant, seen: error.message };
  return { invariant: "no defect", seen: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Runs one seed from an empty ledger to the end at which everything must be settled. */
export async function simulate(seed: number): Promise<SimulationResult> {
  const world = createWorld(seed);
  const giveBack = takeOverTimers(world);
  const dataDir = mkdtempSync(join(root, "callledger-simulation-"));
  const backupPath = join(dataDir, "backup-of-the-seed.db");
  const crash = createCrashPlan((point) => {
    world.trace(`killed at ${point}`);
    computer.die();
  });
  const findings: string[] = [];
  let computer!: Computer;
  let guard: Guard | null = null;
  let violation: SimulationResult["violation"] = null;
  let calls = 0;
  try {
    const scene = await setScene();
    computer = scene.computer;
    guard = scene.guard;
    await play(scene);
    calls = scene.log.calls().length;
  } catch (error) {
    violation = toViolation(error);
  } finally {
    guard?.close();
    await (computer as Computer | undefined)?.leave();
    giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const { hits, passes } = crash;
  return { seed, violation, trace: world.lines(20_000), digest: world.digest(), hits, passes, calls };

  async function setScene() {
    const chance = world.chance(1);
    const first = crmTypes[seed % crmTypes.length] ?? "hubspot";
    const second = chance.pick(crmTypes);
    const crms: readonly CrmType[] = chance.isHit(0.2) && second !== first ? [first, second] : [first];
    const room = chance.between(14, 60);
    world.trace(`${crms.join(" and ")}, ${room} requests in a short window`);
    const stages: CrmStage[] = [];
    for (const crm of crms) {
      const stage = createStage(crm, world, room, chance.pick([0, 0, 700, -2_500, 90_000, -90_000]));
      await prepare(stage, world, room);
      stages.push(stage);
    }
    const log = createPhoneLog(world, world.chance(2));
    const people = new Map<string, string>();
    const personOf = (crm: CrmType, number: string): string | undefined => people.get(`${crm} ${number}`);
    const addPerson = (stage: CrmStage, number: string): void =>
      void people.set(`${stage.crm} ${number}`, stage.addPerson(number));
    const known = Array.from({ length: 5 }, (_, index) => `+44770090010${index}`);
    const strangers = ["+447700900201", "+447700900202"];
    for (const stage of stages) for (const number of known) addPerson(stage, number);
    await world.advance(2 * minuteMs);
    const watch = createGuard({ dataDir, stages, log, personOf });
    let weather: Weather = calm;
    const disk = { left: 0, share: 0 };
    const luck = world.chance(3);
    const diskFault = (when: "before" | "within"): DiskFault | null => {
      if (disk.left === 0 || !luck.isHit(disk.share)) return null;
      disk.left -= 1;
      return when === "before" ? "SQLITE_BUSY" : "SQLITE_FULL";
    };
    const isHolding = chance.isHit(0.6);
    let pc!: Computer;
    const network = createNetwork({
      world,
      chance: world.chance(4),
      stages,
      crash,
      weather: () => weather,
      isAlive: () => pc.isAlive(),
      onWrite: (stage, request) => {
        try {
          watch.onWrite(stage, request);
        } catch (error) {
          note(error);
        }
      },
      onExecuted: (stage) => {
        try {
          watch.checkRecords(stage);
        } catch (error) {
          note(error);
        }
      },
    });
    pc = createComputer({
      world,
      chance: world.chance(5),
      stages,
      dataDir,
      crash,
      http: () => network,
      unknownCaller: isHolding ? "hold" : "log",
      diskFault,
      onFinding: (what) => findings.push(what),
    });
    computer = pc;
    const restores = chance.isHit(0.25);
    return {
      chance,
      stages,
      log,
      guard: watch,
      computer: pc,
      disk,
      restores,
      isHolding,
      setWeather: (next: Weather) => {
        weather = next;
      },
      people: createPeople({
        world,
        chance: world.chance(6),
        computer: pc,
        stages,
        log,
        guard: watch,
        known,
        strangers,
        addPerson,
        personOf,
        inFlight: network.inFlight,
        isHolding,
        mayRemove: !restores,
      }),
    };
  }

  /** A violation inside a callback of the engine must not be swallowed by it. */
  function note(error: unknown): void {
    if (error instanceof Violation) findings.push(`${error.invariant}\u0000${error.message}`);
    else throw error;
  }

  type Scene = Awaited<ReturnType<typeof setScene>>;

  function raise(): void {
    const [finding] = findings;
    if (finding === undefined) return;
    const [invariant = "", seen] = finding.split("\u0000");
    throw seen === undefined
      ? new Violation("no defect", invariant)
      : new Violation(invariant, seen.slice(invariant.length + 2));
  }

  /** Time passes; whoever died meanwhile is buried. */
  async function pass(scene: Scene, ms: number): Promise<void> {
    const end = world.now() + ms;
    while (world.now() < end) {
      await world.advance(end - world.now(), () => !scene.computer.isOver() && findings.length === 0);
      raise();
      if (!scene.computer.isOver()) continue;
      await scene.computer.bury();
      raise();
      if (scene.chance.isHit(0.5)) await world.advance(scene.chance.between(1, 40_000));
      start(scene);
    }
    scene.guard.check();
  }

  /** Starts the engine; it may be killed on the way, and is started again. */
  function start(scene: Scene): void {
    attempt(() => void scene.computer.start());
  }

  /** Whether it was done: a kill or a full disk may come between. */
  function attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof KilledError || isOrdered(error)) return false;
      throw error;
    }
  }

  async function play(scene: Scene): Promise<void> {
    const { chance } = scene;
    connect(scene);
    const steps = chance.between(6, 16);
    let backupAt: number | null = null;
    for (let step = 0; step < steps; step += 1) {
      await trouble(scene);
      if (scene.computer.isOver()) await pass(scene, 1);
      const isDone = attempt(() => scene.people.act());
      if (isDone && scene.restores && backupAt === null && step > 3) backupAt = await backUp(scene);
      await pass(scene, chance.pick([50, 500, 1_500, 4_000, 15_000]));
      if (backupAt !== null && step === steps - 3) await restore(scene, backupAt);
    }
    await settle(scene);
  }

  async function backUp(scene: Scene): Promise<number> {
    scene.disk.left = 0;
    crash.disarm();
    await scene.computer.backup(backupPath);
    world.trace("a backup was made");
    return world.now();
  }

  function connect(scene: Scene): void {
    const { store } = scene.computer.start();
    store.tenants.ensure(tenant, world.engineClock.now());
    for (const stage of scene.stages)
      store.integrations.add(
        {
          tenant,
          crm: stage.crm,
          label: stage.crm,
          baseUrl: stage.origin,
          account: null,
          secret: { kind: "env", name: secretNameOf(stage) },
          unknownCaller: scene.isHolding ? "hold" : "log",
          since: null,
          contract: stage.contract,
          settings: stage.settings,
        },
        world.engineClock.now(),
      );
    scene.guard.checkStore(store);
  }

  /** What happens to a PC: storms on the line, a full disk, a killed process, a clock that is set, a lid that is closed. */
  async function trouble(scene: Scene): Promise<void> {
    const { chance, computer: pc, disk } = scene;
    if (chance.isHit(0.35))
      scene.setWeather({
        share: chance.pick([0, 0, 0.05, 0.2, 0.5]),
        faults: chance.isHit(0.5) ? networkFaults : [chance.pick(networkFaults)],
        isOffline: chance.isHit(0.05),
      });
    if (chance.isHit(0.3)) {
      const point = chance.pick(crashPoints);
      crash.arm((name) => name === point, chance.between(1, 2));
    }
    if (chance.isHit(0.06)) Object.assign(disk, { left: chance.between(1, 3), share: chance.pick([0.05, 0.3]) });
    if (chance.isHit(0.06)) {
      const jump = chance.pick([-86_400_000, -3_600_000, -90_000, 90_000, 3_600_000, 86_400_000]);
      world.trace(`the clock is set by ${jump}`);
      world.jumpWall(jump);
    }
    if (chance.isHit(0.06) && pc.isRunning() && !pc.isOver()) {
      const ms = chance.between(1, 90) * minuteMs;
      world.trace(`the PC sleeps for ${ms}`);
      await world.sleep(ms, chance.isHit(0.5));
    }
    if (chance.isHit(0.06) && !pc.isOver()) {
      await pc.quit();
      raise();
      if (chance.isHit(0.5)) await world.advance(chance.between(1, 60_000));
      start(scene);
    }
  }

  /** Somebody puts an hour-old backup in place; the files of the phone system are still there. */
  async function restore(scene: Scene, backupAt: number): Promise<void> {
    await world.advance(Math.max(0, backupAt + 60 * minuteMs - world.now()), () => false);
    crash.disarm();
    scene.disk.left = 0;
    await scene.computer.bury();
    raise();
    scene.guard.close();
    await world.advance(Math.max(scene.chance.between(0, 2) * minuteMs, backupAt + 60 * minuteMs - world.now()));
    scene.computer.restore(backupPath);
    if (scene.chance.isHit(0.5)) await world.advance(scene.chance.between(0, 90_000));
    start(scene);
    await pass(scene, scene.chance.between(1, 20_000));
  }

  /** The weather clears, and everything must come to its end. */
  async function settle(scene: Scene): Promise<void> {
    const { guard: watch, computer: pc } = scene;
    crash.disarm();
    scene.disk.left = 0;
    scene.setWeather(calm);
    await pass(scene, 1);
    start(scene);
    scene.people.tidyUp();
    world.trace("everything is well again");
    await untilSettled(scene);
    // Who was added meanwhile is found by the next engine.
    await pc.quit();
    start(scene);
    await untilSettled(scene);
    watch.check();
    watch.checkStore(pc.start().store);
    watch.checkEnd({ isRefused: (status) => status === refusedStatus, now: world.engineClock.now() });
  }

  async function untilSettled(scene: Scene): Promise<void> {
    const end = world.now() + settleWithinMs;
    const isOpen = ({ state, waitWhy }: { state: string; waitWhy: string | null }): boolean =>
      ["queued", "sending", "uncertain"].includes(state) || (state === "waiting" && waitWhy !== "contact");
    await pass(scene, 3_000);
    while (world.now() < end && scene.guard.deliveries().some(isOpen)) {
      await pass(scene, 3_000);
      await skip(scene);
    }
  }

  /** Where nothing is due for long, the PC is off until then: a seed's time is not spent on waiting. */
  async function skip(scene: Scene): Promise<void> {
    const due = scene.computer.start().store.deliveries.nextDueAt(world.engineClock.now());
    const ms = due === null ? 0 : due - world.engineClock.now() - 2_000;
    if (ms < 15_000) return;
    await scene.computer.quit();
    await world.advance(Math.min(ms, settleWithinMs));
    start(scene);
  }
}

mkdirSync(root, { recursive: true });
