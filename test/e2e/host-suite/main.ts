import { join } from "node:path";
import { app } from "electron";
import { createUtilityLauncher } from "../../../src-main/shell/engine-host/utility-launcher.ts";
import { hostCases } from "../../builders/engine-host-suite.ts";

/** The host suite inside of Electron, on utility processes: one JSON line for each case. */
async function run(): Promise<void> {
  const entry = join(__dirname, "store-free-engine.cjs");
  const launch = createUtilityLauncher({ entry, env: process.env });
  for (const { name, run: runCase } of hostCases) {
    let problem: string | null = null;
    try {
      await runCase(launch);
    } catch (error) {
      problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.stdout.write(`${JSON.stringify({ name, problem })}\n`);
  }
}

void app
  .whenReady()
  .then(run)
  .finally(() => app.quit());
