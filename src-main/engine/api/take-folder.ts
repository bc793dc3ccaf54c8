import { EngineStartError } from "../host/start-error.ts";
import { acquireLock, type LockHolder } from "../store/data-folder-lock.ts";
import { toStartError } from "./start-problem.ts";

/** Takes a data folder for this process alone. Throws `EngineStartError`, `in_use` where another engine has it. */
export function takeFolder(dataDir: string, at: number): Readonly<{ release(): void }> {
  try {
    const lock = acquireLock(dataDir, at);
    if ("heldBy" in lock) throw new EngineStartError("in_use", toHeldSentence(dataDir, lock.heldBy));
    return lock;
  } catch (error) {
    throw toStartError(error, dataDir);
  }
}

function toHeldSentence(dataDir: string, { pid }: LockHolder): string {
  const who = pid === null ? "another CallLedger" : `another CallLedger (process ${pid})`;
  return `The data folder ${dataDir} is in use by ${who}.`;
}
