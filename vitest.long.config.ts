import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/long/summary-reporter.ts";

/** What takes longer than `npm test` may: the same promises with more seeds, more kills, more rows, in real time. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    pool: "forks",
    // One file after the other: the simulation takes both cores by itself, and what is measured needs them quiet.
    maxWorkers: 1,
    reporters: ["default", new SummaryReporter()],
    // As in the short run: those about a keychain start one of their own.
    env: { CALLLEDGER_KEYCHAIN: "off" },
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
});
