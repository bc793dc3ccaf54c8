import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { projectRoot } from "../../build/checks/project-files.ts";
import { suites } from "../../build/e2e/suites.ts";

/** The page alone, in the browser engine of the Electron that build/e2e/desktop.ts brings, over a scripted shell. */
export default defineConfig({
  testDir: ".",
  outputDir: join(projectRoot, "test-results", "ui"),
  globalSetup: "./serve-page.ts",
  fullyParallel: false,
  workers: 1,
  // What passes only at its second try is named in the closing lines.
  retries: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: join(projectRoot, suites.page.report) }]],
});
