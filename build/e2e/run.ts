import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../src-main/engine/host/data-folder.ts";
import { projectRoot } from "../checks/project-files.ts";
import { buildApp } from "../electron/build-app.ts";
import { electronArguments } from "../electron/electron-arguments.ts";
import {
  describeElectron,
  electronPlaces,
  findElectron,
  NoElectronError,
  runsDatabase,
} from "../electron/find-electron.ts";
import { ensureSystemPackages, MissingPackagesError, thisMachine } from "./system-packages.ts";

/**
 * `npm run test:e2e [-- arguments of playwright test]`: the app as people have it, on a real Electron, a screen of its
 * own (Xvfb), a D-Bus of its own and a notification server. Nothing of the person who runs it is touched.
 */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, env, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  ensureSystemPackages(thisMachine(say));
  const found = await findElectron(electronPlaces(cacheFolder(process.env), say));
  say(describeElectron(found));
  const database = runsDatabase(found.version);
  say(
    database
      ? "The engine runs in a utility process, as it is shipped."
      : "This Electron is too old for the database module: the app's engine runs in a plain Node; the utility process is tested with an engine without a store.",
  );
  await buildApp({ isTestBuild: true });
  const home = mkdtempSync(join(tmpdir(), "callledger-e2e-"));
  try {
    const playwright = [process.execPath, join(projectRoot, "node_modules", "@playwright", "test", "cli.js")];
    const tests = [...playwright, "test", "--config", "test/e2e/playwright.config.ts", ...process.argv.slice(2)];
    // The screen comes first: services that the D-Bus starts by itself need it too.
    const screen = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1200x24"];
    const desktop = [...screen, "dbus-run-session", "--"];
    return await run(process.platform === "linux" ? [...desktop, ...tests] : tests, {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      XDG_DATA_HOME: join(home, "data"),
      XDG_CACHE_HOME: join(home, "cache"),
      XDG_RUNTIME_DIR: home,
      TZ: "Europe/London",
      E2E_ELECTRON: found.executable,
      E2E_ELECTRON_VERSION: found.version,
      // Xvfb has no GPU: without this, Chromium tries one for seconds and gives up.
      E2E_ELECTRON_ARGUMENTS: JSON.stringify([...electronArguments(say), "--disable-gpu"]),
      ...(database ? {} : { CALLLEDGER_ENGINE_EXEC: process.execPath }),
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof NoElectronError) && !(error instanceof MissingPackagesError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
