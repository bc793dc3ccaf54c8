import { defineConfig } from "vitest/config";

/** Two workers: the machines that run this have two cores, and the integration tests start servers of their own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fixtures/**", "test/long/**", "test/e2e/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
