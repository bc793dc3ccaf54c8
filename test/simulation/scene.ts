import { createConnector } from "../../src-main/connectors/registry.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { createUnpacedSession } from "../builders/unpaced-session.ts";
import { type Size, createComputer } from "./computer.ts";
import { type CrashPlan, type DiskFault, createCrashPlan } from "./crash.ts";
import { createGuard } from "./invariants.ts";
import { Violation } from "./violation.ts";
import { type Weather, calm, createNetwork } from "./network.ts";
import { createPeople, refusedStatus } from "./people.ts";
import { createPhoneLog } from "./phone-log.ts";
import { type CrmStage, createStage, crmTypes } from "./stage.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;

/** In a busy office the windows of the CRMs are full: what is counted wrongly there is refused. */
const busySize: Size = { writeRows: 1, requestsAtOnce: 8 };

export type SceneParts = Readonly<{
  world: World;
  dataDir: string;
  crash: CrashPlan;
  /** Broken promises that were seen from inside a callback of the engine. */
  findings: Violation[];
}>;

/** The CRM as an administrator leaves it for us: fields set up, rules of the house, other applications at work. */
export async function prepare(stage: CrmStage, world: World, room: number): Promise<void> {
  const { crm, sandbox, vendor } = stage;
  if (crm === "zoho") {
    // A call that somebody logged by hand tells the org's unit of durations.
    const byHand = { Subject: "By hand", Call_Type: "Outbound", Call_Start_Time: "2026-11-02T10:00:00+00:00" };
    sandbox.records.create("Calls", { ...byHand, Call_Duration: "00:05" });
  }
  const network = createNetwork({
    world,
    chance: world.chance(90),
    line: world.chance(91),
    stages: [stage],
    crash: createCrashPlan(() => undefined),
    weather: () => calm,
    isAlive: () => true,
    onWrite: () => undefined,
    onExecuted: () => undefined,
    onEnd: () => undefined,
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

/** Sets the stage of one seed: accounts with their people, a PC with an empty ledger, and who watches. */
export async function setScene({ world, dataDir, crash, findings }: SceneParts) {
  const chance = world.chance(1);
  const first = crmTypes[world.seed % crmTypes.length] ?? "hubspot";
  const second = chance.pick(crmTypes);
  const crms: readonly CrmType[] = chance.isHit(0.2) && second !== first ? [first, second] : [first];
  const office = world.chance(7);
  const isBusy = office.isHit(0.35);
  const isStrict = office.isHit(0.5);
  const room = isBusy ? office.between(14, 24) : chance.between(14, 60);
  world.trace(`${crms.join(" and ")}, ${room} requests in a short window${isBusy ? ", and many calls" : ""}`);
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
  const watch = createGuard({ dataDir, stages, log, personOf, now: world.now });
  /** A violation inside a callback of the engine must not be swallowed by it. */
  function note(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      findings.push(error);
    }
  }
  // On a bad line many first writes are lost, so that what must come before a second one is seen.
  const line = world.chance(8);
  const lostWrites = line.isHit(0.3) ? 0.3 : 0;
  let weather: Weather = { ...calm, lostWrites };
  const disk = { left: 0, share: 0 };
  const luck = world.chance(3);
  const diskFault = (when: "before" | "within"): DiskFault | null => {
    if (disk.left === 0 || !luck.isHit(disk.share)) return null;
    disk.left -= 1;
    return when === "before" ? "SQLITE_BUSY" : "SQLITE_FULL";
  };
  const isHolding = chance.isHit(0.6);
  const isAlive = { ask: (): boolean => false };
  const network = createNetwork({
    world,
    chance: world.chance(4),
    line,
    stages,
    crash,
    weather: () => weather,
    isAlive: () => isAlive.ask(),
    onWrite: (stage, request) => note(() => watch.onWrite(stage, request)),
    onExecuted: (stage) => note(() => watch.checkRecords(stage)),
    onEnd: watch.onEnd,
  });
  const computer = createComputer({
    world,
    chance: world.chance(5),
    stages,
    dataDir,
    crash,
    ...(isBusy ? { size: busySize } : {}),
    http: () => network,
    unknownCaller: isHolding ? "hold" : "log",
    diskFault,
    onFinding: (what) => void findings.push(new Violation("no defect", what)),
  });
  isAlive.ask = computer.isAlive;
  const restores = chance.isHit(0.25);
  // In some offices calls are corrected while they are on their way.
  const hasty = world.chance(9);
  const corrections = hasty.isHit(0.3) ? hasty : null;
  return {
    world,
    dataDir,
    crash,
    findings,
    chance,
    stages,
    log,
    guard: watch,
    computer,
    disk,
    restores,
    corrections,
    isHolding,
    lostWrites,
    setWeather: (next: Weather) => {
      weather = next;
    },
    people: createPeople({
      world,
      chance: world.chance(6),
      computer,
      stages,
      log,
      guard: watch,
      known,
      strangers,
      addPerson,
      personOf,
      inFlight: network.inFlight,
      isHolding,
      isBusy,
      isStrict,
      mayRemove: !restores,
    }),
  };
}

export type Scene = Awaited<ReturnType<typeof setScene>>;
