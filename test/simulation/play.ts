import { join } from "node:path";
import { secretNameOf, tenant } from "./computer.ts";
import { KilledError, isOrdered } from "./crash.ts";
import { crashPoints, killShares, seldomShares } from "./crash-points.ts";
import { calm, networkFaults } from "./network.ts";
import { refusedStatus } from "./people.ts";
import type { Scene } from "./scene.ts";

const minuteMs = 60_000;
/** Within this a running engine notices that its clock was set. */
const seesJumpsMs = 1_500;
/**
 * What was sent since a backup is not in it: the engine stood still for so long before a person puts it in place, as it did
 * for most of the hour where the PC did not sleep through that. Windows are fresh by then, and nothing is on its way.
 */
const standsStillMs = 11 * minuteMs;
/** After everything is well again, all is settled within this. */
const settleWithinMs = 3 * 60 * minuteMs;

const backupPathOf = ({ dataDir }: Scene): string => join(dataDir, "backup-of-the-seed.db");

function raise({ findings }: Scene): void {
  const [finding] = findings;
  if (finding !== undefined) throw finding;
}

/** Time passes; whoever died meanwhile is buried. */
async function pass(scene: Scene, ms: number): Promise<void> {
  const end = scene.world.now() + ms;
  while (scene.world.now() < end) {
    await scene.world.advance(end - scene.world.now(), () => !scene.computer.isOver() && scene.findings.length === 0);
    raise(scene);
    if (!scene.computer.isOver()) continue;
    scene.guard.noteDeath();
    await scene.computer.bury();
    raise(scene);
    if (scene.chance.isHit(0.5)) await scene.world.advance(scene.chance.between(1, 40_000));
    start(scene);
    await scene.world.settle();
    scene.guard.checkRescues();
  }
  scene.guard.check();
  // A running engine sees within a tick or two that its clock was set.
  if (ms >= seesJumpsMs && scene.computer.isRunning() && !scene.computer.isOver())
    scene.guard.checkWaits(scene.world.engineClock.now());
}

/** Starts the engine; it may be killed on the way, and is started again. */
function start(scene: Scene): void {
  attempt(() => void scene.computer.start());
}

/** Buries who died and starts anew, until one lives. */
async function revive(scene: Scene): Promise<void> {
  do {
    if (scene.computer.isOver()) await pass(scene, 1);
    start(scene);
  } while (!scene.computer.isRunning() || scene.computer.isOver());
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

/** Plays the seed to the end at which everything must be settled. Throws the promise that was broken. */
export async function play(scene: Scene): Promise<void> {
  const { chance } = scene;
  connect(scene);
  const steps = chance.between(4, 9);
  let backupAt: number | null = null;
  for (let step = 0; step < steps; step += 1) {
    await trouble(scene);
    if (scene.computer.isOver()) await pass(scene, 1);
    const isDone = attempt(() => scene.people.act());
    if (isDone && scene.corrections?.isHit(0.6) === true) {
      await pass(scene, scene.corrections.between(20, 600));
      if (!scene.computer.isOver()) attempt(() => scene.people.correct());
    }
    const mayBackUp = isDone && !scene.computer.isOver() && scene.restores && backupAt === null && step > 1;
    if (mayBackUp) backupAt = await backUp(scene);
    await pass(scene, chance.pick([50, 500, 1_500, 4_000, 15_000]));
    checkBooks(scene);
    if (backupAt !== null && step === steps - 3) await restore(scene, backupAt);
  }
  await settle(scene);
}

/** What the ledger says of itself, while it is open. */
function checkBooks({ computer: pc, guard: watch }: Scene): void {
  if (pc.isRunning() && !pc.isOver()) watch.checkStore(pc.start().store);
}

async function backUp(scene: Scene): Promise<number> {
  scene.disk.left = 0;
  scene.crash.disarm();
  await scene.computer.backup(backupPathOf(scene));
  scene.world.trace("a backup was made");
  return scene.world.now();
}

function connect(scene: Scene): void {
  const { store } = scene.computer.start();
  store.tenants.ensure(tenant, scene.world.engineClock.now());
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
      scene.world.engineClock.now(),
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
      slowShare: chance.pick([0.08, 0.08, 0.6]),
      lostWrites: scene.lostWrites,
      isOffline: chance.isHit(0.05),
    });
  if (chance.isHit(0.5)) {
    const point = chance.pick(crashPoints);
    scene.crash.arm((name) => name === point || chance.isHit(killShares.get(name) ?? 0), chance.between(1, 2));
  }
  // What few seeds come by must not hang on what else kills them first: each point is armed apart.
  for (const [point, share] of seldomShares)
    if (chance.isHit(0.25)) scene.crash.arm((name) => name === point && chance.isHit(share), 1);
  if (chance.isHit(0.06)) Object.assign(disk, { left: chance.between(1, 3), share: chance.pick([0.01, 0.05]) });
  if (chance.isHit(0.06)) {
    const jump = chance.pick([-86_400_000, -3_600_000, -90_000, 90_000, 3_600_000, 86_400_000]);
    scene.world.trace(`the clock is set by ${jump}`);
    scene.world.jumpWall(jump);
  }
  if (chance.isHit(0.06) && pc.isRunning() && !pc.isOver()) {
    const ms = chance.between(1, 90) * minuteMs;
    scene.world.trace(`the PC sleeps for ${ms}`);
    await scene.world.sleep(ms, chance.isHit(0.5));
  }
  if (chance.isHit(0.06) && !pc.isOver()) {
    await pc.quit();
    raise(scene);
    if (chance.isHit(0.5)) await scene.world.advance(chance.between(1, 60_000));
    start(scene);
  }
}

/** Somebody puts an hour-old backup in place; the files of the phone system are still there. */
async function restore(scene: Scene, backupAt: number): Promise<void> {
  await scene.world.advance(Math.max(0, backupAt + 60 * minuteMs - scene.world.now()), () => false);
  scene.crash.disarm();
  scene.disk.left = 0;
  await scene.computer.bury();
  raise(scene);
  scene.guard.close();
  await scene.world.advance(
    Math.max(standsStillMs + scene.chance.between(0, 2) * minuteMs, backupAt + 60 * minuteMs - scene.world.now()),
  );
  if (scene.chance.isHit(0.6)) scene.crash.arm((name) => name.startsWith("tx:restore:"), scene.chance.between(1, 2));
  attempt(() => scene.computer.restore(backupPathOf(scene)));
  scene.crash.disarm();
  if (scene.chance.isHit(0.5)) await scene.world.advance(scene.chance.between(0, 90_000));
  // A start that finishes what was cut short may be killed, too.
  const atOpen = scene.chance.pick(["tx:open:before", "tx:open:after"]);
  if (scene.chance.isHit(0.7)) scene.crash.arm((name) => name === atOpen, 1);
  await revive(scene);
  scene.crash.disarm();
  await pass(scene, scene.chance.between(1, 20_000));
}

/** The weather clears, and everything must come to its end. */
async function settle(scene: Scene): Promise<void> {
  const { guard: watch, computer: pc } = scene;
  // Who is killed while things are put in order ends up the same.
  if (scene.chance.isHit(0.3)) scene.crash.disarm();
  scene.disk.left = 0;
  scene.setWeather(calm);
  await revive(scene);
  while (!attempt(() => scene.people.tidyUp())) await revive(scene);
  scene.world.trace("everything is well again");
  await untilSettled(scene);
  scene.crash.disarm();
  await revive(scene);
  await untilSettled(scene);
  // A person who was added just now is found by the next reading: an engine reads when it begins.
  if (watch.hasHeldInVain() || scene.chance.isHit(0.2)) {
    await pc.quit();
    start(scene);
    for (let turn = 0; turn < 40 && watch.hasHeldInVain(); turn += 1) await pass(scene, 3_000);
    await untilSettled(scene);
  }
  watch.check();
  watch.checkStore(pc.start().store);
  watch.checkLooks(pc.start().store, scene.restores);
  watch.checkEnd({ isRefused: (status) => status === refusedStatus, wasRestored: scene.restores });
}

async function untilSettled(scene: Scene): Promise<void> {
  const end = scene.world.now() + settleWithinMs;
  const isOpen = ({ state, waitWhy }: { state: string; waitWhy: string | null }): boolean =>
    ["queued", "sending", "uncertain"].includes(state) || (state === "waiting" && waitWhy !== "contact");
  await pass(scene, 3_000);
  await revive(scene);
  // What is blocked is checked again minutes later, or at once when somebody starts the program anew.
  const { integrations } = scene.computer.start().store;
  if (integrations.list().some(({ state }) => state === "blocked") && scene.chance.isHit(0.8)) {
    await scene.computer.quit();
    await revive(scene);
  }
  while (scene.world.now() < end && scene.guard.deliveries().some(isOpen)) {
    await pass(scene, 3_000);
    await revive(scene);
    await skip(scene);
  }
}

/** Where nothing is due for long, the PC is off until then: a seed's time is not spent on waiting. */
async function skip(scene: Scene): Promise<void> {
  const due = scene.computer.start().store.deliveries.nextDueAt(scene.world.engineClock.now());
  const ms = due === null ? 0 : due - scene.world.engineClock.now() - 2_000;
  if (ms < 15_000) return;
  await scene.computer.quit();
  await scene.world.advance(Math.min(ms, settleWithinMs));
  start(scene);
}
