import { defineConfig } from "vitest/config";

/** Two workers: the machines that run this have two cores, and the integration tests start servers of their own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fixtures/**", "test/long/**", "test/e2e/**"],
    pool: "forks",
    maxWorkers: 2,
    // No test touches the keychain of the person who runs it; those about a keychain start one of their own.
    env: { CALLLEDGER_KEYCHAIN: "off" },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
