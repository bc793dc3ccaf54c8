import { spawn } from "node:child_process";
import { isSuiteName, runSuite, suiteNames } from "./suites.ts";

/**
 * Runs on the desktop that desktop.ts makes: one suite with arguments for Playwright, or all at once, since the app's
 * tests wait most of their time. The others' words come when they are done, not in between.
 */
/** A person's keyring, open as it is after their login. Without one, each look for a secret would wait for a prompt. */
function openKeyring(): Promise<void> {
  const daemon = spawn("gnome-keyring-daemon", ["--unlock", "--components=secrets"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  daemon.stdin.end("test");
  return new Promise((resolve, reject) => {
    daemon.once("error", reject);
    daemon.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`no keyring: code ${code}`))));
  });
}

if (process.platform === "linux") await openKeyring();
const [given, ...args] = process.argv.slice(2);
if (isSuiteName(given)) process.exitCode = (await runSuite(given, args, false)).code;
else {
  const runs = await Promise.all(suiteNames.map((name) => runSuite(name, [], name !== "app")));
  for (const { output } of runs) process.stdout.write(output);
  process.exitCode = Math.max(...runs.map(({ code }) => code));
}
