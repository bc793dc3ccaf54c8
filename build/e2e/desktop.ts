import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
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
  type FoundElectron,
} from "../electron/find-electron.ts";
import { ownScreen } from "../electron/find-screen.ts";
import { debianPackages, ensureSystemPackages, MissingPackagesError, type Machine } from "./system-packages.ts";

/** What tests of the app need cannot be had; `isFailure` where it must be there: on a machine of a CI, by its own means. */
export type NoDesktop = Readonly<{ message: string; isFailure: boolean }>;

type Say = (line: string) => void;

/** Brings the packages of the system and an Electron, or says why not. */
export async function prepareDesktop(
  machine: Machine,
  env: NodeJS.ProcessEnv,
  packages: readonly string[] = debianPackages,
): Promise<FoundElectron | NoDesktop> {
  const isCi = !["", "0", "false"].includes(env["CI"] ?? "");
  try {
    ensureSystemPackages(machine, packages);
    const found = await findElectron({ ...electronPlaces(cacheFolder(env), machine.say), env });
    machine.say(describeElectron(found));
    return found;
  } catch (error) {
    if (error instanceof MissingPackagesError) return { message: error.message, isFailure: isCi && error.wasTried };
    if (error instanceof NoElectronError) return { message: error.message, isFailure: isCi };
    throw error;
  }
}

const manifest = z.object({ name: z.string(), version: z.string(), main: z.string() });

/**
 * The app in a folder of its own, so that runs beside each other, and a person's own start, do not disturb each other. It
 * lies within the project, where the engine finds its packages.
 */
async function buildIn(folder: string): Promise<string> {
  const { name, version, main } = manifest.parse(JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, main }));
  symlinkSync(join(projectRoot, "build"), join(folder, "build"), "dir");
  await buildApp({ isTestBuild: true, outDir: join(folder, "dist", "app") });
  return folder;
}

/** Runs a program of this project on a screen of its own (Xvfb), with a D-Bus and a home of its own; its exit code. */
export async function runOnDesktop(
  { executable, version }: FoundElectron,
  say: Say,
  program: readonly string[],
): Promise<number> {
  const hasDatabase = runsDatabase(version);
  say(
    hasDatabase
      ? "The engine runs in a utility process, as it is shipped."
      : "This Electron is too old for the database module: the app's engine runs in a plain Node; the utility process is tested with an engine without a store.",
  );
  const home = mkdtempSync(join(tmpdir(), "callledger-e2e-"));
  mkdirSync(join(projectRoot, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, ".cache", "e2e-"));
  try {
    return await run(onScreen(program), {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      XDG_DATA_HOME: join(home, "data"),
      XDG_CACHE_HOME: join(home, "cache"),
      XDG_RUNTIME_DIR: home,
      TZ: "Europe/London",
      E2E_APP: await buildIn(folder),
      E2E_ELECTRON: executable,
      E2E_ELECTRON_VERSION: version,
      // Xvfb has no GPU: without this, Chromium tries one for seconds and gives up.
      E2E_ELECTRON_ARGUMENTS: JSON.stringify([...electronArguments(say), "--disable-gpu"]),
      ...(hasDatabase ? {} : { CALLLEDGER_ENGINE_EXEC: process.execPath }),
    });
  } finally {
    for (const made of [home, folder]) rmSync(made, { recursive: true, force: true });
  }
}

/** The screen comes first: services that the D-Bus starts by itself need it too. */
const onScreen = (program: readonly string[]): readonly string[] =>
  process.platform === "linux" ? [...ownScreen, "dbus-run-session", "--", ...program] : program;

function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, env, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
