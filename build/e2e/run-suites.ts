import { isSuiteName, runSuite, suiteNames } from "./suites.ts";

/**
 * Runs on the desktop that desktop.ts makes: one suite with arguments for Playwright, or all at once, since the app's
 * tests wait most of their time. The others' words come when they are done, not in between.
 */
const [given, ...args] = process.argv.slice(2);
if (isSuiteName(given)) process.exitCode = (await runSuite(given, args, false)).code;
else {
  const runs = await Promise.all(suiteNames.map((name) => runSuite(name, [], name !== "app")));
  for (const { output } of runs) process.stdout.write(output);
  process.exitCode = Math.max(...runs.map(({ code }) => code));
}
