import { acquireLock } from "../../../src-main/engine/store/data-folder-lock.ts";

/** Takes a data folder and says how it went; keeps it until it is told to release it or dies. */
const [dataDir = "", mode = "hold"] = process.argv.slice(2);
const lock = acquireLock(dataDir, 1_000);
if ("heldBy" in lock) {
  process.stdout.write(`${JSON.stringify(lock)}\n`);
} else {
  process.stdout.write("held\n");
  if (mode === "hold") {
    process.stdin.once("data", () => {
      lock.release();
      process.stdin.destroy();
    });
  }
}
