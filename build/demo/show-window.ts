import { spawn } from "node:child_process";
import { projectRoot } from "../checks/project-files.ts";
import { buildApp } from "../electron/build-app.ts";
import { electronArguments } from "../electron/electron-arguments.ts";
import { behindScreen, findScreen, noScreen } from "../electron/find-screen.ts";
import { describeElectron, electronPlaces, findElectron, runsDatabase } from "../electron/find-electron.ts";
import { cacheFolder } from "../../src-main/engine/host/data-folder.ts";
import { openOffice } from "./window-demo.ts";

/** How often one of the CRMs asks for a rest, and how long that is. */
const restEveryMs = 120_000;
const restSeconds = 45;

export type ShowWindowAsk = Readonly<{ endAfterMs: number | null; say: (line: string) => void }>;

/** `npm run demo -- --window`: the real app on the demo's office, until its window is closed. Answers its exit code. */
export async function showWindow({ endAfterMs, say }: ShowWindowAsk): Promise<number> {
  const found = await findElectron(electronPlaces(cacheFolder(process.env), say));
  say(describeElectron(found));
  const screen = findScreen(process.env, process.platform);
  if (screen === undefined) {
    say(noScreen);
    return 1;
  }
  if (screen.length > 0) say("There is no screen here: the window opens on one without a monitor (Xvfb).");
  await buildApp({ isTestBuild: false });
  const office = await openOffice({ callsEveryMs: 6_000, say });
  const rests = setInterval(
    () => void office.rest(restSeconds).catch((error: unknown) => say(String(error))),
    restEveryMs,
  );
  try {
    say("Some calls end every six seconds. Close the window to end the demo; everything it made is removed then.");
    const args = [...electronArguments(say), ...(screen.length > 0 ? ["--disable-gpu"] : []), projectRoot];
    const command = [...screen, found.executable, ...args, "--data", office.dataDir];
    const base = screen.length > 0 ? behindScreen(process.env) : process.env;
    const engine = runsDatabase(found.version) ? {} : { CALLLEDGER_ENGINE_EXEC: process.execPath };
    return await run(command, { ...base, ...engine, ...office.env }, endAfterMs);
  } finally {
    clearInterval(rests);
    await office.close();
  }
}

/** Runs until it ends by itself, by Ctrl+C or when its time is over; the app ends in good order each time. */
function run(command: readonly string[], env: NodeJS.ProcessEnv, endAfterMs: number | null): Promise<number> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    // A group of its own: with a screen in front, the signal must reach the app behind it.
    const child = spawn(program, args, { env, stdio: "inherit", detached: process.platform !== "win32" });
    const end = (): void => {
      if (child.pid === undefined) return;
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, "SIGTERM");
    };
    const timer = endAfterMs === null ? undefined : setTimeout(end, endAfterMs);
    process.on("SIGINT", end);
    process.on("SIGTERM", end);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? (signal === "SIGTERM" ? 0 : 1));
    });
  });
}
