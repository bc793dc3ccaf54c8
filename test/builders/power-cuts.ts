import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretNameOf, tenant } from "../simulation/computer.ts";
import { createCrashPlan } from "../simulation/crash.ts";
import { type Scene, setScene } from "../simulation/scene.ts";
import { type Chance, createWorld, takeOverTimers } from "../simulation/world.ts";

const minuteMs = 60_000;
/** Files that the power leaves on the disk; the shared memory of the log is none. */
const files = ["callledger.db", "callledger.db-wal", "callledger.tail"];

export type PowerCuts = Readonly<{
  crm: string;
  cuts: number;
  calls: number;
  /** Calls that were on their way when the power went. */
  onTheWay: number;
  /** Keys that are in the CRM more than once, or not at all. */
  twice: readonly string[];
  missing: number;
  /** What was thrown inside the engine and settled as a mistake of ours. */
  defects: readonly string[];
  verified: boolean;
}>;

/** Memory where the system has it, as the simulation does. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A PC that writes calls into a CRM and loses its power again and again, each time with a torn end of its log. */
export async function cutPower(seed: number): Promise<PowerCuts> {
  const world = createWorld(seed);
  const giveBack = takeOverTimers(world);
  const dataDir = mkdtempSync(join(root, "callledger-power-"));
  let scene: Scene | null = null;
  try {
    scene = await setScene({ world, dataDir, crash: createCrashPlan(() => undefined), findings: [] });
    return await play(scene, world.chance(77));
  } finally {
    scene?.guard.close();
    await scene?.computer.leave();
    giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function connect({ computer, stages, world }: Scene): void {
  const { store } = computer.start();
  const now = world.engineClock.now();
  store.tenants.ensure(tenant, now);
  for (const stage of stages) {
    const { crm, origin: baseUrl, contract, settings } = stage;
    const account = { tenant, crm, label: crm, baseUrl, account: null, since: null, contract, settings };
    const secret = { kind: "env", name: secretNameOf(stage) } as const;
    store.integrations.add({ ...account, secret, unknownCaller: "log" }, now);
  }
}

/** What was synced stays; of what was written since a piece came through, or nonsense. */
async function cut({ computer, dataDir }: Scene, chance: Chance): Promise<void> {
  computer.die();
  const left = mkdtempSync(join(root, "callledger-left-"));
  for (const name of files) if (existsSync(join(dataDir, name))) cpSync(join(dataDir, name), join(left, name));
  await computer.bury();
  for (const name of [...files, "callledger.db-shm"]) rmSync(join(dataDir, name), { force: true });
  cpSync(left, dataDir, { recursive: true });
  rmSync(left, { recursive: true });
  const torn = Buffer.from(Array.from({ length: chance.between(0, 6_000) }, () => chance.between(0, 255)));
  appendFileSync(join(dataDir, "callledger.db-wal"), torn);
}

async function play(scene: Scene, chance: Chance): Promise<PowerCuts> {
  const { world, computer, stages, log } = scene;
  connect(scene);
  const cuts = 4;
  let onTheWay = 0;
  for (let round = 0; round < cuts; round += 1) {
    const calls = Array.from({ length: chance.between(2, 9) }, () =>
      log.ring(`+44770090010${chance.between(0, 4)}`, "answered"),
    );
    const { store } = computer.start();
    log.read(store, calls, 1);
    // A moment in which its requests leave, are executed, or answered.
    for (let look = 0; look < 400 && store.deliveries.counts().sending === 0; look += 1) await world.advance(100);
    await world.advance(chance.between(0, 700));
    onTheWay += store.deliveries.counts().sending;
    await cut(scene, chance);
    await world.advance(chance.between(1_000, 5 * minuteMs));
  }
  const { store } = computer.start();
  const isDone = (): boolean => {
    const { queued, waiting, sending, uncertain } = store.deliveries.counts();
    return queued + waiting + sending + uncertain === 0;
  };
  for (let minute = 0; minute < 240 && !isDone(); minute += 1) await world.advance(minuteMs);
  const keys = stages.map((stage) => stage.calls().map(({ key }) => key));
  const result: PowerCuts = {
    crm: stages.map(({ crm }) => crm).join(" and "),
    cuts,
    calls: log.calls().length,
    onTheWay,
    twice: keys.flatMap((of) => of.filter((key, at) => of.indexOf(key) !== at)),
    missing: keys.reduce((sum, of) => sum + log.calls().length - new Set(of).size, 0),
    // Whoever watches from beside the engine reads the file that was there before the first cut: its word counts no more.
    defects: scene.findings.filter(({ invariant }) => invariant === "no defect").map(({ message }) => message),
    verified: store.audit.verify().ok && isDone(),
  };
  await computer.quit();
  return result;
}
