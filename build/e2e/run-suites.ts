import { spawn } from "node:child_process";
import { ownScreen } from "../electron/find-screen.ts";
import { isSuiteName, runSuite, suiteNames } from "./suites.ts";

/**
 * Runs on the desktop that desktop.ts makes: one suite with arguments for Playwright, or all at once, since the app's
 * tests wait most of their time. The app has that desktop; every other suite gets a screen of its own, since on one screen
 * windows take the keyboard from each other. The others' words come when they are done, not in between.
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
if (isSuiteName(given)) process.exitCode = (await runSuite(given, args, { isHeld: false, before: [] })).code;
else {
  const apart = process.platform === "linux" ? ownScreen : [];
  const runs = await Promise.all(
    suiteNames.map((name) =>
      runSuite(name, [], name === "app" ? { isHeld: false, before: [] } : { isHeld: true, before: apart }),
    ),
  );
  for (const { output } of runs) process.stdout.write(output);
  process.exitCode = Math.max(...runs.map(({ code }) => code));
}
