import { writeFileSync } from "node:fs";

/**
 * Loaded before a contender (`node --import`): when its process ends, writes what it used into the file that
 * CALLLEDGER_BENCH_USAGE names. The product itself knows nothing of being measured.
 */
const file = process.env["CALLLEDGER_BENCH_USAGE"];

process.on("exit", () => {
  if (file === undefined) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(file, JSON.stringify({ maxRssBytes: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1_000 }));
});
