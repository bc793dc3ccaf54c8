import { defineConfig } from "vitest/config";

/** What takes longer than `npm test` may: the same promises with more seeds, more kills, more rows, in real time. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    // As in the short run: those about a keychain start one of their own.
    env: { CALLLEDGER_KEYCHAIN: "off" },
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
});
