import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { projectRoot } from "../../build/checks/project-files.ts";
import { suites } from "../../build/e2e/suites.ts";

/** Started by build/e2e/desktop.ts, which brings the screen, the D-Bus and the Electron. */
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  globalSetup: "./notification-server.ts",
  outputDir: join(projectRoot, "test-results", "app"),
  fullyParallel: false,
  workers: 1,
  // What passes only at its second try is named in the closing lines.
  retries: 1,
  forbidOnly: true,
  // Generous: tests wait for what must come, and a computer may have ten other things to do.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: join(projectRoot, suites.app.report) }]],
});
