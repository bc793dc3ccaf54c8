import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { Store } from "../../../src-main/engine/store/open-store.ts";
import { stateOfVerdict } from "../../../src-shared/domain/conflict.ts";
import { type Computer, createComputer, secretNameOf, tenant } from "../../simulation/computer.ts";
import { KilledError, type CrashPlan, createCrashPlan, isOrdered } from "../../simulation/crash.ts";
import { crashPoints } from "../../simulation/crash-points.ts";
import { type Weather, calm, createNetwork, networkFaults } from "../../simulation/network.ts";
import { createPhoneLog } from "../../simulation/phone-log.ts";
import { prepare } from "../../simulation/scene.ts";
import { type CrmStage, createStage, crmTypes } from "../../simulation/stage.ts";
import { Violation } from "../../simulation/violation.ts";
import { type Chance, type World, createWorld, takeOverTimers } from "../../simulation/world.ts";
import { freeFields, toAnyContract } from "./any-contract.ts";
import { type EditGuard, createEditGuard } from "./edit-guard.ts";

export type EditRun = Readonly<{
  seed: number;
  violation: string | null;
  /** Edits that had to stay to the end, conflicts that were seen, and kills. */
  edits: number;
  conflicts: number;
  kills: number;
  trace: readonly string[];
}>;

const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const number = "+447700900100";
/** Where a kill leaves a write in doubt, above all. */
const killPoints = crashPoints.filter((name) => /^http:write|deliveries\.|requests\./.test(name));

type Play = Readonly<{
  world: World;
  chance: Chance;
  stage: CrmStage;
  guard: EditGuard;
  log: ReturnType<typeof createPhoneLog>;
  computer: Computer;
  crash: CrashPlan;
  inFlight: () => number;
  setWeather: (weather: Weather) => void;
  findings: readonly Violation[];
}>;

/** Whether it was done: a kill may come between. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof KilledError || isOrdered(error)) return false;
    throw error;
  }
}

async function pass({ world, computer, chance, findings, guard }: Play, ms: number): Promise<void> {
  const end = world.now() + ms;
  while (world.now() < end) {
    await world.advance(end - world.now(), () => !computer.isOver() && findings.length === 0);
    const [finding] = findings;
    if (finding !== undefined) throw finding;
    if (!computer.isOver()) continue;
    await computer.bury();
    if (chance.isHit(0.5)) await world.advance(chance.between(1, 40_000));
    attempt(() => void computer.start());
    await world.settle();
  }
  guard.check();
}

const store = ({ computer }: Play): Store => computer.start().store;

function read(play: Play): void {
  const { log, chance } = play;
  const calls = log.calls();
  const isNew = calls.length < 3 || chance.isHit(0.3);
  const wanted = isNew
    ? Array.from({ length: chance.between(1, 3) }, () => log.ring(number, "answered"))
    : calls.filter(() => chance.isHit(0.6)).map((call) => log.addVersion(call, chance.pick(["answered", "failed"])));
  if (wanted.length > 0) log.read(store(play), wanted, chance.pick([0, 1] as const));
}

/**
 * A colleague edits calls in the CRM. Not between our read of a record and the write that follows it: no CRM here
 * can refuse a write for what was changed within that moment.
 */
function isQuiet(play: Play): boolean {
  const rows = store(play).deliveries;
  const states = play.log.calls().map((_call, index) => rows.get(index + 1)?.state);
  return play.inFlight() === 0 && !states.includes("sending");
}

function set({ stage, guard, world }: Play, id: string, field: string, value: string): void {
  stage.editCall(id, field, value);
  guard.noteEdit(id, field, value);
  world.trace(`a colleague sets ${field} of ${id} to "${value}"`);
}

const byHand = (chance: Chance): string => `By hand ${chance.between(1, 1_000_000)}`;

function edit(play: Play): void {
  const { stage, chance } = play;
  if (!isQuiet(play)) return;
  for (const { id } of stage.calls().filter(() => chance.isHit(0.5))) {
    const { field } = chance.pick(freeFields[stage.crm]);
    const mayEmpty = field !== stage.vendor.titleField;
    set(play, id, field, mayEmpty && chance.isHit(0.15) ? "" : byHand(chance));
  }
}

/** A person settles what is open, in one transaction with what follows of it, as the engine's call does. */
function settle(play: Play): void {
  const { conflicts, deliveries, requests } = store(play);
  const { chance, guard, world } = play;
  const open = conflicts.list({ integrationId: null, all: false, before: null, limit: 10 });
  for (const { id, deliveryId, field, theirs, remoteId } of open.filter(() => chance.isHit(0.6))) {
    const row = deliveries.get(deliveryId);
    if (row === undefined || row.state === "sending" || row.state === "uncertain") continue;
    const verdict = chance.pick(["keep_theirs", "use_ours"] as const);
    // What is decided about is what was shown, and a colleague may be at work meanwhile.
    if (chance.isHit(0.4) && remoteId !== null && isQuiet(play)) set(play, remoteId, field, byHand(chance));
    const at = world.engineClock.now();
    // Said to the guard first: the answer of what was committed may be lost in a kill.
    if (verdict === "use_ours") guard.noteOverwritable(remoteId ?? "", field, theirs ?? "");
    requests.keep(`settle ${id} ${at}`, () => {
      conflicts.settle(id, { state: stateOfVerdict[verdict], at, by: "a person", note: "" });
      if (verdict === "use_ours")
        deliveries.apply([
          {
            id: deliveryId,
            events: row.state === "delivered" ? ["revise"] : [],
            patch: { sentRevision: row.wantedRevision - 1 },
            audit: [],
          },
        ]);
      return { ok: true, value: null };
    });
    world.trace(`a person decides about ${field} of ${remoteId ?? "?"}: ${verdict}`);
  }
}

function trouble({ chance, crash, setWeather }: Play): void {
  if (chance.isHit(0.5))
    setWeather({
      ...calm,
      share: chance.pick([0, 0.1, 0.3, 0.6]),
      faults: chance.isHit(0.5) ? networkFaults : ["lost_after", "timeout_after", "error_after"],
    });
  const point = chance.pick(killPoints);
  if (chance.isHit(0.5)) crash.arm((name) => name === point, chance.between(1, 2));
}

async function playAll(play: Play): Promise<void> {
  const { chance, computer, crash, setWeather, log } = play;
  const steps = chance.between(8, 14);
  for (let step = 0; step < steps; step += 1) {
    trouble(play);
    if (computer.isOver()) await pass(play, 1);
    const act = step === 0 ? read : chance.pick([read, read, edit, edit]);
    const isAlive = attempt(() => act(play)) && (!chance.isHit(0.5) || attempt(() => settle(play)));
    if (isAlive && computer.isRunning()) attempt(() => computer.start().sync.wake());
    await pass(play, chance.pick([50, 500, 4_000, 10_000]));
  }
  crash.disarm();
  setWeather(calm);
  await untilQuiet(play);
  edit(play);
  const all = log.calls().map((call) => log.addVersion(call, "answered"));
  log.read(store(play), all, 0);
  computer.start().sync.wake();
  await untilQuiet(play);
}

/** Until nothing is under way; bounded, as nothing is promised here of when that is. */
async function untilQuiet(play: Play): Promise<void> {
  await pass(play, 1_000);
  for (let turn = 0; turn < 40; turn += 1) {
    const { queued, sending, uncertain, waiting } = store(play).deliveries.counts();
    if (queued + sending + uncertain + waiting === 0) return;
    await pass(play, 3_000);
  }
}

function connect({ stage, world, computer }: Play): void {
  const opened = computer.start().store;
  const at = world.engineClock.now();
  opened.tenants.ensure(tenant, at);
  opened.integrations.add(
    {
      tenant,
      crm: stage.crm,
      label: stage.crm,
      baseUrl: stage.origin,
      account: null,
      secret: { kind: "env", name: secretNameOf(stage) },
      unknownCaller: "log",
      since: null,
      contract: stage.contract,
      settings: stage.settings,
    },
    at,
  );
}

/** One seed: a contract of its own, colleagues who edit, a PC that is killed, answers that are lost. */
export async function playEdits(seed: number): Promise<EditRun> {
  const world = createWorld(seed);
  const giveBack = takeOverTimers(world);
  const dataDir = mkdtempSync(join(root, "callledger-edits-"));
  const chance = world.chance(1);
  const findings: Violation[] = [];
  let kills = 0;
  let computer: Computer | undefined;
  let weather = calm;
  const crash = createCrashPlan(() => {
    kills += 1;
    computer?.die();
  });
  let guard: EditGuard | undefined;
  let conflicts = 0;
  let violation: string | null = null;
  try {
    const standard = createStage(crmTypes[seed % crmTypes.length] ?? "hubspot", world, 60, 0);
    const stage = { ...standard, contract: toAnyContract(standard, chance) };
    await prepare(stage, world, 60);
    stage.addPerson(number);
    const parsed = parseContract(stage.contract);
    if (!parsed.ok) throw new Error(`the contract of seed ${seed} is not valid`);
    const watch = createEditGuard(stage, parsed.value);
    guard = watch;
    const note = (look: () => void): void => {
      try {
        look();
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        findings.push(error);
      }
    };
    const network = createNetwork({
      world,
      chance: world.chance(4),
      line: world.chance(8),
      stages: [stage],
      crash,
      weather: () => weather,
      isAlive: () => computer?.isAlive() ?? true,
      onWrite: (_stage, request) => note(() => watch.onWrite(request)),
      onExecuted: () => note(() => watch.check()),
      onEnd: () => undefined,
    });
    const pc = createComputer({
      world,
      chance: world.chance(5),
      stages: [stage],
      dataDir,
      crash,
      http: () => network,
      unknownCaller: "log",
      diskFault: () => null,
      onFinding: (what) => void findings.push(new Violation("no defect", what)),
    });
    computer = pc;
    const log = createPhoneLog(world, world.chance(2));
    const setWeather = (next: Weather): void => {
      weather = next;
    };
    const { inFlight } = network;
    const play = { world, chance, stage, guard: watch, log, computer: pc, crash, inFlight, setWeather, findings };
    connect(play);
    await playAll(play);
    conflicts = store(play).conflicts.list({ integrationId: null, all: true, before: null, limit: 1_000 }).length;
  } catch (error) {
    violation =
      error instanceof Error ? `${error.message}\n${error instanceof Violation ? "" : error.stack}` : String(error);
  } finally {
    await computer?.leave();
    giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  }
  return { seed, violation, edits: guard?.count() ?? 0, conflicts, kills, trace: world.lines(60) };
}
