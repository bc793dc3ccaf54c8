import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCrashPlan } from "./crash.ts";
import { knownPoints } from "./crash-points.ts";
import { Violation } from "./violation.ts";
import { play } from "./play.ts";
import { type Scene, setScene } from "./scene.ts";
import { createWorld, takeOverTimers } from "./world.ts";

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

/** Memory where the system has it: SQLite's syncs cost nothing there, and no power fails in a simulation. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

function toViolation(error: unknown): SimulationResult["violation"] {
  if (error instanceof Violation) return { invariant: error.invariant, seen: error.message };
  return { invariant: "no defect", seen: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Runs one seed from an empty ledger to the end at which everything must be settled. */
export async function simulate(seed: number): Promise<SimulationResult> {
  const world = createWorld(seed);
  const giveBack = takeOverTimers(world);
  const dataDir = mkdtempSync(join(root, "callledger-simulation-"));
  const crash = createCrashPlan((point) => {
    world.trace(`killed at ${point}`);
    scene?.computer.die();
  });
  let scene: Scene | null = null;
  let violation: SimulationResult["violation"] = null;
  let calls = 0;
  try {
    scene = await setScene({ world, dataDir, crash, findings: [] });
    await play(scene);
    calls = scene.log.calls().length;
    const forgotten = [...crash.passes.keys()].filter((name) => !knownPoints.has(name));
    if (forgotten.length > 0) throw new Violation("every crash point is listed", forgotten.join(", "));
  } catch (error) {
    violation = toViolation(error);
  } finally {
    scene?.guard.close();
    await scene?.computer.leave();
    giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const { hits, passes } = crash;
  return { seed, violation, trace: world.lines(20_000), digest: world.digest(), hits, passes, calls };
}
