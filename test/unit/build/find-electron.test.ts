import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  describeElectron,
  findElectron,
  NoElectronError,
  runsDatabase,
  type ElectronPlaces,
} from "../../../build/electron/find-electron.ts";
import { executableOf, standIn, standInFolder } from "../../../build/electron/stand-in.ts";

let root: string;
let said: string[];
let asked: string[];
const packageDir = () => join(root, "node_modules", "electron");
const cacheDir = () => join(root, "cache");

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "callledger-electron-"));
  said = [];
  asked = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What the package's own installer leaves. */
function install(): void {
  write(join(packageDir(), "path.txt"), "electron");
  write(join(packageDir(), "dist", "electron"), "program");
  write(join(packageDir(), "dist", "version"), "v45.4.1\n");
}

const offline = () => Promise.reject(new Error("fetch failed\nat somewhere"));

function places(change: Partial<ElectronPlaces> = {}): ElectronPlaces {
  return {
    env: {},
    platform: "linux",
    arch: "x64",
    packageDir: packageDir(),
    cacheDir: cacheDir(),
    say: (line) => void said.push(line),
    ...change,
    download(folder, withinMs) {
      asked.push(`download within ${withinMs}`);
      return (change.download ?? offline)(folder, withinMs);
    },
    prepare(folder) {
      asked.push("stand-in");
      return (change.prepare ?? (() => Promise.resolve(join(folder, "stand-in", "electron"))))(folder);
    },
  };
}

test("the installed one is taken as it is, and nothing is loaded", async () => {
  install();
  const found = await findElectron(places());
  expect(found).toEqual({
    kind: "installed",
    executable: join(packageDir(), "dist", "electron"),
    version: "45.4.1",
  });
  expect(asked).toEqual([]);
  expect(describeElectron(found)).toBe(`Electron 45.4.1 (of the project): ${found.executable}`);
});

test("one that is not installed is downloaded", async () => {
  const found = await findElectron(places({ download: async () => install() }));
  expect(found).toMatchObject({ kind: "installed", version: "45.4.1" });
  expect(asked).toEqual(["download within 300000"]);
});

test("where the download fails, Linux x64 takes the stand-in of the registry, and says so", async () => {
  const found = await findElectron(places());
  expect(found).toEqual({
    kind: "stand-in",
    executable: join(cacheDir(), "stand-in", "electron"),
    version: standIn.version,
  });
  expect(asked).toEqual(["download within 300000", "stand-in"]);
  expect(said).toContain("It could not be downloaded: fetch failed at somewhere");
  expect(describeElectron(found)).toContain("a stand-in from npm, older than the one that is shipped");
});

test("a stand-in that was prepared before is taken from the cache, after a short try for the real one", async () => {
  const executable = executableOf(standInFolder(cacheDir()));
  write(executable, "program");
  expect(await findElectron(places())).toMatchObject({ kind: "stand-in", executable });
  expect(asked).toEqual(["download within 20000"]);
  expect(await findElectron(places({ download: async () => install() }))).toMatchObject({ kind: "installed" });
});

test("an installer that ends well and leaves nothing is no success", async () => {
  await findElectron(places({ download: async () => undefined }));
  expect(said).toContain("It could not be downloaded: the download left no executable");
});

test("where nothing can be had the message says what was tried and what to do", async () => {
  const failure = findElectron(places({ prepare: () => Promise.reject(new Error("npm: 404")) }));
  await expect(failure).rejects.toThrow(NoElectronError);
  await expect(failure).rejects.toThrow(
    "No Electron can be had: the download failed (fetch failed at somewhere), and so did the stand-in from npm (npm: 404). Unpack a distribution for Linux x64 and name its folder in ELECTRON_OVERRIDE_DIST_PATH.",
  );
});

test.each([
  ["darwin", "arm64"],
  ["win32", "x64"],
  ["linux", "arm64"],
] as const)("there is no stand-in for %s %s", async (platform, arch) => {
  const failure = findElectron(places({ platform, arch }));
  await expect(failure).rejects.toThrow(`No Electron can be had on ${platform} ${arch}: fetch failed at somewhere.`);
  expect(asked).toEqual(["download within 300000"]);
});

test("the one that the environment names comes first, and is refused where there is none", async () => {
  install();
  const folder = join(root, "mine");
  const named = places({ env: { ELECTRON_OVERRIDE_DIST_PATH: folder } });
  await expect(findElectron(named)).rejects.toThrow(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}`);
  write(join(folder, "electron"), "program");
  expect(await findElectron(named)).toEqual({
    kind: "named",
    executable: join(folder, "electron"),
    version: "unknown",
  });
  write(join(folder, "version"), "40.1.0");
  expect(describeElectron(await findElectron(named))).toContain(
    "Electron 40.1.0 (named by ELECTRON_OVERRIDE_DIST_PATH)",
  );
});

test("the database module needs Electron 35; of an unknown one it is not assumed", () => {
  expect(["25.1.1", "34.9.9", "35.0.0", "45.4.1", "unknown"].map(runsDatabase)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});
