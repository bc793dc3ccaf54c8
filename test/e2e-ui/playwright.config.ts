import { defineConfig } from "@playwright/test";
import { findChromium } from "./find-chromium.ts";

/** The page alone, in a real browser engine, with a scripted shell behind the preload's API. */
export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/ui",
  globalSetup: "./serve-page.ts",
  workers: 1,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: "line",
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: { executablePath: findChromium(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] },
  },
});
