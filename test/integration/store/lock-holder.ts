import { acquireLock } from "../../../src-main/engine/store/data-folder-lock.ts";

/** Takes a data folder and says how it went; keeps it until it is told to release it or dies. */
const [dataDir = ""] = process.argv.slice(2);
const lock = acquireLock(dataDir, 1_000);
if ("heldBy" in lock) {
  process.stdout.write(`${JSON.stringify(lock)}\n`);
} else {
  process.stdout.write("held\n");
  // Kept alive by itself: a child in the background has no standard input to wait for.
  const alive = setInterval(() => undefined, 60_000);
  process.stdin.once("data", () => {
    lock.release();
    clearInterval(alive);
    process.stdin.destroy();
  });
}
