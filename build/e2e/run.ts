import { join } from "node:path";
import { projectRoot } from "../checks/project-files.ts";
import { prepareDesktop, runOnDesktop } from "./desktop.ts";
import { isSuiteName } from "./suites.ts";
import { thisMachine } from "./system-packages.ts";

/**
 * `npm run test:e2e [-- arguments of playwright test]`, `npm run test:ui [-- …]`: on a real Electron, a screen of its own
 * (Xvfb), a D-Bus of its own and a notification server. Nothing of the person who runs it is touched.
 */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const [suite, ...args] = process.argv.slice(2);
if (!isSuiteName(suite)) throw new Error("name a suite: app or page");

const desktop = await prepareDesktop(thisMachine(say), process.env);
if ("message" in desktop) {
  say(desktop.message);
  process.exitCode = 1;
} else {
  const program = [process.execPath, join(projectRoot, "build", "e2e", "run-suites.ts"), suite, ...args];
  process.exitCode = await runOnDesktop(desktop, say, program);
}
